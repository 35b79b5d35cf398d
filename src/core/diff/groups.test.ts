import { describe, expect, it } from "vitest";
import type { Mark } from "../link.ts";
import {
  group,
  groupLink,
  groupWithoutId,
  inputOf,
  link,
  member,
  memberWithoutId,
  minute,
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

const day = 24 * 60 * minute;
const people = ["ana", "bo", "cy"];
/** Three linked people, all of them active members. */
const staff: World = {
  people: people.map((id) => person(id)),
  links: people.map((id) => link(id)),
  members: people.map((id) => member(id)),
};
const run = (world: World, more: Partial<DiffInput> = {}): DiffResult => diff(inputOf({ ...staff, ...world }, more));
const adoptMark = (id: string): Mark => ({ kind: "adopt", subject: "group", id, by: "jan", at: 0 });

describe("a new group", () => {
  it("is made with the people who are or will be there", () => {
    const result = run({ groups: [group("g", ["ana", "bo", "nobody"])], theirGroups: [] });
    expect(told(result)).toEqual(["create-group g +ana +bo because group.new"]);
    expect(result.changes[0]).toMatchObject({ before: {}, after: { name: "Group g", externalId: "g", size: 2 } });
  });

  it("is made empty when it holds nobody", () => {
    expect(told(run({ groups: [group("g")], theirGroups: [] }))).toEqual(["create-group g because group.new"]);
  });

  it("whose external id the organization has is adopted; its members stay somebody else's until the directory asks for them", () => {
    const world: World = { groups: [group("g", ["ana"])], theirGroups: [theirGroup("g", ["ana", "bo"])] };
    const input = inputOf({ ...staff, ...world });
    const result = diff(input);
    expect(told(result)).toEqual(["adopt g because adopt.same_id"]);
    expect(told(diff({ ...input, ...settled(input, result) }))).toEqual([]);
  });

  it("whose name the organization has is proposed for adoption instead of being made twice", () => {
    const world: World = { groups: [group("g", ["ana"])], theirGroups: [{ ...groupWithoutId("x"), name: "GROUP G" }] };
    const result = run(world);
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["proposal.same_name g"]);
    const marked = run(world, { marks: [adoptMark("g")] });
    expect(told(marked)).toEqual(["adopt g because adopt.same_name", "change-members g +ana because group.members"]);
    expect(notesOf(marked)).toEqual(["group.rename_by_hand g"]);
  });

  it("whose name the organization has twice is proposed and cannot be marked", () => {
    const theirGroups = [groupWithoutId("x"), groupWithoutId("y")].map((one) => ({ ...one, name: "Group g" }));
    const result = run({ groups: [group("g")], theirGroups }, { marks: [adoptMark("g")] });
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["proposal.same_name_twice g"]);
  });

  it("given two of one name and both marked for the one there is, then one is adopted and the other made", () => {
    const world: World = {
      groups: [group("h", [], { name: "Sales" }), group("g", [], { name: "Sales" })],
      theirGroups: [{ ...groupWithoutId("x"), name: "Sales" }],
    };
    expect(told(run(world, { marks: [adoptMark("g"), adoptMark("h")] }))).toEqual([
      "adopt g because adopt.same_name",
      "create-group h because group.new",
    ]);
  });

  it("whose external id another link holds is held back while that one's group is there", () => {
    const world: World = {
      groups: [group("g", [], { externalId: "h" }), group("h")],
      groupLinks: [groupLink("h")],
      theirGroups: [theirGroup("h")],
    };
    const result = run(world);
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["held.group_id_taken g"]);
  });

  it("whose external id belonged to a group that is gone takes its link over", () => {
    const input = inputOf({
      ...staff,
      groups: [group("new", ["ana"], { externalId: "h", name: "Group h" })],
      groupLinks: [groupLink("h", ["ana", "bo"], { missingSince: 0 })],
      theirGroups: [theirGroup("h", ["ana", "bo"])],
    });
    const result = diff(input);
    expect(told(result)).toEqual(["adopt new because adopt.same_id", "change-members new -bo because group.members"]);
    expect(settled(input, result).groups).toMatchObject([{ id: "new", externalId: "h", members: ["ana"] }]);
  });

  it("is not made where groups are not synchronised", () => {
    expect(told(run({ groups: [group("g")], theirGroups: [], settings: { groups: false } }))).toEqual([]);
  });
});

describe("a linked group", () => {
  it("follows the directory's name, and drift in it is put right", () => {
    const world: World = { groups: [group("g", [], { name: "New" })], groupLinks: [groupLink("g")] };
    expect(told(run({ ...world, theirGroups: [theirGroup("g")] }))).toEqual(["rename-group g because group.renamed"]);
    expect(told(run({ ...world, theirGroups: [theirGroup("g", [], { name: "By hand" })] }))).toEqual([
      "rename-group g because group.renamed_by_hand",
    ]);
  });

  it("whose new name is there already is only remembered, so that nothing is asked the next time", () => {
    const world: World = { groups: [group("g", [], { name: "New" })], groupLinks: [groupLink("g")] };
    const result = run({ ...world, theirGroups: [theirGroup("g", [], { name: "New" })] });
    expect(told(result)).toEqual([]);
    expect(result.updates.groups).toMatchObject([{ name: "New" }]);
  });

  it("is not renamed while it holds somebody who lost their external id, also where somebody who leaves was given that id", () => {
    const world: World = {
      people: [person("cas", { email: "cas@firm.test" })],
      links: [link("cas"), link("ana", { externalId: "cas", missingSince: 0 })],
      members: [memberWithoutId("cas"), member("ana", { externalId: "cas" })],
      groups: [group("g", [], { name: "New" })],
      groupLinks: [groupLink("g", ["cas"])],
      theirGroups: [theirGroup("g", ["cas"])],
      settings: { leavers: { disabled: "revoke", gone: "remove", wait: 0, removeAfter: undefined } },
    };
    const result = run(world);
    expect(told(result)).toContain("remove ana because gone.not_found");
    expect(told(result)).not.toContain("rename-group g because group.renamed");
    expect(notesOf(result)).toContain("group.rename_by_hand g");
  });

  it("is not renamed where the server cannot, or where an import would throw somebody out: a note", () => {
    const world: World = { groups: [group("g", [], { name: "New" })], groupLinks: [groupLink("g")] };
    const server = {
      owners: new Set<string>(),
      readable: false,
      remove: false,
      renameGroup: false,
      removeGroup: false,
    };
    expect(notesOf(diff(inputOf(world, { server })))).toEqual(["group.rename_unavailable g"]);
    const manual = run({ ...world, theirGroups: [theirGroup("g", ["bo"])] });
    expect(told(manual)).toEqual([]);
    expect(notesOf(manual)).toEqual(["group.rename_by_hand g"]);
  });

  it("that somebody removed by hand is made again, unless one of its name is there", () => {
    const world: World = { groups: [group("g", ["ana"])], groupLinks: [groupLink("g", ["ana"])] };
    expect(told(run({ ...world, theirGroups: [] }))).toEqual(["create-group g +ana because group.created_again"]);
    const namesake = run({ ...world, theirGroups: [{ ...groupWithoutId("x"), name: "Group g" }] });
    expect(told(namesake)).toEqual([]);
    expect(notesOf(namesake)).toEqual(["proposal.same_name g"]);
  });

  it("that somebody gave another external id is written under that one", () => {
    const world: World = {
      groups: [group("g", ["ana"])],
      groupLinks: [groupLink("g")],
      theirGroups: [theirGroup("g", [], { externalId: "other" })],
    };
    const result = run(world);
    expect(told(result)).toEqual(["change-members g +ana because group.members"]);
    expect(result.changes[0]?.subject.externalId).toBe("other");
  });

  it("whose memberships were not read is compared with what we put there", () => {
    const { members: _unread, ...unread } = theirGroup("g");
    const world: World = { groups: [group("g", ["bo"])], groupLinks: [groupLink("g", ["ana"])], theirGroups: [unread] };
    expect(told(run(world))).toEqual(["change-members g +bo -ana because group.members"]);
  });
});

describe("memberships", () => {
  const world = (theirs: readonly string[], ours: readonly string[], wanted: readonly string[]): World => ({
    groups: [group("g", wanted)],
    groupLinks: [groupLink("g", ours)],
    theirGroups: [theirGroup("g", theirs)],
  });

  it("given drift, then it is put right", () => {
    expect(told(run(world(["ana"], ["ana", "bo"], ["ana", "bo"])))).toEqual([
      "change-members g +bo because group.members",
    ]);
    expect(told(run(world(["ana", "bo"], ["ana", "bo"], ["ana"])))).toEqual([
      "change-members g -bo because group.members",
    ]);
  });

  it("given somebody put in by hand, then they stay, and the group is not written by import", () => {
    const result = run(world(["ana", "bo"], ["ana"], ["ana"]));
    expect(told(result)).toEqual([]);
    expect(result.updates.groups).toMatchObject([{ writtenBy: "member-ids", members: ["ana"] }]);
  });

  it("given that manual members are not kept, then they go out, those without an external id by address", () => {
    const members = [...(staff.members ?? []), memberWithoutId("hand")];
    const result = run({
      ...world(["ana", "bo", "hand"], ["ana"], ["ana"]),
      members,
      settings: { keepManualMembers: false },
    });
    expect(result.changes).toMatchObject([
      {
        action: "change-members",
        add: [],
        remove: ["bo"],
        removeByEmail: ["hand@firm.test"],
        before: { size: 3 },
        after: { size: 1 },
      },
    ]);
  });

  it("given a membership by hand that the directory asks for, then it is ours from now on", () => {
    const result = run(world(["ana"], [], ["ana"]));
    expect(told(result)).toEqual([]);
    expect(result.updates.groups).toMatchObject([{ writtenBy: "import", members: ["ana"] }]);
  });

  it("given that we took somebody out who stays and somebody put them back, then that stands", () => {
    const result = run({
      ...world(["ana", "bo"], ["ana"], ["ana"]),
      leftOut: ["bo"],
      people: [person("ana"), person("cy")],
    });
    expect(told(result)).toEqual([]);
  });
});

describe("a linked group that is gone", () => {
  const world: World = {
    groupLinks: [groupLink("g", ["ana", "bo"])],
    theirGroups: [theirGroup("g", ["ana", "bo", "cy"])],
  };
  const gone = (settings: World["settings"] = {}): World => ({
    ...world,
    groupLinks: [groupLink("g", ["ana", "bo"], { missingSince: now - day })],
    settings,
  });

  it("once: nothing happens", () => {
    const result = run(world);
    expect(told(result)).toEqual(["keep g because keep.missing_once"]);
    expect(result.updates.groups).toMatchObject([{ missingSince: now }]);
  });

  it("twice: those whom we put there are taken out", () => {
    const result = run(gone());
    expect(told(result)).toEqual(["empty-group g -ana -bo because gone.not_found"]);
    expect(result.changes[0]).toMatchObject({ before: { size: 3 }, after: { size: 1 } });
  });

  it("twice, with remove: removed, with what it was recorded; and then there is nothing left", () => {
    const input = inputOf({ ...staff, ...gone({ groupsGone: "remove" }) });
    const result = diff(input);
    expect(told(result)).toEqual(["remove-group g -ana -bo because gone.not_found"]);
    const after = settled(input, result);
    expect(after.groups).toEqual([]);
    expect(told(diff({ ...input, ...after, organization: { members: staff.members ?? [], groups: [] } }))).toEqual([]);
  });

  it("twice, with remove where the server cannot: emptied, and the plan says why", () => {
    const server = { readable: true, remove: false, renameGroup: false, removeGroup: false };
    const result = run(gone({ groupsGone: "remove" }), { server });
    expect(told(result)).toEqual(["empty-group g -ana -bo because gone.not_found"]);
    expect(notesOf(result)).toEqual(["group.remove_unavailable g"]);
  });

  it("twice, with keep: nothing happens", () => {
    expect(told(run(gone({ groupsGone: "keep" })))).toEqual([]);
  });

  it("waits as many days as people do", () => {
    const leavers = { disabled: "revoke" as const, gone: "revoke" as const, wait: 2 };
    expect(told(run(gone({ leavers })))).toEqual(["keep g because keep.waiting"]);
  });

  it("and emptied already: nothing happens", () => {
    const groupLinks = [groupLink("g", [], { missingSince: now - day })];
    expect(told(run({ groupLinks, theirGroups: [theirGroup("g", ["cy"])] }))).toEqual([]);
  });

  it("and removed by hand too: its link ends", () => {
    const result = run({ ...gone(), theirGroups: [] });
    expect(told(result)).toEqual([]);
    expect(result.updates.goneGroups).toEqual(["g"]);
    expect(run({ ...world, theirGroups: [] }).updates.goneGroups).toEqual([]);
  });

  it("only from the selection: kept as it is, with a note, until it is selected again", () => {
    const given: World = { ...gone(), otherGroups: ["g"] };
    const result = run(given);
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["group.kept g"]);
    expect(result.updates.groups[0]).toMatchObject({ kept: true });
    expect(result.updates.groups[0]).not.toHaveProperty("missingSince");
    const kept: World = { ...world, groupLinks: [groupLink("g", ["ana", "bo"], { kept: true })] };
    expect(told(run(kept))).toEqual([]);
    const again = run({ ...kept, groups: [group("g", ["ana", "bo"])] });
    expect(told(again)).toEqual([]);
    expect(again.updates.groups[0]).not.toHaveProperty("kept");
  });

  it("in the run after a changed selection or directory: kept", () => {
    expect(notesOf(run(gone(), { selectionChanged: true }))).toEqual(["group.kept g"]);
    expect(notesOf(run(gone(), { directoryChanged: true }))).toContain("group.kept g");
  });
});

describe("somebody whose external id was changed in the organization", () => {
  it("is known in every group of theirs from then on, also in one that waits to be gone", () => {
    const first = inputOf({
      people: [person("ana"), person("bo")],
      links: [link("ana"), link("bo")],
      members: [member("ana", { externalId: "strange" }), member("bo")],
      groupLinks: [groupLink("g", ["ana", "bo"])],
      theirGroups: [theirGroup("g", ["ana", "bo"])],
    });
    const waiting = diff(first);
    expect(told(waiting)).toEqual(["keep g because keep.missing_once"]);
    const second = { ...first, ...settled(first, waiting), now: now + day };
    expect(told(diff(second))).toEqual(["empty-group g -bo -strange because gone.not_found"]);
  });

  it("also while groups are not synchronised", () => {
    const result = diff(
      inputOf({
        people: [person("ana")],
        links: [link("ana")],
        members: [member("ana", { externalId: "strange" })],
        groupLinks: [groupLink("g", ["ana"])],
        settings: { groups: false },
      }),
    );
    expect(result.updates.groups.map(({ members }) => members)).toEqual([["strange"]]);
  });
});
