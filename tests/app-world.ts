/** The whole program behind its contract, for tests: a home in a folder of its own, a sandbox organization, a directory in a file. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateHome } from "../src/config/home.ts";
import { checkHome, prepareHome } from "../src/config/prepare-home.ts";
import { createConfigurationStore } from "../src/config/store.ts";
import type { ConfigurationStore } from "../src/config/configuration.ts";
import { putTogether } from "../src/main/app.ts";
import { systemClock } from "../src/main/clock.ts";
import { serveApp } from "../src/main/serve-app.ts";
import type { SandboxOptions } from "../src/organizations/sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../src/organizations/sandbox/testing.ts";
import { contract, type Client } from "../src/rpc/contract.ts";
import { inProcessLink } from "../src/rpc/links/in-process.ts";
import { connect } from "../src/rpc/peer.ts";
import type { Secrets } from "../src/secrets/secret-store.ts";
import { createSecrets } from "../src/secrets/secrets.ts";
import { openSqliteStore } from "../src/store/sqlite/index.ts";
import type { Store } from "../src/store/store.ts";

export interface AppWorld extends AsyncDisposable {
  readonly client: Client;
  readonly sandbox: TestSandbox;
  readonly folder: string;
  readonly store: Store;
  readonly secrets: Secrets;
  readonly configuration: ConfigurationStore;
  /** Everything logged, as JSON lines. */
  readonly lines: readonly string[];
  readonly environment: Record<string, string>;
  /** Writes the directory's file and gives its path. */
  directory(content: unknown): Promise<string>;
  /** Logs in to the sandbox as `acme`. */
  login(): Promise<void>;
  /** Logs in, and adds the profile `main` for the directory's file. */
  addProfile(content: unknown): Promise<void>;
  path(name: string): string;
  /** The text of every file below the folder. */
  filesText(): Promise<string>;
}

export const createAppWorld = async (
  options: Partial<Omit<SandboxOptions, "now" | "random">> = {},
): Promise<AppWorld> => {
  const sandbox = await startTestSandbox({ dialect: "official-cloud", ...options });
  sandbox.clock.now = systemClock.now();
  const folder = await mkdtemp(join(tmpdir(), "app-"));
  const environment: Record<string, string> = {};
  const facts = {
    platform: process.platform,
    env: environment,
    userFolder: folder,
    executableFolder: folder,
    workingDirectory: folder,
    home: join(folder, "home"),
  };
  const home = locateHome(facts);
  await prepareHome(home, facts);
  const secrets = createSecrets({ folder: home.secretsFolder, env: environment, keychain: "off", random: randomBytes });
  const store = await openSqliteStore({ path: home.stateFile, version: "1.0.0" });
  const configuration = createConfigurationStore({ home, environment, uuid: randomUUID });
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields?: unknown): void =>
      void lines.push(JSON.stringify({ level, message, fields }));
  const log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  const app = putTogether({
    home,
    environment,
    secrets,
    log,
    store,
    clock: systemClock,
    configuration,
    actor: { who: "jan", host: "here", pid: 1 },
    platform: "linux",
    version: "1.0.0",
    installation: async () => "7f2c4c1e-0000-4000-8000-000000000001",
    checkHome: () => checkHome(home, facts),
  });
  const link = inProcessLink();
  const serving = serveApp(app, link.server);
  const client = connect(contract, link.client);
  const path = (name: string): string => join(folder, name);
  const directory: AppWorld["directory"] = async (content) => {
    await writeFile(path("directory.json"), JSON.stringify(content));
    return path("directory.json");
  };
  const login = async (): Promise<void> => {
    const { clientId, clientSecret, url } = sandbox;
    await client.call("organizations.login", { name: "acme", server: url, clientId, clientSecret });
  };
  await mkdir(home.configFolder, { recursive: true });
  return {
    client,
    sandbox,
    folder,
    store,
    secrets,
    configuration,
    lines,
    environment,
    directory,
    login,
    addProfile: async (content) => {
      await login();
      const settings = { "directory.kind": "file", "directory.path": await directory(content) };
      await client.call("profiles.add", { name: "main", settings });
    },
    path,
    filesText: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")));
      return texts.join("\n");
    },
    [Symbol.asyncDispose]: async () => {
      await serving.close();
      await app[Symbol.asyncDispose]();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
