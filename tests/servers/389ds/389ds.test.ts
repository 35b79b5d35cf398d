import { describe, expect, it } from "vitest";
import { ldapDirectory } from "../../../src/directories/ldap/index.ts";
import { createWorld, readWhole } from "../../directory-world.ts";
import { configFor389, missing389, start389 } from "./389ds.ts";

const skip = missing389();
const staff = "ou=staff,dc=firm,dc=test";
const person = (uid: string) => ({ objectClass: "inetOrgPerson", uid, cn: uid, sn: uid });

describe.skipIf(skip !== undefined)(`a 389 of a test${skip === undefined ? "" : ` (${skip})`}`, () => {
  it("holds the entries it was given, takes others, keeps them over a start and loses them with a backup put back", async () => {
    await using server = await start389({
      entries: [{ dn: staff, attributes: { objectClass: "organizationalUnit", ou: "staff" } }],
    });
    const names = async () => {
      const { users } = await readWhole(ldapDirectory, configFor389(server), createWorld().dependencies);
      return users.map((user) => user.name);
    };
    const restore = await server.backUp();
    expect(await names()).toEqual([]);
    {
      await using writer = await server.writer();
      await writer.add(`uid=ann,${staff}`, person("ann"));
    }
    expect(await names()).toEqual(["ann"]);
    await server.restart({ changeLog: "with-ids" });
    expect(await names()).toEqual(["ann"]);
    const load = await server.exportAll();
    await restore();
    expect(await names()).toEqual([]);
    await load((ldif) => ldif.replace("cn: ann", "cn: Ann"));
    expect(await names()).toEqual(["Ann"]);
  });
});
