import type { NetworkConfig, OrganizationConfig, ProfileConfig } from "../config/schema.ts";
import type { Clock } from "../core/clock.ts";
import { nativeFilters } from "../core/filter/read.ts";
import type { Log } from "../core/log.ts";
import type { NativeFilters, OpenDirectory } from "../directories/directory.ts";
import { isDirectoryKind, loadDirectory } from "../directories/registry.ts";
import type { Runtime } from "../engine/dependencies.ts";
import { createNetwork, type Network } from "../http/network.ts";
import { createHttp, type Http } from "../http/request.ts";
import type { OpenOrganization, OrganizationSettings, Probe, TokenCache } from "../organizations/organization.ts";
import { openOrganization, probeServer } from "../organizations/registry.ts";
import { resolveSecrets } from "../secrets/resolve-config.ts";
import type { Secrets } from "../secrets/secret-store.ts";
import type { ServerAddress } from "../rpc/handlers/dependencies.ts";

/** What both ends of a run are opened with. */
export interface ConnectionFacts {
  /** `network` of the configuration as it is now. */
  readonly networkConfig: () => Promise<NetworkConfig | undefined>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly secrets: Secrets;
  readonly tokens: TokenCache;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** `linux` | `macos` | `windows` */
  readonly platform: string;
  readonly version: string;
  /** Stable UUID of this installation. */
  readonly installation: () => Promise<string>;
}

export interface Connections extends AsyncDisposable {
  /** `given`: secrets that are stored nowhere, by dotted path below the root; they count over what is stored. */
  readonly openDirectory: (
    name: string,
    profile: ProfileConfig,
    runtime: Runtime,
    given?: ReadonlyMap<string, string>,
  ) => Promise<OpenDirectory>;
  /** Whether a directory of this kind can read these queries of its own. Fault `filter.syntax`. */
  readonly judgeFilters: (kind: string, filters: NativeFilters) => Promise<void>;
  readonly openOrganization: (name: string, config: OrganizationConfig, runtime: Runtime) => Promise<OpenOrganization>;
  /** Logs in with a key that is not stored anywhere, past the token cache. */
  readonly tryOrganization: (settings: OrganizationSettings, runtime: Runtime) => Promise<OpenOrganization>;
  readonly probe: (address: ServerAddress, runtime: Runtime) => Promise<Probe>;
  /** Requests to anybody, without anything of ours. */
  readonly http: () => Promise<Http>;
}

/** Opens directories and organizations: secrets resolved, one way out to the network for the whole process. */
export const createConnections = (facts: ConnectionFacts): Connections => {
  const { clock, random, log, secrets } = facts;
  let opening: Promise<Network> | undefined;
  const network = (): Promise<Network> => (opening ??= openNetwork(facts));
  const tools = async (runtime: Runtime) => ({ network: await network(), clock, random, log, ...runtime });
  const organization = async (settings: OrganizationSettings, runtime: Runtime, tokens: TokenCache) =>
    openOrganization(settings, {
      ...(await tools(runtime)),
      tokens,
      installation: await facts.installation(),
      platform: facts.platform,
      version: facts.version,
    });
  return {
    judgeFilters: async (kind, filters) => {
      if (isDirectoryKind(kind)) (await loadDirectory(kind)).judgeFilters?.(filters);
    },
    openDirectory: async (name, profile, runtime, typed) => {
      const { kind } = profile.directory;
      const config = await resolveSecrets(
        `profiles.${name}.directory`,
        profile.directory,
        async (path, reference) => typed?.get(path) ?? secrets.resolve(path, reference),
      );
      const directory = await loadDirectory(kind);
      const filters = nativeFilters(profile.sync, kind);
      const given = await tools(runtime);
      return directory.open(config, { ...given, http: createHttp(given), now: clock, filters });
    },
    openOrganization: async (name, config, runtime) => {
      const { owners: _owners, ...settings } = await resolveSecrets(`organizations.${name}`, config, secrets.resolve);
      return organization(defined(settings), runtime, facts.tokens);
    },
    tryOrganization: async (settings, runtime) => organization(settings, runtime, writeOnly(facts.tokens)),
    http: async () => createHttp({ network: await network(), clock, random }),
    probe: async (address, runtime) => probeServer(address, await tools(runtime)),
    [Symbol.asyncDispose]: async () => (await opening?.catch(() => undefined))?.[Symbol.asyncDispose](),
  };
};

const openNetwork = async ({ networkConfig, environment, secrets }: ConnectionFacts): Promise<Network> =>
  createNetwork({
    ...(await resolveSecrets("network", (await networkConfig()) ?? {}, secrets.resolve)),
    env: environment,
  });

/** Without the keys that hold `undefined`. */
const defined = <Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } => {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same keys; those without a value are left out
  return Object.fromEntries(entries) as { [Key in keyof Value]: Exclude<Value[Key], undefined> };
};

/** A cached token says nothing about a new secret, so a log-in asks the server; what it gets is kept for later. */
const writeOnly = (tokens: TokenCache): TokenCache => ({
  get: () => Promise.resolve(undefined),
  set: (key, token) => tokens.set(key, token),
});
