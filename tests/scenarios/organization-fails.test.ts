/** Given a directory, an organization whose server fails, and a run of the real engine: what is done, what is said, and how the next run goes on. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../src/core/clock.ts";
import { Config } from "../../src/config/schema.ts";
import type { OpenDirectory } from "../../src/directories/directory.ts";
import { defaultLimits, type EngineDependencies } from "../../src/engine/dependencies.ts";
import { findProfile } from "../../src/engine/profile.ts";
import { sync, type RunResult } from "../../src/engine/sync.ts";
import { isFault } from "../../src/core/fault.ts";
import { openSqliteStore } from "../../src/store/sqlite/index.ts";
import { groupsOf, membersOf } from "../../src/organizations/sandbox/testing.ts";
import type { FaultRule } from "../../src/organizations/sandbox/sandbox.ts";
import { createOrganizationWorld, type Wish } from "../organization-world.ts";

const stack: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of stack.splice(0).toReversed()) await close();
});

const importPath = "/public/organization/import";

const begin = async (options: Partial<Parameters<typeof createOrganizationWorld>[0]> = {}) => {
  const world = await createOrganizationWorld({ dialect: "official-cloud", ...options });
  stack.push(async () => {
    await world[Symbol.asyncDispose]();
  });
  const folder = await mkdtemp(join(tmpdir(), "scenario-"));
  stack.push(() => rm(folder, { recursive: true, force: true }));
  const store = await openSqliteStore({ path: join(folder, "state.db"), version: "1.0.0" });
  stack.push(async () => {
    await store[Symbol.asyncDispose]();
  });
  const { sandbox, dependencies } = world;
  const config = Config.parse({
    version: 1,
    organizations: { o: { server: sandbox.url, clientId: sandbox.clientId, clientSecret: { env: "SECRET" } } },
    profiles: {
      p: {
        id: randomUUID(),
        organization: "o",
        directory: { kind: "file", path: "unused" },
        guards: {
          first: { invite: 10_000 },
          invitations: { percent: 100, most: 10_000 },
          identity: { percent: 100 },
          accessLost: { percent: 100 },
        },
      },
    },
  });
  let wish: Wish = { people: [] };
  const engine: EngineDependencies = {
    store,
    configuration: () => Promise.resolve({ config, broken: new Map() }),
    openDirectory: () => Promise.resolve(directoryOf(() => wish)),
    openOrganization: () => world.open(),
    clock: withoutHeartbeat(dependencies.clock),
    log: dependencies.log,
    actor: { who: "test", host: "here", pid: 1 },
    limits: defaultLimits,
    redact: (text) => text,
  };
  const profile = await findProfile(engine, "p", true);
  const run = async (given: Wish): Promise<RunResult | { fault: unknown }> => {
    wish = given;
    // Runs are apart: nothing that one read counts as just read for the next.
    sandbox.clock.now += 60_000;
    const runtime = { signal: new AbortController().signal, progress: () => {}, onWait: () => {} };
    try {
      return await sync(engine, profile, { full: true, wait: false }, runtime);
    } catch (error) {
      if (isFault(error)) return { fault: error };
      throw error;
    }
  };
  const fail = (...rules: FaultRule[]): void => void sandbox.control.faults.splice(0, 99, ...rules);
  return { run, fail, sandbox, store, profile, sleeps: world.sleeps };
};

/** A clock whose sleeps cost no time would beat without end. */
const withoutHeartbeat = (clock: Clock): Clock => ({
  now: () => clock.now(),
  sleep: (milliseconds, signal) =>
    milliseconds === defaultLimits.heartbeat
      ? new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
        )
      : clock.sleep(milliseconds, signal),
});

const directoryOf = (wish: () => Wish): OpenDirectory => ({
  identity: () => Promise.resolve("a directory"),
  check: () => Promise.resolve([]),
  read: async function* () {
    const { people, groups = [] } = wish();
    yield {
      users: people.map(({ id, email, state = "enabled" }) => ({ id, externalId: id, email, state, selected: true })),
    };
    yield {
      groups: groups.map(({ id, name, members }) => ({
        id,
        externalId: id,
        name,
        selected: true,
        members: members.map((member) => ({ id: member })),
      })),
    };
    yield { end: "full" };
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

const people = (...ids: string[]) => ids.map((id) => ({ id, email: `${id}@x.test` }));
const manyPeople = (count: number) => people(...Array.from({ length: count }, (_, index) => `p${index}`));

describe("an answer that gets lost", () => {
  it("after the work was done: nothing is sent twice, and the run is done", async () => {
    const { run, fail, sandbox } = await begin();
    fail({ path: importPath, at: 1, fault: { kind: "close", when: "after" } });
    expect(await run({ people: people("a", "b") })).not.toHaveProperty("fault");
    expect(sandbox.requests.filter(({ path }) => path === importPath)).toHaveLength(1);
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/a/invited", "b@x.test/b/invited"]);
  });

  it("before any work was done: it is sent again, after looking", async () => {
    const { run, fail, sandbox, sleeps } = await begin();
    fail({ path: importPath, at: 1, fault: { kind: "close", when: "before" } });
    expect(await run({ people: people("a", "b") })).not.toHaveProperty("fault");
    expect(sandbox.requests.filter(({ path }) => path === importPath)).toHaveLength(2);
    expect(sleeps).toContain(defaultLimits.lostAnswerPause);
  });

  it("three times: the run says so, and the next one goes on", async () => {
    const { run, fail, sandbox } = await begin();
    fail({ path: importPath, fault: { kind: "close", when: "before" } });
    expect(await run({ people: people("a") })).toMatchObject({
      fault: {
        code: "organization.unreachable",
        params: { server: new URL(sandbox.url).host, reason: "lost", done: 0, total: 1 },
      },
    });
    fail();
    expect(await run({ people: people("a") })).not.toHaveProperty("fault");
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/a/invited"]);
  });

  it("of a revocation: it is looked up and, where needed, sent again", async () => {
    const { run, fail, sandbox } = await begin();
    await run({ people: people("a", "b") });
    const leaving = { people: [...people("a"), { id: "b", email: "b@x.test", state: "disabled" as const }] };
    fail(
      { path: /revoke$/u, at: 1, fault: { kind: "close", when: "before" } },
      { path: /revoke$/u, at: 2, fault: { kind: "close", when: "after" } },
    );
    expect(await run(leaving)).not.toHaveProperty("fault");
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/a/invited", "b@x.test/b/revoked"]);
    expect(sandbox.requests.filter(({ path }) => path.endsWith("/revoke"))).toHaveLength(2);
  });
});

describe("a refusal", () => {
  it("for seats: in the server's words, with what was done and what was not", async () => {
    const { run, sandbox } = await begin({ dialect: "official-selfhost", seats: 3 });
    expect(await run({ people: people("a", "b") })).not.toHaveProperty("fault");
    expect(await run({ people: people("a", "b", "c", "d") })).toMatchObject({
      fault: {
        code: "organization.seats",
        params: {
          server: new URL(sandbox.url).host,
          reason: "Cannot autoscale on self-hosted instance",
          done: 0,
          total: 2,
        },
      },
    });
    expect(membersOf(sandbox.state)).toHaveLength(2);
  });

  it("of the second batch: the first is done and stays so", async () => {
    const { run, fail, sandbox } = await begin();
    fail({
      path: importPath,
      at: 2,
      fault: { kind: "status", status: 400, when: "before", body: `{"message":"Not now.","errors":null}` },
    });
    expect(await run({ people: manyPeople(2_500) })).toMatchObject({
      fault: {
        code: "organization.rejected",
        params: { what: "import", reason: "Not now", done: 2_000, total: 2_500 },
      },
    });
    expect(membersOf(sandbox.state)).toHaveLength(2_000);
    fail();
    expect(await run({ people: manyPeople(2_500) })).not.toHaveProperty("fault");
    expect(membersOf(sandbox.state)).toHaveLength(2_500);
    const bodies = sandbox.requests.filter(({ path }) => path === importPath).map(({ body }) => body);
    expect(bodies.at(-1)).toMatchObject({ members: expect.objectContaining({ length: 500 }) });
  });

  it("half way through an import: what the server did is kept as done", async () => {
    const { run, fail, sandbox, store, profile } = await begin({ seed: { members: [{ email: "a@x.test" }] } });
    // Stamping comes before inviting, which fails.
    fail({ path: importPath, at: 1, fault: { kind: "fail-after-step", step: 3 } });
    expect(await run({ people: people("a", "b") })).toMatchObject({
      fault: { code: "organization.rejected", params: { done: 1, total: 2 } },
    });
    expect((await store.links(profile.key)).people.map(({ id }) => id)).toEqual(["a"]);
    fail();
    expect(await run({ people: people("a", "b") })).not.toHaveProperty("fault");
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/a/confirmed", "b@x.test/b/invited"]);
  });
});

describe("a changed address of somebody only invited", () => {
  const old: Wish = {
    people: [...people("a"), { id: "m", email: "old@x.test" }],
    groups: [{ id: "g", name: "G", members: ["m"] }],
  };
  const now: Wish = {
    people: [...people("a"), { id: "m", email: "new@x.test" }],
    groups: [{ id: "g", name: "G", members: ["m"] }],
  };

  it.each([
    ["is refused", { kind: "status", status: 400, when: "before" }],
    ["fails", { kind: "status", status: 500, when: "before" }],
    ["is asked to wait for hours", { kind: "throttle", retryAfterSeconds: 36_000 }],
    ["is lost for good", { kind: "close", when: "before" }],
  ] as const)("whose second request %s: they are out, and the next run invites them", async (_what, fault) => {
    const { run, fail, sandbox } = await begin();
    await run(old);
    fail({ path: importPath, fault });
    expect(await run(now)).toHaveProperty("fault");
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/a/invited"]);
    fail();
    expect(await run(now)).not.toHaveProperty("fault");
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/a/invited", "new@x.test/m/invited"]);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{new@x.test}"]);
  });

  it("whose first request is lost: nothing else is sent before it is known", async () => {
    const { run, fail, sandbox } = await begin();
    await run(old);
    fail({ method: "DELETE", fault: { kind: "close", when: "before" } });
    const before = sandbox.requests.filter(({ path }) => path === importPath).length;
    expect(await run(now)).toMatchObject({ fault: { code: "organization.unreachable", params: { reason: "lost" } } });
    expect(sandbox.requests.filter(({ path }) => path === importPath)).toHaveLength(before);
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/a/invited", "old@x.test/m/invited"]);
  });
});
