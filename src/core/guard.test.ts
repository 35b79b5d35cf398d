import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caughtBy, guard, holdable, type GuardCode, type GuardInput, type GuardLimits } from "./guard.ts";
import type { Action, Change, GroupFacts, PersonFacts, SeatForecast } from "./plan.ts";

const limits: GuardLimits = {
  accessLost: { percent: 5, atLeast: 3, most: 100 },
  invitations: { percent: 10, atLeast: 10, most: 200 },
  identity: { percent: 5, atLeast: 3 },
  seats: "stop",
  age: 7,
};
const row = (
  action: Action,
  id: string,
  more: {
    code?: string;
    before?: PersonFacts & GroupFacts;
    after?: PersonFacts & GroupFacts;
    email?: string;
  } & Partial<Pick<Change, "add" | "remove" | "removeByEmail">> = {},
): Change => {
  const { code = "test.reason", before = {}, after = {}, email, ...rest } = more;
  const kind = action.includes("group") || action === "change-members" ? "group" : "person";
  return {
    action,
    subject: { kind, id, ...(email === undefined ? {} : { email }) },
    before,
    after,
    because: { code },
    ...rest,
  };
};
const many = (count: number, action: Action, more: Parameters<typeof row>[2] = {}, from = 0): Change[] =>
  Array.from({ length: count }, (_, at) => row(action, `p${from + at}`, more));
const input = (changes: readonly Change[], more: Partial<GuardInput> = {}): GuardInput => ({
  changes,
  recent: [],
  limits,
  linkedPeople: 100,
  linkedGroups: 20,
  memberships: 500,
  read: { people: 100, groups: 20 },
  first: false,
  domains: ["firm.test"],
  ...more,
});
const hits = (changes: readonly Change[], more: Partial<GuardInput> = {}): string[] =>
  guard(input(changes, more)).map((hit) => hit.code);
const params = (changes: readonly Change[], more: Partial<GuardInput> = {}) => guard(input(changes, more))[0]?.params;

describe("a plan without changes", () => {
  it("is never stopped, whatever stands around it", () => {
    const worst: Partial<GuardInput> = {
      recent: many(50, "revoke"),
      read: { people: 0, groups: 0 },
      first: true,
      changed: { what: "directory", settings: [] },
      age: { since: 1e12, interval: 1 },
    };
    expect(hits([], worst)).toEqual([]);
    expect(hits([row("keep", "p1")], worst)).toEqual([]);
  });
});

describe("access lost", () => {
  it.each([
    [100, 5, []],
    [100, 6, ["guard.access-lost"]],
    [50, 2, []],
    [50, 3, ["guard.access-lost"]],
    [3, 2, []],
    [3, 3, ["guard.access-lost"]],
    [1, 1, []],
    [0, 2, []],
    [5000, 100, []],
    [5000, 101, ["guard.access-lost"]],
  ])("given %i linked people, of whom %i lose access, then %j", (linkedPeople, count, expected) => {
    expect(hits(many(count, "revoke"), { linkedPeople })).toEqual(expected);
    expect(hits(many(count, "remove"), { linkedPeople })).toEqual(expected);
  });

  it("given two in each of two runs of a firm of fifty, then the second is stopped, and says what was before", () => {
    const more = { linkedPeople: 50, recent: many(2, "revoke") };
    expect(params(many(2, "revoke", {}, 2), more)).toMatchObject({ n: 4, now: 2, earlier: 2, total: 50, limit: 2 });
  });

  it("given somebody who lost access in the last 24 hours already and is in this plan too, then they count once", () => {
    expect(hits(many(2, "revoke"), { linkedPeople: 50, recent: many(2, "remove") })).toEqual([]);
  });

  it("given only what happened before, then nothing is stopped: this plan takes nothing", () => {
    expect(hits([row("restore", "p1")], { recent: many(50, "revoke") })).toEqual([]);
  });

  it("given an administrator among them, then a single one stops", () => {
    const change = row("revoke", "p1", { before: { type: "admin" } });
    expect(params([change])).toMatchObject({ n: 1, admins: 1 });
  });

  it("given new invitations for changed addresses, then they count; what is only recorded does not", () => {
    const anew = many(6, "readdress", { code: "address.invited_anew" });
    expect(hits(anew)).toContain("guard.access-lost");
    expect(hits(many(6, "readdress", { code: "address.theirs_to_change" }))).not.toContain("guard.access-lost");
  });

  it("names the commonest reason", () => {
    const changes = [
      ...many(4, "revoke", { code: "gone.not_found" }),
      ...many(3, "revoke", { code: "leaver.disabled" }, 4),
    ];
    expect(params(changes)).toMatchObject({ reason: "gone.not_found" });
  });
});

describe("invitations", () => {
  it.each([
    [10, 9, []],
    [10, 10, ["guard.invitations"]],
    [200, 20, []],
    [200, 21, ["guard.invitations"]],
    [9000, 200, []],
    [9000, 201, ["guard.invitations"]],
  ])("given %i linked people and %i invitations, then %j; staged ones count too", (linkedPeople, count, expected) => {
    const address = { after: { email: "a@firm.test" } };
    expect(hits(many(count, "invite", address), { linkedPeople })).toEqual(expected);
    expect(hits(many(count, "stage", address), { linkedPeople })).toEqual(expected);
  });

  it("given nine in each of two runs, then the second is stopped", () => {
    expect(hits(many(9, "invite", {}, 9), { linkedPeople: 10, recent: many(9, "invite") })).toEqual([
      "guard.invitations",
    ]);
  });
});

describe("the first run of a profile", () => {
  it("is always reviewed", () => {
    expect(hits([row("invite", "p1")], { first: true })).toEqual(["guard.first"]);
    expect(params([row("invite", "p1"), row("adopt", "p2")], { first: true })).toEqual({ n: 2, invitations: 1 });
  });

  it("that only adopts people and groups of equal ids is not", () => {
    const changes = [
      row("adopt", "p1", { code: "adopt.same_id" }),
      row("adopt", "g1", { code: "adopt.same_id" }),
      row("keep", "p2"),
    ];
    expect(hits(changes, { first: true })).toEqual([]);
    expect(hits([...changes, row("adopt", "p3", { code: "adopt.same_address" })], { first: true })).toEqual([
      "guard.first",
    ]);
    expect(hits([...changes, row("change-members", "g1", { add: ["p1"] })], { first: true })).toEqual(["guard.first"]);
  });

  it("may invite as many as the settings allow, if it takes nothing away", () => {
    const allowing = { first: true, linkedPeople: 0, limits: { ...limits, first: { invite: 40 } } };
    expect(hits(many(40, "invite"), allowing)).toEqual([]);
    expect(hits(many(41, "invite"), allowing)).toContain("guard.first");
    expect(hits([...many(3, "invite"), row("revoke", "x")], allowing)).toEqual(["guard.first"]);
  });

  it("is stopped for seats all the same", () => {
    const seats: SeatForecast = { total: 10, used: 1, needs: 10, frees: 0, short: 1 };
    expect(hits(many(10, "invite"), { first: true, limits: { ...limits, first: { invite: 40 } }, seats })).toEqual([
      "guard.seats",
    ]);
  });
});

describe("a group that was larger a day ago", () => {
  it("is counted as it is now, too", () => {
    const before = row("change-members", "g1", { before: { size: 20 }, remove: [] });
    const change = row("change-members", "g1", {
      before: { size: 10 },
      remove: many(10, "revoke").map((one) => one.subject.id),
    });
    expect(hits([change], { recent: [before], memberships: 1_000 })).toEqual(["guard.groups"]);
  });
});

describe("the first run after another selection or directory", () => {
  const changed = { what: "selection" as const, settings: ["sync.userFilter", "sync.narrow"] };

  it("is always reviewed", () => {
    const last = { setting: "sync.narrow", who: "jan", at: "2026-11-24T13:40:00.000Z", how: "changed" as const };
    const said = { n: 1, what: "selection", settings: "sync.userFilter, sync.narrow", settingCount: 2 };
    const unknown = { setting: "", who: "", at: "" };
    expect(params([row("invite", "p1")], { changed: { ...changed, last } })).toEqual({ ...said, ...last });
    expect(params([row("invite", "p1")], { changed })).toEqual({ ...said, ...unknown, how: "unknown" });
    const another = { what: "directory" as const, settings: [] };
    expect(params([row("invite", "p1")], { changed: another })).toMatchObject({ what: "directory", how: "none" });
  });

  it("may invite as many as the settings allow, if it takes nothing away; the guard of invitations counts them all the same", () => {
    const allowing = { changed, linkedPeople: 500, limits: { ...limits, first: { invite: 60 } } };
    expect(hits(many(50, "invite"), allowing)).toEqual([]);
    expect(hits(many(51, "invite"), allowing)).toEqual(["guard.invitations"]);
    expect(hits(many(61, "invite"), allowing)).toEqual(["guard.selection", "guard.invitations"]);
    expect(hits([row("invite", "p1"), row("revoke", "x")], allowing)).toEqual(["guard.selection"]);
  });

  it("that only adopts equal ids is not", () => {
    expect(hits([row("adopt", "p1", { code: "adopt.same_id" })], { changed })).toEqual([]);
  });

  it("of a directory that gives a known id another address is reviewed, whatever the settings allow", () => {
    const other = {
      changed: { what: "directory", settings: [] },
      linkedPeople: 500,
      limits: { ...limits, first: { invite: 60 } },
    } as const;
    const adopted = (email: string): Change =>
      row("adopt", "p1", { code: "adopt.same_id", email, before: { email: "ann@firm.test" } });
    const moved = row("readdress", "p1", { code: "address.theirs_to_change", email: "bob@firm.test" });
    expect(hits([moved], other)).toEqual(["guard.selection"]);
    expect(hits([adopted("bob@firm.test")], other)).toEqual(["guard.selection"]);
    expect(hits([adopted("ann@firm.test")], other)).toEqual([]);
    expect(hits([moved], { ...other, changed })).toEqual([]);
  });
});

describe("identity", () => {
  it.each([
    ["adoptions by address", "adopt", "adopt.same_address", true],
    ["stamps", "stamp", "stamp.same_address", true],
    ["changed addresses", "readdress", "address.theirs_to_change", true],
    ["adoptions of equal ids", "adopt", "adopt.same_id", false],
    ["adoptions of people who are gone", "adopt", "adopt.gone", false],
  ] as const)("given %s, more than 5 % of the people and at least 3, then stopped: %#", (_, action, code, counts) => {
    const some = (count: number, linkedPeople: number) =>
      hits(many(count, action, { code, email: "a@firm.test" }), { linkedPeople });
    expect(some(2, 10)).toEqual([]);
    expect(some(3, 10)).toEqual(counts ? ["guard.identity"] : []);
    expect(some(5, 100)).toEqual([]);
    expect(some(6, 100)).toEqual(counts ? ["guard.identity"] : []);
  });

  it("given the first address in a mail domain this profile never had, then stopped, naming it", () => {
    expect(params([row("invite", "p1", { after: { email: "a@new.test" } })])).toMatchObject({ domains: "new.test" });
    expect(params([row("readdress", "p1", { code: "address.theirs_to_change", email: "a@new.test" })])).toMatchObject({
      domains: "new.test",
    });
    expect(hits([row("invite", "p1", { after: { email: "a@firm.test" } })])).toEqual([]);
  });

  it("given a profile that never had any, then no domain is new", () => {
    expect(hits([row("invite", "p1", { after: { email: "a@new.test" } })], { domains: [] })).toEqual([]);
  });
});

describe("groups", () => {
  const lose = (id: string, count: number, size: number): Change =>
    row("change-members", id, { before: { size }, remove: Array.from({ length: count }, (_, at) => `m${at}`) });

  it("given one with ten members that would be emptied or removed, then stopped", () => {
    expect(params([row("empty-group", "g", { before: { size: 10 } })])).toMatchObject({ what: "large", size: 10 });
    expect(params([row("remove-group", "g", { before: { size: 10 } })])).toMatchObject({ what: "large", size: 10 });
    expect(hits([row("empty-group", "g", { before: { size: 9 } })])).toEqual([]);
  });

  it("given several, more than 10 % of the groups and at least two, then stopped", () => {
    const two = [row("empty-group", "g", { before: { size: 1 } }), row("remove-group", "h", { before: { size: 1 } })];
    expect(hits(two, { linkedGroups: 20 })).toEqual([]);
    expect(hits(two, { linkedGroups: 19 })).toEqual(["guard.groups"]);
    expect(hits(two.slice(0, 1), { linkedGroups: 1 })).toEqual([]);
    expect(hits(two.slice(0, 1), { linkedGroups: 4, recent: two.slice(1) })).toEqual(["guard.groups"]);
    expect(hits(two.slice(0, 1), { linkedGroups: 4, recent: two.slice(0, 1) })).toEqual([]);
  });

  it("given more than half of a group's members and at least ten, then stopped; in several runs too", () => {
    expect(params([lose("g", 11, 20)])).toMatchObject({ what: "members", n: 11, total: 20, group: "g" });
    expect(hits([lose("g", 10, 20)])).toEqual([]);
    expect(hits([lose("g", 9, 9)])).toEqual([]);
    expect(hits([lose("g", 6, 14)], { recent: [lose("g", 6, 20)] })).toEqual(["guard.groups"]);
    expect(
      hits([
        row("change-members", "g", {
          before: { size: 20 },
          removeByEmail: Array.from({ length: 11 }, (_, at) => `${at}@x`),
        }),
      ]),
    ).toEqual(["guard.groups"]);
  });

  it("given more than 10 % and at least fifteen of all memberships, then stopped", () => {
    const spread = (count: number): Change[] => Array.from({ length: count }, (_, at) => lose(`g${at}`, 1, 50));
    expect(hits(spread(15), { memberships: 150 })).toEqual([]);
    expect(hits(spread(16), { memberships: 150 })).toEqual(["guard.groups"]);
    expect(hits(spread(14), { memberships: 20 })).toEqual([]);
    const removed = Array.from({ length: 2 }, (_, at) => row("remove-group", `r${at}`, { before: { size: 8 } }));
    expect(params(removed, { memberships: 100, linkedGroups: 100 })).toMatchObject({ what: "memberships", n: 16 });
  });

  it("given only additions, then never", () => {
    expect(
      hits([row("change-members", "g", { before: { size: 0 }, add: Array.from({ length: 100 }, (_, at) => `${at}`) })]),
    ).toEqual([]);
  });
});

describe("the directory", () => {
  it("given that nobody was read, or no group where there were some, then stopped", () => {
    expect(hits([row("empty-group", "g")], { read: { people: 0, groups: 3 } })).toContain("guard.directory");
    expect(hits([row("revoke", "p")], { read: { people: 3, groups: 0 } })).toContain("guard.directory");
    expect(hits([row("revoke", "p")], { read: { people: 3, groups: 0 }, linkedGroups: 0 })).toEqual([]);
  });
});

describe("seats", () => {
  const short = (needs: number, more: Partial<SeatForecast> = {}): SeatForecast => ({
    total: 10,
    used: 10,
    needs,
    frees: 0,
    short: 1,
    ...more,
  });

  it("given more needed than known free ones, then stopped, with both numbers", () => {
    expect(params([row("invite", "p", { after: { email: "a@firm.test" } })], { seats: short(1) })).toEqual({
      need: 1,
      have: 0,
      short: 1,
      total: 10,
    });
    expect(hits([row("restore", "p")], { seats: short(1) })).toEqual(["guard.seats"]);
  });

  it("given seats nobody knows, or no plan short of them, then not", () => {
    const { total: _unknown, ...unlimited } = short(1, { short: 0 });
    expect(hits([row("invite", "p", { after: { email: "a@firm.test" } })], { seats: unlimited })).toEqual([]);
    expect(hits([row("invite", "p", { after: { email: "a@firm.test" } })])).toEqual([]);
  });

  it("given an allowance to buy, then up to that many", () => {
    const buying = (buy: number) => ({ limits: { ...limits, seats: { buy } }, seats: short(3, { short: 3 }) });
    expect(hits([row("restore", "p")], buying(3))).toEqual([]);
    expect(hits([row("restore", "p")], buying(2))).toEqual(["guard.seats"]);
  });

  it("given an over-full organization, then whatever goes by import is stopped, memberships and taking access are not", () => {
    const overfull = { seats: short(0, { used: 12, short: 2 }) };
    expect(hits([row("create-group", "g")], overfull)).toEqual(["guard.seats"]);
    expect(hits([row("stamp", "p", { code: "stamp.lost" })], overfull)).toEqual(["guard.seats"]);
    expect(hits([row("change-members", "g", { add: ["p"] }), row("revoke", "p")], overfull)).toEqual([]);
  });
});

describe("age", () => {
  const day = 86_400_000;

  it("given a last good run older than the limit and ten intervals, then stopped", () => {
    expect(params([row("restore", "p")], { age: { since: 8 * day, interval: 3_600_000 } })).toEqual({
      days: 8,
      limit: 7,
    });
    expect(hits([row("restore", "p")], { age: { since: 7 * day, interval: 3_600_000 } })).toEqual([]);
    expect(hits([row("restore", "p")], { age: { since: 8 * day, interval: day } })).toEqual([]);
  });
});

describe("what may be left out instead of stopping", () => {
  it("is each limit's own kind of change and nothing else", () => {
    const changes = [
      row("revoke", "a"),
      row("invite", "b", { after: { email: "b@firm.test" } }),
      row("restore", "c"),
      row("stamp", "d"),
      row("invite", "e", { after: { email: "e@new.test" } }),
      row("empty-group", "f"),
      row("change-members", "g", { remove: ["x"] }),
      row("change-members", "h", { add: ["x"] }),
    ];
    const caught = (code: GuardCode): string =>
      changes
        .filter((change) => caughtBy(code, change, ["firm.test"]))
        .map((change) => change.subject.id)
        .join("");
    expect(caught("guard.access-lost")).toBe("a");
    expect(caught("guard.invitations")).toBe("be");
    expect(caught("guard.seats")).toBe("bce");
    expect(caught("guard.identity")).toBe("de");
    expect(caught("guard.groups")).toBe("fg");
    expect(caught("guard.first")).toBe("");
  });

  it("never concerns the first run, the selection, the directory or age", () => {
    for (const code of ["guard.first", "guard.selection", "guard.directory", "guard.age"] as const)
      expect(holdable.has(code)).toBe(false);
  });
});

describe("any plan", () => {
  const anyChange = fc.oneof(
    fc
      .record({ action: fc.constantFrom("revoke" as const, "remove" as const), id: fc.nat(200), admin: fc.boolean() })
      .map(({ action, id, admin }) => row(action, `p${id}`, admin ? { before: { type: "admin" } } : {})),
    fc.nat(200).map((id) => row("readdress", `p${id}`, { code: "address.invited_anew", email: "a@firm.test" })),
    fc
      .record({ id: fc.nat(30), size: fc.nat(20) })
      .map(({ id, size }) => row("empty-group", `g${id}`, { before: { size }, remove: ["x"] })),
    fc.record({ id: fc.nat(30), size: fc.nat(40), gone: fc.nat(20) }).map(({ id, size, gone }) =>
      row("change-members", `g${id}`, {
        before: { size: Math.max(size, gone) },
        remove: Array.from({ length: gone }, (_, at) => `m${at}`),
      }),
    ),
  );
  const around = fc.record({
    recent: fc.array(anyChange, { maxLength: 10 }),
    linkedPeople: fc.nat(300),
    linkedGroups: fc.nat(40),
    memberships: fc.nat(400),
    first: fc.boolean(),
  });

  it("is stopped by whatever stopped a part of it: more that is taken away never passes where less did not", () => {
    fc.assert(
      fc.property(
        fc.array(anyChange, { maxLength: 20 }),
        fc.array(anyChange, { maxLength: 10 }),
        around,
        (part, more, given) => {
          const before = hits(part, given);
          expect(hits([...part, ...more], given)).toEqual(expect.arrayContaining(before));
        },
      ),
      { numRuns: 500 },
    );
  });
});
