/**
 * A firm for stories with the executable: its directory is an LDIF file, its organization a server in this process that
 * people can change by hand, and hours pass when the story says so. Every step is a process of its own.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import {
  startSandbox,
  type Dialect,
  type Sandbox,
  type SandboxOptions,
} from "../../src/organizations/sandbox/sandbox.ts";
import { groupsOf, membersOf, repeatableRandom } from "../../src/organizations/sandbox/testing.ts";
import type { DirectoryContent, Group, Person } from "../scenarios/directory.ts";
import { builtExecutable, createPlace, type Ended } from "./built.ts";

export type Settings = Readonly<Record<string, unknown>>;

export interface FirmOptions extends Omit<SandboxOptions, "now" | "random"> {
  readonly directory: DirectoryContent;
  readonly settings?: Settings;
  /** Of the organization in the configuration; the owner's address unless given. */
  readonly organizationSettings?: Settings;
  /** Beside the organization's key. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a command ended. */
export interface Said extends Ended {
  /** Of what stopped it: `guard.first`. */
  readonly fault: string | undefined;
  /** The plan's digest, where it is named. */
  readonly digest: string;
}

export interface Firm extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Where the commands run, and below it their home. */
  readonly home: string;
  /** What the file holds, written before each command; change it as the story goes. */
  readonly directory: DirectoryContent;
  /** Replaces settings of the profile, or of the organization, top level keys. */
  set(settings: Settings, of?: "main" | "second" | "firm"): void;
  /** Another directory's file, beside those of the profiles. */
  write(name: string, content: DirectoryContent): void;
  /** A profile of the same organization with a file of its own. */
  addProfile(name: string, directory: DirectoryContent): void;
  run(...words: readonly string[]): Promise<Said>;
  /** Looks at the plan and accepts it by its digest. */
  accept(profile?: string): Promise<Said>;
  pass(milliseconds: number): void;
  /** Members but the owner as `email/externalId/status`; groups as `name/externalId{emails}`. */
  members(): string[];
  groups(): string[];
  /** Both as one text, to compare. */
  picture(): string;
  /** Requests that change something since the last call. */
  sent(): string[];
}

export const createFirm = async (options: FirmOptions): Promise<Firm> => {
  const {
    directory,
    environment = {},
    settings = {},
    organizationSettings = { owners: ["owner@sandbox.test"] },
    ...given
  } = options;
  const organization: Record<string, unknown> = { ...organizationSettings };
  let ahead = 0;
  const sandbox = await startSandbox({
    keptRequests: 10_000,
    ...given,
    now: () => Date.now() + ahead * 1_000,
    random: repeatableRandom(1),
  });
  const place = createPlace(builtExecutable());
  const directories = new Map<string, DirectoryContent>();
  const profiles: Record<string, Settings> = {};
  const addProfile = (name: string, content: DirectoryContent, more: Settings = {}): void => {
    directories.set(name, content);
    const id = `00000000-0000-4000-8000-00000000000${Object.keys(profiles).length}`;
    profiles[name] = { id, organization: "firm", directory: { kind: "file", path: `${name}.ldif` }, ...more };
  };
  addProfile("main", directory, settings);
  const home = join(place.home, "home");
  mkdirSync(home, { mode: 0o700 });
  const write = (): void => {
    const key = { server: sandbox.url, clientId: sandbox.clientId, clientSecret: { env: "SECRET" } };
    const organizations = { firm: { ...key, ...organization } };
    writeFileSync(join(home, "config.json"), JSON.stringify({ version: 1, organizations, profiles }), { mode: 0o600 });
    for (const [name, content] of directories) writeFileSync(join(home, `${name}.ldif`), ldifOf(content));
  };
  const run = async (...words: readonly string[]): Promise<Said> => {
    write();
    const clock = ahead === 0 ? {} : { DIRECTORY_CONNECTOR_CLOCK_AHEAD: `${ahead}s` };
    const ended = await place.run(words, { env: { SECRET: sandbox.clientSecret, ...environment, ...clock } });
    const text = ended.stdout + ended.stderr;
    return {
      ...ended,
      fault: /^error\[([\w.-]+)\]/mu.exec(ended.stderr)?.[1],
      digest: /--accept (?<digest>\w+)/u.exec(text)?.groups?.["digest"] ?? "",
    };
  };
  let seen = 0;
  return {
    sandbox,
    home: place.home,
    directory,
    set: (changed, of = "main") => {
      if (of === "firm") Object.assign(organization, changed);
      else profiles[of] = { ...profiles[of], ...changed };
    },
    write: (name, content) => void directories.set(name, content),
    addProfile,
    run,
    accept: async (profile = "main") => {
      const planned = await run("plan", "--profile", profile, "--json");
      const digest = /"digest":"(?<digest>\w+)"/u.exec(planned.stdout)?.groups?.["digest"];
      if (digest === undefined) throw new Error(`there is no plan: ${planned.stderr}`);
      const baseline = given.dialect === "vaultwarden" ? ["--baseline", "send"] : [];
      return run("sync", "--profile", profile, "--accept", digest, ...baseline);
    },
    pass: (milliseconds) => {
      ahead += milliseconds / 1_000;
    },
    members: () => membersOf(sandbox.state),
    groups: () => groupsOf(sandbox.state),
    picture: () => [...membersOf(sandbox.state), ...groupsOf(sandbox.state)].join("\n"),
    sent: () => {
      const fresh = sandbox.requests.slice(seen).filter(({ method, path }) => method !== "GET" && !isToken(path));
      seen = sandbox.requests.length;
      return fresh.map(({ method, path }) => `${method} ${path}`);
    },
    [Symbol.asyncDispose]: async () => {
      await place.end();
      await sandbox.close();
    },
  };
};

const isToken = (path: string): boolean => path.endsWith("/connect/token");

/** A directory that two or three kinds of organization are filled from: people accepted and confirmed, a day ago. */
export const settleIn = async (firm: Firm, hours: number): Promise<void> => {
  expect(await firm.accept()).toMatchObject({ code: 0, stderr: "" });
  for (const { email, externalId } of firm.sandbox.state.members.values())
    if (externalId !== null && firm.members().includes(`${email}/${externalId}/invited`)) {
      firm.sandbox.byHand.accept(email);
      firm.sandbox.byHand.confirm(email);
    }
  firm.pass(hours * 3_600_000);
  firm.sent();
};

export const dialects: readonly { readonly dialect: Dialect }[] = [
  { dialect: "official-cloud" },
  { dialect: "official-selfhost" },
  { dialect: "vaultwarden" },
];

/** The directory as a server exports it; ids that the story gives are the entries' `entryUUID`. */
const ldifOf = ({ people, groups }: DirectoryContent): string => {
  const persons = people.map((one): Person => (typeof one === "string" ? { id: one, email: `${one}@firm.test` } : one));
  const isGroup = new Set(groups.map(({ id }) => id));
  const entries = [...persons.map(personLines), ...groups.map((one) => groupLines(one, isGroup))];
  return `version: 1\n\n${entries.map((lines) => `${lines.join("\n")}\n`).join("\n")}`;
};

const personLines = ({ id, email, name = id, state }: Person): string[] => [
  `dn: uid=${id},ou=people,dc=firm,dc=test`,
  "objectClass: inetOrgPerson",
  `uid: ${id}`,
  `cn: ${name}`,
  `sn: ${name}`,
  `entryUUID: ${id}`,
  ...(email === undefined ? [] : [`mail: ${email}`]),
  ...(state === "disabled" ? ["nsAccountLock: TRUE"] : []),
];

const groupLines = ({ id, name = id, members }: Group, isGroup: ReadonlySet<string>): string[] => [
  `dn: cn=${id},ou=groups,dc=firm,dc=test`,
  "objectClass: groupOfNames",
  `cn: ${name}`,
  `entryUUID: ${id}`,
  ...members.map((member) =>
    isGroup.has(member)
      ? `member: cn=${member},ou=groups,dc=firm,dc=test`
      : `member: uid=${member},ou=people,dc=firm,dc=test`,
  ),
];
