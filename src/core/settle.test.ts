import { describe, expect, it } from "vitest";
import type { GroupLink, PersonLink } from "./link.ts";
import { numberRows, type Change } from "./plan.ts";
import { settle, type Settled } from "./settle.ts";
import { groupLink, link } from "./testing.ts";

const at = 1_000;
const person = (action: Change["action"], more: Partial<Change> = {}): Change => ({
  action,
  subject: { kind: "person", id: "ana", externalId: "ana", email: "ana@firm.test", name: "Name ana" },
  before: {},
  after: {},
  because: { code: "x" },
  ...more,
});
const group = (action: Change["action"], more: Partial<Change> = {}): Change => ({
  action,
  subject: { kind: "group", id: "g", externalId: "g", name: "Group g" },
  before: {},
  after: {},
  because: { code: "x" },
  ...more,
});
const done = (
  changes: readonly Change[],
  people: readonly PersonLink[] = [],
  groups: readonly GroupLink[] = [],
): Settled =>
  settle(
    numberRows(changes),
    {
      people: new Map(people.map((one) => [one.id, one])),
      groups: new Map(groups.map((one) => [one.id, one])),
      holderOf: new Map(people.map((one) => [one.externalId, one.id])),
      holderOfMember: new Map(
        people.flatMap((one) => (one.organizationId === undefined ? [] : [[one.organizationId, one.id]])),
      ),
    },
    at,
  );

describe("what a done row makes of a person's link", () => {
  it("an invitation begins one, without any past", () => {
    const old = link("ana", { revoked: { at: 1, cause: "gone" }, missingSince: 2, byHand: "removed" });
    const after = { email: "ana@firm.test", externalId: "ana", status: "invited" as const };
    const expected = {
      id: "ana",
      externalId: "ana",
      email: "ana@firm.test",
      directoryEmail: "ana@firm.test",
      name: "Name ana",
    };
    expect(done([person("invite", { after })]).people).toEqual([expected]);
    expect(done([person("stage", { after })], [old]).people).toEqual([expected]);
  });

  it("a revocation is remembered with its moment and cause, and ends what was done by hand before", () => {
    const cause = (code: string): unknown =>
      done([person("revoke", { because: { code } })], [link("ana", { byHand: "restored" })]).people[0];
    expect(cause("leaver.disabled")).toMatchObject({ revoked: { at, cause: "disabled" } });
    expect(cause("gone.not_found")).toMatchObject({ revoked: { at, cause: "gone" } });
    expect(cause("undo.run")).toMatchObject({ revoked: { at, cause: "undo" } });
    expect(cause("undo.run")).not.toHaveProperty("byHand");
  });

  it("a restoration ends the revocation and keeps the membership's id", () => {
    const revoked = link("ana", { revoked: { at: 1, cause: "gone" }, missingSince: 2 });
    const { people } = done(
      [person("restore", { subject: { kind: "person", id: "ana", organizationId: "m-ana" } })],
      [revoked],
    );
    expect(people[0]).toEqual(link("ana"));
  });

  it("a removal ends it", () => {
    expect(done([person("remove")], [link("ana")])).toMatchObject({ people: [], gonePeople: ["ana"] });
  });

  it("a changed address is accepted; made anew, the membership is another one", () => {
    const moved = { kind: "person" as const, id: "ana", email: "new@firm.test" };
    const recorded = person("readdress", {
      subject: moved,
      after: { email: "ana@firm.test" },
      because: { code: "address.theirs_to_change" },
    });
    expect(done([recorded], [link("ana")]).people[0]).toEqual(link("ana", { directoryEmail: "new@firm.test" }));
    const anew = person("readdress", {
      subject: moved,
      after: { email: "new@firm.test" },
      because: { code: "address.invited_anew" },
    });
    const { people } = done([anew], [link("ana")]);
    expect(people[0]).toMatchObject({ email: "new@firm.test", directoryEmail: "new@firm.test" });
    expect(people[0]).not.toHaveProperty("organizationId");
  });

  it("an adoption takes over what another entry's link stood for, and that one ends", () => {
    const old = link("old", { externalId: "e1", revoked: { at: 1, cause: "gone" }, missingSince: 2 });
    const adopting = person("adopt", {
      subject: { kind: "person", id: "new", externalId: "e1", email: "new@firm.test" },
      after: { email: "old@firm.test", externalId: "e1" },
    });
    expect(done([adopting], [old])).toMatchObject({
      people: [
        { id: "new", externalId: "e1", email: "old@firm.test", directoryEmail: "new@firm.test", revoked: { at: 1 } },
      ],
      gonePeople: ["old"],
    });
    expect(done([adopting], [old]).people[0]).not.toHaveProperty("missingSince");
  });

  it("an adoption of a membership whose id somebody changed by hand still ends the link that stood for it", () => {
    const old = link("d", { externalId: "d", organizationId: "m-d" });
    const other = link("b", { externalId: "a", organizationId: "m-b" });
    const adopting = person("adopt", {
      subject: { kind: "person", id: "a", externalId: "a", email: "a@firm.test", organizationId: "m-d" },
      after: { email: "d@firm.test", externalId: "a" },
    });
    expect(done([adopting], [old, other])).toMatchObject({
      people: [{ id: "a", email: "d@firm.test" }],
      gonePeople: ["d"],
    });
  });

  it("adopted and revoked in one plan is both", () => {
    const after = { email: "ana@firm.test", externalId: "ana" };
    const { people } = done([
      person("adopt", { after }),
      person("revoke", { after, because: { code: "leaver.disabled" } }),
    ]);
    expect(people).toMatchObject([{ id: "ana", revoked: { at, cause: "disabled" } }]);
  });

  it("a note in row form changes nothing, for nobody", () => {
    expect(done([person("keep")], [])).toEqual({ people: [], groups: [], gonePeople: [], goneGroups: [] });
  });

  it("any prefix of a plan leaves true links behind: the rows one by one come to the same as together", () => {
    const rows = [
      person("adopt", { after: { email: "ana@firm.test", externalId: "ana" } }),
      person("revoke", { because: { code: "leaver.disabled" } }),
      group("create-group", { after: { name: "Group g", externalId: "g" }, add: ["ana"] }),
      group("change-members", { add: ["bo"], remove: ["ana"] }),
    ];
    const people = new Map<string, PersonLink>();
    const groups = new Map<string, GroupLink>();
    for (const row of numberRows(rows)) {
      const step = settle([row], { people, groups, holderOf: new Map(), holderOfMember: new Map() }, at);
      for (const one of step.people) people.set(one.id, one);
      for (const one of step.groups) groups.set(one.id, one);
    }
    const together = done(rows);
    expect([...people.values()]).toEqual(together.people);
    expect([...groups.values()]).toEqual(together.groups);
  });
});

describe("what a done row makes of a group's link", () => {
  it("a new one is written by import and holds whom we put there", () => {
    const after = { name: "Group g", externalId: "g" };
    expect(done([group("create-group", { after, add: ["b", "a"] })]).groups).toEqual([
      { id: "g", externalId: "g", name: "Group g", writtenBy: "import", members: ["a", "b"] },
    ]);
  });

  it("memberships come and go", () => {
    const before = [groupLink("g", ["a", "b"])];
    expect(done([group("change-members", { add: ["c"], remove: ["a"] })], [], before).groups[0]?.members).toEqual([
      "b",
      "c",
    ]);
    expect(done([group("empty-group", { remove: ["a", "b"] })], [], before).groups[0]?.members).toEqual([]);
  });

  it("a renamed one has its name, a removed one ends", () => {
    expect(done([group("rename-group", { after: { name: "New" } })], [], [groupLink("g")]).groups[0]?.name).toBe("New");
    expect(done([group("remove-group")], [], [groupLink("g")])).toMatchObject({ groups: [], goneGroups: ["g"] });
  });

  it("an adoption ends the link that stood for the group, also when its id was changed by hand", () => {
    const old = { ...groupLink("old"), externalId: "old", organizationId: "g-guid" };
    const adopting = group("adopt", {
      subject: { kind: "group", id: "g", externalId: "g", name: "Group g", organizationId: "g-guid" },
    });
    expect(done([adopting], [], [old])).toMatchObject({ groups: [{ id: "g" }], goneGroups: ["old"] });
  });

  it("an adopted one without an external id is never written by import", () => {
    const adopted = (after: Change["after"]): unknown => done([group("adopt", { after })]).groups[0];
    expect(adopted({ name: "Group g" })).toMatchObject({ writtenBy: "member-ids", members: [] });
    expect(adopted({ name: "Group g", externalId: "g" })).toMatchObject({ writtenBy: "import", members: [] });
  });

  it("an adoption takes over a former link with its memberships", () => {
    const old = groupLink("old", ["a"], { externalId: "e", missingSince: 1 });
    const adopting = group("adopt", {
      subject: { kind: "group", id: "new", externalId: "e" },
      after: { externalId: "e", name: "N" },
    });
    expect(done([adopting], [], [old])).toMatchObject({
      groups: [{ id: "new", externalId: "e", members: ["a"] }],
      goneGroups: ["old"],
    });
  });
});
