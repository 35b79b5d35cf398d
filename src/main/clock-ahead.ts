import type { ConfigurationStore } from "../config/configuration.ts";
import type { Config, OrganizationConfig } from "../config/schema.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/fault.ts";
import { durationMs } from "../engine/profile.ts";
import { isLoopback } from "../http/proxy.ts";
import { systemClock } from "./clock.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const variable = "DIRECTORY_CONNECTOR_CLOCK_AHEAD";

/**
 * The computer's clock, or one that is ahead of it by `DIRECTORY_CONNECTOR_CLOCK_AHEAD` (`31m`, `2d`): so that what
 * happens after a waiting time can be tried out today. Pauses take as long as ever. Fault `clock.ahead` for a text that
 * is no duration.
 */
export const clockOf = (environment: Environment): Clock => {
  const text = aheadBy(environment);
  if (text === undefined) return systemClock;
  if (!/^\d{1,6}[smhd]$/u.test(text)) throw new Fault("clock.ahead", { variable, reason: "text", found: text });
  const ahead = durationMs(text);
  return { ...systemClock, now: () => systemClock.now() + ahead };
};

/**
 * A clock that is ahead lets waiting times pass that protect people, so with one only organizations on this computer can
 * be worked with: Fault `clock.ahead` from every reading of a configuration that names another one.
 */
export const onlyHereWhenAhead = (configuration: ConfigurationStore, environment: Environment): ConfigurationStore =>
  aheadBy(environment) === undefined
    ? configuration
    : {
        ...configuration,
        read: async () => {
          const read = await configuration.read();
          refuseElsewhere(read.config);
          return read;
        },
      };

const aheadBy = (environment: Environment): string | undefined => {
  const text = environment[variable]?.trim();
  return text === "" ? undefined : text;
};

const refuseElsewhere = ({ organizations }: Config): void => {
  for (const [name, organization] of Object.entries(organizations)) {
    const server = addressesOf(organization).find((address) => !isHere(address));
    if (server !== undefined) throw new Fault("clock.ahead", { variable, reason: "elsewhere", name, server });
  }
};

const addressesOf = ({ server, apiUrl, identityUrl }: OrganizationConfig): string[] =>
  [server, apiUrl, identityUrl].filter((address) => address !== undefined);

const isHere = (address: string): boolean => {
  const url = /^[a-z][a-z\d+.-]*:\/\//iu.test(address) ? URL.parse(address) : URL.parse(`http://${address}`);
  return url !== null && isLoopback(url.hostname);
};
