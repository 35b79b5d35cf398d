import { describe, expect, it } from "vitest";
import type { Change, PlanRow } from "./plan.ts";
import { indexState } from "./satisfied.ts";
import { member } from "./testing.ts";
import { undoRows, type UndoAbilities, type UndoRow } from "./undo.ts";

const can: UndoAbilities = { remove: true, removeGroup: true, owners: new Set() };
const person = (action: Change["action"], more: Partial<Change> = {}): PlanRow => ({
  row: 4,
  action,
  subject: { kind: "person", id: "ana", externalId: "ana", email: "ana@firm.test", organizationId: "m-ana" },
  before: {},
  after: {},
  because: { code: "x" },
  ...more,
});
const group = (action: Change["action"], more: Partial<Change> = {}): PlanRow => ({
  ...person(action, more),
  subject: { kind: "group", id: "g", externalId: "g", name: "Group g" },
});
const undo = (row: PlanRow, abilities: UndoAbilities = can): UndoRow | undefined => undoRows([row], abilities)[0];
const active = { email: "ana@firm.test", externalId: "ana", status: "confirmed" as const };
const invited = { email: "ana@firm.test", externalId: "ana", status: "invited" as const };

describe("a change that can be taken back fully", () => {
  it("an invitation is withdrawn, relying on what it left behind", () => {
    const reverse = undo(person("invite", { after: invited }));
    expect(reverse).toMatchObject({ of: 4, reach: "fully", because: { code: "undo.fully" } });
    expect(reverse?.change).toMatchObject({
      action: "remove",
      before: invited,
      after: {},
      because: { code: "undo.run" },
    });
  });

  it("an invitation is revoked where the server cannot remove", () => {
    expect(undo(person("invite", { after: invited }), { ...can, remove: false })?.change).toMatchObject({
      action: "revoke",
      after: { status: "revoked" },
    });
  });

  it("an invitation that was accepted since is revoked instead, and that is said", () => {
    const state = indexState({ members: [member("ana", { status: "accepted" })], groups: [] });
    expect(undo(person("invite", { after: invited }), { ...can, state })).toMatchObject({
      reach: "fully",
      because: { code: "undo.accepted_since" },
      change: { action: "revoke", before: { status: "accepted", type: "user" }, after: { status: "revoked" } },
    });
    const pending = indexState({ members: [member("ana", { status: "invited" })], groups: [] });
    expect(undo(person("invite", { after: invited }), { ...can, state: pending })?.change?.action).toBe("remove");
  });

  it("a revocation is restored, and a restoration revoked", () => {
    expect(undo(person("revoke", { before: active, after: { ...active, status: "revoked" } }))?.change).toMatchObject({
      action: "restore",
      before: { status: "revoked", email: "ana@firm.test" },
      after: { email: "ana@firm.test", externalId: "ana" },
    });
    expect(undo(person("restore", { before: { status: "revoked" }, after: invited }))?.change).toMatchObject({
      action: "revoke",
      after: { status: "revoked" },
    });
  });

  it("somebody restored loses access again, also when their external id was taken away by hand", () => {
    const restored = person("restore", { before: { status: "revoked" }, after: { ...invited, externalId: "ana" } });
    expect(undo(restored)?.change?.before).not.toHaveProperty("externalId");
  });

  it("memberships are turned round, an emptied group is filled, a name is put back", () => {
    expect(undo(group("change-members", { add: ["a"], remove: ["b"] }))?.change).toMatchObject({
      add: ["b"],
      remove: ["a"],
    });
    expect(undo(group("empty-group", { remove: ["a"] }))?.change).toMatchObject({
      action: "change-members",
      add: ["a"],
    });
    expect(undo(group("rename-group", { before: { name: "Old" }, after: { name: "New" } }))?.change).toMatchObject({
      action: "rename-group",
      before: { name: "New" },
      after: { name: "Old" },
    });
  });

  it("a group we made is removed, or emptied where the server cannot", () => {
    const made = group("create-group", { after: { name: "Group g", size: 1 }, add: ["a"] });
    expect(undo(made)?.change).toMatchObject({ action: "remove-group", before: { size: 1 } });
    expect(undo(made, { ...can, removeGroup: false })?.change).toMatchObject({ action: "empty-group", remove: ["a"] });
  });
});

describe("a change that can be taken back in part, or not", () => {
  it("somebody removed can only be invited again", () => {
    const reverse = undo(person("remove", { before: active }));
    expect(reverse).toMatchObject({ reach: "new-invitation", because: { code: "undo.new_invitation" } });
    expect(reverse?.change).toMatchObject({
      action: "invite",
      before: {},
      after: { email: "ana@firm.test", externalId: "ana" },
    });
    expect(reverse?.change?.subject).not.toHaveProperty("organizationId");
  });

  it("somebody removed is staged again where joiners are", () => {
    expect(undo(person("remove", { before: active }), { ...can, joiners: "stage" })?.change).toMatchObject({
      action: "stage",
      after: { status: "staged" },
    });
  });

  it("members without an external id cannot be put back, and that is said", () => {
    const both = group("change-members", { add: ["a"], removeByEmail: ["x@firm.test"] });
    expect(undo(both)).toMatchObject({ reach: "fully", because: { code: "undo.without_unnamed_members" } });
    const only = group("change-members", { removeByEmail: ["x@firm.test"] });
    expect(undo(only)).toMatchObject({ reach: "impossible", because: { code: "undo.unnamed_members" } });
  });

  it.each([
    ["adopt", "undo.nothing_sent"],
    ["stamp", "undo.stamp"],
    ["readdress", "undo.readdress"],
    ["remove-group", "undo.remove_group"],
  ] as const)("%s: impossible, because %s", (action, code) => {
    const reverse = undo(person(action));
    expect(reverse).toMatchObject({ reach: "impossible", because: { code } });
    expect(reverse).not.toHaveProperty("change");
  });

  it("notes in row form have nothing to take back", () => {
    expect(undoRows([person("keep")], can)).toEqual([]);
  });
});

describe("whom nobody may take access from", () => {
  const back = [person("restore", { after: active }), person("invite", { after: invited })];
  it.each<[string, Partial<UndoAbilities>]>([
    ["undo.owner", { state: indexState({ members: [member("ana", { type: "owner" })], groups: [] }) }],
    ["undo.owner", { owners: new Set(["ana@firm.test"]) }],
    ["undo.protected", { protect: new Set(["ana@firm.test"]) }],
    ["undo.owners_unknown", { owners: undefined }],
  ])("%s, given %o: neither revoked nor removed", (code, more) => {
    for (const row of back)
      expect(undo(row, { ...can, ...more })).toEqual({ of: 4, reach: "impossible", because: { code } });
  });
});
