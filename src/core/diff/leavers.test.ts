import { describe, expect, it } from "vitest";
import {
  group,
  groupLink,
  inputOf,
  link,
  member,
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
const run = (world: World, more: Partial<DiffInput> = {}): DiffResult => diff(inputOf(world, more));
const linkOf = (result: DiffResult, id: string) => result.updates.people.find((one) => one.id === id);

describe("a linked person whom the directory disables", () => {
  const world: World = {
    people: [person("ana", { state: "disabled" })],
    links: [link("ana")],
    members: [member("ana")],
  };

  it("is revoked", () => {
    const result = run(world);
    expect(told(result)).toEqual(["revoke ana because leaver.disabled"]);
    expect(result.changes[0]).toMatchObject({
      subject: { organizationId: "m-ana", email: "ana@firm.test" },
      before: { email: "ana@firm.test", status: "confirmed", type: "user", externalId: "ana" },
      after: { status: "revoked" },
    });
  });

  it("is removed, or kept, where the settings say so", () => {
    const leavers = { gone: "revoke" as const, wait: 0 };
    expect(told(run({ ...world, settings: { leavers: { ...leavers, disabled: "remove" } } }))).toEqual([
      "remove ana because leaver.disabled",
    ]);
    expect(told(run({ ...world, settings: { leavers: { ...leavers, disabled: "keep" } } }))).toEqual([]);
  });

  it("given the directory gives another id now, by which the organization knows another member, then the plan says so", () => {
    const changed: World = {
      people: [person("ana", { state: "disabled", externalId: "new" })],
      links: [link("ana")],
      members: [member("ana"), member("other", { externalId: "new" })],
      settings: { leavers: { disabled: "remove", gone: "revoke", wait: 0 } },
    };
    expect(told(run(changed))).toEqual(["remove ana because leaver.disabled"]);
    expect(notesOf(run(changed))).toEqual(["leaver.other_membership ana"]);
  });

  it("is revoked where the server cannot remove", () => {
    const result = run(
      { ...world, settings: { leavers: { disabled: "remove", gone: "remove", wait: 0 } } },
      { server: { readable: true, remove: false, renameGroup: true, removeGroup: true } },
    );
    expect(told(result)).toEqual(["revoke ana because leaver.disabled"]);
    expect(notesOf(result)).toEqual(["leaver.remove_unavailable "]);
  });

  it("is revoked where the server cannot be read, and the plan says that it finds people by address only", () => {
    const server = {
      readable: false,
      remove: false,
      renameGroup: false,
      removeGroup: false,
      owners: new Set<string>(),
    };
    const { members: _unread, ...unread } = world;
    expect(notesOf(run(unread, { server }))).toEqual(["leaver.found_by_address "]);
  });

  it("is not revoked twice", () => {
    const revoked = { at: now - day, cause: "disabled" as const };
    const links = [link("ana", { revoked })];
    expect(told(run({ ...world, links, members: [member("ana", { status: "revoked" })] }))).toEqual([]);
  });

  it("forgets that they were missing", () => {
    const result = run({ ...world, links: [link("ana", { missingSince: now - day })] });
    expect(linkOf(result, "ana")).toBeDefined();
    expect(linkOf(result, "ana")).not.toHaveProperty("missingSince");
  });
});

describe("a linked person who is missing", () => {
  const world: World = {
    links: [link("ana"), link("bo")],
    people: [person("bo")],
    members: [member("ana"), member("bo")],
  };
  const missing = (since: number): World => ({ ...world, links: [link("ana", { missingSince: since }), link("bo")] });

  it("once: nothing happens, and the read is remembered", () => {
    const result = run(world);
    expect(told(result)).toEqual(["keep ana because keep.missing_once"]);
    expect(linkOf(result, "ana")?.missingSince).toBe(now);
  });

  it("in a second read less than 30 minutes later: nothing happens", () => {
    expect(told(run(missing(now - 30 * minute + 1)))).toEqual(["keep ana because keep.missing_once"]);
  });

  it("in a second read 30 minutes later: revoked", () => {
    expect(told(run(missing(now - 30 * minute)))).toEqual(["revoke ana because gone.not_found"]);
  });

  it("in a plan that somebody reviews after a first read: revoked, however soon; but never at the first read", () => {
    expect(told(run(missing(now - 1), { secondReadAfter: 0 }))).toEqual(["revoke ana because gone.not_found"]);
    expect(told(run(world, { secondReadAfter: 0 }))).toEqual(["keep ana because keep.missing_once"]);
  });

  it("with a clock that was set back: nothing happens", () => {
    expect(told(run(missing(now + day)))).toEqual(["keep ana because keep.missing_once"]);
  });

  it("with days to wait: nothing happens until they are over, and the plan says when", () => {
    const settings = { leavers: { disabled: "revoke" as const, gone: "revoke" as const, wait: 7 } };
    const waiting = run({ ...missing(now - 7 * day + 1), settings });
    expect(told(waiting)).toEqual(["keep ana because keep.waiting"]);
    expect(waiting.changes[0]?.because.params).toEqual({ until: new Date(now + 1).toISOString() });
    expect(told(run({ ...missing(now - 7 * day), settings }))).toEqual(["revoke ana because gone.not_found"]);
  });

  it("is kept where the settings say so", () => {
    const settings = { leavers: { disabled: "revoke" as const, gone: "keep" as const, wait: 0 } };
    expect(told(run({ ...missing(now - day), settings }))).toEqual([]);
  });

  it("is found again: they go on as if nothing had been", () => {
    const result = run({ ...missing(now - day), people: [person("ana"), person("bo")] });
    expect(told(result)).toEqual([]);
    expect(linkOf(result, "ana")).not.toHaveProperty("missingSince");
  });

  it("is left out instead: stays as they are, and is not missing", () => {
    const result = run({ ...missing(now - day), leftOut: ["ana"] });
    expect(told(result)).toEqual([]);
    expect(linkOf(result, "ana")).not.toHaveProperty("missingSince");
  });

  it("is not selected any more: goes the same way, with the reason", () => {
    expect(told(run({ ...missing(now - day), unselected: ["ana"] }))).toEqual([
      "revoke ana because unselected.excluded",
    ]);
    expect(run({ ...world, unselected: ["ana"] }).changes[0]?.because).toEqual({
      code: "keep.missing_once",
      params: { reason: "unselected.excluded" },
    });
  });

  it("nobody is missing from another directory than last time", () => {
    const result = run(missing(now - day), { directoryChanged: true });
    expect(told(result)).toEqual(["keep ana because keep.other_directory"]);
    expect(result.updates.people).toEqual([]);
  });

  it("nobody is missing where people are not synchronised", () => {
    const result = run({ ...missing(now - day), settings: { users: false } });
    expect(told(result)).toEqual([]);
    expect(result.updates.people).toEqual([]);
  });

  it("came back with the same address under another id: neither a leaver nor a joiner", () => {
    const result = run({ ...missing(now - day), people: [person("bo"), person("new", { email: "ana@firm.test" })] });
    expect(told(result)).toEqual(["keep ana because keep.same_address_new_id"]);
    expect(notesOf(result)).toEqual(["proposal.same_address new"]);
  });

  it("came back disabled with the same address under another id: the same", () => {
    const anew = person("new", { email: "ana@firm.test", state: "disabled" });
    const result = run({ ...missing(now - day), people: [person("bo"), anew] });
    expect(told(result)).toEqual(["keep ana because keep.same_address_new_id"]);
    expect(notesOf(result)).toEqual(["proposal.same_address new"]);
  });

  it("and whom somebody removed by hand: the link ends after the second read, so that a rehire is invited again", () => {
    const members = [member("bo")];
    expect(told(run({ ...world, members }))).toEqual([]);
    expect(run({ ...world, members }).updates.gonePeople).toEqual([]);
    expect(run({ ...missing(now - day), members }).updates.gonePeople).toEqual(["ana"]);
    expect(run({ ...missing(now - day), members, unselected: ["ana"] }).updates.gonePeople).toEqual([]);
  });
});

describe("a person whom we revoked", () => {
  const revoked = { at: now - 10 * day, cause: "gone" as const };
  const links = [link("ana", { revoked, missingSince: now - 10 * day })];
  const members = [member("ana", { status: "revoked" })];
  const leavers = { disabled: "revoke" as const, gone: "revoke" as const, wait: 0 };

  it("and who is still gone: nothing further", () => {
    expect(told(run({ links, members }))).toEqual([]);
  });

  it("is removed when the days after the revocation are over", () => {
    const after = (removeAfter: number): string[] =>
      told(run({ links, members, settings: { leavers: { ...leavers, removeAfter } } }));
    expect(after(11)).toEqual([]);
    expect(after(10)).toEqual(["remove ana because leaver.removed_after"]);
  });

  it("and whom somebody restored by hand: stands, with a note", () => {
    const result = run({ links, members: [member("ana")] });
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["drift.restored_by_hand ana"]);
    expect(linkOf(result, "ana")?.byHand).toBe("restored");
  });

  it("whom somebody restored and revoked again by hand, and who comes back: stays revoked", () => {
    const byHand = [link("ana", { revoked, byHand: "restored" })];
    const result = run({ links: byHand, members, people: [person("ana")] });
    expect(told(result)).toEqual([]);
    expect(notesOf(result)).toEqual(["drift.revoked_by_hand ana"]);
    expect(linkOf(result, "ana")).toMatchObject({ byHand: "revoked" });
    expect(linkOf(result, "ana")).not.toHaveProperty("revoked");
  });

  it("and whom somebody removed by hand: nothing further", () => {
    const disabled = [person("ana", { state: "disabled" })];
    expect(told(run({ links, members: [], people: disabled }))).toEqual([]);
  });
});

describe("whom nobody may take anything away from", () => {
  const disabled = [person("ana", { state: "disabled" })];

  it.each([
    ["an owner", { members: [member("ana", { type: "owner" })] }, {}, "keep.owner"],
    ["somebody protected", { members: [member("ana")] }, { protect: new Set(["ana@firm.test"]) }, "keep.protected"],
    [
      "somebody protected under the organization's address",
      { members: [member("ana", { email: "old@firm.test" })] },
      { protect: new Set(["old@firm.test"]) },
      "keep.protected",
    ],
  ])("given %s who is disabled, then every plan says so and nothing happens", (_, there, settings, code) => {
    const result = run({ ...there, people: disabled, links: [link("ana")], settings });
    expect(told(result)).toEqual([`keep ana because ${code}`]);
    expect(result.changes[0]?.because.params).toEqual({ reason: "leaver.disabled" });
  });

  it("given an owner who is missing, then the plan says so at once", () => {
    const result = run({ links: [link("ana")], members: [member("ana", { type: "owner" })] });
    expect(told(result)).toEqual(["keep ana because keep.owner"]);
  });

  it("given a server that cannot be read and owners nobody named, then all leavers are kept", () => {
    const server = { readable: false, remove: false, renameGroup: false, removeGroup: false };
    const world: World = { people: disabled, links: [link("ana")] };
    expect(told(run(world, { server }))).toEqual(["keep ana because keep.owners_unknown"]);
    const named = { ...server, owners: new Set(["boss@firm.test"]) };
    expect(told(run(world, { server: named }))).toEqual(["revoke ana because leaver.disabled"]);
    const owner = { ...server, owners: new Set(["ana@firm.test"]) };
    expect(told(run(world, { server: owner }))).toEqual(["keep ana because keep.owner"]);
  });
});

describe("who stays keeps their groups", () => {
  const world = (more: World): World => ({
    people: [person("bo")],
    groups: [group("g", ["bo", "cy"], { name: "New name" })],
    links: [link("ana"), link("bo")],
    groupLinks: [groupLink("g", ["ana"])],
    members: [member("ana"), member("bo")],
    theirGroups: [theirGroup("g", ["ana"])],
    ...more,
  });
  const both = ["rename-group g because group.renamed", "change-members g +bo because group.members"];

  it.each([
    ["missing once", world({})],
    ["left out", world({ leftOut: ["ana"] })],
    ["not selected any more", world({ unselected: ["ana"] })],
    [
      "protected",
      world({
        links: [link("ana", { missingSince: 0 }), link("bo")],
        settings: { protect: new Set(["ana@firm.test"]) },
      }),
    ],
    [
      "waiting",
      world({
        links: [link("ana", { missingSince: now - day }), link("bo")],
        settings: { leavers: { disabled: "revoke", gone: "revoke", wait: 30 } },
      }),
    ],
    [
      "kept though gone",
      world({
        links: [link("ana", { missingSince: 0 }), link("bo")],
        settings: { leavers: { disabled: "keep", gone: "keep", wait: 0 } },
      }),
    ],
    [
      "kept though disabled",
      world({
        people: [person("ana", { state: "disabled" }), person("bo")],
        settings: { leavers: { disabled: "keep", gone: "keep", wait: 0 } },
      }),
    ],
    ["gone, and revoked by this plan", world({ links: [link("ana", { missingSince: 0 }), link("bo")] })],
    [
      "revoked by hand",
      world({ people: [person("ana"), person("bo")], members: [member("ana", { status: "revoked" }), member("bo")] }),
    ],
    [
      "an owner who is disabled",
      world({
        people: [person("ana", { state: "disabled" }), person("bo")],
        members: [member("ana", { type: "owner" }), member("bo")],
      }),
    ],
    [
      "held back, since somebody else has their new address",
      world({ people: [person("ana", { email: "bo@firm.test" }), person("bo")] }),
    ],
  ])("given somebody %s, then a change of the group leaves them in it", (_, given) => {
    const rows = told(run(given)).filter((row) => row.includes(" g "));
    expect(rows).toEqual(both);
  });

  it("given that manual members are not kept, then they stay all the same", () => {
    const given = world({ leftOut: ["ana"], groupLinks: [groupLink("g", [])], settings: { keepManualMembers: false } });
    expect(told(run(given)).filter((row) => row.startsWith("change-members"))).toEqual([both[1]]);
  });

  it("given somebody who follows the directory and is no longer in the group, then they go out", () => {
    const rows = told(run(world({ people: [person("ana"), person("bo")] })));
    expect(rows).toEqual([both[0], "change-members g +bo -ana because group.members"]);
  });

  it("given that the group itself is gone, then only the others are taken out, and it is not removed", () => {
    const given: World = {
      people: [person("bo")],
      links: [link("ana"), link("bo")],
      groupLinks: [groupLink("g", ["ana", "bo"], { missingSince: now - day })],
      members: [member("ana"), member("bo")],
      theirGroups: [theirGroup("g", ["ana", "bo"])],
      leftOut: ["ana"],
    };
    const expected = ["empty-group g -bo because gone.not_found"];
    expect(told(run(given))).toEqual(expected);
    const removing = run({ ...given, settings: { groupsGone: "remove" } });
    expect(told(removing)).toEqual(expected);
    expect(notesOf(removing)).toEqual(["group.still_needed g"]);
  });
});

describe("a leaver's whole way", () => {
  it("given two reads, then revoked; back, then restored; and each next plan is empty", () => {
    const members = [member("ana"), member("bo")];
    const first = inputOf({ people: [person("bo")], links: [link("ana"), link("bo")], members });
    const second = { ...first, ...settled(first, diff(first)), now: now + 30 * minute };
    const revoking = diff(second);
    expect(told(revoking)).toEqual(["revoke ana because gone.not_found"]);
    const there = { members: [member("ana", { status: "revoked" }), member("bo")], groups: [] };
    const third = { ...second, ...settled(second, revoking), organization: there };
    expect(told(diff(third))).toEqual([]);
    const back = inputOf({ people: [person("ana"), person("bo")] }, { people: third.people, organization: there });
    const restoring = diff(back);
    expect(told(restoring)).toEqual(["restore ana because restore.back"]);
    const after = { ...back, ...settled(back, restoring), organization: { members, groups: [] } };
    expect(told(diff(after))).toEqual([]);
  });
});

describe("a membership that somebody else of the directory has by now", () => {
  it("is not taken away with the link of whoever left", () => {
    const links = [link("ana"), link("dee")];
    const known = { ...link("ana"), organizationId: "m-dee" };
    const world = { people: [person("ana")], members: [member("dee", { externalId: "ana" })] };
    for (const people of [links, [known, link("dee", { missingSince: now - day })]]) {
      const result = run({ ...world, links: people });
      expect(told(result)).toEqual([]);
      expect(notesOf(result)).toContain("gone.same_member dee");
      expect(result.updates.gonePeople).toEqual(["dee"]);
    }
  });

  it("the same where the organization was not read", () => {
    const result = run({
      people: [person("ana")],
      links: [link("ana", { organizationId: "m-dee" }), link("dee", { missingSince: now - day })],
    });
    expect(told(result)).toEqual([]);
  });
});

describe("somebody gone whose external id another entry has, whom another profile manages", () => {
  it("waits with their access and their groups, since they may be the same person", () => {
    const world: World = {
      people: [person("new", { externalId: "ana", email: "new@firm.test" })],
      links: [link("ana", { missingSince: now - day })],
      members: [member("x", { email: "new@firm.test" }), member("ana")],
      groups: [group("g", [])],
      groupLinks: [groupLink("g", ["ana"])],
      theirGroups: [theirGroup("g", ["ana"])],
    };
    const result = run(world, { elsewhere: new Map([["x", "Other"]]) });
    expect(told(result)).toEqual(["keep ana because keep.same_address_new_id"]);
    expect(notesOf(result)).toEqual(["reference.other_profile new"]);
  });
});

describe("somebody gone whose member was given the external id of another link by hand", () => {
  it("given a new entry with that id, then the other link goes to it, and this plan says of the one who is gone that they wait", () => {
    const result = run({
      people: [person("new", { externalId: "ana", email: "ana@firm.test" })],
      links: [link("ana"), link("dee", { missingSince: now - day })],
      members: [member("dee", { externalId: "ana" }), member("ana")],
    });
    expect(told(result)).toEqual(["adopt new because adopt.same_id", "keep dee because keep.same_address_new_id"]);
  });
});
