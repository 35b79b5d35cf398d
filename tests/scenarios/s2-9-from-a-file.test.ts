/** Product §2.4 on Vaultwarden, row by row, from a directory in a file that is changed between runs. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { fileDirectory } from "../../src/directories/file/index.ts";
import { memberType } from "../../src/organizations/sandbox/sandbox.ts";
import { createWorld as createDirectoryWorld } from "../directory-world.ts";
import { many } from "./directory.ts";
import { createWorld, hours, minutes, type Settings, type World } from "./world.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

interface Entry {
  readonly id: string;
  readonly email?: string;
  readonly name?: string;
  readonly state?: "enabled" | "disabled";
}
interface Story {
  readonly world: World;
  /** Writes the file: the people p1 … p20 with the changes named, and one group of the first three. */
  readonly write: (
    changes?: Readonly<Record<string, Partial<Entry> | "gone">>,
    ...more: readonly Entry[]
  ) => Promise<void>;
  /** Addresses sent since the last call, and groups as `sales: p1 p2`. */
  readonly sent: () => string[];
}

/** Entries `q…` stand for somebody of the first three under a new id, in the group like them. */
const isAgain = ({ id }: Entry): boolean => id.startsWith("q");
const twenty = many(20);
const owner = { owners: ["owner@sandbox.test"] };

/** Twenty people who joined, in a group of three, an hour after the first run. */
const begin = async (settings: Settings = {}, organizationSettings: Settings = owner): Promise<Story> => {
  const folder = await mkdtemp(join(tmpdir(), "scenario-file-"));
  folders.push(folder);
  const path = join(folder, "firm.json");
  const world = await createWorld({ dialect: "vaultwarden", settings, organizationSettings });
  Object.assign(world.engine, {
    openDirectory: () => fileDirectory.open({ kind: "file", path }, createDirectoryWorld().dependencies),
  });
  const write: Story["write"] = async (changes = {}, ...more) => {
    const users = twenty.flatMap((id) => {
      const change = changes[id] ?? {};
      return change === "gone" ? [] : [{ id, email: `${id}@firm.test`, name: id, ...change }];
    });
    const present = new Set(users.map(({ id }) => id));
    const members = [
      ...twenty.slice(0, 3).filter((id) => present.has(id)),
      ...more.filter(isAgain).map(({ id }) => id),
    ];
    const groups = [{ id: "sales", name: "sales", members }];
    await writeFile(path, JSON.stringify({ users: [...users, ...more], groups }));
  };
  let seen = 0;
  const sent: Story["sent"] = () => {
    const fresh = world.sandbox.requests.slice(seen).filter(({ path: place }) => place.endsWith("/import"));
    seen = world.sandbox.requests.length;
    return fresh.flatMap(({ body }) => {
      const { members, groups } = Body.parse(body);
      return [
        ...members.map(({ email, deleted }) => `${deleted ? "-" : "+"}${email}`),
        ...groups.map(({ name, memberExternalIds }) => [`${name}:`, ...memberExternalIds].join(" ")),
      ];
    });
  };
  await write();
  expect((await world.review({ baseline: "send" })).outcome).toBe("done");
  for (const id of twenty) {
    world.sandbox.byHand.accept(`${id}@firm.test`);
    world.sandbox.byHand.confirm(`${id}@firm.test`);
  }
  world.pass(25 * hours);
  sent();
  return { world, write, sent };
};
const Body = z.object({
  members: z.array(z.object({ email: z.string(), deleted: z.boolean() })),
  groups: z.array(z.object({ name: z.string(), memberExternalIds: z.array(z.string()) })),
});

const line = (world: World, address: string) => world.members().find((one) => one.startsWith(`${address}@firm.test/`));
const sales = (world: World) => world.groups()[0];
const whole = "sales/sales{p1@firm.test,p2@firm.test,p3@firm.test}";

describe("a leaver", () => {
  it("given disabled, then revoked, by the address we sent, and nobody else is sent; back, then as they were", async () => {
    const { world, write, sent } = await begin();
    await write({ p1: { state: "disabled" } });
    const run = await world.sync();
    expect(run.notes).toContain("leaver.found_by_address");
    expect(sent()).toEqual(["-p1@firm.test"]);
    expect(line(world, "p1")).toBe("p1@firm.test/p1/revoked");
    expect(sales(world)).toBe(whole);
    await write();
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["restore p1@firm.test"]);
    expect(sent()).toEqual(["+p1@firm.test"]);
    expect(line(world, "p1")).toBe("p1@firm.test/p1/confirmed");
  });

  it("given they changed the address in their account, then nothing happens there, which the plan says beforehand", async () => {
    const { world, write } = await begin();
    const member = world.sandbox.byHand.findMember("p1@firm.test");
    if (member !== undefined) member.email = "elsewhere@home.test";
    await write({ p1: { state: "disabled" } });
    const plan = await world.plan();
    expect(plan.notes).toContain("leaver.found_by_address");
    await world.apply(plan);
    expect(world.members()).toContain("elsewhere@home.test/p1/confirmed");
  });

  it("given missing once, then nothing; a second time half an hour later, then revoked, in their groups", async () => {
    const { world, write, sent } = await begin({ sync: { leavers: { gone: "remove" } } });
    await write({ p2: "gone" });
    expect((await world.sync()).kept).toEqual(["keep.missing_once p2@firm.test"]);
    world.pass(10 * minutes);
    expect((await world.sync()).kept).toEqual(["keep.missing_once p2@firm.test"]);
    expect(sent()).toEqual([]);
    world.pass(30 * minutes);
    const run = await world.sync();
    expect(run.changes).toEqual(["revoke p2@firm.test"]);
    expect(run.notes).toEqual(expect.arrayContaining(["leaver.remove_unavailable", "leaver.found_by_address"]));
    expect(sent()).toEqual(["-p2@firm.test"]);
    expect(sales(world)).toBe(whole);
    world.pass(25 * hours);
    expect(await world.sync({ full: true })).toMatchObject({ outcome: "unchanged" });
    expect(sent()).toEqual([]);
  });

  it("given the address was cleared, then left out, and all stays", async () => {
    const { world, write, sent } = await begin();
    await write({ p3: { email: "" } });
    for (let run = 0; run < 3; run += 1) {
      expect((await world.sync({ full: true })).notes).toContain("left_out.no_address p3");
      world.pass(25 * hours);
    }
    expect(sent()).toEqual([]);
    expect(sales(world)).toBe(whole);
  });

  it("given an owner by name, then never revoked, and said every time", async () => {
    const { world, write, sent } = await begin({}, { owners: ["p4@firm.test"] });
    world.sandbox.byHand.setType("p4@firm.test", memberType.owner);
    await write({ p4: { state: "disabled" } });
    for (let run = 0; run < 2; run += 1) {
      expect((await world.sync()).kept).toEqual(["keep.owner p4@firm.test"]);
      world.pass(hours);
    }
    await write({ p4: "gone" });
    await world.sync();
    world.pass(hours);
    expect((await world.sync()).kept).toEqual(["keep.owner p4@firm.test"]);
    expect(sent()).toEqual([]);
  });

  it("given nobody named the owners, then leavers are kept, by name, and each plan says why", async () => {
    const { world, write, sent } = await begin({}, {});
    await write({ p4: { state: "disabled" }, p5: "gone" }, { id: "new", email: "new@firm.test" });
    const first = await world.sync();
    expect(first.kept).toContain("keep.owners_unknown p4@firm.test");
    expect(first.notes).toContain("owners.unknown");
    world.pass(hours);
    const second = await world.sync();
    expect(second.kept.toSorted()).toEqual(["keep.owners_unknown p4@firm.test", "keep.owners_unknown p5@firm.test"]);
    expect(second.notes).toContain("owners.unknown");
    expect(sent()).toEqual(["+new@firm.test"]);
  });
});

describe("somebody revoked by hand", () => {
  it("given others and their groups change, then they stay revoked; restore is the reviewed way back", async () => {
    const { world, write, sent } = await begin();
    world.sandbox.byHand.revoke("p1@firm.test");
    await write({ p1: { name: "Renamed" }, p2: { state: "disabled" } }, { id: "new", email: "new@firm.test" });
    await world.sync();
    world.pass(25 * hours);
    await world.sync({ full: true });
    expect(sent()).toEqual(["-p2@firm.test", "+new@firm.test"]);
    expect(line(world, "p1")).toBe("p1@firm.test/p1/revoked");
    await world.restore("p1@firm.test");
    world.pass(hours);
    expect((await world.review()).changes).toEqual(["restore p1@firm.test"]);
    expect(sent()).toEqual(["+p1@firm.test"]);
    expect(line(world, "p1")).toBe("p1@firm.test/p1/confirmed");
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
  });
});

describe("a changed address", () => {
  it("given wait, then a note each time, and nothing is sent; their leaving is by the old address", async () => {
    const { world, write, sent } = await begin();
    await write({ p1: { email: "one@firm.test" } });
    for (let run = 0; run < 2; run += 1) {
      const told = await world.sync({ full: true });
      expect(told).toMatchObject({ changes: [] });
      expect(told.notes).toContain("address.waits one@firm.test");
      world.pass(25 * hours);
    }
    expect(sent()).toEqual([]);
    await write({ p1: { email: "one@firm.test", state: "disabled" } });
    await world.sync();
    expect(sent()).toEqual(["-p1@firm.test"]);
    expect(line(world, "p1")).toBe("p1@firm.test/p1/revoked");
  });

  it("given replace, then the new one is invited, the old revoked, and the group holds the new one as soon as it is sent", async () => {
    const { world, write, sent } = await begin({ sync: { addressChange: "replace" } });
    await write({ p1: { email: "one@firm.test" } });
    expect((await world.sync()).changes).toEqual(["readdress one@firm.test"]);
    expect(sent()).toEqual(["-p1@firm.test", "+one@firm.test"]);
    expect(line(world, "p1")).toBe("p1@firm.test/p1~old/revoked");
    world.sandbox.byHand.accept("one@firm.test");
    world.pass(hours);
    await write({ p1: { email: "one@firm.test" }, p3: "gone" });
    await world.sync();
    world.pass(hours);
    await world.sync();
    expect(line(world, "one")).toBe("one@firm.test/p1/accepted");
  });

  it("given somebody else has it, then held back and named, also under replace", async () => {
    const { world, write, sent } = await begin({ sync: { addressChange: "replace" } });
    await write({ p1: { email: "p2@firm.test" }, p2: { email: "two@firm.test" } });
    const run = await world.plan();
    expect(run.kept).toContain("held.address_taken p2@firm.test");
    expect(sent()).toEqual([]);
    expect(sales(world)).toBe(whole);
  });
});

describe("a new id", () => {
  it("given the same address, then proposed, never a leaver and a joiner; adopted, then they go on as the one they were", async () => {
    const { world, write, sent } = await begin();
    const again = { id: "q1", email: "p1@firm.test", name: "p1" };
    await write({ p1: "gone" }, again);
    for (let run = 0; run < 3; run += 1) {
      const told = await world.sync();
      expect(told).toMatchObject({ changes: [], kept: ["keep.same_address_new_id p1@firm.test"] });
      expect(told.notes).toContain("proposal.same_address p1@firm.test");
      world.pass(hours);
    }
    await world.adopt({ addresses: ["p1@firm.test"] });
    expect((await world.review()).changes).toEqual(["adopt p1@firm.test"]);
    expect(sent()).toEqual([]);
    expect(line(world, "p1")).toBe("p1@firm.test/p1/confirmed");
    expect(sales(world)).toBe(whole);
    await write({ p1: "gone" }, { ...again, state: "disabled" });
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["revoke p1@firm.test"]);
    expect(sent()).toEqual(["-p1@firm.test"]);
  });
});
