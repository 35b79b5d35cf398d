import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SourceGroup, SourceUser } from "./entry.ts";
import { createFingerprint, fingerprintOf } from "./fingerprint.ts";

const text = fc.string({ maxLength: 4 });
const user: fc.Arbitrary<SourceUser> = fc.record(
  {
    id: text,
    externalId: text,
    state: fc.constantFrom("enabled", "disabled", "deleted"),
    selected: fc.boolean(),
    ref: text,
    email: text,
    name: text,
    because: text,
    disabledFrom: fc.nat(3),
  },
  { noNullPrototype: true, requiredKeys: ["id", "externalId", "state", "selected"] },
);
const ref = fc.oneof(
  fc.record({ id: text }, { noNullPrototype: true }),
  fc.record({ ref: text }, { noNullPrototype: true }),
);
const group: fc.Arbitrary<SourceGroup> = fc.record(
  {
    id: text,
    externalId: text,
    name: text,
    selected: fc.boolean(),
    members: fc.array(ref, { maxLength: 3 }),
    ref: text,
  },
  { noNullPrototype: true, requiredKeys: ["id", "externalId", "name", "selected", "members"] },
);
const read = fc.record({ users: fc.array(user, { maxLength: 3 }), groups: fc.array(group, { maxLength: 3 }) });
const spelled = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : item,
  );

describe("the fingerprint of a read", () => {
  it("is the same exactly where the reads are", () => {
    fc.assert(
      fc.property(read, read, (one, other) => {
        expect(fingerprintOf(one) === fingerprintOf(other)).toBe(spelled(one) === spelled(other));
      }),
      { numRuns: 500 },
    );
  });

  it("given one entry that says anything else, then it is another one", () => {
    const ann: SourceUser = { id: "1", externalId: "1", email: "ann@firm.test", state: "enabled", selected: true };
    const team: SourceGroup = {
      id: "g",
      externalId: "g",
      name: "team",
      selected: true,
      members: [{ id: "1" }, { ref: "x" }],
    };
    const base = fingerprintOf({ users: [ann], groups: [team] });
    const others = [
      { users: [{ ...ann, state: "disabled" as const }], groups: [team] },
      { users: [{ ...ann, disabledFrom: 5 }], groups: [team] },
      { users: [{ ...ann, because: "x" }], groups: [team] },
      { users: [], groups: [team] },
      { users: [ann], groups: [{ ...team, members: [{ id: "1" }] }] },
      { users: [ann], groups: [{ ...team, members: [{ ref: "1" }, { ref: "x" }] }] },
      { users: [ann], groups: [{ ...team, members: [] }] },
      { users: [ann], groups: [team, { ...team, id: "h" }] },
    ].map(fingerprintOf);
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
  });

  it("given the pages of a read in any cut, people and groups mixed, then it is the same", () => {
    fc.assert(
      fc.property(read, fc.nat(3), fc.nat(3), ({ users, groups }, cut, other) => {
        const fingerprint = createFingerprint();
        fingerprint.users(users.slice(0, cut));
        fingerprint.groups(groups.slice(0, other));
        fingerprint.users(users.slice(cut));
        fingerprint.groups(groups.slice(other));
        expect(fingerprint.end()).toBe(fingerprintOf({ users, groups }));
      }),
    );
  });
});
