import type { Handlers } from "../contract.ts";
import type { HandlerDependencies } from "./dependencies.ts";

export const appHandlers = ({ about, configuration, engine }: HandlerDependencies): Pick<Handlers, "app.info"> => ({
  "app.info": async () => {
    const [locked, { location }] = await Promise.all([configuration.isLocked(), engine.store.describe()]);
    return { ...about, configFile: configuration.file, stateFile: location, locked };
  },
});
