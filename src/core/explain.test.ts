import { describe, expect, it } from "vitest";
import type { SourceUser } from "./entry.ts";
import { explain, type ExplainFacts } from "./explain.ts";
import { nearMatches } from "./explain/near.ts";
import type { PersonLink } from "./link.ts";
import type { Change } from "./plan.ts";

const user: SourceUser = {
  id: "7",
  ref: "uid=eva,dc=firm",
  externalId: "7",
  email: "eva@firm.test",
  name: "Eva Blom",
  state: "enabled",
  selected: true,
};
const link: PersonLink = {
  id: "7",
  externalId: "7",
  email: "eva@firm.test",
  directoryEmail: "eva@firm.test",
  name: "Eva Blom",
};
const row = (action: Change["action"], code: string): Change => ({
  action,
  subject: { kind: "person", id: "7" },
  before: {},
  after: {},
  because: { code },
});
const facts = (more: Partial<ExplainFacts>): ExplainFacts => ({
  who: "eva@firm.test",
  readAt: "2026-11-14T14:02:00.000Z",
  changes: [],
  notes: [],
  memberships: [],
  near: [],
  changedSettings: [],
  ...more,
});
const stateOf = (more: Partial<ExplainFacts>): string => explain(facts(more)).headline.code.replace("headline.", "");
const remedyOf = (more: Partial<ExplainFacts>): string | undefined =>
  explain(facts(more)).lines.find((line) => line.label === "remedy")?.code;

describe("where somebody stands", () => {
  it.each<[string, Partial<ExplainFacts>]>([
    ["unchanged", { user, link }],
    ["new", { user }],
    ["left_out", { user: { ...user, email: "" }, link, leftOut: { code: "left_out.no_address" } }],
    ["unselected", { user, unselected: { code: "unselected.excluded", params: { rule: "userFilter", clause: 3 } } }],
    ["protected", { user, link, changes: [row("keep", "keep.owner")] }],
    ["protected", { link, changes: [row("keep", "keep.protected")] }],
    ["held", { user, link, changes: [row("keep", "held.address_taken")] }],
    ["waiting", { link, changes: [row("keep", "keep.missing_once")] }],
    ["changes", { user, link, changes: [row("revoke", "leaver.disabled")] }],
    ["by_hand", { user, link: { ...link, byHand: "revoked" } }],
    ["revoked", { user, link: { ...link, revoked: { at: 0, cause: "disabled" } } }],
    ["disabled", { user: { ...user, state: "disabled" } }],
    ["missing", { link }],
    ["proposed", { user, notes: [{ code: "proposal.same_address", severity: "warning" }] }],
    ["stranger", { notes: [{ code: "stranger", severity: "info" }] }],
    ["not_read", { found: { where: "uid=eva", state: "enabled", outside: { code: "outside.base" } } }],
    ["not_yet_read", { found: { where: "uid=eva,ou=people", state: "enabled" } }],
    ["unread", { readAt: undefined, found: { where: "uid=eva,ou=people", state: "enabled" } }],
    ["unread", { readAt: undefined, link }],
    ["unknown", { near: ["eva.b@firm.test"] }],
  ])("is %s, told in one sentence", (state, more) => {
    expect(stateOf(more)).toBe(state);
  });
});

describe("what to do", () => {
  it("follows from the rule that decided, else from where they stand", () => {
    expect(remedyOf({ user, leftOut: { code: "left_out.no_address" } })).toBe("line.remedy.no_address");
    expect(remedyOf({ user, unselected: { code: "unselected.excluded" } })).toBe("line.remedy.filter");
    expect(remedyOf({ user, unselected: { code: "unselected.guest" } })).toBe("line.remedy.unselected");
    expect(remedyOf({ user, link })).toBe("line.remedy.unchanged");
  });
});

describe("what is behind it", () => {
  it("names the entry, the rule with its clause, what stays, and the settings that changed", () => {
    const { lines } = explain(
      facts({
        user,
        link,
        unselected: { code: "unselected.excluded", params: { clause: 3 } },
        memberships: [{ group: "Sales", directory: "direct", applied: true }],
        leftOutSince: "2026-11-12T00:00:00.000Z",
        changedBy: [{ setting: "sync.userFilter", who: "jan", how: "changed", at: "2026-11-14T13:40:00.000Z" }],
        changedSettings: ["sync.userFilter"],
      }),
    );
    expect(lines.map(({ label, code }) => `${label}: ${code}`)).toEqual([
      "found: line.found",
      "address: line.text",
      "unselected: unselected.excluded",
      "organization: line.linked",
      "groups: line.groups",
      "organization: line.in_groups",
      "since: line.left_out_since",
      "since: line.changed_settings",
      "since: line.changed_by",
      "remedy: line.remedy.filter",
    ]);
    expect(lines[2]?.params).toEqual({ clause: 3 });
  });
});

describe("near matches", () => {
  const known = ["eva.blom@firm.test", "evan@firm.test", "tom@firm.test", "Eva Blom"];

  it("given a slip of the hand, then the name that was meant", () => {
    expect(nearMatches("eva.blum@firm.test", known)[0]).toBe("eva.blom@firm.test");
  });

  it("given people of one firm, then their mail domain does not make them alike", () => {
    const firm = ["ann", "bob", "dan", "jim", "kim"].map((name) => `${name}@firm.test`);
    expect(nearMatches("anm@firm.test", firm)).toEqual(["ann@firm.test"]);
    expect(nearMatches("nan@firm.test", firm)).toEqual(["ann@firm.test", "dan@firm.test"]);
    expect(nearMatches("ann@frim.test", firm)[0]).toBe("ann@firm.test");
  });

  it("given a part of a name, then all that hold it", () => {
    expect(nearMatches("blom", known)).toEqual(["Eva Blom", "eva.blom@firm.test"]);
  });

  it("given something else altogether, then nothing, and never more than five", () => {
    expect(nearMatches("zzzzzzzz", known)).toEqual([]);
    expect(
      nearMatches(
        "user",
        Array.from({ length: 50 }, (_item, index) => `user${index}@firm.test`),
      ),
    ).toHaveLength(5);
  });
});
