/** Product §10 (b) and (c) with the executable and a real directory server, whose units are really renamed and emptied. */
import { Attribute, Change, Client } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { record, unit, uuidOf } from "../servers/openldap/ldif.ts";
import { missingOpenLdap, startOpenLdap, type OpenLdap } from "../servers/openldap/openldap.ts";
import { many } from "../scenarios/directory.ts";
import { builtExecutable } from "./built.ts";
import { createFirm, settleIn, type Firm, type Said, type Settings } from "./firm.ts";

const missing = missingOpenLdap();
const base = "dc=firm,dc=test";
const hour = 3_600_000;
const sales = many(10, "s");
const works = many(10, "w");
const dnOf = (id: string, ou: string): string => `uid=${id},ou=${ou},${base}`;
const people = (ids: readonly string[], ou: string): string[] =>
  ids.map((id) =>
    record(dnOf(id, ou), {
      objectClass: "inetOrgPerson",
      uid: id,
      cn: id,
      sn: id,
      mail: `${id}@firm.test`,
      entryUUID: uuidOf(id),
    }),
  );
const firmLdif = [
  unit(`ou=sales,${base}`),
  unit(`ou=works,${base}`),
  unit(`ou=groups,${base}`),
  ...people(sales, "sales"),
  ...people(works, "works"),
  record(`cn=all,ou=groups,${base}`, {
    objectClass: "groupOfNames",
    cn: "all",
    entryUUID: uuidOf("all"),
    member: [...sales.map((id) => dnOf(id, "sales")), ...works.map((id) => dnOf(id, "works"))],
  }),
].join("");

describe.skipIf(missing !== undefined)(
  `a firm in OpenLDAP, with the executable${missing === undefined ? "" : ` (${missing})`}`,
  { timeout: 90_000 },
  () => {
    let ldap: OpenLdap;
    let firm: Firm;
    const directory = (more: object = {}): Settings => ({
      directory: {
        kind: "ldap",
        url: ldap.tlsUrl,
        baseDn: base,
        bindDn: ldap.reader.dn,
        password: { env: "LDAP_PASSWORD" },
        caFile: ldap.authority.caFile,
        ...more,
      },
    });
    /** Two runs with more than half an hour between them: whoever is missing in both would be gone. */
    const twice = async (): Promise<Said[]> => {
      const told: Said[] = [];
      for (let run = 0; run < 2; run += 1) {
        firm.pass(hour);
        told.push(await firm.run("sync"));
      }
      return told;
    };
    const asAdmin = async (act: (client: Client) => Promise<void>): Promise<void> => {
      const client = new Client({ url: ldap.url });
      try {
        await client.bind(ldap.admin.dn, ldap.admin.password);
        await act(client);
      } finally {
        await client.unbind();
      }
    };

    beforeAll(async () => {
      builtExecutable();
      ldap = await startOpenLdap({ ldif: firmLdif });
      firm = await createFirm({
        dialect: "official-cloud",
        seats: null,
        directory: { people: [], groups: [] },
        settings: directory(),
        environment: { LDAP_PASSWORD: ldap.reader.password },
      });
      await settleIn(firm, 25);
    }, 180_000);
    afterAll(async () => {
      await firm[Symbol.asyncDispose]();
      await ldap[Symbol.asyncDispose]();
    });

    it("given a base that is not there, then it says so, and what is there; given one that holds half, then it stops", async () => {
      const before = firm.picture();
      firm.set(directory({ baseDn: "dc=frim,dc=test" }));
      for (const said of await twice()) expect(said).toMatchObject({ code: 1, fault: "directory.base_missing" });
      firm.set(directory({ baseDn: `ou=sales,${base}` }));
      const [, second] = await twice();
      expect(second).toMatchObject({ code: 4, fault: "guard.directory" });
      expect(second?.stderr.replaceAll(/\s+/gu, " ")).toContain("10 of 20 people would lose access");
      expect(second?.stderr).toContain("directory.baseDn");
      await firm.run("clear-cache");
      expect((await twice())[1]).toMatchObject({ code: 4 });
      expect(firm.sent()).toEqual([]);
      expect(firm.picture()).toBe(before);
      firm.set(directory());
      expect(await firm.run("sync")).toMatchObject({ code: 0, stderr: "" });
    });

    it("given a unit is renamed within the base, and groups follow as they do in Active Directory, then everybody is who they were", async () => {
      const before = firm.picture();
      const rename = (from: string, to: string): Promise<void> =>
        asAdmin(async (client) => {
          await client.modifyDN(`ou=${from},${base}`, `ou=${to},${base}`);
          const values = [...sales.map((id) => dnOf(id, "sales")), ...works.map((id) => dnOf(id, to))];
          const modification = new Attribute({ type: "member", values });
          await client.modify(`cn=all,ou=groups,${base}`, new Change({ operation: "replace", modification }));
        });
      await rename("works", "workshop");
      for (const said of await twice()) expect(said).toMatchObject({ code: 0, stderr: "" });
      expect(firm.sent()).toEqual([]);
      expect(firm.picture()).toBe(before);
      await rename("workshop", "works");
    });

    it("given a unit is renamed and groups go on naming its people as before, then everybody keeps their groups, it is said, and Clear Sync Cache changes nothing", async () => {
      const before = firm.picture();
      const rename = (from: string, to: string): Promise<void> =>
        asAdmin((client) => client.modifyDN(`ou=${from},${base}`, `ou=${to},${base}`));
      await firm.run("clear-cache");
      await rename("works", "workshop");
      for (const said of await twice()) expect(said).toMatchObject({ code: 0, stderr: "" });
      await firm.run("clear-cache");
      for (const said of await twice()) expect(said).toMatchObject({ code: 0, stderr: "" });
      expect((await firm.run("plan")).stdout.replaceAll(/\s+/gu, " ")).toContain("still names 10 members");
      await rename("workshop", "works");
      firm.pass(hour);
      expect(await firm.run("sync")).toMatchObject({ code: 0, stderr: "" });
      expect(firm.sent()).toEqual([]);
      expect(firm.picture()).toBe(before);
    });

    it("given three people are deleted with their unit, then it stops, and it goes on for whom somebody accepts", async () => {
      await asAdmin(async (client) => {
        for (const id of works.slice(0, 3)) await client.del(dnOf(id, "works"));
      });
      const [first, second] = await twice();
      expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("3 stay as before") });
      expect(second).toMatchObject({ code: 4, fault: "guard.access-lost" });
      expect(firm.sent()).toEqual([]);
      expect(await firm.run("sync", "--accept", second?.digest ?? "")).toMatchObject({ code: 0, stderr: "" });
      expect(firm.members().filter((line) => line.endsWith("/revoked"))).toHaveLength(3);
    });
  },
);
