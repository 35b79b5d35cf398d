import { describe, expect, it } from "vitest";
import type { Mark } from "../link.ts";
import {
  group,
  groupLink,
  inputOf,
  link,
  member,
  memberWithoutId,
  notesOf,
  now,
  person,
  theirGroup,
  told,
  type World,
} from "../testing.ts";
import { diff } from "./diff.ts";
import type { DiffInput, DiffResult } from "./input.ts";

const run = (world: World, more: Partial<DiffInput> = {}): DiffResult => diff(inputOf(world, more));
const linkOf = (result: DiffResult, id: string) => result.updates.people.find((one) => one.id === id);
const mark = (kind: Mark["kind"], id: string): Mark => ({ kind, subject: "person", id, by: "jan", at: 0 });
const revoked = { at: now - 1, cause: "gone" as const };

describe("a linked person whom the directory holds enabled", () => {
  it("given that nothing differs, then nothing happens and nothing is noted", () => {
    const result = run({ people: [person("ana")], links: [link("ana")], members: [member("ana")] });
    expect(result).toMatchObject({ changes: [], notes: [], unchangedPeople: 1, strangers: 0 });
    expect(result.updates).toEqual({ people: [], groups: [], gonePeople: [], goneGroups: [] });
  });

  it("given that we revoked them, then they are restored", () => {
    const members = [member("ana", { status: "revoked" })];
    const result = run({ people: [person("ana")], links: [link("ana", { revoked })], members });
    expect(told(result)).toEqual(["restore ana because restore.back"]);
  });

  it("given that we revoked them and they come back with another address, then that they are restored first is said", () => {
    const members = [member("ana", { status: "revoked" })];
    const people = [person("ana", { email: "new@firm.test" })];
    const result = run({ people, links: [link("ana", { revoked })], members });
    expect(told(result)).toEqual(["restore ana because restore.back"]);
    expect(notesOf(result)).toContain("address.after_restore ana");
  });

  it("given that we revoked them and the server cannot be read, then they are sent as active", () => {
    expect(told(run({ people: [person("ana")], links: [link("ana", { revoked })] }))).toEqual([
      "restore ana because restore.back",
    ]);
  });

  it("given that somebody revoked them by hand, then that stands, until somebody marks them", () => {
    const world: World = {
      people: [person("ana")],
      links: [link("ana")],
      members: [member("ana", { status: "revoked" })],
    };
    const result = run(world);
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["drift.revoked_by_hand ana"]);
    expect(linkOf(result, "ana")?.byHand).toBe("revoked");
    expect(told(run(world, { marks: [mark("restore", "ana")] }))).toEqual(["restore ana because restore.marked"]);
  });

  it("given that an undo revoked them, then that stands, until somebody marks them", () => {
    const undone = link("ana", { revoked: { at: now, cause: "undo" } });
    const world: World = { people: [person("ana")], links: [undone], members: [member("ana", { status: "revoked" })] };
    expect(told(run(world))).toEqual([]);
    expect(notesOf(run(world))).toEqual(["drift.revoked_by_undo ana"]);
    expect(told(run(world, { marks: [mark("restore", "ana")] }))).toEqual(["restore ana because restore.marked"]);
  });

  it("given that somebody removed them by hand, then that stands, until somebody marks them", () => {
    const world: World = { people: [person("ana")], links: [link("ana")], members: [] };
    const result = run(world);
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["drift.removed_by_hand ana"]);
    const marked = run(world, { marks: [mark("restore", "ana")] });
    expect(told(marked)).toEqual(["invite ana because restore.marked"]);
    expect(marked.changes[0]).toMatchObject({ before: {}, after: { email: "ana@firm.test", externalId: "ana" } });
    expect(marked.changes[0]?.subject).not.toHaveProperty("organizationId");
  });

  it.each(["revoked", "removed"] as const)(
    "given that we know they were %s by hand and the organization is not read, then nothing is found to do",
    (byHand) => {
      const world: World = {
        people: [person("ana", { email: "new@firm.test" })],
        links: [link("ana", { byHand })],
        groups: [group("g", ["ana"])],
        groupLinks: [groupLink("g", [])],
      };
      expect(told(run(world))).toEqual([]);
    },
  );

  it("given that they are active again after what was done by hand, then it is forgotten", () => {
    const result = run({
      people: [person("ana")],
      links: [link("ana", { byHand: "revoked", revoked })],
      members: [member("ana")],
    });
    expect(told(result)).toEqual([]);
    expect(linkOf(result, "ana")).not.toHaveProperty("byHand");
    expect(linkOf(result, "ana")).not.toHaveProperty("revoked");
  });

  it("given that they lost it before we knew their membership, then they are known by their address, and it is given back", () => {
    const { organizationId: _unknown, ...invited } = link("ana");
    const world: World = { people: [person("ana")], links: [invited], members: [memberWithoutId("ana")] };
    expect(told(run(world))).toEqual(["stamp ana because stamp.lost"]);
    const other = { ...world, members: [member("x", { email: "ana@firm.test" })] };
    expect(told(run(other))).toEqual([]);
  });

  it("given that their external id was lost while they were revoked, then coming back brings it along", () => {
    const world: World = { people: [person("ana")], members: [memberWithoutId("ana", { status: "revoked" })] };
    expect(told(run({ ...world, links: [link("ana", { revoked })] }))).toEqual([
      "restore ana because restore.back",
      "stamp ana because stamp.lost",
    ]);
    expect(told(run({ ...world, links: [link("ana")] }, { marks: [mark("restore", "ana")] }))).toEqual([
      "restore ana because restore.marked",
      "stamp ana because stamp.lost",
    ]);
  });

  it("given that another member has their external id meanwhile, then both are named and nothing is sent", () => {
    const members = [memberWithoutId("ana"), member("bo", { externalId: "ana", name: "Bo" })];
    const groups = [group("sales", ["ana"])];
    for (const people of [[person("ana")], [person("ana", { email: "new@firm.test" })]]) {
      const world: World = { people, groups, links: [link("ana")], members };
      const theirGroups = [theirGroup("sales")];
      const result = run({ ...world, groupLinks: [groupLink("sales")], theirGroups });
      expect(told(result)).toEqual([]);
      expect(result.notes).toContainEqual(
        expect.objectContaining({ code: "held.id_taken", severity: "warning", params: { holder: "Bo" } }),
      );
    }
  });

  it("given that another member has their external id when they come back, then they come back without one", () => {
    const members = [memberWithoutId("ana", { status: "revoked" }), member("bo", { externalId: "ana" })];
    const result = run({ people: [person("ana")], links: [link("ana", { revoked })], members });
    expect(told(result)).toEqual(["restore ana because restore.back"]);
    expect(notesOf(result)).toContain("held.id_taken ana");
  });

  it("given that somebody took their external id away, then ours is put on again", () => {
    const result = run({ people: [person("ana")], links: [link("ana")], members: [memberWithoutId("ana")] });
    expect(told(result)).toEqual(["stamp ana because stamp.lost"]);
  });

  it("given that somebody gave them another external id, then theirs is used from now on, in groups too", () => {
    const result = run({
      people: [person("ana")],
      links: [link("ana")],
      members: [member("ana", { externalId: "other" })],
      groups: [group("g", ["ana"])],
      groupLinks: [groupLink("g", ["ana"])],
      theirGroups: [theirGroup("g", ["ana"])],
    });
    expect(told(result)).toEqual([]);
    expect(linkOf(result, "ana")?.externalId).toBe("other");
    expect(result.updates.groups).toMatchObject([{ writtenBy: "import", members: ["other"] }]);
  });

  it("given that people are not synchronised, then nothing happens to them, and they still follow groups", () => {
    const world: World = {
      people: [
        person("ana"),
        person("bo", { email: "other@firm.test" }),
        person("cy", { state: "disabled" }),
        person("dee"),
      ],
      links: [link("ana", { revoked }), link("bo"), link("cy")],
      members: [member("ana", { status: "revoked" }), member("bo"), member("cy"), member("dee")],
      groups: [group("g", ["ana", "bo", "cy", "dee"])],
      groupLinks: [groupLink("g")],
      theirGroups: [theirGroup("g")],
      settings: { users: false },
    };
    expect(told(run(world))).toEqual(["change-members g +bo +dee because group.members"]);
  });
});

describe("a changed address", () => {
  const moved = person("ana", { email: "new@firm.test" });
  const held = "keep ana because held.address_taken";

  it("given an accepted member, then nothing is sent, the change is recorded, and they stay in their groups", () => {
    const result = run({
      people: [moved],
      links: [link("ana")],
      members: [member("ana")],
      groups: [group("g", ["ana"])],
      groupLinks: [groupLink("g", ["ana"])],
      theirGroups: [theirGroup("g", ["ana"])],
    });
    expect(told(result)).toEqual(["readdress ana because address.theirs_to_change"]);
    expect(result.changes[0]?.after).toEqual(result.changes[0]?.before);
  });

  it("given that it was recorded before, then only a note says that both differ", () => {
    const result = run({
      people: [moved],
      links: [link("ana", { directoryEmail: "new@firm.test" })],
      members: [member("ana")],
    });
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["address.differs ana"]);
  });

  it.each(["invited", "staged"] as const)(
    "given somebody only %s, then they are invited at the new address, their groups written again",
    (status) => {
      const result = run({
        people: [moved],
        links: [link("ana")],
        members: [member("ana", { status })],
        groups: [group("g", ["ana"])],
        groupLinks: [groupLink("g", ["ana"])],
        theirGroups: [theirGroup("g", ["ana"])],
      });
      expect(told(result)).toEqual([
        "readdress ana because address.invited_anew",
        "change-members g +ana because group.members",
      ]);
      expect(result.changes[1]).toMatchObject({ before: { size: 1 }, after: { size: 1 } });
    },
  );

  it("given somebody only invited who is protected, then the invitation is not taken back", () => {
    const world: World = { people: [moved], links: [link("ana")], members: [member("ana", { status: "invited" })] };
    expect(told(run({ ...world, settings: { protect: new Set(["ana@firm.test"]) } }))).toEqual([
      "keep ana because keep.protected",
    ]);
  });

  it("given that they changed it in their account first, then it is only recorded", () => {
    const result = run({ people: [moved], links: [link("ana")], members: [member("ana", { email: "new@firm.test" })] });
    expect(told(result)).toEqual(["readdress ana because address.arrived"]);
  });

  it("given that the new address is somebody else's in the organization, then it is held back", () => {
    const members = [member("ana"), memberWithoutId("eva", { email: "new@firm.test" })];
    expect(told(run({ people: [moved], links: [link("ana")], members }))).toEqual([held]);
  });

  it("given that the new address is another linked person's, then it is held back, also without a reading", () => {
    const links = [link("ana"), link("bo", { email: "new@firm.test", directoryEmail: "new@firm.test" })];
    expect(told(run({ people: [moved, person("bo", { email: "new@firm.test" })], links }))).toEqual([held]);
  });

  it("given a server that cannot be read, then it waits, or is replaced where the settings say so", () => {
    const server = {
      readable: false,
      remove: false,
      renameGroup: false,
      removeGroup: false,
      owners: new Set<string>(),
    };
    const world: World = { people: [moved], links: [link("ana")] };
    const waiting = run(world, { server });
    expect(told(waiting)).toEqual([]);
    expect(notesOf(waiting)).toEqual(["address.waits ana"]);
    expect(told(run({ ...world, settings: { addressChange: "replace" } }, { server }))).toEqual([
      "readdress ana because address.replaced",
    ]);
  });

  it("given that their external id was lost as well, then both are put right in one plan", () => {
    expect(told(run({ people: [moved], links: [link("ana")], members: [memberWithoutId("ana")] }))).toEqual([
      "readdress ana because address.theirs_to_change",
      "stamp ana because stamp.lost",
    ]);
  });
});
