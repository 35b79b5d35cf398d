import { randomBytes, randomUUID } from "node:crypto";
import type { ClientOptions } from "../cli/context.ts";
import type { ConfigurationStore } from "../config/configuration.ts";
import type { Home } from "../config/home.ts";
import { checkHome, prepareHome } from "../config/prepare-home.ts";
import { createConfigurationStore } from "../config/store.ts";
import type { Clock } from "../core/clock.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Log } from "../core/log.ts";
import { createBell, type Bell } from "../engine/bell.ts";
import { defaultLimits, type EngineDependencies } from "../engine/dependencies.ts";
import { createHandlers } from "../rpc/handlers/handlers.ts";
import type { Handlers } from "../rpc/contract.ts";
import type { Secrets } from "../secrets/secret-store.ts";
import { createSecrets } from "../secrets/secrets.ts";
import { openSqliteStore } from "../store/sqlite/index.ts";
import type { Store } from "../store/store.ts";
import { checkForUpdates } from "../updates/check.ts";
import { clockOf, onlyHereWhenAhead } from "./clock-ahead.ts";
import { createConnections } from "./connections.ts";
import { actorOf, commandOf, homeOf, homeProcess, platformName } from "./facts.ts";
import { fileAccess } from "./files.ts";
import { createLog, logFileOf } from "./log.ts";
import { readReadme } from "./readme.ts";
import { createTokenCache } from "./tokens.ts";
import { telling } from "./told-configuration.ts";
import { version } from "./version.ts";

/** The engine with everything concrete behind it. */
export interface App extends AsyncDisposable {
  readonly handlers: Handlers;
  readonly engine: EngineDependencies;
  /** Rung when a schedule was changed here. */
  readonly bell: Bell;
  readonly log: Log;
  readonly redact: (text: string) => string;
}

/** Opens the home the options lead to. Faults: those of the home, the store and the configuration's file. */
export const openApp = async (options: ClientOptions): Promise<App> => {
  const { environment } = options;
  const clock = clockOf(environment);
  const home = homeOf(options);
  await prepareHome(home, homeProcess(options));
  const secrets: Secrets = createSecrets({
    folder: home.secretsFolder,
    configFile: home.configFile,
    env: environment,
    passphrase: environment["DIRECTORY_CONNECTOR_PASSPHRASE"],
    random: randomBytes,
  });
  const log = createLog({
    folder: home.logFolder,
    redact: (text) => secrets.redact(text),
    stderr: (text) => void process.stderr.write(text),
    ...(options.logLevel === undefined ? {} : { level: options.logLevel }),
    ...(options.logFormat === undefined ? {} : { format: options.logFormat }),
  });
  const store = await openSqliteStore({ path: home.stateFile, version });
  return putTogether({
    home,
    environment,
    secrets,
    log,
    store,
    clock,
    configuration: onlyHereWhenAhead(
      createConfigurationStore({
        home,
        environment,
        uuid: randomUUID,
        ...(options.overrides === undefined ? {} : { flags: options.overrides }),
      }),
      environment,
    ),
    actor: actorOf(),
    platform: platformName(),
    version,
    installation: () => installationOf(store),
    checkHome: () => checkHome(home, homeProcess(options)),
  });
};

/** What an engine is made of: the parts that a test or another way of starting has of its own. */
export interface Parts {
  readonly home: Home;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly configuration: ConfigurationStore;
  readonly actor: EngineDependencies["actor"];
  /** `linux` | `macos` | `windows` */
  readonly platform: string;
  readonly version: string;
  /** Stable UUID of this installation. */
  readonly installation: () => Promise<string>;
  readonly checkHome: () => Promise<readonly Diagnostic[]>;
}

/** Puts an engine together; closing it closes the store too. */
export const putTogether = (parts: Parts): App => {
  const { home, environment, secrets, log, store, clock, version } = parts;
  const configuration = telling(parts.configuration, log);
  const redact = (text: string): string => secrets.redact(text);
  const tokens = createTokenCache(store, secrets, () => clock.now());
  const connections = createConnections({
    networkConfig: async () => (await configuration.read()).config.network,
    environment,
    secrets,
    tokens,
    clock,
    random: Math.random,
    log,
    platform: parts.platform,
    version,
    installation: parts.installation,
  });
  const engine: EngineDependencies = {
    store,
    configuration: () => configuration.read(),
    openDirectory: connections.openDirectory,
    openOrganization: connections.openOrganization,
    clock,
    log,
    actor: parts.actor,
    limits: defaultLimits,
    redact,
  };
  const bell = createBell();
  const handlers = createHandlers({
    engine,
    bell,
    configuration,
    secrets,
    forgetTokens: () => tokens.forget(),
    probe: connections.probe,
    openOrganization: connections.tryOrganization,
    openDrafted: connections.openDirectory,
    judgeFilters: connections.judgeFilters,
    readme: readReadme,
    files: fileAccess,
    about: { version, home: home.stateFolder, command: commandOf(home), logFile: logFileOf(home.logFolder) },
    checkHome: parts.checkHome,
    checkForUpdates: async (signal) => {
      const { updates } = (await configuration.read()).config;
      const found = await checkForUpdates({
        ...updates,
        kind: home.kind,
        version,
        http: await connections.http(),
        signal,
      });
      return found.state === "newer" ? { ...found, files: [...found.files] } : found;
    },
    uuid: randomUUID,
  });
  return {
    handlers,
    engine,
    bell,
    log,
    redact,
    [Symbol.asyncDispose]: async () => {
      await connections[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
};

/** What the organization's server knows this installation by; made once per home. */
const installationOf = async (store: Store): Promise<string> => {
  const known = await store.value("installation");
  if (known !== undefined) return known;
  const made = randomUUID();
  await store.saveValue("installation", made);
  return made;
};
