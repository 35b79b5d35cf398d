import type { ConfigurationStore } from "../config/configuration.ts";
import type { Log } from "../core/log.ts";

/** Logs, once each, variables that look like ours and set nothing: somebody believes that they count. */
export const telling = (configuration: ConfigurationStore, log: Log): ConfigurationStore => {
  const told = new Set<string>();
  return {
    ...configuration,
    read: async () => {
      const read = await configuration.read();
      for (const { params } of read.ignored) {
        const { field, suggestion } = params;
        if (told.has(String(field))) continue;
        told.add(String(field));
        log.warn("a variable that sets nothing is ignored", { variable: field, suggestion });
      }
      return read;
    },
  };
};
