import { afterEach, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

const users = [
  { id: "ann", email: "ann@firm.test", name: "Ana Costa" },
  { id: "bob", email: "bob@firm.test", name: "Bo Li" },
  { id: "eva", name: "Eva Blom" },
];
const firm = {
  users,
  groups: [
    { id: "sales", name: "Sales", members: ["ann", "bob", "inner"] },
    { id: "inner", name: "Inner", members: ["eva"] },
  ],
};

const begin = async (): Promise<AppWorld["client"]> => {
  await world.addProfile(firm);
  const { client } = world;
  const { header } = await client.call("sync.run", {});
  expect((await client.call("sync.run", { accept: header?.digest ?? "" })).outcome).toBe("done");
  return client;
};

describe("what the directory held", () => {
  it("comes in pages, with who is out and why, and who is in which group", async () => {
    world = await createAppWorld();
    const client = await begin();
    const people = await client.call("directory.people", { limit: 2 });
    expect(people.total).toBe(3);
    expect(people.rows).toMatchObject([{ id: "ann", selected: true }, { id: "bob" }]);
    const rest = await client.call("directory.people", { limit: 2, cursor: people.next ?? 0 });
    expect(rest.rows).toEqual([
      { id: "eva", name: "Eva Blom", state: "enabled", selected: false, because: { code: "left_out.no_address" } },
    ]);
    expect((await client.call("directory.people", { search: "costa" })).total).toBe(1);
    const groups = await client.call("directory.groups", {});
    expect(groups.rows.find(({ id }) => id === "sales")).toMatchObject({ members: 3, selected: true });
    expect(groups.rows.find(({ id }) => id === "sales")?.memberNames?.toSorted()).toEqual([
      "Ana Costa",
      "Bo Li",
      "Eva Blom",
    ]);
  });

  it("given nothing was read yet, then it is empty", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    expect(await world.client.call("directory.people", {})).toEqual({ rows: [], total: 0 });
  });
});

describe("one person", () => {
  it("has a history over all runs, groups included", async () => {
    world = await createAppWorld();
    const client = await begin();
    const { rows } = await client.call("person.history", { who: "ann@firm.test" });
    expect(rows.map(({ action, state }) => `${state} ${action}`)).toEqual(["done create-group", "done invite"]);
    expect(rows[0]?.addNames).toContain("Ana Costa");
  });

  it("can be marked to come back, if we know them", async () => {
    world = await createAppWorld();
    const client = await begin();
    world.sandbox.byHand.revoke("bob@firm.test");
    expect(await client.call("person.restore", { who: "Bob@firm.test", path: "r.jsonl" })).toEqual({
      who: "Bo Li",
      marked: true,
    });
    const plan = await client.call("plan.create", { kind: "plan" });
    expect((await client.call("runs.changes", { run: plan.run })).rows).toMatchObject([{ action: "restore" }]);
    expect((await world.store.audits({ limit: 1 }))[0]?.what).toBe("mark.restore");
    expect((await faultOf(client.call("person.restore", { who: "nobody@firm.test", path: "r.jsonl" }))).code).toBe(
      "person.unknown",
    );
  });

  it("can be explained", async () => {
    world = await createAppWorld();
    const client = await begin();
    const eva = await client.call("person.explain", { who: "Eva Blom" });
    expect(eva.headline.code).toBe("headline.left_out");
    expect(eva.lines.map(({ code }) => code)).toContain("left_out.no_address");
    expect((await client.call("guard.explain", { guard: "guard.first" })).headline.code).toMatch(/^headline\.guard/u);
  });
});

describe("adopting", () => {
  it("marks what the newest plan proposed, and says what it did not find", async () => {
    world = await createAppWorld({
      seed: {
        members: [
          { email: "ann@firm.test", externalId: "other-ann" },
          { email: "stranger@firm.test", externalId: "stranger" },
        ],
        groups: [{ name: "Sales", members: [] }],
      },
    });
    await world.addProfile(firm);
    const { client } = world;
    expect((await faultOf(client.call("people.adopt", { sameAddress: true }))).code).toBe("run.none");
    await client.call("plan.create", { kind: "plan" });
    expect(await client.call("people.adopt", { addresses: ["ANN@firm.test", "who@firm.test"] })).toEqual({
      marked: [{ kind: "adopt", subject: "person", who: "Ana Costa" }],
      unknown: ["who@firm.test"],
    });
    expect((await client.call("people.adopt", { groups: true })).marked).toEqual([
      { kind: "adopt", subject: "group", who: "Sales" },
    ]);
    expect((await client.call("people.adopt", { gone: true })).marked).toMatchObject([{ kind: "adopt-gone" }]);
    const { run } = await client.call("plan.create", { kind: "plan" });
    const { rows } = await client.call("runs.changes", { run, actions: ["adopt"] });
    expect(rows.map(({ subject }) => subject.name ?? subject.email)).toEqual(["Ana Costa", "Sales", "stranger"]);
  });
});

describe("checks", () => {
  it("look at both ends without changing anything; what fails is the last finding", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { client, sandbox } = world;
    const directory = await client.call("directory.check", {});
    expect(directory.findings.every(({ severity }) => severity !== "error")).toBe(true);
    const organization = await client.call("organization.check", {});
    expect(organization.findings.map(({ code }) => code)).toContain("check.organization.readable");
    expect(sandbox.requests.every(({ method, path }) => method === "GET" || path === "/connect/token")).toBe(true);
    await client.call("config.set", { path: "directory.path", value: world.path("none.json"), profile: "main" });
    expect((await client.call("directory.check", {})).findings.at(-1)).toMatchObject({
      code: "directory.file_unreadable",
      severity: "error",
    });
  });

  it("the doctor looks at everything an installation stands on, and goes on where a part fails", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { client } = world;
    const well = (await client.call("doctor.run", {})).findings;
    expect(well.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(well.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["doctor.store", "doctor.config", "doctor.secret", "doctor.profile"]),
    );
    await client.call("organizations.logout", {});
    const ill = (await client.call("doctor.run", {})).findings;
    expect(ill.filter(({ severity }) => severity === "error").map(({ code }) => code)).toContain("secret.missing");
    expect(ill.map(({ code }) => code)).toContain("doctor.profile");
  });

  it("about the installation", async () => {
    world = await createAppWorld();
    expect(await world.client.call("app.info", {})).toMatchObject({
      version: "1.0.0",
      configFile: world.configuration.file,
      locked: false,
    });
  });
});

describe("the sync cache", () => {
  it("is cleared without losing links, and never during a run", async () => {
    world = await createAppWorld();
    const client = await begin();
    expect(await client.call("cache.clear", {})).toEqual({ profile: "main" });
    expect(await client.call("directory.people", {})).toMatchObject({ total: 0 });
    expect((await client.call("sync.run", {})).outcome).toBe("unchanged");
    expect((await world.store.audits({ limit: 1 }))[0]?.what).toBe("cache.clear");
    const { profiles } = (await world.configuration.read()).config;
    const name = `profile:${profiles["main"]?.id}`;
    const holder = { what: "sync", who: "piet", host: "there", pid: 2 };
    const now = Date.now();
    await world.store.acquire({ name, holder, now, staleMs: 30_000 });
    expect(await faultOf(client.call("cache.clear", {}))).toMatchObject({
      code: "lease.held",
      params: { who: "piet", host: "there", subject: "main", what: "sync" },
    });
  });
});
