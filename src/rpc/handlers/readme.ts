import { Fault } from "../../core/fault.ts";
import type { Handlers } from "../contract.ts";
import type { HandlerDependencies } from "./dependencies.ts";

export const readmeHandlers = ({ readme }: HandlerDependencies): Pick<Handlers, "directories.readme"> => ({
  "directories.readme": async ({ kind, language = "en" }) => {
    const found = await readme(kind, language);
    if (found === undefined) throw new Fault("usage.invalid", { command: "directories", reason: kind });
    return found;
  },
});
