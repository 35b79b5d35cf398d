import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type FieldMeta, fields, type Resolved } from "../config/field.ts";
import {
  createResolver,
  createWorld,
  readWhole,
  type Content,
  type ContentGroup,
  type ContentUser,
  type WholeRead,
  type WorldOptions,
} from "../../tests/directory-world.ts";
import type { DirectoryId } from "../core/entry.ts";
import { Fault, type FaultCode } from "../core/fault.ts";
import type { Directory, Page } from "./directory.ts";

export type { Content } from "../../tests/directory-world.ts";

/** A server with content. */
export interface Running<Config> extends AsyncDisposable {
  /** Reads everything there, as somebody who may, in pages of at most the harness's `pageSize`. */
  readonly config: Resolved<Config>;
  /** The immutable id the directory gave an entry. */
  id(key: string): DirectoryId;
}

/** What a directory brings to be tested; where it is more than a fixed server, its own test file adds to these. */
export interface DirectoryHarness<Config> extends WorldOptions {
  readonly directory: Directory<Config>;
  /** The most entries of one page; 0 where everything comes at once. */
  readonly pageSize: number;
  start(content: Content): Promise<Running<Config>>;
  /** Texts that must appear in no log line and no error: passwords, tokens. */
  readonly secrets: readonly string[];
  readonly parts: Parts<Config>;
  /** Why nothing can be tested here (a server that is not installed). */
  readonly skip?: string;
}

/** Each is shown on a running server, by giving the configuration that provokes it, or cannot be shown, with the reason. */
export interface Parts<Config> {
  readonly wrongCredentials: Part<(running: Running<Config>) => Promise<Resolved<Config>>>;
  readonly missingPermission: Part<(running: Running<Config>) => Promise<Resolved<Config>>>;
  /** From the second page on the server fails. */
  readonly secondPageFails: Part<(running: Running<Config>) => Promise<Resolved<Config>>>;
  /** The server asks once for a pause of `seconds`. */
  readonly rateLimited: Part<(running: Running<Config>) => Promise<{ config: Resolved<Config>; seconds: number }>>;
  /** The server stops accepting the token in the middle of the read; `logins` counts what it handed out. */
  readonly tokenExpires: Part<
    (running: Running<Config>) => Promise<{ config: Resolved<Config>; logins: () => number }>
  >;
  /** Nobody answers. */
  readonly silent: Part<(running: Running<Config>) => Promise<Resolved<Config>>>;
  /** Something answers that is not what the directory says. */
  readonly wrongShape: Part<(running: Running<Config>) => Promise<Resolved<Config>>>;
  readonly disabled: Part<true>;
  readonly deleted: Part<true>;
  readonly nested: Part<true>;
}
type Part<Show> = Show | { readonly cannot: string };

/** What every directory promises, whatever it is: nothing but a whole read counts, and every failure has a name. */
export function describeDirectory<Config>(harness: DirectoryHarness<Config>): void {
  const { directory, parts } = harness;
  const name = `every directory: ${directory.id}`;
  if (harness.skip !== undefined) {
    describe(name, () => {
      it("is tested against its server", (context) => {
        context.skip(harness.skip);
      });
    });
    return;
  }
  describe(name, () => {
    describeConfig(directory.config);
    it("says a reason for what it cannot show", () => {
      const reasons = Object.values<Part<unknown>>({ ...parts }).map((part) => reasonOf(part));
      expect(reasons.filter((reason) => reason?.trim() === "")).toEqual([]);
    });
    describeContent(harness);
    describeFailures(harness);
  });
}

function describeContent<Config>(harness: DirectoryHarness<Config>): void {
  const content = sample(harness);
  let running: Running<Config>;
  beforeAll(async () => {
    running = await harness.start(content);
  });
  afterAll(async () => running[Symbol.asyncDispose]());

  it("reads every page, and the end comes once and last", async () => {
    const world = createWorld(harness);
    const read = await readWhole(harness.directory, running.config, world.dependencies);
    const visible = content.users.filter((user) => user.state !== "deleted");
    expect(
      read.users
        .filter((user) => user.state !== "deleted")
        .map((user) => user.id)
        .toSorted(),
    ).toEqual(visible.map((user) => running.id(user.key)).toSorted());
    expect(read.groups.map((group) => group.id).toSorted()).toEqual(
      content.groups.map((group) => running.id(group.key)).toSorted(),
    );
    expect(read.pages.filter((page) => "end" in page)).toHaveLength(1);
    expect(read.pages.at(-1)).toMatchObject({ end: "full" });
    expect(read.users.every((user) => user.selected)).toBe(true);
    const userPages = read.pages.filter((page) => "users" in page).length;
    expect(userPages).toBeGreaterThanOrEqual(harness.pageSize > 0 ? 3 : 1);
    expect(world.progress.length).toBeGreaterThan(0);
  });

  it("gives names, addresses and states as the directory holds them", async () => {
    const { users } = await readWhole(harness.directory, running.config, createWorld(harness).dependencies);
    const byId = new Map(users.map((user) => [user.id, user]));
    const shown = content.users.filter((user) => user.state !== "deleted");
    const found = shown.map((user) => byId.get(running.id(user.key)));
    expect(found.map((user) => [user?.name, user?.email, user?.state, user?.externalId])).toEqual(
      shown.map(({ key, name, email, state }) => [name, email, state ?? "enabled", running.id(key)]),
    );
    const deleted = content.users.filter((user) => user.state === "deleted");
    expect(deleted.map((user) => byId.get(running.id(user.key))?.state)).toEqual(deleted.map(() => "deleted"));
  });

  it("gives members as references, nested and cyclic groups too", async () => {
    const { users, groups } = await readWhole(harness.directory, running.config, createWorld(harness).dependencies);
    const idOf = createResolver(users, groups);
    for (const group of content.groups) {
      const found = groups.find((each) => each.id === running.id(group.key));
      expect(found?.name).toBe(group.name);
      expect(found?.members.map(idOf).toSorted()).toEqual(group.members.map((key) => running.id(key)).toSorted());
    }
  });

  it("gives the same when it is read again", async () => {
    const first = await readWhole(harness.directory, running.config, createWorld(harness).dependencies);
    const second = await readWhole(harness.directory, running.config, createWorld(harness).dependencies);
    const asSet = ({ users, groups }: WholeRead) =>
      [users, groups].map((list) => list.map((each) => JSON.stringify(each)).toSorted());
    expect(asSet(second)).toEqual(asSet(first));
  });

  it("has an identity that stays", async () => {
    const identity = async () => {
      await using open = await harness.directory.open(running.config, createWorld(harness).dependencies);
      return await open.identity();
    };
    const first = await identity();
    expect(first).not.toBe("");
    expect(await identity()).toBe(first);
  });

  it("finds nothing wrong when checked, and changes nothing", async () => {
    await using open = await harness.directory.open(running.config, createWorld(harness).dependencies);
    const findings = await open.check();
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter((finding) => finding.severity === "error")).toEqual([]);
  });

  it("finds a person by address and by id for explain, and nobody where nobody is", async () => {
    await using open = await harness.directory.open(running.config, createWorld(harness).dependencies);
    if (open.lookup === undefined) return;
    const [person] = content.users;
    const id = running.id(person?.key ?? "");
    expect(await open.lookup(person?.email ?? "")).toMatchObject({ kind: "person", id });
    expect(await open.lookup(id)).toMatchObject({ kind: "person", id });
    expect(await open.lookup("nobody-of-this-name@example.test")).toBeUndefined();
  });

  it("stops within a page when it is interrupted", async () => {
    const world = createWorld(harness);
    await using open = await harness.directory.open(running.config, world.dependencies);
    const pages: Page[] = [];
    const reason = new Fault("run.interrupted", { stage: "reading" });
    const reading = (async () => {
      for await (const page of open.read()) {
        pages.push(page);
        world.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(pages.length).toBeLessThanOrEqual(2);
    expect(pages.some((page) => "end" in page)).toBe(false);
  });

  it("reads an empty directory to its end", async () => {
    await using empty = await harness.start({ users: [], groups: [] });
    const read = await readWhole(harness.directory, empty.config, createWorld(harness).dependencies);
    expect(read).toMatchObject({ users: [], groups: [] });
  });
}

function describeFailures<Config>(harness: DirectoryHarness<Config>): void {
  const { parts } = harness;

  when(parts.wrongCredentials, "says that the log-in was refused", async (provoke) => {
    const fault = await failure(harness, provoke, "directory.auth_failed");
    expect(String(fault.params["host"])).not.toBe("");
  });

  when(parts.missingPermission, "names the right to grant", async (provoke) => {
    const fault = await failure(harness, provoke, "directory.forbidden");
    expect(fault.params["right"]).toEqual(expect.stringMatching(/./u));
  });

  when(parts.secondPageFails, "fails as a whole when the second page fails", async (provoke) => {
    await failure(harness, provoke);
  });

  when(parts.silent, "gives up on somebody who does not answer", async (provoke) => {
    await failure(harness, provoke, "directory.unreachable");
  });

  when(parts.wrongShape, "says what was not understood, and where", async (provoke) => {
    const fault = await failure(harness, provoke, "directory.bad_response");
    expect(fault.params["field"]).toEqual(expect.stringMatching(/./u));
  });

  when(parts.rateLimited, "waits as long as it is asked to, and says so", async (provoke) => {
    await using running = await harness.start(sample(harness));
    const { config, seconds } = await provoke(running);
    const world = createWorld(harness);
    const read = await readWhole(harness.directory, config, world.dependencies);
    expect(read.users.length).toBeGreaterThan(0);
    expect(Math.max(...world.sleeps)).toBeGreaterThanOrEqual(seconds * 1000);
  });

  when(parts.tokenExpires, "logs in once more when its token is no longer taken", async (provoke) => {
    await using running = await harness.start(sample(harness));
    const { config, logins } = await provoke(running);
    const read = await readWhole(harness.directory, config, createWorld(harness).dependencies);
    expect(read.users.length).toBeGreaterThan(0);
    expect(logins()).toBe(2);
  });
}

/** Every field that a form shows has a title, and what sounds like a secret is one. */
function describeConfig(config: z.ZodType): void {
  it("has a title for every field and marks every secret", () => {
    expect(config).toBeInstanceOf(z.ZodObject);
    const shape: Record<string, unknown> = config instanceof z.ZodObject ? config.shape : {};
    const declared = Object.entries(shape).flatMap(([key, schema]): [string, z.ZodType][] =>
      schema instanceof z.ZodType && key !== "kind" ? [[key, schema]] : [],
    );
    const metaOf = (schema: z.ZodType): FieldMeta | undefined => fields.get(schema);
    expect(declared.filter(([, schema]) => !metaOf(schema)?.title).map(([key]) => key)).toEqual([]);
    const secretive = declared.filter(([key]) => /password|secret|token|privatekey/iu.test(key));
    expect(secretive.filter(([, schema]) => metaOf(schema)?.secret !== true).map(([key]) => key)).toEqual([]);
  });
}

/** Three pages of people; one disabled and one deleted where those can be shown; a nested group and a cycle. */
function sample<Config>({ pageSize, parts }: DirectoryHarness<Config>): Content {
  const count = Math.max(3, pageSize * 2 + 1);
  const plain = Array.from({ length: count }, (_, index) => ({
    key: `person-${index}`,
    name: `Zoë ${index}`,
    email: `person-${index}@firm.test`,
  }));
  const special: ContentUser[] = [{ key: "without", name: "Without Address" }];
  if (!isMissing(parts.disabled))
    special.push({ key: "disabled", name: "Tom Disabled", email: "tom@firm.test", state: "disabled" });
  if (!isMissing(parts.deleted))
    special.push({ key: "deleted", name: "Del Eted", email: "del@firm.test", state: "deleted" });
  const nests = !isMissing(parts.nested);
  const groups: ContentGroup[] = [
    { key: "all", name: "Everybody", members: plain.map((user) => user.key) },
    { key: "outer", name: "Outer", members: nests ? ["person-0", "inner"] : ["person-0"] },
    { key: "inner", name: "Inner (ü)", members: nests ? ["person-1", "outer"] : ["person-1"] },
  ];
  return { users: [...plain, ...special], groups };
}

/** Registers a test for a part that can be shown. */
function when<Show extends (...parameters: never[]) => unknown>(
  part: Part<Show>,
  title: string,
  test: (provoke: Show) => Promise<void>,
): void {
  if (typeof part === "function") it(title, async () => test(part));
}

const reasonOf = (part: Part<unknown>): string | undefined =>
  typeof part === "object" && part !== null && "cannot" in part ? String(part.cannot) : undefined;
const isMissing = (part: Part<unknown>): boolean => reasonOf(part) !== undefined;

/** Provokes a failure and gives it: a Fault, of the code if one is named, with no end page, and no secret in it or in the log. */
async function failure<Config>(
  harness: DirectoryHarness<Config>,
  provoke: (running: Running<Config>) => Promise<Resolved<Config>>,
  code?: FaultCode,
): Promise<Fault> {
  await using running = await harness.start(sample(harness));
  const config = await provoke(running);
  const world = createWorld(harness);
  const error = await readWhole(harness.directory, config, world.dependencies).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Fault);
  if (!(error instanceof Fault)) throw new TypeError("not a Fault");
  if (code !== undefined) expect(error.code).toBe(code);
  const written = [...world.logged, spell(error)].join("\n");
  expect(harness.secrets.filter((secret) => written.includes(secret))).toEqual([]);
  return error;
}

/** An error with everything that hangs on it, as a careless log would write it. */
const spell = (error: unknown): string =>
  error instanceof Error
    ? [error.stack, JSON.stringify(Object.entries(error)), spell(error.cause)].join("\n")
    : (JSON.stringify(error) ?? "");
