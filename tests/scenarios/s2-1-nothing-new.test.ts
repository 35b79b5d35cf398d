/** Product §2.1: a run that reads everything and finds nothing new. */
import { expect, it, vi } from "vitest";
import { disabled, group, person } from "./directory.ts";
import { createWorld, days, hours, minutes, type World } from "./world.ts";

const sales = () => ({
  people: ["ann", "bob", person("cleo", { email: undefined })],
  groups: [group("sales", "ann", "bob")],
});

/** A first sync and a run that compared: from here on the next one has nothing to compare. */
const settled = async (settings = {}): Promise<World> => {
  const world = await createWorld({ directory: sales(), settings });
  await world.review();
  world.pass(hours);
  expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
  return world;
};

/** Whether the next run compared people with their links. */
const compares = async (world: World): Promise<boolean> => {
  const asked = vi.spyOn(world.store, "links");
  world.pass(hours);
  await world.sync();
  const compared = asked.mock.calls.length > 0;
  asked.mockRestore();
  return compared;
};

it("given the same entries again, then nothing is compared, and the run tells the same notes", async () => {
  const world = await settled();
  world.pass(hours);
  const before = await world.sync();
  expect(await compares(world)).toBe(false);
  world.pass(hours);
  const after = await world.sync();
  expect(after).toMatchObject({ outcome: "unchanged", changes: [], kept: [] });
  expect(after.notes).toEqual(before.notes);
  expect(after.run).toBeGreaterThan(before.run);
  expect((await world.store.runs({ limit: 1 })).rows[0]?.counts).toMatchObject({ people: 3, groups: 1, compared: 0 });
});

it("given somebody disabled after many such runs, then they lose access at once", async () => {
  const world = await settled();
  for (let run = 0; run < 3; run += 1) expect(await compares(world)).toBe(false);
  world.directory.people = ["ann", disabled("bob"), person("cleo", { email: undefined })];
  world.pass(hours);
  expect((await world.sync()).changes).toEqual(["revoke bob@firm.test"]);
});

it("given somebody missing, then the second read that misses them counts, though nothing in it is new", async () => {
  const world = await settled();
  world.directory.people = ["ann", person("cleo", { email: undefined })];
  world.pass(hours);
  expect((await world.sync()).kept).toEqual(["keep.missing_once bob@firm.test"]);
  world.pass(31 * minutes);
  expect((await world.sync()).changes).toContain("revoke bob@firm.test");
});

it("given another selection, then the same entries are compared", async () => {
  const world = await settled();
  expect(await compares(world)).toBe(false);
  world.set({ sync: { userFilter: "exclude:nobody@firm.test" } });
  expect(await compares(world)).toBe(true);
});

it("given a day since the whole organization was read, then it is read and compared again", async () => {
  const world = await settled();
  expect(await compares(world)).toBe(false);
  world.requests();
  world.pass(days);
  await world.sync();
  expect(world.requests()).toContain("GET /public/members");
});
