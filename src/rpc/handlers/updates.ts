import type { Handlers } from "../contract.ts";
import type { HandlerDependencies } from "./dependencies.ts";

export const updateHandlers = ({ checkForUpdates }: HandlerDependencies): Pick<Handlers, "updates.check"> => ({
  "updates.check": (_input, { signal }) => checkForUpdates(signal),
});
