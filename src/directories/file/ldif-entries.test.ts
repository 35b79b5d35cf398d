import { describe, expect, it } from "vitest";
import { faultOf, readFiles } from "../../../tests/file-directory.ts";

const read = async (text: string) => readFiles({ "people.ldif": text });
const person = (name: string, more: string, objectClass = "inetOrgPerson"): string =>
  `dn: cn=${name},dc=test\nobjectClass: ${objectClass}\n${more}\n`;

describe("who an entry is", () => {
  it.each(["person", "inetOrgPerson", "organizationalPerson", "user", "posixAccount", "INETORGPERSON"])(
    "given the object class %s, then a person",
    async (objectClass) => {
      expect((await read(person("bo", "", objectClass))).users).toHaveLength(1);
    },
  );

  it.each(["group", "groupOfNames", "groupOfUniqueNames", "groupOfMembers", "posixGroup"])(
    "given the object class %s, then a group",
    async (objectClass) => {
      const { users, groups } = await read(person("team", "cn: Team\n", objectClass));
      expect([users.length, groups]).toEqual([0, [expect.objectContaining({ name: "Team", members: [] })]]);
    },
  );

  it("given units, computers, services and keys of other domains, then neither", async () => {
    const text = [
      "organizationalUnit",
      "user\nobjectClass: computer",
      "top\nobjectClass: user\nobjectClass: msDS-GroupManagedServiceAccount",
      "foreignSecurityPrincipal",
      "organizationalRole",
    ].map((objectClass, at) => person(`e${at}`, "", objectClass));
    expect(await read(text.join("\n"))).toMatchObject({ users: [], groups: [], notes: [] });
  });

  it("given a contact, then somebody who is not selected, with the reason", async () => {
    const text = person("guest", "objectClass: contact\nmail: guest@other.test\n", "person");
    expect((await read(text)).users).toMatchObject([{ selected: false, because: "unselected.contact" }]);
  });
});

describe("the id of an entry", () => {
  const guid = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]).toString("base64");
  it.each([
    [
      "entryUUID, in lower case",
      "entryUUID: 0F6A1C6E-0000-4000-8000-00000000000A",
      "0f6a1c6e-0000-4000-8000-00000000000a",
    ],
    ["objectGUID in Microsoft's order", `objectGUID:: ${guid}`, "04030201-0605-0807-090a-0b0c0d0e0f10"],
    [
      "objectGUID as text",
      "objectGUID: {0F6A1C6E-0000-4000-8000-00000000000A}",
      "0f6a1c6e-0000-4000-8000-00000000000a",
    ],
    ["GUID of eDirectory", `GUID:: ${guid}`, "01020304-0506-0708-090a-0b0c0d0e0f10"],
    ["nsUniqueId", "nsUniqueId: b12f0685-e6dd11f1-9f3e8a01-c0ffee00", "b12f0685-e6dd11f1-9f3e8a01-c0ffee00"],
    [
      "the best of several, which is what reading the server itself takes",
      "entryUUID: 0f6a1c6e-0000-4000-8000-00000000000b\nnsUniqueId: b12f0685-e6dd11f1-9f3e8a01-c0ffee00",
      "b12f0685-e6dd11f1-9f3e8a01-c0ffee00",
    ],
  ])("given %s, then that, for the organization too", async (_, line, id) => {
    expect((await read(person("bo", `${line}\n`))).users).toMatchObject([{ id, externalId: id, ref: "cn=bo,dc=test" }]);
  });

  it("given none, then its name: in one spelling for us, as written for the organization", async () => {
    const { users } = await read("dn: CN=Bo Li, DC=test\nobjectClass: person\n");
    expect(users).toMatchObject([{ id: "cn=bo li,dc=test", externalId: "CN=Bo Li, DC=test" }]);
  });
});

describe("the state of a person", () => {
  // The tests' clock stands at 24 November 2026, nine o'clock, day 20781 since 1970.
  it.each([
    ["userAccountControl: 512", "enabled"],
    ["userAccountControl: 514", "disabled"],
    ["userAccountControl: 66050", "disabled"],
    ["userAccountControl: 66048", "enabled"],
    ["nsAccountLock: TRUE", "disabled"],
    ["nsAccountLock: false", "enabled"],
    ["loginDisabled: TRUE", "disabled"],
    ["pwdAccountLockedTime: 000001010000Z", "disabled"],
    ["pwdAccountLockedTime: 20261124080000Z", "enabled"],
    ["shadowExpire: 20780", "disabled"],
    ["shadowExpire: 20781", "enabled"],
    // A second before and after nine o'clock of that day.
    ["accountExpires: 134399843990000000", "disabled"],
    ["accountExpires: 134399844010000000", "enabled"],
    ["accountExpires: 0", "enabled"],
    ["accountExpires: 9223372036854775807", "enabled"],
    ["shadowExpire: 0", "enabled"],
    ["shadowExpire: -1", "enabled"],
    ["isDeleted: TRUE", "deleted"],
    ["userAccountControl: 512\nnsAccountLock: TRUE", "disabled"],
  ])("given %s, then %s", async (lines, state) => {
    expect((await read(person("bo", `${lines}\n`))).users).toMatchObject([{ state }]);
  });
});

describe("name and address of a person", () => {
  it.each([
    ["displayName: Bo L.\ncn: bo\n", "Bo L."],
    ["cn: bo\ngivenName: Bo\nsn: Li\n", "bo"],
    ["givenName: Bo\nsn: Li\n", "Bo Li"],
    ["sn: Li\n", "Li"],
    ["displayName:  \ncn: bo\n", "bo"],
    ["", undefined],
  ])("given %j, then the name %s", async (lines, name) => {
    expect((await read(person("x", lines))).users[0]?.name).toBe(name);
  });

  it("given several addresses, then the first; given a blank one, then none", async () => {
    expect((await read(person("x", "mail: a@firm.test\nmail: b@firm.test\n"))).users[0]?.email).toBe("a@firm.test");
    expect((await read(person("x", "mail: \n"))).users[0]).not.toHaveProperty("email");
    expect((await read(person("x", "mail:\n"))).users[0]).not.toHaveProperty("email");
  });
});

describe("members of a group", () => {
  const members = async (text: string) => (await read(text)).groups.map((group) => group.members);

  it("given names in any spelling, with or without a unique id, before or after whom they mean, then one spelling", async () => {
    const text = `${person("a", "member: CN=Bo, DC=Test\nuniqueMember: cn=\\42o,dc=test#'01'B\n", "groupOfNames")}
${person("bo", "")}`;
    expect(await members(text)).toEqual([[{ ref: "cn=bo,dc=test" }, { ref: "cn=bo,dc=test" }]]);
  });

  it("given log-in names, then whom they mean, wherever that stands; nobody of that name stays a name", async () => {
    const text = `${person("a", "memberUid: Bo\nmemberUid: root\n", "posixGroup")}\n${person("bo", "uid: bo\n", "posixAccount")}`;
    expect(await members(text)).toEqual([[{ ref: "cn=bo,dc=test" }, { ref: "root" }]]);
  });

  it("given a log-in name of two people, then nobody is taken for the other", async () => {
    const text = `${person("a", "memberUid: bo\n", "posixGroup")}\n${person("b", "uid: bo\n")}\n${person("c", "uid: BO\n")}`;
    expect(await faultOf({ "people.ldif": text })).toMatchObject({
      params: { reason: "member_ambiguous", line: 3, found: "bo" },
    });
  });

  it("given the empty name that stands in groups nobody is in, then no member and no note", async () => {
    expect(await read(person("a", "member:\n", "groupOfNames"))).toMatchObject({
      groups: [{ members: [] }],
      notes: [],
    });
  });

  it("given a member that is no name, then it means nobody, and a note says so", async () => {
    expect(await read(person("a", "cn: A\nmember: Bo Li\n", "groupOfNames"))).toMatchObject({
      groups: [{ members: [{ ref: "Bo Li" }] }],
      notes: ["file.unreadable_member"],
    });
  });

  it("given a group that is a query, then it is no group, and a note says so; with members it is one", async () => {
    const query = "memberURL: ldap:///dc=test??sub?(l=Ghent)\n";
    expect(await read(person("a", query, "groupOfURLs"))).toMatchObject({ groups: [], notes: ["file.dynamic_group"] });
    const both = await read(person("a", `${query}member: cn=bo,dc=test\n`, "groupOfURLs"));
    expect(both).toMatchObject({ groups: [{ members: [{}] }], notes: ["file.dynamic_group"] });
  });
});
