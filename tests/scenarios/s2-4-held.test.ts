/** Product §2.4: an address that now belongs to somebody else is held back until somebody reviewed it. */
import { describe, expect, it } from "vitest";
import { group, many, person } from "./directory.ts";
import { createWorld, hours, type World } from "./world.ts";

const groups = [group("sales", "p1"), group("it", "p2")];
const swapped = [
  person("p1", { email: "p2@firm.test" }),
  person("p2", { email: "p1@firm.test" }),
  ...many(30).slice(2),
];
const begin = async (accepts: boolean): Promise<World> => {
  const world = await createWorld({ directory: { people: many(30), groups }, seats: null });
  await world.review();
  if (accepts) for (const id of many(30)) world.sandbox.byHand.accept(id);
  world.pass(25 * hours);
  world.directory.people = swapped;
  world.directory.groups = [group("sales", "p3"), group("it", "p2", "p1")];
  return world;
};
const held = ["held.address_taken p2@firm.test", "held.address_taken p1@firm.test"];

describe("two people whose addresses changed places", () => {
  it("given nobody reviewed that, then both keep what they have, in the groups they have", async () => {
    for (const accepts of [true, false]) {
      const world = await begin(accepts);
      for (const full of [false, true]) {
        expect((await world.sync({ full })).kept).toEqual(held);
        world.pass(hours);
      }
      expect(world.groups()).toEqual(["it/it{p2@firm.test}", "sales/sales{p1@firm.test,p3@firm.test}"]);
      expect(world.members().filter((line) => /^p[12]@/u.test(line))).toEqual([
        expect.stringMatching(/^p1@firm\.test\/p1\//u),
        expect.stringMatching(/^p2@firm\.test\/p2\//u),
      ]);
    }
  });

  it("given somebody looked and says so with adopt, then accepted members are who they were, and their groups go on by id", async () => {
    const world = await begin(true);
    await world.sync();
    expect(await world.adopt({ addresses: ["p2@firm.test"] })).toBeUndefined();
    expect((await world.review()).changes).toEqual([
      "readdress p2@firm.test",
      "change-members it +p1",
      "change-members sales -p1",
    ]);
    expect(world.groups()).toEqual(["it/it{p1@firm.test,p2@firm.test}", "sales/sales{p3@firm.test}"]);
    world.pass(hours);
    expect(await world.sync({ full: true })).toMatchObject({ changes: [], kept: held.slice(1) });
    expect(world.sandbox.state.mails.filter(({ kind }) => kind === "invitation")).toHaveLength(30);
  });

  it("given these were only invited, then an invitation at an address that is taken cannot be made, and both stay", async () => {
    const world = await begin(false);
    await world.sync();
    await world.adopt({ addresses: ["p1@firm.test", "p2@firm.test"] });
    expect(await world.plan()).toMatchObject({ changes: [], kept: held });
  });
});
