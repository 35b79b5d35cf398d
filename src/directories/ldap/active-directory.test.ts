import { describe, expect, it } from "vitest";
import { createWorld, readWhole } from "../../../tests/directory-world.ts";
import { createLdapDirectory, done, entry, reference, type Asked } from "../../../tests/servers/ldap-script.ts";
import type { Resolved } from "../../config/field.ts";
import type { LdapConfig } from "./config.ts";
import { ldapDirectory } from "./index.ts";

/** What Active Directory does that OpenLDAP does not, as its protocol documents (MS-ADTS) and a Samba server showed it. */
const root = {
  supportedCapabilities: ["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670"],
  supportedControl: "1.2.840.113556.1.4.319",
  defaultNamingContext: "DC=ad,DC=test",
  namingContexts: ["DC=ad,DC=test", "CN=Configuration,DC=ad,DC=test"],
};
const guid = (last: number): Buffer =>
  Buffer.from([0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, last]);
const id = (last: string): string => `00112233-4455-6677-8899-aabbccddee${last}`;
const userDn = (name: string): string => `CN=${name},CN=Users,DC=ad,DC=test`;
const user = (message: number, name: string, last: number, more: Readonly<Record<string, string>> = {}): Buffer =>
  entry(message, userDn(name), {
    objectGUID: guid(last),
    mail: `${name}@ad.test`,
    name,
    userAccountControl: "512",
    accountExpires: "9223372036854775807",
    ...more,
  });

const config = (url: string): Resolved<LdapConfig> => ({
  kind: "ldap",
  url,
  startTls: false,
  allowPlain: true,
  verifyTls: true,
  bindDn: "svc@ad.test",
  password: "secret",
  baseDn: "DC=ad,DC=test",
  pageSize: 1000,
  timeout: 2,
});

/** Members in parts of 1,500, as the server gives them: none under the plain name when there are more. */
function membersFrom(all: readonly string[], asked: readonly string[]): Record<string, readonly string[]> {
  const from = Number(/range=(\d+)-/u.exec(asked.join())?.[1] ?? 0);
  const part = all.slice(from, from + 1500);
  const to = from + part.length >= all.length ? "*" : String(from + part.length - 1);
  return { member: [], [`member;range=${from}-${to}`]: part };
}

const big = Array.from({ length: 3600 }, (_, index) => userDn(`u${index}`));
const answer = (asked: Asked): Buffer => {
  const { id: message, name, scope, attributes, filter } = asked;
  if (name === "DC=ad,DC=test" && scope === 0)
    return Buffer.concat([entry(message, name, { objectGUID: guid(0xff) }), done(message)]);
  if (name === "CN=Big,DC=ad,DC=test")
    return Buffer.concat([
      entry(message, name, { objectGUID: guid(0x10), name: "Big", ...membersFrom(big, attributes) }),
      done(message),
    ]);
  if (filter.includes("person"))
    return Buffer.concat([
      user(message, "Ana", 1),
      user(message, "Off", 2, { userAccountControl: "514" }),
      user(message, "Expired", 3, { accountExpires: "133000000000000000" }),
      user(message, "Later", 4, { accountExpires: "140000000000000000" }),
      user(message, "Never", 5, { accountExpires: "0" }),
      user(message, "Odd", 6, { userAccountControl: "?" }),
      reference(message, "ldap://ad.test/CN=Configuration,DC=ad,DC=test"),
      reference(message, "ldap://DomainDnsZones.ad.test/DC=DomainDnsZones,DC=ad,DC=test"),
      done(message),
    ]);
  if (filter.includes("group"))
    return Buffer.concat([
      entry(message, "CN=Big,DC=ad,DC=test", { objectGUID: guid(0x10), name: "Big", ...membersFrom(big, []) }),
      entry(message, "CN=Small,DC=ad,DC=test", {
        objectGUID: guid(0x11),
        name: "Small",
        member: [userDn("Ana"), "CN=Big,DC=ad,DC=test"],
      }),
      done(message),
    ]);
  return done(message, { code: 32 });
};

describe("Active Directory", () => {
  it("gives ids in Microsoft's order of bytes, and who is disabled or expired", async () => {
    const { url } = await createLdapDirectory(root, answer);
    const { users, notes } = await readWhole(ldapDirectory, config(url), createWorld().dependencies);
    expect(users.map((each) => [each.id, each.name, each.state])).toEqual([
      [id("01"), "Ana", "enabled"],
      [id("02"), "Off", "disabled"],
      [id("03"), "Expired", "disabled"],
      [id("04"), "Later", "enabled"],
      [id("05"), "Never", "enabled"],
      [id("06"), "Odd", "enabled"],
    ]);
    expect(notes).toEqual(["ldap.state_unclear"]);
  });

  it("gives long lists of members in parts, and all of them count", async () => {
    const { url } = await createLdapDirectory(root, answer);
    const { groups } = await readWhole(ldapDirectory, config(url), createWorld().dependencies);
    expect(groups.map((each) => [each.id, each.name, each.members.length])).toEqual([
      [id("10"), "Big", 3600],
      [id("11"), "Small", 2],
    ]);
    expect(new Set(groups[0]?.members.map((member) => JSON.stringify(member))).size).toBe(3600);
  });

  it.each([
    [
      "an error",
      { code: 1, text: "00000057: LdapErr: DSID-0C090D4E, comment: Error processing control" },
      "directory.unavailable",
    ],
    ["nothing", {}, "directory.truncated"],
  ])("given %s instead of the rest of a list, then nothing was read", async (_, ending, code) => {
    const { url } = await createLdapDirectory(root, (asked) =>
      asked.attributes.some((name) => name.includes("range=3000")) ? done(asked.id, ending) : answer(asked),
    );
    await expect(readWhole(ldapDirectory, config(url), createWorld().dependencies)).rejects.toMatchObject({ code });
  });

  it("given a change of a long list while it is read, then it is read again, so that nobody falls between two parts", async () => {
    let stamp = 1;
    let all = big;
    const { url } = await createLdapDirectory(root, (asked) => {
      const { id: message, name, attributes, filter } = asked;
      const entryOf = (): Buffer =>
        entry(message, "CN=Big,DC=ad,DC=test", {
          objectGUID: guid(0x10),
          name: "Big",
          uSNChanged: String(stamp),
          ...membersFrom(all, attributes),
        });
      // The first ten leave behind the first part: everybody moves forward by ten.
      if (attributes.join().includes("range=1500") && stamp === 1) {
        stamp = 2;
        all = big.slice(10);
      }
      if (name === "CN=Big,DC=ad,DC=test" || filter.includes("group")) return Buffer.concat([entryOf(), done(message)]);
      return done(message);
    });
    const { groups } = await readWhole(ldapDirectory, config(url), createWorld().dependencies);
    const read = (groups[0]?.members ?? []).map((member) => ("ref" in member ? member.ref : member.id));
    expect(read.toSorted()).toEqual(
      big
        .slice(10)
        .map((dn) => dn.toLowerCase())
        .toSorted(),
    );
  });

  it("given a list that became shorter than what was asked for next, then it is read again", async () => {
    let all = big;
    const { url } = await createLdapDirectory(root, ({ id: message, name, attributes, filter }) => {
      if (attributes.join().includes("range=3000") && all === big) {
        all = big.slice(0, 2000);
        return done(message, { code: 1, text: "00000057: LdapErr: DSID-0C090D4E" });
      }
      const values = { objectGUID: guid(0x10), name: "Big", ...membersFrom(all, attributes) };
      return name === "CN=Big,DC=ad,DC=test" || filter.includes("group")
        ? Buffer.concat([entry(message, "CN=Big,DC=ad,DC=test", values), done(message)])
        : done(message);
    });
    const { groups } = await readWhole(ldapDirectory, config(url), createWorld().dependencies);
    expect(groups.map((each) => each.members.length)).toEqual([2000]);
  });

  it("given a list that changes all the time, then nothing was read", async () => {
    let stamp = 0;
    const { url } = await createLdapDirectory(root, ({ id: message, name, attributes, filter }) => {
      stamp += 1;
      const values = {
        objectGUID: guid(0x10),
        name: "Big",
        uSNChanged: String(stamp),
        ...membersFrom(big, attributes),
      };
      return name === "CN=Big,DC=ad,DC=test" || filter.includes("group")
        ? Buffer.concat([entry(message, "CN=Big,DC=ad,DC=test", values), done(message)])
        : done(message);
    });
    await expect(readWhole(ldapDirectory, config(url), createWorld().dependencies)).rejects.toMatchObject({
      code: "directory.truncated",
      params: { what: "members", reason: "changing" },
    });
  });

  it("that is Windows is said not to have been tried, and what is taken for people and groups is told", async () => {
    const { url } = await createLdapDirectory(root, answer);
    await using open = await ldapDirectory.open(config(url), createWorld().dependencies);
    const findings = await open.check();
    expect(findings).toContainEqual({
      code: "check.directory.untried",
      severity: "info",
      params: { server: "Active Directory", tried: "kin" },
    });
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: "check.directory.layout_people",
        params: expect.objectContaining({ id: "objectGUID", disabled: ["userAccountControl", "accountExpires"] }),
      }),
    );
  });

  it("is known by the id of its domain", async () => {
    const { url } = await createLdapDirectory(root, answer);
    await using open = await ldapDirectory.open(config(url), createWorld().dependencies);
    expect(await open.identity()).toBe(`ad:${id("ff")}`);
  });

  it("is noted when a domain below it is on another server, but not for its own partitions", async () => {
    const { url } = await createLdapDirectory(root, (asked) =>
      asked.filter.includes("group")
        ? Buffer.concat([reference(asked.id, "ldap://child.ad.test/DC=child,DC=ad,DC=test"), done(asked.id)])
        : answer(asked),
    );
    const { pages } = await readWhole(ldapDirectory, config(url), createWorld().dependencies);
    const notes = pages.flatMap((page) => ("notes" in page ? page.notes : []));
    expect(notes.find((note) => note.code === "ldap.referral")?.params).toEqual({
      count: 1,
      urls: ["ldap://child.ad.test/DC=child,DC=ad,DC=test"],
    });
  });

  it("is asked for people by bytes of an id", async () => {
    const filters: Buffer[] = [];
    const { url } = await createLdapDirectory(root, (asked) => {
      filters.push(asked.filter);
      return done(asked.id);
    });
    await using open = await ldapDirectory.open(config(url), createWorld().dependencies);
    expect(await open.lookup?.(id("01"))).toBeUndefined();
    expect(filters.some((filter) => filter.includes(guid(1)))).toBe(true);
  });
});
