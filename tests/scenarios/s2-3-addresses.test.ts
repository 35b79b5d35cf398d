/** Product §2.3: e-mail and names. */
import { describe, expect, it } from "vitest";
import { group, person } from "./directory.ts";
import { createWorld, hours } from "./world.ts";

describe("addresses", () => {
  it("given blanks and capitals, then they are trimmed and in lower case, and go as they are compared", async () => {
    const world = await createWorld({
      directory: { people: [person("ann", { email: "  Ann@Firm.TEST " })], groups: [] },
    });
    await world.review();
    expect(world.members()).toEqual(["ann@firm.test/ann/invited"]);
    world.pass(hours);
    expect(await world.sync({ full: true })).toMatchObject({ outcome: "unchanged", notes: [] });
  });

  it("given no address, a bad one, one for two and an id that is too long, then each is left out with a note and the rest goes on", async () => {
    const world = await createWorld({
      directory: {
        people: [
          "ann",
          person("nomail", { email: undefined }),
          person("bad", { email: "not an address" }),
          person("kim", { email: "kim@firm.test", name: "Kim Pol" }),
          person("kim2", { email: "KIM@firm.test", name: "Kim Pol-Vos" }),
          person("long", { externalId: "x".repeat(301) }),
        ],
        groups: [],
      },
    });
    const run = await world.review();
    expect(run.changes).toEqual(["invite ann@firm.test"]);
    expect(run.notes.map((note) => note.split(" ", 1)[0])).toEqual([
      "left_out.bad_address",
      "left_out.long_id",
      "left_out.no_address",
      "left_out.same_address",
      "left_out.same_address",
    ]);
    const shared = run.plan.notes.find(({ code }) => code === "left_out.same_address");
    expect(JSON.stringify(shared)).toContain("Kim Pol-Vos");
    expect(JSON.stringify(shared)).toContain('Kim Pol"');
  });

  it("given two entries with one address, then the linked one stays in", async () => {
    const world = await createWorld({
      directory: { people: ["ann", person("kim")], groups: [group("sales", "kim")] },
    });
    await world.review();
    world.directory.people = ["ann", person("akim", { email: "kim@firm.test" }), person("kim")];
    world.pass(hours);
    const run = await world.sync();
    expect(run).toMatchObject({ outcome: "unchanged", changes: [], kept: [] });
    expect(run.notes.map((note) => note.split(" ", 1)[0])).toContain("left_out.same_address");
    expect(world.members()).toEqual(["ann@firm.test/ann/invited", "kim@firm.test/kim/invited"]);
  });

  it("given a linked person's address goes bad, then they stay as they are, in their groups", async () => {
    const world = await createWorld({
      directory: { people: ["ann", "bob"], groups: [group("sales", "ann", "bob")] },
    });
    await world.review();
    for (const email of [undefined, "bob@@firm.test", "ann@firm.test"]) {
      world.directory.people = ["ann", person("bob", { email })];
      world.pass(2 * hours);
      expect(await world.sync({ full: true })).toMatchObject({ changes: [], kept: [] });
    }
    expect(world.groups()).toEqual(["sales/sales{ann@firm.test,bob@firm.test}"]);
  });
});

describe("group names", () => {
  it("given a name of 1 to 100 characters, then it is sent as it is; a longer one or none is reported, never truncated", async () => {
    const world = await createWorld({
      directory: {
        people: ["ann"],
        groups: [
          { id: "g1", name: "a".repeat(100), members: ["ann"] },
          { id: "g2", name: "b".repeat(101), members: ["ann"] },
          { id: "g3", name: " ", members: ["ann"] },
        ],
      },
    });
    const run = await world.review();
    expect(world.groups()).toEqual([`${"a".repeat(100)}/g1{ann@firm.test}`]);
    expect(run.notes.map((note) => note.split(" ", 1)[0])).toEqual([
      "left_out.long_group_name",
      "left_out.no_group_name",
    ]);
  });
});

describe("who is out by default", () => {
  it("given guests and shared mailboxes the directory does not select, then they are out, and counted", async () => {
    const world = await createWorld({
      directory: {
        people: ["ann", person("guest", { selected: false }), person("room", { selected: false })],
        groups: [],
      },
    });
    const run = await world.review();
    expect(run.changes).toEqual(["invite ann@firm.test"]);
    expect(JSON.stringify(run.plan.notes)).toMatch(/"count":2/u);
  });
});

it("given an invited and an accepted member's addresses change, then one is sent and the other is counted as noted", async () => {
  const world = await createWorld({ seats: null, directory: { people: ["ann", "bob", "cas"], groups: [] } });
  await world.review();
  world.sandbox.byHand.accept("bob");
  const moved = (id: string) => person(id, { email: `${id}.new@firm.test` });
  world.directory.people = [moved("ann"), moved("bob"), "cas"];
  world.pass(hours);
  const plan = await world.plan({ full: true });
  const { run } = await world.apply(plan);
  expect((await world.store.run(run))?.counts).toMatchObject({ done: 2, noted: 1 });
});
