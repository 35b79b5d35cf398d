import { createHttp } from "../http/request.ts";
import type {
  Dialect,
  OpenOrganization,
  OrganizationDependencies,
  OrganizationKind,
  OrganizationSettings,
  Probe,
} from "./organization.ts";
import { readKey } from "./wire/key.ts";
import { probe } from "./wire/probe.ts";

/** Every kind of server, loaded when one is met. */
const kinds: Readonly<Record<Dialect, () => Promise<OrganizationKind>>> = {
  "official-cloud": async () => (await import("./bitwarden/index.ts")).bitwarden,
  "official-selfhost": async () => (await import("./bitwarden/index.ts")).bitwarden,
  vaultwarden: async () => (await import("./vaultwarden/index.ts")).vaultwarden,
};

/** Asks who answers and logs in. A key that cannot be one is refused before anything is sent. */
export const openOrganization = async (
  settings: OrganizationSettings,
  dependencies: OrganizationDependencies,
): Promise<OpenOrganization> => {
  readKey(settings);
  const found = await probeServer(settings, dependencies);
  const kind = await kinds[found.dialect]();
  return kind.open(settings, found, dependencies);
};

/** Who answers at an address; needs no key. */
export const probeServer = (
  address: Pick<OrganizationSettings, "server" | "apiUrl" | "identityUrl">,
  {
    network,
    clock,
    random,
    signal,
    onWait,
  }: Pick<OrganizationDependencies, "network" | "clock" | "random" | "signal" | "onWait">,
): Promise<Probe> =>
  probe({
    http: createHttp({ network, clock, random }),
    address,
    now: () => clock.now(),
    call: { signal, ...(onWait === undefined ? {} : { onWait }) },
  });
