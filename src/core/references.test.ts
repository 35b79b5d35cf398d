import { describe, expect, it } from "vitest";
import type { Ref, SourceGroup, SourceUser } from "./entry.ts";
import { danglingReferences, resolveReferences } from "./references.ts";

const user = (id: string, ref = `uid=${id}`): SourceUser => ({
  id,
  ref,
  externalId: id,
  state: "enabled",
  selected: true,
});
const group = (id: string, ...members: readonly (string | Ref)[]): SourceGroup => ({
  id,
  ref: `cn=${id}`,
  externalId: id,
  name: id,
  selected: true,
  members: members.map((member) => (typeof member === "string" ? { ref: member } : member)),
});

describe("references of groups", () => {
  it("given a member by id and one by name, then both are found; given one nobody bears, then it is unknown", () => {
    expect(resolveReferences([user("ann"), user("bob")], [group("g", { id: "ann" }, "uid=bob", "uid=zed")])).toEqual([
      { people: [0, 1], groups: [], renamed: 0, unknown: 1 },
    ]);
  });

  it("given a person and a group under their earlier names, then they are who they were, and they are counted", () => {
    const earlier = new Map([
      ["uid=ann,ou=old", "ann"],
      ["cn=old", "inner"],
    ]);
    const groups = [group("outer", "uid=ann,ou=old", "cn=old", "uid=zed"), group("inner")];
    expect(resolveReferences([user("ann")], groups, earlier)[0]).toEqual({
      people: [0],
      groups: [1],
      renamed: 2,
      unknown: 1,
    });
  });

  it("given somebody else bears the name by now, then it means them", () => {
    const users = [user("ann", "uid=ann,ou=new"), user("heir", "uid=ann")];
    expect(resolveReferences(users, [group("g", "uid=ann")], new Map([["uid=ann", "ann"]]))).toEqual([
      { people: [1], groups: [], renamed: 0, unknown: 0 },
    ]);
  });

  it("given whoever bore it is not in the directory, then it is unknown", () => {
    expect(resolveReferences([user("ann")], [group("g", "uid=gone")], new Map([["uid=gone", "gone"]]))).toEqual([
      { people: [], groups: [], renamed: 0, unknown: 1 },
    ]);
  });

  it("given references nobody bears, then each is told once, and no others", () => {
    const groups = [group("g", "uid=ann", "uid=zed", { id: "nobody" }), group("h", "cn=g", "uid=zed", "uid=yan")];
    expect(danglingReferences({ users: [user("ann")], groups })).toEqual(["uid=zed", "uid=yan"]);
  });
});
