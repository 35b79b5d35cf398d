import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, readWhole } from "../../../tests/directory-world.ts";
import { configFor389, missing389, start389, type DirectoryServer389 } from "../../../tests/servers/389ds/389ds.ts";
import type { NewEntry } from "../../../tests/servers/writer.ts";
import { lockByRole, lockRole } from "../../../tests/servers/389ds/lock-by-role.ts";
import type { Resolved } from "../../config/field.ts";
import type { LdapConfig } from "./config.ts";
import { ldapDirectory } from "./index.ts";

const skip = missing389();
const suffix = "dc=firm,dc=test";
const staff = `ou=staff,${suffix}`;
const person = (uid: string, more: Readonly<Record<string, string>> = {}): NewEntry => ({
  dn: `uid=${uid},${staff}`,
  attributes: { objectClass: "inetOrgPerson", uid, cn: uid, sn: uid, mail: `${uid}@firm.test`, ...more },
});

describe.skipIf(skip !== undefined)(`a real 389${skip === undefined ? "" : ` (${skip})`}`, () => {
  let server: DirectoryServer389;
  beforeAll(async () => {
    server = await start389({
      entries: [
        { dn: staff, attributes: { objectClass: "organizationalUnit", ou: "staff" } },
        ...lockByRole,
        ...Array.from({ length: 230 }, (_, number) => person(`p${number}`)),
        person("locked", { nsAccountLock: "TRUE" }),
        person("by-role", { nsRoleDN: lockRole }),
        {
          dn: `cn=team,${suffix}`,
          attributes: { objectClass: "groupOfNames", cn: "team", member: [`UID=P1, ${staff}`, `uid=locked,${staff}`] },
        },
        { dn: `cn=empty,${suffix}`, attributes: { objectClass: "groupOfUniqueNames", cn: "empty" } },
      ],
    });
  }, 60_000);
  afterAll(async () => server[Symbol.asyncDispose]());

  const read = async (more: Partial<Resolved<LdapConfig>> = {}) =>
    readWhole(ldapDirectory, configFor389(server, more), createWorld().dependencies);

  it("gives everybody in pages, who is locked, by themselves or through a role, and members however they are written", async () => {
    const { users, groups } = await read();
    expect(users).toHaveLength(232);
    const locked = users.filter(({ state }) => state === "disabled").map(({ name = "" }) => name);
    expect(locked.toSorted()).toEqual(["by-role", "locked"]);
    expect(users.every(({ id }) => /^[\da-f]{8}(?:-[\da-f]{8}){3}$/u.test(id))).toBe(true);
    expect(Object.fromEntries(groups.map(({ name, members }) => [name, members]))).toEqual({
      team: [{ ref: `uid=p1,${staff}` }, { ref: `uid=locked,${staff}` }],
      empty: [],
    });
  });

  it.each<[string, Partial<Resolved<LdapConfig>>]>([
    ["the base", { baseDn: `ou=nowhere,${suffix}` }],
    ["the base of people", { userBase: `ou=nowhere,${suffix}` }],
    ["the base of groups", { groupBase: `ou=nowhere,${suffix}` }],
  ])("given that %s is not there, then that is said: the server answers with nobody, and no error", async (_, more) => {
    await expect(read(more)).rejects.toMatchObject({
      code: "directory.base_missing",
      params: { base: `ou=nowhere,${suffix}`, exists: suffix },
    });
  });

  it("given members that lay in a container which is gone, then the others are read", async () => {
    const gone = Array.from({ length: 60 }, (_, number) => `uid=gone${number},ou=gone,${suffix}`);
    const corp = `ou=corp,${suffix}`;
    await using writer = await server.writer();
    await writer.add(corp, { objectClass: "organizationalUnit", ou: "corp" });
    await writer.add(`cn=old,${corp}`, {
      objectClass: "groupOfNames",
      cn: "old",
      member: [`uid=p1,${staff}`, ...gone],
    });
    const { groups, notes } = await read({ baseDn: corp });
    expect(groups.map(({ name }) => name)).toEqual(["old"]);
    expect(notes).toEqual(["ldap.members_outside"]);
  });

  it("given a base with nobody below it, then there is nobody", async () => {
    const { users, groups } = await read({ baseDn: `ou=services,${suffix}` });
    expect([users, groups]).toEqual([[], []]);
  });
});
