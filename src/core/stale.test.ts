import { describe, expect, it } from "vitest";
import type { OrganizationState } from "./organization-state.ts";
import type { Change, PlanRow } from "./plan.ts";
import { indexState, isSatisfied } from "./satisfied.ts";
import { freshness, takesAway, type Freshness } from "./stale.ts";
import { group as desiredGroup, groupWithoutId, member, memberWithoutId, theirGroup } from "./testing.ts";

const state = (more: Partial<OrganizationState> = {}) => indexState({ members: [], groups: [], ...more });
const person = (action: Change["action"], more: Partial<Change> = {}): PlanRow => ({
  row: 0,
  action,
  subject: { kind: "person", id: "ana", externalId: "ana", email: "ana@firm.test" },
  before: { email: "ana@firm.test", status: "confirmed", type: "user", externalId: "ana" },
  after: { email: "ana@firm.test", externalId: "ana" },
  because: { code: "x" },
  ...more,
});
const group = (action: Change["action"], more: Partial<Change> = {}): PlanRow => ({
  row: 0,
  action,
  subject: { kind: "group", id: "g", externalId: "g", name: desiredGroup("g").name },
  before: { name: "Group g", externalId: "g", size: 1 },
  after: { name: "Group g", externalId: "g" },
  because: { code: "x" },
  ...more,
});
const judge = (row: PlanRow, more: Partial<OrganizationState>): Freshness => freshness(row, state(more));

describe("a reviewed row that takes something away", () => {
  it.each([
    ["revoke", [member("ana")], "fresh"],
    ["revoke", [member("ana", { status: "accepted" })], "stale"],
    ["revoke", [member("ana", { type: "admin" })], "stale"],
    ["revoke", [member("ana", { email: "other@firm.test" })], "stale"],
    ["revoke", [member("ana", { status: "revoked" })], "already"],
    ["revoke", [], "already"],
    ["remove", [member("ana")], "fresh"],
    ["remove", [member("ana", { status: "invited" })], "stale"],
    ["remove", [], "already"],
  ] as const)("%s, given %j: %s", (action, members, expected) => {
    expect(judge(person(action), { members })).toBe(expected);
  });

  it("an invitation made anew is stale once it was accepted, or once somebody else has the new address", () => {
    const row = person("readdress", {
      because: { code: "address.invited_anew" },
      before: { email: "ana@firm.test", status: "invited" },
      after: { email: "new@firm.test", externalId: "ana", status: "invited" },
    });
    expect(judge(row, { members: [member("ana", { status: "invited" })] })).toBe("fresh");
    expect(judge(row, { members: [member("ana", { status: "accepted" })] })).toBe("stale");
    expect(
      judge(row, { members: [member("ana", { status: "invited" }), member("x", { email: "new@firm.test" })] }),
    ).toBe("stale");
  });

  it("a group to be removed is stale once somebody renamed it or its size is another", () => {
    const row = group("remove-group", { after: {} });
    expect(judge(row, { groups: [theirGroup("g", ["a"])] })).toBe("fresh");
    expect(judge(row, { groups: [theirGroup("g", ["a", "b"])] })).toBe("stale");
    expect(judge(row, { groups: [theirGroup("g", ["a"], { name: "X" })] })).toBe("stale");
    expect(judge(row, { groups: [] })).toBe("already");
  });
});

describe("a reviewed row that adds something", () => {
  it("an invitation is stale once the address or the id is taken, and done once it is theirs", () => {
    const row = person("invite", { before: {}, after: { email: "ana@firm.test", externalId: "ana" } });
    expect(judge(row, {})).toBe("fresh");
    expect(judge(row, { members: [memberWithoutId("x", { email: "ana@firm.test" })] })).toBe("stale");
    expect(judge(row, { members: [member("ana", { email: "other@firm.test" })] })).toBe("stale");
    expect(judge(row, { members: [member("ana", { status: "invited" })] })).toBe("already");
  });

  it("a stamp is stale once there is an id", () => {
    const row = person("stamp", {
      subject: { kind: "person", id: "ana", organizationId: "m-ana", externalId: "ana" },
      before: { email: "ana@firm.test" },
    });
    expect(judge(row, { members: [memberWithoutId("ana")] })).toBe("fresh");
    expect(judge(row, { members: [member("ana", { externalId: "other" })] })).toBe("stale");
    expect(judge(row, { members: [member("ana")] })).toBe("already");
  });

  it("a restoration is done once they are active", () => {
    const row = person("restore", { before: { status: "revoked" } });
    expect(judge(row, { members: [member("ana", { status: "revoked" })] })).toBe("fresh");
    expect(judge(row, { members: [member("ana")] })).toBe("already");
    expect(judge(row, {})).toBe("stale");
  });

  it("an adoption is fresh while the member is as it was, or while there was none and is none", () => {
    expect(judge(person("adopt"), { members: [member("ana")] })).toBe("fresh");
    expect(judge(person("adopt"), { members: [member("ana", { status: "revoked" })] })).toBe("stale");
    expect(judge(person("adopt"), {})).toBe("stale");
    expect(judge(person("adopt", { before: { email: "ana@firm.test", externalId: "ana" } }), {})).toBe("fresh");
  });

  it("a new group is stale once there is one with its id, memberships once the group is gone", () => {
    expect(judge(group("create-group", { add: ["ana"] }), { groups: [] })).toBe("fresh");
    expect(
      judge(group("create-group", { add: ["ana"] }), { groups: [theirGroup("g")], members: [member("ana")] }),
    ).toBe("stale");
    expect(judge(group("change-members", { add: ["ana"] }), { groups: [] })).toBe("stale");
    expect(
      judge(group("rename-group", { before: { name: "X" }, after: { name: "Y" } }), {
        groups: [theirGroup("g", [], { name: "Z" })],
      }),
    ).toBe("stale");
  });
});

describe("which rows take something away", () => {
  it.each([
    ["revoke", {}, true],
    ["remove", {}, true],
    ["empty-group", {}, true],
    ["remove-group", {}, true],
    ["change-members", { remove: ["a"] }, true],
    ["change-members", { removeByEmail: ["a"] }, true],
    ["change-members", { add: ["a"], remove: [] }, false],
    ["readdress", { because: { code: "address.invited_anew" } }, true],
    ["readdress", { because: { code: "address.theirs_to_change" } }, false],
    ["invite", {}, false],
    ["restore", {}, false],
  ] as const)("%s %j: %s", (action, more, expected) => {
    expect(takesAway(person(action, more))).toBe(expected);
  });
});

describe("whether the organization is as a row wants it", () => {
  const members = [member("ana"), member("bo"), memberWithoutId("hand")];

  it("memberships: everybody added is there, nobody removed is, by id and by address", () => {
    const there = (ids: readonly string[]) => ({ members, groups: [theirGroup("g", ids)] });
    const satisfied = (more: Partial<Change>, ids: readonly string[]): boolean =>
      isSatisfied(group("change-members", more), state(there(ids)));
    expect(satisfied({ add: ["ana"], remove: ["bo"] }, ["ana"])).toBe(true);
    expect(satisfied({ add: ["ana"], remove: ["bo"] }, ["ana", "bo"])).toBe(false);
    expect(satisfied({ add: ["ana"] }, [])).toBe(false);
    expect(satisfied({ removeByEmail: ["hand@firm.test"] }, ["hand"])).toBe(false);
    expect(satisfied({ removeByEmail: ["hand@firm.test"] }, ["ana"])).toBe(true);
  });

  it("memberships that were not read are not known to be there", () => {
    const { members: _unread, ...unread } = theirGroup("g");
    expect(isSatisfied(group("change-members", { add: [] }), state({ members, groups: [unread] }))).toBe(false);
  });

  it("a group that was to be made is there under its external id, not under its name", () => {
    expect(
      isSatisfied(group("create-group", { add: ["ana"] }), state({ members, groups: [theirGroup("g", ["ana"])] })),
    ).toBe(true);
    expect(
      isSatisfied(group("create-group", { add: ["ana"] }), state({ members, groups: [groupWithoutId("g", ["ana"])] })),
    ).toBe(false);
  });
});
