import { describe, expect, it } from "vitest";
import { fileURLToPath } from "node:url";
import { select } from "../src/core/select.ts";
import { fileDirectory } from "../src/directories/file/index.ts";
import { createWorld, readWhole, type WholeRead } from "./directory-world.ts";

const settings = { directory: "file", userFilter: "", groupFilter: "", nested: true, narrow: "off" } as const;
const nobodyYet = { person: () => false, group: () => false };
const read = (name: string, more: { readonly groupsPath?: string } = {}): Promise<WholeRead> => {
  const pathOf = (file: string) => fileURLToPath(new URL(`../samples/${file}`, import.meta.url));
  const { groupsPath } = more;
  const config = {
    kind: "file",
    path: pathOf(name),
    ...(groupsPath === undefined ? {} : { groupsPath: pathOf(groupsPath) }),
  } as const;
  return readWhole(fileDirectory, config, createWorld().dependencies);
};
const counts = ({ users, groups }: WholeRead) => ({
  people: users.length,
  disabled: users.filter((user) => user.state === "disabled").length,
  withoutAddress: users.filter((user) => user.email === undefined).length,
  groups: groups.length,
  members: groups.reduce((sum, group) => sum + group.members.length, 0),
});

// What samples/README.md says.
describe("the sample company", () => {
  it("holds 48 people and 22 groups", async () => {
    const company = await read("company.ldif");
    expect(counts(company)).toEqual({ people: 48, disabled: 3, withoutAddress: 2, groups: 22, members: 75 });
    expect(company.notes).toEqual([]);
    expect(company.users.every((user) => /^[\da-f-]{36}$/u.test(user.id))).toBe(true);
  });

  it("given to a new organization, then all but those who share an address, have none or are disabled come in", async () => {
    const company = await read("company.ldif");
    const desired = select(company, settings, nobodyYet);
    const people = [...desired.people.values()];
    const groups = [...desired.groups.values()];
    const leftOut = [...desired.leftOut].map(([id, because]) => [nameOf(company, id), because.code]);
    expect(people.filter((person) => person.state === "enabled")).toHaveLength(41);
    expect(leftOut.toSorted()).toEqual([
      ["Badge Scanner", "left_out.no_address"],
      ["Eva Blom", "left_out.no_address"],
      ["Kim Pol", "left_out.same_address"],
      ["Kim Pol-Vos", "left_out.same_address"],
    ]);
    expect(groups).toHaveLength(21);
    expect([...desired.otherGroups.values()].map((because) => because.code)).toEqual(["left_out.long_group_name"]);
    expect(Object.fromEntries(groups.map((group) => [group.name, group.members.length]))).toEqual({
      "All staff": 47,
      Alumni: 1,
      Assembly: 6,
      "Field service": 5,
      Finance: 4,
      "Help desk": 2,
      IT: 2,
      Management: 3,
      "Password vault administrators": 3,
      Planning: 5,
      "Research, Development": 9,
      Sales: 9,
      "Sales Benelux": 3,
      "Sales export": 3,
      Service: 8,
      "Summer school": 0,
      Transport: 5,
      Warehouse: 5,
      Works: 12,
      "Works council": 14,
      "Équipe Île-de-France": 2,
    });
  });
});

const nameOf = ({ users }: WholeRead, id: string): string => users.find((user) => user.id === id)?.name ?? id;
