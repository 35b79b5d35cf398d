import { afterEach, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";
import type { Followed } from "../contract/runs.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

const firm = {
  users: Array.from({ length: 30 }, (_, at) => ({ id: `p${at}`, email: `p${at}@firm.test`, name: `Person ${at}` })),
  groups: [{ id: "g", name: "All", members: ["p1", "p2"] }],
};

describe("runs that others do", () => {
  it("are told of while they go on, with how far they are, and stop when somebody asks", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { client, store } = world;
    const told: Followed[] = [];
    const end = new AbortController();
    const following = client
      .call(
        "runs.follow",
        {},
        {
          signal: end.signal,
          onProgress: (event) => void ("followed" in event && told.push(event.followed)),
        },
      )
      .catch(() => undefined);
    const until = async (fits: (followed: Followed) => boolean): Promise<Followed> => {
      for (;;) {
        const found = told.findLast(fits);
        if (found !== undefined) return found;
        await new Promise((done) => setTimeout(done, 20));
      }
    };
    await until(({ profile, busy, run }) => profile === "main" && busy === undefined && run === undefined);
    expect(await client.call("runs.cancel", {})).toEqual({ asked: false });
    const id = (await world.configuration.read()).config.profiles["main"]?.id;
    const holder = { what: "sync", who: "piet", host: "there", pid: 2 };
    const lease = await store.acquire({ name: `profile:${id}`, holder, now: Date.now(), staleMs: 30_000 });
    if ("heldBy" in lease) throw new Error("held");
    await lease.report({ stage: "users", done: 3 });
    const seen = await until(({ progress }) => progress !== undefined);
    expect(seen).toMatchObject({ busy: holder, progress: { stage: "users", done: 3 } });
    expect(await client.call("runs.cancel", {})).toEqual({ asked: true });
    expect(await lease.isAskedToStop()).toBe(true);
    await lease.release();
    const { run } = await client.call("plan.create", { kind: "plan" });
    expect((await until((one) => one.run?.outcome !== undefined)).run?.run).toBe(run);
    end.abort();
    await following;
  });
});

describe("a plan as lists", () => {
  it("given a plan, then its sections with their numbers, and any part of each", async () => {
    world = await createAppWorld({
      seed: { members: [{ email: "stranger@firm.test", externalId: "stranger" }], groups: [] },
    });
    await world.addProfile({
      ...firm,
      users: [...firm.users, { id: "none", name: "No Address" }, { id: "known", email: "stranger2@firm.test" }],
    });
    const { client } = world;
    const { run } = await client.call("plan.create", { kind: "plan" });
    const { sections } = await client.call("plan.summary", { run });
    expect(sections).toEqual([
      { section: "invited", total: 31, all: 31, listed: true },
      { section: "groups", total: 1, all: 1, listed: true },
      { section: "strangers", total: 1, all: 1, listed: true },
      { section: "left-out", total: 1, all: 1, listed: true },
    ]);
    const found = await client.call("plan.summary", { run, search: "person 2" });
    expect(found.sections.map(({ section, total }) => [section, total])).toEqual([
      ["invited", 11],
      ["groups", 0],
      ["strangers", 0],
      ["left-out", 0],
    ]);
    const { rows, total, next } = await client.call("plan.rows", { run, section: "invited", cursor: 2, limit: 2 });
    expect([total, next]).toEqual([31, 4]);
    expect(rows.map((row) => "change" in row && row.change.subject.name)).toEqual(["Person 10", "Person 11"]);
    const left = await client.call("plan.rows", { run, section: "left-out" });
    expect(left.rows).toMatchObject([{ note: { code: "left_out.no_address", subject: { name: "No Address" } } }]);
    const { rows: people } = await client.call("directory.people", { selected: false });
    expect(people).toMatchObject([{ name: "No Address", because: { code: "left_out.no_address" } }]);
    expect((await faultOf(client.call("plan.summary", { run: 99 }))).code).toBe("run.unknown");
  });

  it("given that everybody is in, then who stays as they are can be listed, until the directory is read again", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { client } = world;
    const plan = await client.call("plan.create", { kind: "plan" });
    await client.call("sync.run", { accept: plan.header?.digest ?? "" });
    const { run } = await client.call("plan.create", { kind: "plan", full: true });
    expect((await client.call("plan.summary", { run })).sections).toEqual([
      { section: "unchanged", total: 30, all: 30, listed: true },
    ]);
    const { rows } = await client.call("plan.rows", { run, section: "unchanged", limit: 1 });
    expect(rows).toMatchObject([{ person: { name: "Person 0", selected: true } }]);
    await client.call("plan.create", { kind: "plan", full: true });
    const before = await client.call("plan.summary", { run });
    expect(before.sections).toEqual([{ section: "unchanged", total: 30, all: 30, listed: false }]);
  });

  it("given settings that are not saved, then what they would lead to, and nothing else of it is kept", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { client } = world;
    await client.call("plan.create", { kind: "plan" });
    const before = await client.call("directory.people", { selected: true });
    const draft = { changes: { "sync.userFilter": "include:p1@firm.test" } };
    const { run, counts } = await client.call("plan.create", { kind: "plan", draft });
    expect(counts?.people).toBe(1);
    expect((await client.call("plan.rows", { run, section: "invited" })).total).toBe(1);
    expect(await client.call("directory.people", { selected: true })).toEqual(before);
    expect((await client.call("plan.create", { kind: "plan" })).counts?.people).toBe(30);
    const bad = { changes: { "sync.userFilter": "included p1" } };
    expect((await faultOf(client.call("plan.create", { kind: "plan", draft: bad }))).code).toBe("filter.syntax");
  });
});
