import { afterEach, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

const firm = {
  users: [
    { id: "ann", email: "ann@firm.test", name: "Ann" },
    { id: "bob", email: "bob@firm.test", name: "Bob" },
    { id: "eve", email: "eve@other.test", name: "Eve" },
  ],
  groups: [
    { id: "g1", name: "Sales", members: ["ann", "bob"] },
    { id: "g2", name: "Board", members: ["ann"] },
  ],
};
const start = async (): Promise<void> => {
  world = await createAppWorld();
  await world.addProfile(firm);
};
const check = (changes: Record<string, string>, profile = "main") =>
  world.client.call("filter.check", { profile, draft: { changes } });

describe("a filter while it is typed", () => {
  it("given nothing was read yet, then it is only judged", async () => {
    await start();
    expect(await check({ "sync.userFilter": 'include email:"*@firm.test"' })).toEqual({
      people: {},
      groups: {},
      known: [],
      knownTotal: 0,
    });
  });

  it("given a complete read, then it tells whom it takes of it, and who not; the stored settings stay", async () => {
    await start();
    await world.client.call("plan.create", { kind: "test" });
    const verdict = await check({
      "sync.userFilter": 'include email:"*@firm.test"',
      "sync.groupFilter": 'exclude name:"board"',
    });
    expect(verdict).toMatchObject({
      people: { found: { taken: 2, of: 3, others: ["Eve"] } },
      groups: { found: { taken: 1, of: 2, others: ["Board"] } },
      known: [
        { name: "Board", members: 1 },
        { name: "Sales", members: 2 },
      ],
      knownTotal: 2,
    });
    expect((await world.client.call("config.get", { path: "sync.userFilter" })).value).toBe("");
  });

  it("given one that cannot be read, then the place is told, and what was probably meant", async () => {
    await start();
    await world.client.call("plan.create", { kind: "test" });
    const text = 'include email:"*@firm.test", nam:"Bob"';
    const { people, groups } = await check({ "sync.userFilter": text });
    expect(people).toMatchObject({
      fault: { code: "filter.syntax", params: { filter: "userFilter", column: 30 } },
      at: { start: 28, end: text.length },
      repair: { text: 'include email:"*@firm.test", name:"Bob"', removes: "nam:", adds: "name:" },
    });
    expect(groups).toEqual({});
  });

  it("given an LDAP server, then its own language is judged without asking it, and only it could count", async () => {
    await start();
    await world.client.call("profiles.add", {
      name: "ad",
      settings: { "directory.kind": "ldap", "directory.url": "ldaps://127.0.0.1:1", "directory.baseDn": "dc=firm" },
    });
    const text = "(|(cn=Kluis-*)(cn Engineering)(cn=Sales*))";
    const { groups } = await check({ "sync.groupFilter": text }, "ad");
    expect(groups).toMatchObject({
      fault: { code: "filter.syntax", params: { column: 18 } },
      at: { start: 15, end: 29 },
      repair: { removes: "cn Engineering", adds: "cn=Engineering" },
    });
    const behind = await check({ "sync.groupFilter": "include: a | (cn=b" }, "ad");
    expect(behind.groups).toMatchObject({ repair: { text: "include: a | (cn=b)", removes: "cn=b", adds: "cn=b)" } });
  });
});
