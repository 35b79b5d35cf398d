import { describe, expect, it } from "vitest";
import { group, many, person, type DirectoryContent } from "./directory.ts";
import { createWorld, hours, minutes, type Settings, type World } from "./world.ts";

/** A firm whose first plan was reviewed, with a second run in which nothing was new. */
const settled = async (people: DirectoryContent["people"], settings: Settings = {}): Promise<World> => {
  const directory: DirectoryContent = { people, groups: [group("Sales", "p1", "p2")], tells: {} };
  const world = await createWorld({ directory, settings });
  await world.review();
  world.pass(hours);
  expect((await world.sync()).outcome).toBe("unchanged");
  world.pass(hours);
  world.requests();
  return world;
};

/** How often the last read was loaded from the store from now on. */
const countLoads = (world: World): (() => number) => {
  let loads = 0;
  const { store } = world;
  const load = store.snapshot.bind(store);
  Object.assign(store, {
    snapshot: async (profile: string) => {
      loads += 1;
      return load(profile);
    },
  });
  return () => loads;
};

describe("asking only for what changed", () => {
  it("given nothing new, then nothing is loaded, compared or asked for, and the record says the same as before", async () => {
    const world = await settled([...many(20), person("nobody", { email: undefined })]);
    const before = await world.sync();
    const loads = countLoads(world);
    world.pass(hours);
    const told = await world.sync();
    expect(told.outcome).toBe("unchanged");
    expect(loads()).toBe(0);
    expect(world.requests()).toEqual([]);
    expect(told.notes).toEqual(before.notes);
    expect(told.notes).toContain("left_out.no_address nobody");
    expect(told.plan.header.counts).toEqual(before.plan.header.counts);
    expect(world.directory.ends?.at(-1)).toBe("changes");
    expect((await world.store.snapshot((await world.profile()).key))?.readAt).toBe(world.now());
  });

  it("given somebody new, somebody changed and members that came, then the plan is that of a full read", async () => {
    const world = await settled(many(20));
    world.directory.people = [
      ...many(20).filter((id) => id !== "p3"),
      person("p3", { email: "third@firm.test" }),
      "new",
    ];
    world.directory.groups = [group("Sales", "p1", "p4", "new")];
    const told = await world.plan();
    expect(world.directory.ends?.at(-1)).toBe("changes");
    const whole = await world.plan({ full: true });
    expect(world.directory.ends?.at(-1)).toBe("full");
    expect(told.changes).toEqual(whole.changes);
    expect(told.changes).toContain("invite new@firm.test");
  });

  it("given somebody who went, then they are missing since then, and gone when a second read half an hour later says nothing new", async () => {
    const world = await settled(many(40));
    world.directory.people = many(39);
    expect((await world.sync()).kept).toEqual(["keep.missing_once p40@firm.test"]);
    world.pass(10 * minutes);
    expect((await world.sync()).kept).toEqual(["keep.missing_once p40@firm.test"]);
    world.pass(30 * minutes);
    expect((await world.sync()).changes).toEqual(["revoke p40@firm.test"]);
    expect(world.directory.ends?.slice(-3)).toEqual(["changes", "changes", "changes"]);
  });

  it("given an account that expires, then it is disabled in time, though nothing changed", async () => {
    const world = await createWorld({
      directory: { people: [], groups: [], tells: {} },
    });
    world.directory.people = [...many(40), person("leaver", { disabledFrom: world.now() + 5 * hours })];
    await world.review();
    for (let hour = 1; hour < 5; hour += 1) {
      world.pass(hours);
      expect((await world.sync()).outcome).toBe("unchanged");
    }
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["revoke leaver@firm.test"]);
    expect(world.directory.ends?.at(-1)).toBe("changes");
  });

  it("given a changed filter or a cleared cache, then everything is read", async () => {
    const world = await settled(many(20));
    await world.store.clearCache((await world.profile()).key);
    expect((await world.sync()).outcome).toBe("unchanged");
    expect(world.directory.ends?.at(-1)).toBe("full");
    await world.sync();
    expect(world.directory.ends?.at(-1)).toBe("changes");
    world.set({ sync: { userFilter: "exclude id: p20" } });
    await world.plan();
    expect(world.directory.ends?.at(-1)).toBe("full");
  });

  it("given a setting that selects nobody else, then a run compares again", async () => {
    const world = await settled(many(20));
    const loads = countLoads(world);
    world.set({ protect: ["p1@firm.test"] });
    expect((await world.sync()).outcome).toBe("unchanged");
    expect(loads()).toBeGreaterThan(0);
    expect(world.directory.ends?.at(-1)).toBe("changes");
  });

  it("given somebody whom the directory forgot to tell about, then the n-th run reads everything and says so", async () => {
    const world = await settled(many(20), { sync: { fullReadEvery: 3 } });
    world.directory.tells = { blind: ["late"] };
    world.directory.people = [...many(20), "late"];
    const told = [await world.sync(), await world.sync()];
    expect(world.directory.ends?.slice(-3)).toEqual(["changes", "changes", "full"]);
    expect(told.map(({ changes }) => changes)).toEqual([[], ["invite late@firm.test"]]);
    expect(told.map(({ notes }) => notes.includes("changes.drift"))).toEqual([false, true]);
  });

  it("given a read that fails, then the cursor stays where it was and the next run goes on from there", async () => {
    const world = await settled(many(20));
    world.directory.people = [...many(20), "new"];
    world.directory.broken = "fails";
    expect((await world.sync()).fault?.code).toBe("directory.unreachable");
    delete world.directory.broken;
    expect((await world.sync()).changes).toEqual(["invite new@firm.test"]);
    expect(world.directory.ends?.at(-1)).toBe("changes");
  });
});
