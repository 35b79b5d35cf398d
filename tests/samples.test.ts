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
    const leftOut = Object.fromEntries(
      [...desired.leftOut].map(([id, because]) => [nameOf(company, id), because.code]),
    );
    expect(people.filter((person) => person.state === "enabled")).toHaveLength(41);
    expect(leftOut).toEqual({
      "Badge Scanner": "left_out.no_address",
      "Eva Blom": "left_out.no_address",
      "Kim Pol": "left_out.same_address",
      "Kim Pol-Vos": "left_out.same_address",
    });
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

describe("the sample studio, in CSV", () => {
  it("holds 8 people and 5 groups, in two files", async () => {
    const studio = await read("people.csv", { groupsPath: "groups.csv" });
    expect(counts(studio)).toEqual({ people: 8, disabled: 1, withoutAddress: 1, groups: 5, members: 11 });
    expect(sizesOf(studio)).toEqual({ Archive: 0, Design: 4, Partners: 2, Site: 2, Studio: 7 });
    expect(studio.notes).toEqual([]);
  });
});

describe("the sample practice, in JSON", () => {
  it("holds 5 people and 3 groups", async () => {
    const practice = await read("directory.json");
    expect(counts(practice)).toEqual({ people: 5, disabled: 1, withoutAddress: 1, groups: 3, members: 7 });
    expect(sizesOf(practice)).toEqual({ "Front desk": 2, Practice: 5, Vets: 3 });
    expect(practice.notes).toEqual([]);
  });
});

const sizesOf = (directory: WholeRead) =>
  Object.fromEntries(
    [...select(directory, settings, nobodyYet).groups.values()].map(({ name, members }) => [name, members.length]),
  );

const nameOf = ({ users }: WholeRead, id: string): string => users.find((user) => user.id === id)?.name ?? id;
