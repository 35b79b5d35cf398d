import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isFault, type Fault } from "../core/fault.ts";
import type { ConfigurationStore } from "./configuration.ts";
import { createConfigurationStore } from "./store.ts";

/** A configuration in a folder of its own, for tests. */
export interface TestConfig extends AsyncDisposable {
  readonly folder: string;
  readonly path: (name: string) => string;
  /** Text as it is, anything else as JSON. */
  readonly write: (name: string, content: unknown) => Promise<void>;
  readonly text: (name: string) => Promise<string>;
  readonly json: (name: string) => Promise<unknown>;
  readonly store: (layers?: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly flags?: Readonly<Record<string, string>>;
    readonly configChosen?: boolean;
  }) => ConfigurationStore;
}

export const openTestConfig = async (files: Readonly<Record<string, unknown>> = {}): Promise<TestConfig> => {
  const folder = await mkdtemp(join(tmpdir(), "dc-config-"));
  const path = (name: string): string => join(folder, name);
  const write = async (name: string, content: unknown): Promise<void> => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), typeof content === "string" ? content : JSON.stringify(content, undefined, 2));
  };
  for (const [name, content] of Object.entries(files)) await write(name, content);
  let made = 0;
  return {
    folder,
    path,
    write,
    text: async (name) => readFile(path(name), "utf8"),
    json: async (name) => JSON.parse(await readFile(path(name), "utf8")),
    store: ({ environment = {}, flags = {}, configChosen = false } = {}) =>
      createConfigurationStore({
        home: { configFile: path("config.json"), profilesFolder: path("profiles.d"), configChosen },
        environment,
        flags,
        uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, "0")}`,
        lock: { poll: 5, stale: 200 },
      }),
    [Symbol.asyncDispose]: async () => {
      await chmod(folder, 0o700);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** The Fault that something ends with; anything else is passed on. */
export const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  try {
    await work;
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
  throw new Error("it did not fail");
};

export const acme = {
  server: "https://vault.acme.test",
  clientId: "organization.6f2b8a3e-5d0c-4a53-9a55-0d3f7f3c6f10",
  clientSecret: { sealed: true },
};

export const ldapProfile = {
  id: "11111111-1111-4111-8111-111111111111",
  organization: "acme",
  directory: {
    kind: "ldap",
    url: "ldaps://dc1.acme.test",
    baseDn: "dc=acme,dc=test",
    password: { env: "LDAP_PASSWORD" },
  },
};

export const fileProfile = {
  id: "22222222-2222-4222-8222-222222222222",
  organization: "acme",
  directory: { kind: "file", path: "people.ldif" },
};

export const wholeConfig = { version: 1, organizations: { acme }, profiles: { main: ldapProfile } };
