/** Whatever the organization and the directory hold: a plan says exactly what happens, and nothing else does. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { heldBy, linesOf, predict } from "../fidelity/predict.ts";
import { group, person, type DirectoryContent } from "./directory.ts";
import { createWorld } from "./world.ts";

const names = ["a", "b", "c", "d"];
const anyDirectory: fc.Arbitrary<DirectoryContent> = fc.record({
  people: fc.uniqueArray(
    fc
      .tuple(
        fc.constantFrom(...names),
        fc.constantFrom("own", "own", "own", ...names, undefined),
        fc.constantFrom("enabled" as const, "enabled" as const, "disabled" as const),
      )
      .map(([id, email, state]) =>
        person(id, { state, email: email === undefined ? undefined : `${email === "own" ? id : email}@firm.test` }),
      ),
    { maxLength: 4, selector: ({ id }) => id },
  ),
  groups: fc.uniqueArray(
    fc
      .record({
        id: fc.constantFrom("g", "h"),
        name: fc.constantFrom("Sales", "Other"),
        members: fc.subarray([...names, "g", "h"]),
      })
      .map(({ id, name, members }) => ({ ...group(id, ...members), name })),
    { maxLength: 2, selector: ({ id }) => id },
  ),
});
const anyMembers = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...names, "x"),
    hasId: fc.boolean(),
    status: fc.constantFrom(-1 as const, 0 as const, 1 as const, 2 as const),
    type: fc.constantFrom(0 as const, 1 as const, 2 as const, 4 as const),
  }),
  { maxLength: 4, selector: ({ name }) => name },
);
const anyCase = fc.record({
  members: anyMembers,
  groups: fc.uniqueArray(fc.record({ id: fc.constantFrom("g", "h"), hasId: fc.boolean(), all: fc.boolean() }), {
    maxLength: 2,
    selector: ({ id }) => id,
  }),
  directories: fc.array(anyDirectory, { minLength: 2, maxLength: 3 }),
  disabled: fc.constantFrom("keep", "revoke", "remove"),
  keepManualMembers: fc.boolean(),
});

it("what a plan foretells is what the organization holds once it was applied", { timeout: 60_000 }, async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(anyCase, async ({ members, groups, directories, disabled, keepManualMembers }) => {
      const world = await createWorld({ settings: { sync: { leavers: { disabled }, keepManualMembers } } });
      const { byHand, state } = world.sandbox;
      for (const { name, hasId, status, type } of members)
        byHand.addMember({ email: `${name}@firm.test`, status, type, ...(hasId ? { externalId: name } : {}) });
      for (const { id, hasId, all } of groups)
        byHand.addGroup({
          name: "Sales",
          members: all ? members.map(({ name }) => `${name}@firm.test`) : [],
          ...(hasId ? { externalId: id } : {}),
        });
      for (const content of directories) {
        Object.assign(world.directory, content);
        world.pass(3_600_000);
        const before = heldBy(state);
        const planned = await world.plan();
        if (planned.fault !== undefined) continue;
        const run = await world.apply(planned);
        expect(run.fault).toBeUndefined();
        expect(linesOf(heldBy(state), before)).toEqual(linesOf(predict(before, planned.plan.rows), before));
        compared += planned.changes.length;
      }
    }),
    { numRuns: 60, seed: 20_261_124 },
  );
  expect(compared).toBeGreaterThan(20);
});
