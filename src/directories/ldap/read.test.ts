import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createResolver, createWorld, readWhole } from "../../../tests/directory-world.ts";
import { record, unit, uuidOf } from "../../../tests/servers/openldap/ldif.ts";
import { configFor, missingOpenLdap, startOpenLdap, type OpenLdap } from "../../../tests/servers/openldap/openldap.ts";
import type { Resolved } from "../../config/field.ts";
import type { NativeFilters } from "../directory.ts";
import type { LdapConfig } from "./config.ts";
import { ldapDirectory } from "./index.ts";

const skip = missingOpenLdap();
const suffix = "dc=firm,dc=test";
const people = `ou=people,${suffix}`;
const groups = `ou=groups,${suffix}`;
const abroad = `ou=abroad,${suffix}`;

const person = (key: string, more: Parameters<typeof record>[1] = {}, dn = `uid=${key},${people}`): string =>
  record(dn, {
    objectClass: "inetOrgPerson",
    uid: key,
    cn: key,
    sn: key,
    mail: `${key}@firm.test`,
    entryUUID: uuidOf(key),
    ...more,
  });
const group = (name: string, members: readonly string[], base = groups): string =>
  record(`cn=${name},${base}`, {
    objectClass: "groupOfNames",
    cn: name,
    member: members,
    entryUUID: uuidOf(`group ${name}`),
  });
const account = (name: string): string =>
  record(`cn=${name},ou=services,${suffix}`, {
    objectClass: ["organizationalRole", "simpleSecurityObject"],
    cn: name,
    userPassword: "reader-password-7c1",
  });
const dn = (key: string): string => `uid=${key},${people}`;
const groupDn = (name: string, base = groups): string => `cn=${name},${base}`;
const many = Array.from({ length: 120 }, (_, index) => `n${index}`);

const ldif = [
  ...["limited", "unpaged", "smallpage"].map(account),
  ...[people, groups, abroad, `ou=hidden,${suffix}`, `ou=sub,${people}`].map(unit),
  person("ana"),
  person("bo", { mail: ["bo@firm.test", "bo2@firm.test"], displayName: "Bo Li" }),
  person("comma", { cn: "Smith, John" }, `cn=Smith\\, John,${people}`),
  person("plus", { cn: "a+b" }, `cn=a\\+b,${people}`),
  person("unicode", { cn: "Zoë 日本" }, `cn=Zoë 日本,ou=sub,${people}`),
  person("multi", { cn: "multi" }, `cn=multi+uid=multi,${people}`),
  person("nomail", { mail: undefined, employeeNumber: "17" }),
  person("out", { objectClass: ["inetOrgPerson", "shadowAccount"], shadowExpire: "1" }),
  person("in", { objectClass: ["inetOrgPerson", "shadowAccount"], shadowExpire: "-1" }),
  person("later", { objectClass: ["inetOrgPerson", "shadowAccount"], shadowExpire: "40000" }),
  person("secret", {}, `uid=secret,ou=hidden,${suffix}`),
  person("foreign", {}, `uid=foreign,${abroad}`),
  group("spelled", [
    `UID=Ana , OU=People, DC=Firm,DC=TEST`,
    `cn=Smith\\2C John,${people}`,
    `cn=a\\2Bb,${people}`,
    `cn=Zo\\C3\\AB 日本,ou=sub,${people}`,
    `uid=multi+cn=multi,${people}`,
  ]),
  group("dangling", [dn("ana"), dn("ghost"), `uid=secret,ou=hidden,${suffix}`]),
  group("self", [groupDn("self")]),
  record(groupDn("unique"), {
    objectClass: "groupOfUniqueNames",
    cn: "unique",
    uniqueMember: [dn("ana"), `${dn("bo")}#'0101'B`],
    entryUUID: uuidOf("group unique"),
  }),
  record(groupDn("posix"), {
    objectClass: "posixGroup",
    cn: "posix",
    gidNumber: "7",
    memberUid: ["ana", "BO", "ghost"],
    entryUUID: uuidOf("group posix"),
  }),
  record(groupDn("numbers"), {
    objectClass: "posixGroup",
    cn: "numbers",
    gidNumber: "8",
    memberUid: ["17", "99"],
    entryUUID: uuidOf("group numbers"),
  }),
  group("sales", [dn("ana"), groupDn("inner")]),
  group("inner", [dn("bo"), groupDn("deep", abroad)]),
  group("deep", [`uid=foreign,${abroad}`, groupDn("inner")], abroad),
  ...many.map((name) => group(name, [dn("ana")], abroad)),
  group(
    "sales-all",
    many.map((name) => groupDn(name, abroad)),
  ),
  record(`ou=elsewhere,${suffix}`, {
    objectClass: ["referral", "extensibleObject"],
    ou: "elsewhere",
    ref: `ldap://127.0.0.1:3999/ou=elsewhere,${suffix}`,
  }),
].join("");

describe.skipIf(skip !== undefined)(`a real OpenLDAP${skip === undefined ? "" : ` (${skip})`}`, () => {
  let server: OpenLdap;
  beforeAll(async () => {
    const limits = (name: string, rest: string): string => `limits dn.exact="cn=${name},ou=services,${suffix}" ${rest}`;
    server = await startOpenLdap({
      ldif,
      database: [
        limits("limited", "size.soft=5 size.hard=5 size.prtotal=5"),
        limits("unpaged", "size.soft=50 size.hard=50 size.prtotal=disabled"),
        limits("smallpage", "size.soft=50 size.hard=50 size.pr=50 size.prtotal=unlimited"),
      ],
      access: [`access to dn.subtree="ou=hidden,${suffix}" by * none`],
    });
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  const configOf = (more: Partial<Resolved<LdapConfig>> = {}): Resolved<LdapConfig> => configFor(server, more);
  /** A read with lists of keys instead of ids where they are known. */
  const read = async (more: Partial<Resolved<LdapConfig>> = {}, filters: NativeFilters = {}) => {
    const world = createWorld();
    const whole = await readWhole(ldapDirectory, configOf(more), { ...world.dependencies, filters });
    const idOf = createResolver(whole.users, whole.groups);
    const names = new Map<string, string>();
    for (const { id, name } of [...whole.users, ...whole.groups]) names.set(id, name ?? id);
    const membersOf = (name: string): string[] | undefined =>
      whole.groups
        .find((each) => each.name === name)
        ?.members.map((member) => names.get(idOf(member)) ?? idOf(member))
        .toSorted();
    return { ...whole, membersOf };
  };

  it("finds members however their names are written", async () => {
    const { membersOf } = await read();
    expect(membersOf("spelled")).toEqual(["Smith, John", "Zoë 日本", "a+b", "ana", "multi"]);
    expect(membersOf("unique")).toEqual(["Bo Li", "ana"]);
    expect(membersOf("self")).toEqual(["self"]);
  });

  it("keeps members that nobody is, so that they are counted", async () => {
    const { membersOf } = await read();
    expect(membersOf("dangling")).toEqual([
      "ana",
      "uid=ghost,ou=people,dc=firm,dc=test",
      "uid=secret,ou=hidden,dc=firm,dc=test",
    ]);
  });

  it("takes the first address and the best name", async () => {
    const { users } = await read();
    const of = (key: string) => users.find((user) => user.id === uuidOf(key));
    expect(of("bo")).toMatchObject({ name: "Bo Li", email: "bo@firm.test", ref: dn("bo") });
    expect(of("nomail")).not.toHaveProperty("email");
    expect(of("nomail")).toMatchObject({ name: "nomail", state: "enabled" });
    expect(of("secret")).toBeUndefined();
  });

  it("says who is disabled by an expiry in the past, not by one to come or none", async () => {
    const { users } = await read();
    const disabled = users.filter((user) => user.state === "disabled").map((user) => user.name);
    expect(disabled).toEqual(["out"]);
  });

  it("given rules of the configuration, then those count instead", async () => {
    const { users } = await read({ disabledWhen: ["employeeNumber=17"] });
    expect(users.filter((user) => user.state === "disabled").map((user) => user.name)).toEqual(["nomail"]);
    const none = await read({ disabledWhen: [] });
    expect(none.users.filter((user) => user.state === "disabled")).toEqual([]);
  });

  it("given groups of login names, then their members are found by them in any case", async () => {
    const { membersOf, groups: found } = await read({ groupObjectClass: "posixGroup", memberAttribute: "memberUid" });
    expect(found.map((each) => each.name)).toEqual(["posix", "numbers"]);
    expect(membersOf("posix")).toEqual(["Bo Li", "ana", "uid=ghost"]);
  });

  it("given another attribute as login name, then members are found by that", async () => {
    const { membersOf } = await read({
      groupObjectClass: "posixGroup",
      memberAttribute: "memberUid",
      loginAttribute: "employeeNumber",
    });
    expect(membersOf("numbers")).toEqual(["nomail", "uid=99"]);
    expect(membersOf("posix")).toEqual(["uid=ana", "uid=bo", "uid=ghost"]);
  });

  it("given attribute names in any case and an order of addresses, then the first with a value counts", async () => {
    const { users } = await read({
      emailAttributes: ["MOBILE", "MAIL"],
      nameAttribute: "UID",
      idAttribute: "ENTRYUUID",
    });
    expect(users.find((user) => user.name === "bo")).toMatchObject({ id: uuidOf("bo"), email: "bo@firm.test" });
  });

  it("given a mail domain for people without an address, then they get one from their login name", async () => {
    const { users } = await read({ emailSuffix: "@firm.test" });
    expect(users.find((user) => user.name === "nomail")).toMatchObject({ email: "nomail@firm.test" });
    expect(users.find((user) => user.name === "Bo Li")).toMatchObject({ email: "bo@firm.test" });
  });

  it("given the name as id, then its canonical spelling is the id", async () => {
    const { users } = await read({ idAttribute: "dn" });
    expect(users.find((user) => user.name === "Smith, John")).toMatchObject({
      id: String.raw`cn=smith\, john,ou=people,dc=firm,dc=test`,
    });
  });

  it("given an id attribute that somebody does not have, then nothing was read", async () => {
    await expect(read({ idAttribute: "employeeNumber" })).rejects.toMatchObject({
      code: "directory.no_id",
      params: { attribute: "employeeNumber" },
    });
  });

  it("given a base with an organizational unit, however it is written, then only what is below counts", async () => {
    const { users, groups: found } = await read({ baseDn: `OU = People , ${suffix}` });
    expect(users).toHaveLength(10);
    expect(found).toEqual([]);
  });

  it("given bases of their own for people and groups, whole or in front of the base, then those count", async () => {
    const relative = await read({ userBase: "ou=sub,ou=people", groupBase: "ou=abroad" });
    expect(relative.users.map((user) => user.name)).toEqual(["Zoë 日本"]);
    const whole = await read({ baseDn: abroad, userBase: `ou=sub,${people}`, groupBase: abroad });
    expect(whole.users.map((user) => user.name)).toEqual(["Zoë 日本"]);
  });

  it("given a base that is not there, then the part of it that is there is named", async () => {
    await expect(read({ baseDn: `ou=x,ou=y,${people}` })).rejects.toMatchObject({
      code: "directory.base_missing",
      params: { base: `ou=x,ou=y,${people}`, exists: people },
    });
    await expect(read({ baseDn: "dc=other,dc=test" })).rejects.toMatchObject({ code: "directory.base_missing" });
  });

  it("given filters, then they decide, and escaped letters are the letters", async () => {
    const { users } = await read({}, { users: String.raw`(|(cn=Zo\c3\ab *)(uid=ana))` });
    expect(new Set(users.map((user) => user.name))).toEqual(new Set(["Zoë 日本", "ana"]));
  });

  it("given a malformed filter, then nobody is asked", async () => {
    await expect(read({ url: "ldaps://127.0.0.1:1" }, { groups: "(cn=a" })).rejects.toMatchObject({
      code: "filter.syntax",
      params: { filter: "groupFilter", line: 1, column: 6 },
    });
  });

  it("given a group filter, then groups inside the selected ones are read too, wherever they are, and not selected", async () => {
    const { groups: found, membersOf } = await read({ baseDn: groups, userBase: suffix }, { groups: "(cn=sales)" });
    expect(found.map(({ name, selected }) => [name, selected])).toEqual([
      ["sales", true],
      ["inner", false],
      ["deep", false],
    ]);
    expect(membersOf("deep")).toEqual(["foreign", "inner"]);
  });

  it("given many groups in a container outside the base, then all of them are read", async () => {
    const { groups: found } = await read({ baseDn: groups, userBase: suffix }, { groups: "(cn=sales-all)" });
    expect(
      found
        .filter((each) => !each.selected)
        .map((each) => each.name)
        .toSorted(),
    ).toEqual(many.toSorted());
    expect(found.filter((each) => each.selected).map((each) => each.name)).toEqual(["sales-all"]);
  });

  it("given a filter on groups inside the base, then the same holds", async () => {
    const { groups: found } = await read({}, { groups: "(cn=sales*)", users: "(uid=bo)" });
    const selected = found.filter((each) => each.selected).map((each) => each.name);
    expect(selected.toSorted()).toEqual(["sales", "sales-all"]);
    expect(found).toHaveLength(2 + 2 + many.length);
  });

  it("given parts of the tree on another server, then they are noted", async () => {
    expect((await read()).notes).toEqual(["ldap.referral"]);
  });

  it("given a limit of entries for this account, then it is a read cut short", async () => {
    await expect(read({ bindDn: `cn=limited,ou=services,${suffix}` })).rejects.toMatchObject({
      code: "directory.truncated",
      params: { what: "people", reason: "size" },
    });
  });

  it("given an account that may not read in pages, then everything at once counts as long as it is whole", async () => {
    const unpaged = { bindDn: `cn=unpaged,ou=services,${suffix}` };
    expect((await read({ ...unpaged, baseDn: people })).users).toHaveLength(10);
    await expect(read(unpaged)).rejects.toMatchObject({
      code: "directory.truncated",
      params: { what: "groups", reason: "size", count: 50 },
    });
  });

  it("given an account that may read small pages only, then it gets those", async () => {
    const { groups: found } = await read({ bindDn: `cn=smallpage,ou=services,${suffix}`, pageSize: 1000 });
    expect(found.length).toBeGreaterThan(100);
  });

  it("has the same identity whatever the base and the address", async () => {
    const identityOf = async (more: Partial<Resolved<LdapConfig>>) => {
      await using open = await ldapDirectory.open(configOf(more), createWorld().dependencies);
      return await open.identity();
    };
    expect(await identityOf({})).toBe("ldap:dc=firm,dc=test");
    expect(await identityOf({ baseDn: people, url: server.url })).toBe("ldap:dc=firm,dc=test");
    expect(await identityOf({ baseDn: "OU=People,DC=Firm,DC=Test" })).toBe("ldap:dc=firm,dc=test");
  });

  it("finds whom the filters leave out, for explain", async () => {
    const world = createWorld();
    const filters = { users: "(uid=nobody)" };
    await using open = await ldapDirectory.open(configOf({ baseDn: groups }), { ...world.dependencies, filters });
    expect(await open.lookup?.("foreign@firm.test")).toMatchObject({ kind: "person", where: `uid=foreign,${abroad}` });
    expect(await open.lookup?.("inner")).toMatchObject({ kind: "group", name: "inner", id: uuidOf("group inner") });
    expect(await open.lookup?.(`UID=Out,OU=People,${suffix}`)).toMatchObject({
      state: "disabled",
      email: "out@firm.test",
    });
    expect(await open.lookup?.(`uid=ghost,${people}`)).toBeUndefined();
    expect(await open.lookup?.("*")).toBeUndefined();
  });

  it("given a filter on an attribute the server does not have, then check says so", async () => {
    const filters = { users: "(&(mail=*)(emloyeeType=staff))", groups: "(2.5.4.3=*)" };
    await using open = await ldapDirectory.open(configOf(), { ...createWorld().dependencies, filters });
    expect(await open.check()).toContainEqual({
      code: "ldap.unknown_attribute",
      severity: "warning",
      params: { filter: "userFilter", attributes: ["emloyeeType"] },
    });
  });

  it("given a server with a password policy, then an account locked for good is disabled, one locked for a while is not", async () => {
    const locked = (key: string, since: string): string => person(key, { pwdAccountLockedTime: since });
    await using other = await startOpenLdap({
      passwordPolicy: true,
      ldif: unit(people) + person("free") + locked("forever", "000001010000Z") + locked("guessed", "20261124080000Z"),
    });
    const config = configOf({ url: other.tlsUrl, caFile: other.authority.caFile });
    const { users } = await readWhole(ldapDirectory, config, createWorld().dependencies);
    expect(users.map(({ name, state }) => [name, state])).toEqual([
      ["free", "enabled"],
      ["forever", "disabled"],
      ["guessed", "enabled"],
    ]);
  });
});
