/** Product §2.10 and §2.6: after a lost answer the rest is sent on what is known then; nobody leaves a group for it. */
import { describe, expect, it } from "vitest";
import { group, many } from "./directory.ts";
import { createWorld, hours, type World } from "./world.ts";

const importPath = "/public/organization/import";

/** The next import is done, and its answer gets lost. */
const loseAnswer = (world: World): void => {
  world.sandbox.control.faults.push({ path: importPath, at: 1, fault: { kind: "close", when: "after" } });
};

describe("given the answer to an import of people gets lost", () => {
  it("and a group of the organization is adopted in the same plan, then everybody who was in it stays", async () => {
    const world = await createWorld({
      directory: { people: ["ann", "bob", "new"], groups: [group("sales", "ann", "bob", "new")] },
      seed: {
        members: [
          { email: "ann@firm.test", externalId: "ann" },
          { email: "bob@firm.test", externalId: "bob" },
          { email: "hand@firm.test", externalId: "other" },
        ],
        groups: [{ name: "sales", externalId: "sales", members: ["ann", "bob", "hand@firm.test"] }],
      },
    });
    loseAnswer(world);
    expect(await world.review()).toMatchObject({ outcome: "done" });
    expect(world.groups()).toEqual(["sales/sales{ann@firm.test,bob@firm.test,hand@firm.test,new@firm.test}"]);
  });

  it("and somebody was put into a linked group by hand since the plan, then they stay", async () => {
    const world = await createWorld({ directory: { people: many(30), groups: [group("sales", "p1")] } });
    await world.review();
    world.pass(25 * hours);
    world.sandbox.byHand.addMember({ email: "hand@firm.test" });
    world.directory.people = [...many(30), "new"];
    world.directory.groups = [group("sales", "p1", "new")];
    const plan = await world.plan();
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "hand@firm.test"]);
    loseAnswer(world);
    expect(await world.apply(plan)).toMatchObject({ outcome: "done" });
    expect(world.groups()).toEqual(["sales/sales{hand@firm.test,new@firm.test,p1@firm.test}"]);
  });
});
