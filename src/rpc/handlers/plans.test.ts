import { readFile, stat, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";
import { parsePlan } from "../../core/plan-file.ts";
import { messageLimit } from "../links/link.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

const firm = {
  users: [
    { id: "ann", email: "ann.costa@firm.test", name: "Ana Costa" },
    { id: "bob", email: "bob.li@firm.test", name: "Bo Li" },
    { id: "eva", name: "Eva Blom" },
  ],
  groups: [{ id: "sales", name: "Sales and service", members: ["ann", "bob"] }],
};
const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

describe("a plan", () => {
  it("given it was made, then its headline names both ends, and its rows and notes come in pages, with names", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { client } = world;
    const summary = await client.call("plan.create", { kind: "plan" });
    expect(summary).toMatchObject({
      kind: "plan",
      profile: "main",
      directory: `file ${world.path("directory.json")}`,
      organization: "acme",
      server: world.sandbox.url,
      outcome: "planned",
      compared: "organization",
      guards: [{ code: "guard.first" }],
      counts: { changes: 3, leftOut: 1 },
    });
    expect(summary).not.toHaveProperty("fault");
    const { run } = summary;
    const first = await client.call("runs.changes", { run, limit: 2 });
    expect(first.rows.map(({ action }) => action)).toEqual(["invite", "invite"]);
    expect(first.total).toBe(3);
    const second = await client.call("runs.changes", {
      run,
      limit: 2,
      ...(first.next === undefined ? {} : { cursor: first.next }),
    });
    expect(second.rows).toMatchObject([
      { action: "create-group", add: ["ann", "bob"], addNames: ["Ana Costa", "Bo Li"], added: 2, state: "planned" },
    ]);
    expect(second.next).toBeUndefined();
    expect((await client.call("runs.changes", { run, search: "costa" })).rows).toHaveLength(1);
    expect((await client.call("runs.changes", { run, states: ["done"] })).total).toBe(0);
    expect((await client.call("runs.notes", { run })).rows).toMatchObject([
      { code: "left_out.no_address", subject: { name: "Eva Blom" } },
    ]);
  });

  it("given it is written, then the file is whole, for this user only, and can be applied; then nothing is left to do", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { client } = world;
    const { run, header } = await client.call("plan.create", { kind: "plan" });
    const path = world.path("plan.jsonl");
    expect(await client.call("plan.write", { run, path })).toEqual({ path, rows: 3, digest: header?.digest });
    expect((await stat(path)).mode & 0o077).toBe(0);
    const applied = await client.call("plan.apply", { path });
    expect(applied).toMatchObject({ outcome: "done", tally: { done: 3 }, accepted: { by: "jan", how: "apply" } });
    expect((await client.call("plan.create", { kind: "plan" })).outcome).toBe("unchanged");
    expect((await client.call("runs.list", { changedOnly: true })).rows).toMatchObject([{ kind: "apply" }]);
    expect((await client.call("runs.list", {})).total).toBe(3);
    expect(await client.call("runs.last", {})).toMatchObject({ run: { outcome: "unchanged" } });
    expect((await client.call("runs.last", {})).users).toMatch(/^\d{4}-/u);
  });

  it("given its text is asked for in pieces, then together they are the file", async () => {
    world = await createAppWorld();
    const users = Array.from({ length: 3_000 }, (_item, index) => ({ id: `p${index}`, email: `p${index}@firm.test` }));
    const groups = [{ id: "all", name: "All", members: users.map(({ id }) => id) }];
    await world.addProfile({ users, groups });
    const { client } = world;
    const { run } = await client.call("plan.create", { kind: "plan" });
    const path = world.path("plan.jsonl");
    await client.call("plan.write", { run, path });
    let text = "";
    let cursor: string | undefined;
    let pieces = 0;
    do {
      const piece = await client.call("plan.text", { run, ...(cursor === undefined ? {} : { cursor }) });
      expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThan(messageLimit);
      text += piece.text;
      cursor = piece.next;
      pieces += 1;
    } while (cursor !== undefined);
    expect(pieces).toBeGreaterThan(1);
    expect(text).toBe(await readFile(path, "utf8"));
    const page = await client.call("runs.changes", { run, limit: 500, actions: ["create-group"] });
    expect(page.rows).toMatchObject([{ added: 3_000, add: expect.objectContaining({ length: 50 }) }]);
  });

  it.each([
    ["a file that is not there", "missing.jsonl", undefined, "plan.damaged"],
    ["a file that was cut short", "plan.jsonl", (text: string) => text.slice(0, -200), "plan.damaged"],
    [
      "a row that was changed",
      "plan.jsonl",
      (text: string) => text.replace('"after":{"email":"bob.li@', '"after":{"email":"eve@'),
      "plan.damaged",
    ],
  ])("given %s, then it is refused and nothing is sent", async (_name, file, change, code) => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { client } = world;
    const { run } = await client.call("plan.create", { kind: "plan" });
    const path = world.path("plan.jsonl");
    await client.call("plan.write", { run, path });
    await writeFile(path, (change ?? String)(await readFile(path, "utf8")));
    expect((await faultOf(client.call("plan.apply", { path: world.path(file) }))).code).toBe(code);
    expect(world.sandbox.state.members.size).toBe(1);
  });

  it("given a folder that cannot be written, then that is said", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { run } = await world.client.call("plan.create", { kind: "plan" });
    const fault = await faultOf(world.client.call("plan.write", { run, path: world.path("no/such/folder.jsonl") }));
    expect(fault).toMatchObject({ code: "plan.unwritable", params: { reason: "ENOENT" } });
  });

  it("given a guard stops a sync, then the answer says so with the fault, and the record keeps it", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const summary = await world.client.call("sync.run", {});
    expect(summary).toMatchObject({ outcome: "guard", fault: { code: "guard.first" } });
    expect(await world.client.call("runs.get", { run: summary.run })).toMatchObject({
      outcome: "guard",
      guards: [{ code: "guard.first" }],
    });
    const digest = summary.header?.digest.slice(0, 8) ?? "";
    expect(await world.client.call("sync.run", { accept: digest })).toMatchObject({ outcome: "done" });
  });
});

describe("a redacted plan", () => {
  it("holds no name, address or id; everybody has the same stand-in everywhere, in every plan", async () => {
    world = await createAppWorld({
      seed: {
        members: [{ email: "stranger@firm.test", externalId: "cn=Secret Person,dc=firm", name: "Secret Person" }],
      },
    });
    await world.addProfile(firm);
    const { client } = world;
    const plans: string[] = [];
    for (const path of ["one.jsonl", "two.jsonl"].map((name) => world.path(name))) {
      const { run, header } = await client.call("plan.create", { kind: "plan" });
      const written = await client.call("plan.write", { run, path, redact: true });
      expect(written.digest).toBe(header?.digest);
      plans.push(await readFile(path, "utf8"));
    }
    const [one = "", two = ""] = plans;
    for (const secret of ["ann", "bob", "Costa", "Bo Li", "Blom", "Sales", "firm.test", "Secret", "stranger@", "cn="])
      expect(one.replaceAll(/"code":"[^"]*"/gu, "")).not.toContain(secret);
    const changes = (text: string) =>
      linesOf(text).filter((line) => !line.startsWith('{"plan"') && !line.startsWith('{"end"'));
    expect(changes(one)).toEqual(changes(two));
    const plan = await parsePlan(linesOf(one), "one.jsonl");
    const [invited] = plan.rows;
    expect(invited?.after).toMatchObject({ email: invited?.subject.email });
    const created = plan.rows.find(({ action }) => action === "create-group");
    expect(created?.add).toContain(invited?.subject.externalId);
  });

  it("is whole, but cannot be applied", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { run } = await world.client.call("plan.create", { kind: "plan" });
    const path = world.path("plan.jsonl");
    await world.client.call("plan.write", { run, path, redact: true });
    expect((await faultOf(world.client.call("plan.apply", { path }))).code).toBe("plan.not_applicable");
  });
});

describe("undoing a run", () => {
  it("writes a plan of the reverse, and says how far each change can be taken back", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    const { client, sandbox } = world;
    const stopped = await client.call("sync.run", {});
    const { run } = await client.call("sync.run", { accept: stopped.header?.digest ?? "" });
    const path = world.path("undo.jsonl");
    const undo = await client.call("runs.undo", { run, path });
    expect(undo).toMatchObject({ path, changes: 3, fully: 3, newInvitation: 0, impossible: 0 });
    expect(undo.rows.map(({ action, who }) => `${action} ${who}`)).toEqual([
      "invite Ana Costa",
      "invite Bo Li",
      "create-group Sales and service",
    ]);
    const applied = await client.call("plan.apply", { path });
    expect(applied).toMatchObject({ kind: "undo", outcome: "done", undoes: run });
    expect(sandbox.state.members.size).toBe(1);
    expect((await client.call("profiles.list", {})).profiles[0]?.paused?.why).toBe(`undo ${run}`);
    expect((await faultOf(client.call("runs.undo", { run, path }))).code).toBe("run.nothing_to_undo");
    expect((await faultOf(client.call("runs.undo", { run: 4711, path }))).code).toBe("run.unknown");
  });
});
