import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyChanges, findDrift, passTime, type Read } from "./changes.ts";
import type { Ref, SourceGroup, SourceUser } from "./entry.ts";

const user = (id: string, more: Partial<SourceUser> = {}): SourceUser => ({
  id,
  ref: `uid=${id}`,
  externalId: id,
  state: "enabled",
  selected: true,
  ...more,
});
const group = (id: string, ...members: string[]): SourceGroup => ({
  id,
  ref: `cn=${id}`,
  externalId: id,
  name: id,
  selected: true,
  members: members.map((name): Ref => ({ ref: name })),
});
const nothing = { users: [], groups: [], gone: [], members: [] };

describe("a stored read with changes", () => {
  const stored: Read = { users: [user("a"), user("b")], groups: [group("g", "uid=a", "uid=b")] };

  it("has entries in their new form at their places, new ones last, and those that are gone no more", () => {
    const { users } = applyChanges(stored, { ...nothing, users: [user("c"), user("a", { name: "Ann" })], gone: ["b"] });
    expect(users).toEqual([user("a", { name: "Ann" }), user("c")]);
  });

  it("given members that came and went, then removals come first and nobody is in twice", () => {
    const members = [{ group: "g", remove: [{ ref: "uid=a" }], add: [{ ref: "uid=b" }, { ref: "uid=a" }] }];
    expect(applyChanges(stored, { ...nothing, members }).groups).toEqual([group("g", "uid=b", "uid=a")]);
    expect(applyChanges(stored, { ...nothing, members: [{ group: "x", remove: [], add: [] }] })).toEqual(stored);
  });

  it("given no changes, then it is what it was", () => {
    expect(applyChanges(stored, nothing)).toEqual(stored);
  });

  it("given any two reads, then what differs between them leads from one to the other", () => {
    const id = fc.constantFrom("a", "b", "c", "d");
    const read: fc.Arbitrary<Read> = fc.record({
      users: fc.uniqueArray(
        fc
          .tuple(id, fc.option(fc.constantFrom("x", "y"), { nil: undefined }))
          .map(([name, title]) => user(name, title === undefined ? {} : { name: title })),
        { selector: (one) => one.id },
      ),
      groups: fc.uniqueArray(
        fc
          .tuple(fc.constantFrom("g", "h", "i"), fc.uniqueArray(id))
          .map(([name, members]) => ({ ...group(name), members: members.map((one): Ref => ({ id: one })) })),
        { selector: (one) => one.id },
      ),
    });
    fc.assert(
      fc.property(read, read, (before, after) => {
        const differs = new Set(findDrift(before, after));
        const there = new Set([...after.users, ...after.groups].map((one) => one.id));
        const changes = {
          users: after.users.filter((one) => differs.has(one.id)),
          groups: after.groups.filter((one) => differs.has(one.id)),
          gone: [...differs].filter((one) => !there.has(one)),
          members: [],
        };
        expect(findDrift(applyChanges(before, changes), after)).toEqual([]);
      }),
    );
  });
});

describe("time", () => {
  it("disables whom an expiry has reached, and leaves the others the very same", () => {
    const users = [user("a", { disabledFrom: 100 }), user("b", { disabledFrom: 200 }), user("c")];
    expect(passTime(users, 99)).toBe(users);
    const { disabledFrom: _from, ...expired } = user("a", { state: "disabled", disabledFrom: 100 });
    expect(passTime(users, 100)).toEqual([expired, users[1], users[2]]);
  });
});

describe("drift", () => {
  it("is who differs, whatever the order, and members count as whom they mean", () => {
    const one: Read = { users: [user("a"), user("b")], groups: [group("g", "uid=a", "uid=nobody")] };
    expect(findDrift(one, { users: one.users.toReversed(), groups: [group("g", "uid=a")] })).toEqual([]);
    expect(findDrift(one, { users: [user("a", { state: "disabled" })], groups: [group("g", "uid=b")] })).toEqual([
      "a",
      "b",
      "g",
    ]);
  });
});
