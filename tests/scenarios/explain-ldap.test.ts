/** Why? With a real OpenLDAP, whose own query selects: whom the profile never read is looked up there. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../app-world.ts";
import { record, unit, uuidOf } from "../servers/openldap/ldif.ts";
import { missingOpenLdap, startOpenLdap, type OpenLdap } from "../servers/openldap/openldap.ts";
import { acceptedSync, command } from "./commands.ts";

const missing = missingOpenLdap();
const base = "ou=firm,dc=firm,dc=test";
const personAt = (uid: string, place: string, more: Readonly<Record<string, string>> = {}): string =>
  record(`uid=${uid},${place}`, {
    objectClass: "inetOrgPerson",
    uid,
    cn: `${uid} Vos`,
    sn: "Vos",
    mail: `${uid}@firm.test`,
    employeeType: "staff",
    entryUUID: uuidOf(uid),
    ...more,
  });
const groupAt = (cn: string, place: string, ...member: readonly string[]): string =>
  record(`cn=${cn},${place}`, { objectClass: "groupOfNames", cn, entryUUID: uuidOf(cn), member });
const people = `ou=people,${base}`;
const groups = `ou=groups,${base}`;
const elsewhere = "ou=partners,dc=firm,dc=test";
const firm = [
  ...[base, people, groups, elsewhere].map(unit),
  personAt("ann", people),
  personAt("bob", people),
  personAt("tmp", people, { employeeType: "temp" }),
  personAt("pat", elsewhere),
  record(`cn=printer,${people}`, {
    objectClass: "applicationProcess",
    cn: "printer",
    entryUUID: uuidOf("printer"),
  }),
  groupAt("Sales", groups, `uid=ann,${people}`, `cn=Partners,${elsewhere}`),
  groupAt("Partners", elsewhere, `uid=bob,${people}`, `uid=pat,${elsewhere}`),
].join("");

describe.skipIf(missing !== undefined)(
  `why, of an LDAP directory${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    let world: AppWorld;
    let ldap: OpenLdap;
    const explain = (...argv: readonly string[]): Promise<string> => command(world, "explain", ...argv);

    beforeAll(async () => {
      [world, ldap] = await Promise.all([createAppWorld(), startOpenLdap({ ldif: firm })]);
      await world.login();
      const settings = {
        "directory.kind": "ldap",
        "directory.url": ldap.tlsUrl,
        "directory.baseDn": base,
        "directory.bindDn": ldap.reader.dn,
        "directory.caFile": ldap.authority.caFile,
        "sync.userFilter": "(employeeType=staff)",
      };
      await world.client.call("profiles.add", {
        name: "main",
        settings,
        secrets: { "directory.password": ldap.reader.password },
      });
      await acceptedSync(world);
    }, 60_000);
    afterAll(async () => {
      await world[Symbol.asyncDispose]();
      await ldap[Symbol.asyncDispose]();
    });

    it("given the profile's LDAP filter does not fit somebody, then that, where they are, and who wrote the filter", async () => {
      const text = await explain("tmp@firm.test");
      expect(text).toContain("tmp Vos is in the directory, and this profile does not select them.");
      expect(text).toContain(`Found uid=tmp,${people} (enabled), asked just now`);
      expect(text).toContain("Outside it does not fit the user filter");
      expect(text).toMatch(/no change of sync\.userFilter is recorded since jan added the profile at \d+ \w+/u);
      expect(text).toContain("change the filter, or the entry");
      await command(world, "config", "set", "sync.userFilter", "(employeeType=staff*)");
      expect(await explain("tmp@firm.test")).toMatch(/sync\.userFilter was changed by jan at \d+ \w+ \d+:\d+/u);
      await command(world, "config", "set", "sync.userFilter", "(employeeType=staff)");
    });

    it("given an entry outside the base, then the base", async () => {
      const text = await explain("pat@firm.test");
      expect(text).toContain("pat Vos is in the directory, and this profile does not select them.");
      expect(text).toContain(`it does not lie under ${base} (directory.baseDn)`);
      expect(text).toContain("move the entry, or set directory.baseDn to a place above it");
    });

    it("given an entry that is no person, then that", async () => {
      const text = await explain("printer");
      expect(text).toContain("it is not of the object class of a person (directory.userObjectClass)");
    });

    it("given a nested group outside the base, then why it does not take part, and where its members count", async () => {
      const text = await explain("Partners");
      expect(text).toContain("Partners does not take part.");
      expect(text).toContain(`it does not lie under ${base} (directory.baseDn)`);
      expect(text).toContain("its members count as members of Sales, which contain it");
      const member = await explain("bob@firm.test", "--in", "Partners");
      expect(member).toContain("not in Partners, which does not take part");
      expect(await explain("bob@firm.test", "--in", "Sales")).toContain("through a group inside it");
    });

    it("given another spelling of who is known, by login or DN, then it is the same person", async () => {
      expect(await explain(`UID=Ann, ${people}`)).toContain("ann Vos is in step");
      expect(await explain("ann")).toContain("ann Vos is in step");
    });

    it("given the server does not answer, then what was read is told nevertheless", async () => {
      await command(world, "config", "set", "directory.url", "ldaps://127.0.0.1:1");
      expect(await explain("ann@firm.test")).toContain("ann Vos is in step");
      const unknown = await explain("tmp@firm.test");
      expect(unknown).toContain("1: Nobody called tmp@firm.test is known here.");
      expect(unknown).toContain("Not asked 127.0.0.1:1 cannot be reached: nothing listens at that port.");
      await command(world, "config", "set", "directory.url", ldap.tlsUrl);
    });
  },
);
