import { describe, expect, it } from "vitest";
import type { Mark } from "../link.ts";
import {
  applied,
  group,
  groupLink,
  inputOf,
  link,
  member,
  memberWithoutId,
  notesOf,
  now,
  person,
  settled,
  theirGroup,
  told,
  type World,
} from "../testing.ts";
import { diff } from "./diff.ts";
import type { DiffInput, DiffResult } from "./input.ts";

const run = (world: World, more: Partial<DiffInput> = {}): DiffResult => diff(inputOf(world, more));
const mark = (kind: Mark["kind"], id: string): Mark => ({ kind, subject: "person", id, by: "jan", at: 0 });

describe("somebody new", () => {
  it("is invited, or staged where the settings say so", () => {
    const world: World = { people: [person("ana")], members: [] };
    const result = run(world);
    expect(told(result)).toEqual(["invite ana because joiner.new"]);
    expect(result.changes[0]).toMatchObject({
      before: {},
      after: { email: "ana@firm.test", externalId: "ana", status: "invited" },
    });
    expect(told(run({ ...world, settings: { joiners: "stage" } }))).toEqual(["stage ana because joiner.new"]);
  });

  it("is not invited when disabled, left out or not selected", () => {
    const world: World = {
      people: [person("ana", { state: "disabled" })],
      leftOut: ["bo"],
      unselected: ["cy"],
      members: [],
    };
    expect(told(run(world))).toEqual([]);
  });

  it("is not invited where people are not synchronised", () => {
    expect(told(run({ people: [person("ana")], members: [], settings: { users: false } }))).toEqual([]);
  });

  it("comes with their groups", () => {
    const world: World = { people: [person("ana")], members: [], groups: [group("g", ["ana"])] };
    expect(told(run(world))).toEqual(["invite ana because joiner.new", "create-group g +ana because group.new"]);
  });
});

describe("somebody new whom the organization has already", () => {
  it("given the same external id, then they are adopted and nothing is sent", () => {
    const result = run({ people: [person("ana")], members: [member("ana", { email: "other@firm.test" })] });
    expect(told(result)).toEqual(["adopt ana because adopt.same_id"]);
    expect(result.changes[0]?.after).toEqual(result.changes[0]?.before);
  });

  it("given the same external id and that the directory disables them, then adopted and revoked in one plan", () => {
    const world: World = { people: [person("ana", { state: "disabled" })], members: [member("ana")] };
    expect(told(run(world))).toEqual(["adopt ana because adopt.same_id", "revoke ana because leaver.disabled"]);
  });

  it("given the same external id and that somebody revoked them by hand, then adopted, and the revocation stands", () => {
    const result = run({ people: [person("ana")], members: [member("ana", { status: "revoked" })] });
    expect(told(result)).toEqual(["adopt ana because adopt.same_id"]);
    expect(notesOf(result)).toEqual(["drift.revoked_by_hand ana"]);
    expect(result.updates.people).toEqual([]);
  });

  it("given the same address without an external id, then ours is put on them", () => {
    const result = run({ people: [person("ana")], members: [memberWithoutId("x", { email: "ana@firm.test" })] });
    expect(told(result)).toEqual(["stamp ana because stamp.same_address"]);
    expect(result.changes[0]).toMatchObject({ subject: { organizationId: "m-x" }, after: { externalId: "ana" } });
  });

  it("given the same address under another external id, then it is proposed, and carried out once marked", () => {
    const world: World = { people: [person("ana")], members: [member("old", { email: "ana@firm.test" })] };
    const result = run(world);
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["proposal.same_address ana"]);
    const marked = run(world, { marks: [mark("adopt", "ana")] });
    expect(told(marked)).toEqual(["adopt ana because adopt.same_address"]);
    expect(marked.changes[0]?.subject.externalId).toBe("old");
  });

  it("given a proposal, then the person's memberships stay as they are, also where manual members are not kept", () => {
    const world: World = {
      people: [person("ana"), person("bo")],
      links: [link("bo")],
      members: [member("old", { email: "ana@firm.test" }), member("bo")],
      groups: [group("g", ["ana", "bo"])],
      groupLinks: [groupLink("g", ["bo"])],
      theirGroups: [theirGroup("g", ["old", "bo"])],
      settings: { keepManualMembers: false },
    };
    expect(told(run(world))).toEqual([]);
  });

  it("given the address of a linked person who is in the directory too, then they are held back", () => {
    const links = [link("bo", { email: "ana@firm.test" })];
    const members = [member("bo", { email: "ana@firm.test" })];
    const held = ["keep ana because held.address_taken"];
    expect(told(run({ people: [person("ana"), person("bo")], links, members }))).toEqual(held);
    expect(told(run({ people: [person("ana")], leftOut: ["bo"], links, members }))).toEqual(held);
    expect(told(run({ people: [person("ana"), person("bo")], links }))).toEqual(held);
  });

  it("given that a linked member without external id has their address, then it is not stamped over", () => {
    const links = [link("bo", { email: "ana@firm.test" })];
    const members = [memberWithoutId("bo", { email: "ana@firm.test" })];
    expect(told(run({ people: [person("ana"), person("bo")], links, members }))).toEqual([
      "stamp bo because stamp.lost",
      "keep ana because held.address_taken",
    ]);
  });

  it("given an external id that a link holds whose person is still there, then they are held back", () => {
    const world: World = {
      people: [person("ana", { externalId: "bo" }), person("bo")],
      links: [link("bo")],
      members: [member("bo")],
    };
    expect(told(run(world))).toEqual(["keep ana because held.id_taken"]);
  });

  it("given an external id that somebody gave to another linked member, then they are held back", () => {
    const world: World = {
      people: [person("ana"), person("bo")],
      links: [link("bo")],
      members: [member("bo", { externalId: "ana" })],
    };
    expect(told(run(world))).toEqual(["keep ana because held.id_taken"]);
  });

  it("given two members who share their external id, then neither is taken for them", () => {
    const members = [member("bo", { id: "m-bo", externalId: "ana" }), member("cas", { externalId: "ana" })];
    const world: World = {
      people: [person("ana"), person("bo")],
      links: [link("bo", { organizationId: "m-bo" })],
      members,
    };
    expect(told(run(world))).toEqual(["keep ana because held.id_taken"]);
    expect(told(run({ ...world, members: members.toReversed() }))).toEqual(["keep ana because held.id_taken"]);
    expect(told(run({ ...world, people: [person("ana")], links: [] }))).toEqual(["keep ana because held.id_taken"]);
  });
});

describe("a person whose entry was made anew", () => {
  const old = link("old", {
    externalId: "e1",
    email: "ana@firm.test",
    directoryEmail: "ana@firm.test",
    missingSince: 0,
  });
  const there = [member("old", { externalId: "e1", email: "ana@firm.test" })];
  const anew = person("new", { externalId: "e1", email: "ana@firm.test" });
  const groups: World = {
    groups: [group("g", ["new"])],
    groupLinks: [groupLink("g", ["e1"])],
    theirGroups: [theirGroup("g", ["old"])],
  };

  it("given the same external id, then the link is handed over: nobody leaves, nobody is invited", () => {
    const input = inputOf({ people: [anew], links: [old], members: there, ...groups });
    const result = diff(input);
    expect(told(result)).toEqual(["adopt new because adopt.same_id"]);
    expect(settled(input, result).people).toMatchObject([{ id: "new", externalId: "e1", organizationId: "m-old" }]);
    expect(told(diff({ ...input, ...settled(input, result) }))).toEqual([]);
  });

  it("given that it cannot be read, then the same", () => {
    expect(told(run({ people: [anew], links: [old] }))).toEqual(["adopt new because adopt.same_id"]);
  });

  it("given two entries with one of the old addresses each, and that one is marked for adoption, then the other is held back", () => {
    const world: World = {
      people: [person("ana", { email: "bo@firm.test" }), person("cas")],
      links: [link("old", { email: "bo@firm.test", directoryEmail: "cas@firm.test" })],
      members: [member("old", { email: "bo@firm.test" })],
      groups: [group("g")],
      groupLinks: [groupLink("g", ["old"])],
    };
    const input = inputOf(world, { marks: [mark("adopt", "cas")] });
    const result = diff(input);
    expect(told(result)).toContain("adopt cas because adopt.same_address");
    expect(told(result)).toContain("keep ana because held.address_taken");
    expect(result.changes.find(({ action }) => action === "create-group")?.add).toEqual([]);
  });

  it("given that somebody gave the membership of an entry that is gone the external id of a new one, then the plan that sees it goes on with it", () => {
    const result = run({
      people: [person("new")],
      links: [link("old")],
      members: [member("old", { externalId: "new" })],
    });
    expect(told(result)).toContain("adopt new because adopt.same_id");
  });

  it("given that we had revoked them, then they are restored in the same plan", () => {
    const revoked = { at: now - 1, cause: "gone" as const };
    const members = there.map((one) => ({ ...one, status: "revoked" as const }));
    const input = inputOf({ people: [anew], links: [{ ...old, revoked }], members });
    const result = diff(input);
    expect(told(result)).toEqual(["adopt new because adopt.same_id", "restore new because restore.back"]);
    expect(settled(input, result).people[0]).not.toHaveProperty("revoked");
  });

  it("given the same address only, then once marked the link is handed over", () => {
    const other = person("new", { email: "ana@firm.test" });
    const input = inputOf(
      { people: [other], links: [old], members: there, ...groups },
      { marks: [mark("adopt", "new")] },
    );
    const result = diff(input);
    expect(told(result)).toEqual(["adopt new because adopt.same_address"]);
    const after = { ...input, ...settled(input, result), marks: [] };
    expect(after.people.map((one) => [one.id, one.externalId])).toEqual([["new", "e1"]]);
    expect(told(diff(after))).toEqual([]);
  });
});

describe("somebody whom another profile manages", () => {
  const elsewhere = new Map([["ana", "Other profile"]]);
  const groups: World = { groups: [group("g", ["ana"])], groupLinks: [groupLink("g", [])] };

  it("is used in our groups and never changed", () => {
    const result = run(
      { people: [person("ana")], members: [member("ana")], theirGroups: [theirGroup("g")], ...groups },
      { elsewhere },
    );
    expect(told(result)).toEqual(["change-members g +ana because group.members"]);
    expect(notesOf(result)).toEqual(["reference.other_profile ana"]);
  });

  it("is not revoked here when disabled here, and not put in groups", () => {
    const people = [person("ana", { state: "disabled" })];
    expect(
      told(run({ people, members: [member("ana")], theirGroups: [theirGroup("g")], ...groups }, { elsewhere })),
    ).toEqual([]);
  });

  it("is not put in groups when they are not in the organization", () => {
    expect(
      told(run({ people: [person("ana")], members: [], theirGroups: [theirGroup("g")], ...groups }, { elsewhere })),
    ).toEqual([]);
  });
});

describe("strangers", () => {
  const members = [member("x", { name: "X" }), memberWithoutId("hand")];

  it("given members this directory does not know, then those with an external id are listed and never touched", () => {
    const result = run({ members });
    expect(told(result)).toEqual([]);
    expect(result.strangers).toBe(1);
    expect(result.notes).toEqual([
      {
        code: "stranger",
        severity: "info",
        subject: { kind: "person", id: "m-x", name: "X", email: "x@firm.test" },
        params: { externalId: "x" },
      },
    ]);
  });

  it("given that the directory knows them, then they are none: left out, not selected, or another profile's", () => {
    expect(run({ members, leftOut: ["x"] }).strangers).toBe(0);
    expect(run({ members, unselected: ["x"] }).strangers).toBe(0);
    expect(run({ members }, { elsewhere: new Map([["x", "Other"]]) }).strangers).toBe(0);
  });

  it("given that somebody said they are gone, then they are adopted and treated as gone in one plan", () => {
    const marks = [mark("adopt-gone", "m-x")];
    const input = inputOf({ members }, { marks });
    const result = diff(input);
    expect(told(result)).toEqual(["adopt x because adopt.gone", "revoke x because gone.adopted"]);
    const organization = applied({ members, groups: [] }, result.changes);
    expect(told(diff({ ...input, ...settled(input, result), organization, marks: [] }))).toEqual([]);
  });

  it("given that somebody else's entry has for its own id what they have for their external one, then the two are not mixed up", () => {
    const people = [person("x", { externalId: "other", email: "other@firm.test" })];
    const input = inputOf({ members, people }, { marks: [mark("adopt-gone", "m-x")] });
    const result = diff(input);
    expect(told(result)).toEqual([
      "adopt m-x because adopt.gone",
      "revoke m-x because gone.adopted",
      "invite x because joiner.new",
    ]);
    const organization = applied({ members, groups: [] }, result.changes);
    expect(told(diff({ ...input, ...settled(input, result), organization, marks: [] }))).toEqual([]);
  });

  it("given that somebody said so of an owner, then nothing is taken away", () => {
    const owner = [member("x", { type: "owner" })];
    expect(told(run({ members: owner }, { marks: [mark("adopt-gone", "m-x")] }))).toEqual([
      "adopt x because adopt.gone",
      "keep x because keep.owner",
    ]);
  });
});

describe("where the organization cannot be read, an address that the server knows somebody by who is taken over", () => {
  const server = { readable: false, remove: false, renameGroup: false, removeGroup: false, owners: new Set<string>() };
  const world: World = {
    people: [person("new", { externalId: "bo", email: "other@firm.test" }), person("ana", { email: "bo@firm.test" })],
    links: [link("bo")],
  };

  it("invites nobody else at it, now or with the next plan; the plan says who has it", () => {
    const input = inputOf(world, { server });
    const result = diff(input);
    expect(told(result)).toEqual(["adopt new because adopt.same_id", "keep ana because held.address_taken"]);
    expect(notesOf(result)).toEqual(["address.differs new"]);
    const next = diff({ ...input, ...settled(input, result) });
    expect(told(next)).toEqual(["keep ana because held.address_taken"]);
  });
});
