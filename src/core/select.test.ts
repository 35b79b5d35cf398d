import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Desired } from "./desired.ts";
import type { Ref, SourceGroup, SourceUser } from "./entry.ts";
import { isFault } from "./fault.ts";
import { select, type SelectSettings } from "./select.ts";

const settings: SelectSettings = { directory: "file", userFilter: "", groupFilter: "", nested: true, narrow: "off" };

const user = (id: string, more: Partial<SourceUser> = {}): SourceUser => ({
  id,
  ref: `uid=${id}`,
  externalId: id,
  email: `${id}@firm.test`,
  name: `Name ${id}`,
  state: "enabled",
  selected: true,
  ...more,
});
const withoutAddress = (id: string): SourceUser => {
  const { email: _none, ...rest } = user(id);
  return rest;
};
const group = (id: string, members: readonly (string | Ref)[] = [], more: Partial<SourceGroup> = {}): SourceGroup => ({
  id,
  ref: `cn=${id}`,
  externalId: id,
  name: `Group ${id}`,
  selected: true,
  members: members.map((member) => (typeof member === "string" ? { id: member } : member)),
  ...more,
});

const choose = (
  users: readonly SourceUser[],
  groups: readonly SourceGroup[] = [],
  more: Partial<SelectSettings> = {},
  linked: readonly string[] = [],
): Desired =>
  select(
    { users, groups },
    { ...settings, ...more },
    {
      person: (id) => linked.includes(id),
      group: (id) => linked.includes(id),
    },
  );

const people = (desired: Desired): string[] => [...desired.people.keys()];
const because = (desired: Desired, id: string): string | undefined =>
  (desired.leftOut.get(id) ?? desired.unselected.get(id) ?? desired.otherGroups.get(id))?.code;
const note = (desired: Desired, code: string) => desired.notes.filter((one) => one.code === code);

describe("people", () => {
  it("given an address with spaces and capitals, then they take part under it trimmed and in lower case", () => {
    expect(choose([user("a", { email: " Ana@Firm.TEST " })]).people.get("a")).toEqual({
      id: "a",
      externalId: "a",
      email: "ana@firm.test",
      name: "Name a",
      state: "enabled",
    });
  });

  it("given somebody disabled, then they take part as disabled", () => {
    expect(choose([user("a", { state: "disabled" })]).people.get("a")?.state).toBe("disabled");
  });

  it("given somebody deleted, then they are nobody, and counted", () => {
    const desired = choose([user("a", { state: "deleted" })]);
    expect(people(desired)).toEqual([]);
    expect(because(desired, "a")).toBe("gone.deleted");
    expect(note(desired, "unselected.people")).toMatchObject([{ params: { reason: "gone.deleted", count: 1 } }]);
  });

  it("given guests the reader does not select, then they do not take part, with its reason and counted", () => {
    const guest = { selected: false, because: "unselected.guest" };
    const desired = choose([user("a", guest), user("b", guest), user("c", { selected: false }), user("d")]);
    expect(people(desired)).toEqual(["d"]);
    expect(because(desired, "a")).toBe("unselected.guest");
    expect(because(desired, "c")).toBe("unselected.vendor");
    expect(note(desired, "unselected.people").map((one) => one.params)).toEqual([
      { reason: "unselected.guest", count: 2 },
      { reason: "unselected.vendor", count: 1 },
    ]);
  });

  it.each([
    ["no address", withoutAddress("a"), "left_out.no_address"],
    ["a blank address", user("a", { email: "  " }), "left_out.no_address"],
    ["an address without @", user("a", { email: "ana" }), "left_out.bad_address"],
    ["an external id of 301 characters", user("a", { externalId: "x".repeat(301) }), "left_out.long_id"],
    ["a blank external id", user("a", { externalId: " " }), "left_out.no_id"],
  ])("given %s, then they are left out with a note that names them, and the rest goes on", (_, entry, code) => {
    const desired = choose([entry, user("b")]);
    expect(people(desired)).toEqual(["b"]);
    expect(because(desired, "a")).toBe(code);
    expect(note(desired, code)).toMatchObject([
      { severity: "warning", subject: { kind: "person", id: "a", name: "Name a" } },
    ]);
  });

  it("given an address only one kind of server refuses, then a linked person keeps it and a new one is left out", () => {
    const entry = user("a", { email: "a..b@firm.test" });
    expect(because(choose([entry]), "a")).toBe("left_out.bad_address");
    expect(people(choose([entry], [], {}, ["a"]))).toEqual(["a"]);
    expect(people(choose([entry], [], { addresses: "official" }))).toEqual(["a"]);
  });
});

describe("two entries with one address", () => {
  const twins = [user("a", { email: "kim@firm.test" }), user("b", { email: "KIM@firm.test" }), user("c")];

  it("given that none is linked, then both are left out, each naming the other", () => {
    const desired = choose(twins);
    expect(people(desired)).toEqual(["c"]);
    expect(note(desired, "left_out.same_address").map((one) => [one.subject?.id, one.params])).toEqual([
      ["a", { value: "kim@firm.test", count: 2, others: ["Name b (b)"] }],
      ["b", { value: "kim@firm.test", count: 2, others: ["Name a (a)"] }],
    ]);
  });

  it("given that one is linked, then that one stays in", () => {
    expect(people(choose(twins, [], {}, ["b"]))).toEqual(["b", "c"]);
  });

  it("given that both are linked, then both stay as they are", () => {
    expect(people(choose(twins, [], {}, ["a", "b"]))).toEqual(["c"]);
  });

  it("given that the linked one is disabled and the other is not, then nobody is taken for a leaver", () => {
    const [first = user("a"), ...rest] = twins;
    const desired = choose([{ ...first, state: "disabled" }, ...rest], [], {}, ["a"]);
    expect(people(desired)).toEqual(["c"]);
  });

  it("given that the other one is filtered out, then there is no double", () => {
    expect(people(choose(twins, [], { userFilter: 'exclude id:"b"' }))).toEqual(["a", "c"]);
  });
});

describe("two entries with one external id", () => {
  const twins = [user("a", { externalId: "7" }), user("b", { externalId: "7" })];

  it("given that none is linked, then both are left out by name", () => {
    const desired = choose(twins);
    expect(people(desired)).toEqual([]);
    expect(note(desired, "left_out.same_id")).toMatchObject([
      { subject: { id: "a" }, params: { value: "7", others: ["Name b (b)"] } },
      { subject: { id: "b" } },
    ]);
  });

  it("given linked ones, then they stay in under the ids the organization knows, and the new one is left out", () => {
    expect(people(choose([...twins, user("c", { externalId: "7" })], [], {}, ["a", "b"]))).toEqual(["a", "b"]);
  });

  it("given ids that differ in case only, then they are two ids", () => {
    expect(people(choose([user("a", { externalId: "x" }), user("b", { externalId: "X" })]))).toEqual(["a", "b"]);
  });
});

describe("two entries with one directory id", () => {
  it("given different ones, then the run ends, naming both", () => {
    expect(faultOf(() => choose([user("a"), user("b"), user("a", { email: "other@firm.test" })]))).toEqual({
      id: "a",
      count: 2,
      names: ["a@firm.test", "other@firm.test"],
    });
    expect(faultOf(() => choose([], [group("g"), group("g", ["a"])]))).toMatchObject({ id: "g", count: 2 });
  });

  it("given the same entry twice, as when pages shift, then it counts once", () => {
    const desired = choose(
      [user("a"), user("a")],
      [group("g", ["a", { ref: "cn=g" }]), group("g", [{ ref: "cn=g" }, "a"])],
    );
    expect(people(desired)).toEqual(["a"]);
    expect(desired.groups.get("g")?.members).toEqual(["a"]);
  });

  it("given a person and a group with one id, then only a reference to it ends the run", () => {
    expect(people(choose([user("x")], [group("x")]))).toEqual(["x"]);
    expect(faultOf(() => choose([user("x")], [group("x"), group("g", ["x"])]))).toMatchObject({ id: "x", count: 2 });
  });

  it("given two entries the directory calls the same, then the run ends", () => {
    expect(faultOf(() => choose([user("a"), user("b", { ref: "uid=a" })]))).toMatchObject({ id: "uid=a", count: 2 });
  });
});

describe("the user filter", () => {
  it("given somebody it excludes, then the reason names rule, clause, condition and place", () => {
    const desired = choose([user("a"), user("b")], [], { userFilter: 'include id:"a", id:"b"; exclude name:"* b"' });
    expect(people(desired)).toEqual(["a"]);
    expect(desired.unselected.get("b")).toEqual({
      code: "unselected.excluded",
      params: { rule: "userFilter", clause: 2, line: 1, column: 33, condition: 'name:"* b"' },
    });
  });

  it("given somebody it does not include, then the reason names the clause", () => {
    const desired = choose([user("a"), user("b")], [], { userFilter: "include: a@firm.test" });
    expect(desired.unselected.get("b")).toEqual({
      code: "unselected.not_included",
      params: { rule: "userFilter", clause: 1, line: 1, column: 1, condition: 'include email:"a@firm.test"' },
    });
  });

  it("given a group it names, then its people take part, through nested groups too, selected or not", () => {
    const groups = [group("top", ["a", "mid"], { selected: false }), group("mid", ["b"]), group("other", ["c"])];
    const users = ["a", "b", "c"].map((id) => user(id));
    expect(people(choose(users, groups, { userFilter: 'include group:"Group top"', nested: false }))).toEqual([
      "a",
      "b",
    ]);
  });

  it("given a malformed one, then nobody is selected and nothing goes on", () => {
    expect(() => choose([user("a")], [], { userFilter: "a@firm.test" })).toThrow("filter.syntax");
  });

  it("given text the original ignores, then a note says so", () => {
    const desired = choose([user("a")], [], { directory: "okta", userFilter: "include: a@firm.test | q | ignored" });
    expect(note(desired, "filter.ignored")).toEqual([
      { code: "filter.ignored", severity: "warning", params: { setting: "userFilter", text: "ignored" } },
    ]);
  });

  it("given raw LDAP text, then the core leaves it to the reader", () => {
    expect(people(choose([user("a")], [], { directory: "ldap", userFilter: "(mail=*)" }))).toEqual(["a"]);
  });
});

describe("groups", () => {
  it("given members by id and by name, then both are found, each person once", () => {
    const desired = choose([user("a"), user("b")], [group("g", ["a", { ref: "uid=b" }, { ref: "uid=a" }])]);
    expect(desired.groups.get("g")).toEqual({ id: "g", externalId: "g", name: "Group g", members: ["a", "b"] });
  });

  it("given a group inside a group, then its people count unless nesting is off", () => {
    const groups = [group("g", ["a", "h"]), group("h", ["b", "g"], { selected: false })];
    const users = [user("a"), user("b")];
    expect(choose(users, groups).groups.get("g")?.members).toEqual(["a", "b"]);
    expect(choose(users, groups, { nested: false }).groups.get("g")?.members).toEqual(["a"]);
    expect(choose(users, groups).groups.has("h")).toBe(false);
  });

  it("given references to nobody this read holds, then a note counts them for the group", () => {
    const desired = choose([user("a")], [group("g", ["a", "x", { ref: "uid=y" }])]);
    expect(note(desired, "group.unknown_members")).toMatchObject([{ subject: { id: "g" }, params: { count: 2 } }]);
  });

  it("given members who do not take part, then a note counts them, and they stay named for those who keep their groups", () => {
    const desired = choose(
      [user("a"), withoutAddress("b"), user("c", { selected: false })],
      [group("g", ["a", "b", "c"])],
    );
    expect(note(desired, "group.outside_members")).toMatchObject([{ subject: { id: "g" }, params: { count: 2 } }]);
    expect(desired.groups.get("g")?.members).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["no name", group("g", [], { name: " " }), "left_out.no_group_name"],
    ["a name of 101 characters", group("g", [], { name: "n".repeat(101) }), "left_out.long_group_name"],
    ["an external id of 301 characters", group("g", [], { externalId: "n".repeat(301) }), "left_out.long_id"],
  ])("given %s, then it is reported and left out, never shortened", (_, entry, code) => {
    const desired = choose([], [entry]);
    expect(desired.groups.size).toBe(0);
    expect(because(desired, "g")).toBe(code);
    expect(note(desired, code)).toMatchObject([{ severity: "warning", subject: { kind: "group", id: "g" } }]);
  });

  it("given a name of 100 characters, then it takes part", () => {
    expect(choose([], [group("g", [], { name: "n".repeat(100) })]).groups.has("g")).toBe(true);
  });

  it("given two with one external id, then the linked one stays in, else both are left out by name", () => {
    const twins = [group("g", [], { externalId: "7" }), group("h", [], { externalId: "7" })];
    expect([...choose([], twins, {}, ["h"]).groups.keys()]).toEqual(["h"]);
    expect(note(choose([], twins), "left_out.same_id")).toMatchObject([
      { subject: { kind: "group", id: "g" }, params: { value: "7", others: ["Group h (h)"] } },
      { subject: { kind: "group", id: "h" } },
    ]);
  });

  it("given a group filter, then the others are in the directory but do not take part", () => {
    const desired = choose([], [group("g"), group("h")], { groupFilter: "exclude: group h" });
    expect([...desired.groups.keys()]).toEqual(["g"]);
    expect(desired.otherGroups.get("h")).toMatchObject({
      code: "unselected.excluded",
      params: { rule: "groupFilter" },
    });
  });
});

describe("narrowing people to the selected groups", () => {
  const users = ["a", "b", "c", "d"].map((id) => user(id));
  const groups = [group("g", ["a", "h"]), group("h", ["b"], { selected: false }), group("other", ["c"])];
  const narrowed = (narrow: SelectSettings["narrow"], more: Partial<SelectSettings> = {}): string[] =>
    people(choose(users, groups, { narrow, groupFilter: "include: group g", ...more }));

  it("given off, then a group filter leaves people alone", () => {
    expect(narrowed("off")).toEqual(["a", "b", "c", "d"]);
  });

  it("given direct, then only direct members of a selected group take part", () => {
    expect(narrowed("direct")).toEqual(["a"]);
  });

  it("given nested, then members through groups inside it do too, even where nesting is off", () => {
    expect(narrowed("nested")).toEqual(["a", "b"]);
    expect(narrowed("nested", { nested: false })).toEqual(["a", "b"]);
  });

  it("given somebody outside, then the reason is the narrowing", () => {
    expect(because(choose(users, groups, { narrow: "direct", groupFilter: "include: group g" }), "c")).toBe(
      "unselected.narrowed",
    );
  });

  it("given a selected group whose name is too long to be sent, then its people still take part", () => {
    const long = group("l", ["d"], { name: "n".repeat(101) });
    expect(people(choose(users, [long], { narrow: "direct" }))).toEqual(["d"]);
  });
});

describe("any read", () => {
  it("given the entries in another order, then the result is the same", () => {
    fc.assert(
      fc.property(anyRead, fc.infiniteStream(fc.nat()), (read, random) => {
        const sides = [read, { ...read, users: shuffle(read.users, random), groups: shuffle(read.groups, random) }];
        const [one, other] = sides.map((side) => plain(choose(side.users, side.groups, read.settings, read.linked)));
        expect(other).toEqual(one);
      }),
    );
  });

  it("given any of it, then everybody is in exactly one of people, left out and not selected", () => {
    fc.assert(
      fc.property(anyRead, (read) => {
        const desired = choose(read.users, read.groups, read.settings, read.linked);
        for (const { id } of read.users)
          expect([desired.people, desired.leftOut, desired.unselected].filter((side) => side.has(id))).toHaveLength(1);
        for (const { id } of read.groups)
          expect([desired.groups, desired.otherGroups].filter((side) => side.has(id))).toHaveLength(1);
      }),
    );
  });
});

const faultOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    if (isFault(error, "directory.ambiguous_id")) return error.params;
    throw error;
  }
  return undefined;
};

const ids = ["a", "b", "c", "d", "e", "f"];
const anyRead = fc.record({
  users: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 6 }).chain((chosen) =>
    fc.tuple(
      ...chosen.map((id) =>
        fc.record({
          id: fc.constant(id),
          ref: fc.constant(`uid=${id}`),
          externalId: fc.constantFrom(id, "7", ""),
          email: fc.constantFrom(`${id}@firm.test`, "kim@firm.test", "bad", ""),
          name: fc.constant(`Name ${id}`),
          state: fc.constantFrom("enabled" as const, "disabled" as const, "deleted" as const),
          selected: fc.boolean(),
        }),
      ),
    ),
  ),
  groups: fc.uniqueArray(fc.constantFrom("g", "h", "i"), { maxLength: 3 }).chain((chosen) =>
    fc.tuple(
      ...chosen.map((id) =>
        fc.record({
          id: fc.constant(id),
          ref: fc.constant(`cn=${id}`),
          externalId: fc.constantFrom(id, "7"),
          name: fc.constantFrom(`Group ${id}`, ""),
          selected: fc.boolean(),
          members: fc.array(
            fc.constantFrom(...ids, "g", "h").map((member): Ref => ({ id: member })),
            { maxLength: 4 },
          ),
        }),
      ),
    ),
  ),
  linked: fc.subarray([...ids, "g", "h"]),
  settings: fc.record({
    narrow: fc.constantFrom("off" as const, "direct" as const, "nested" as const),
    nested: fc.boolean(),
    userFilter: fc.constantFrom("", 'exclude id:"a"', 'include group:"g"; include id:"b"'),
    groupFilter: fc.constantFrom("", "exclude: group h"),
  }),
});

const shuffle = <Item>(items: readonly Item[], random: Iterator<number>): Item[] =>
  items
    .map((item) => ({ item, rank: Number(random.next().value) }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ item }) => item);

/** A result whose order means nothing. */
const plain = (desired: Desired): unknown => ({
  ...desired,
  people: new Map([...desired.people].toSorted(byKey)),
  groups: new Map(
    [...desired.groups].toSorted(byKey).map(([id, one]) => [id, { ...one, members: one.members.toSorted() }] as const),
  ),
  leftOut: new Map([...desired.leftOut].toSorted(byKey)),
  unselected: new Map([...desired.unselected].toSorted(byKey)),
  otherGroups: new Map([...desired.otherGroups].toSorted(byKey)),
});
const byKey = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number =>
  left < right ? -1 : 1;
