import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createResolver, createWorld, readWhole } from "../../../tests/directory-world.ts";
import { createAdLimits, type AdLimits } from "../../../tests/servers/ad-limits.ts";
import * as company from "../../../tests/servers/samba/company.ts";
import { spellGuid } from "../../../tests/servers/samba/content.ts";
import { configForSamba, missingSamba, startSamba, type Samba } from "../../../tests/servers/samba/samba.ts";
import type { Writer } from "../../../tests/servers/writer.ts";
import type { Resolved } from "../../config/field.ts";
import type { LdapConfig } from "./config.ts";
import { ldapDirectory } from "./index.ts";

const skip = missingSamba();
const { corp, groupDn, staff } = company;
type Config = Resolved<LdapConfig>;

describe.skipIf(skip !== undefined)(`a real domain${skip === undefined ? "" : ` (${skip})`}`, () => {
  let samba: Samba;
  let writer: Writer;
  beforeAll(async () => {
    samba = await startSamba({ entries: company.companyEntries });
    writer = await samba.writer();
  }, 300_000);
  afterAll(async () => {
    await writer[Symbol.asyncDispose]();
    await samba[Symbol.asyncDispose]();
  });

  const configOf = (more: Partial<Config> = {}): Config =>
    configForSamba(samba, { baseDn: corp, pageSize: 1000, ...more });
  const read = async (more: Partial<Config> = {}) => {
    const whole = await readWhole(ldapDirectory, configOf(more), createWorld().dependencies);
    const idOf = createResolver(whole.users, whole.groups);
    const refs = new Map([...whole.users, ...whole.groups].map(({ id, ref }) => [id, ref ?? id]));
    const membersOf = (name: string): string[] =>
      (whole.groups.find((group) => group.name === name)?.members ?? [])
        .map((member) => refs.get(idOf(member)) ?? idOf(member))
        .toSorted();
    return { ...whole, membersOf };
  };
  const through = async <Value>(limits: AdLimits, work: (more: Partial<Config>) => Promise<Value>): Promise<Value> => {
    await using proxy = await createAdLimits({ host: samba.address, port: 636 }, limits);
    return await work({ url: proxy.url, startTls: false, allowPlain: true });
  };

  /** What the lists say, with names as the reader spells them: nothing in them needs more than lower case. */
  const spelled = (dn: string): string => dn.toLowerCase();
  const truth = {
    people: company.people
      .map(({ dn, name, mail, state }) => [spelled(dn), name, mail || undefined, state])
      .toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
    teams: new Map(company.teams.map(({ name, members }) => [name, members.map(spelled).toSorted()])),
  };
  const expectTruth = (whole: Awaited<ReturnType<typeof read>>): void => {
    const people = whole.users.map(({ ref = "", name, email, state }) => [ref, name, email, state] as const);
    expect(people.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual(truth.people);
    expect(whole.groups.map(({ name }) => name).toSorted()).toEqual([...truth.teams.keys()].toSorted());
    for (const [name, members] of truth.teams) expect(whole.membersOf(name)).toEqual(members);
  };

  it("gives everybody and every member, as the lists say that were written to it", async () => {
    expectTruth(await read());
  });

  it.each<[string, AdLimits]>([
    ["the limits of Windows", {}],
    ["empty pages in between", { emptyPageEvery: 2 }],
    ["small pages and short lists", { page: 250, values: 100 }],
  ])("given %s, then the same", async (_, limits) => {
    expectTruth(await through(limits, async (more) => read({ ...more, pageSize: 5000 })));
  });

  it("notes whose members lie outside the base, and does not take them for anybody", async () => {
    const { pages } = await read();
    const notes = pages.flatMap((page) => ("notes" in page ? page.notes : []));
    expect(notes).toEqual([
      {
        code: "ldap.members_outside",
        severity: "warning",
        params: { count: 1, base: corp, entries: [spelled(company.outsider.dn)] },
      },
    ]);
  });

  it("given members of another domain, then they are noted as such", async () => {
    const sid = "S-1-5-21-1111111111-2222222222-333333333-1105";
    await writer.modify(groupDn("DL-Res"), "add", "member", [`<SID=${sid}>`]);
    try {
      const { pages } = await read();
      const notes = pages.flatMap((page) => ("notes" in page ? page.notes : []));
      expect(notes.find((note) => note.code === "ldap.foreign_principals")?.params).toMatchObject({
        count: 1,
        entries: [`cn=${sid.toLowerCase()},cn=foreignsecurityprincipals,dc=ad,dc=test`],
      });
    } finally {
      const principal = `CN=${sid},CN=ForeignSecurityPrincipals,DC=ad,DC=test`;
      await writer.modify(groupDn("DL-Res"), "delete", "member", [principal]);
    }
  });

  it("given the primary group on request, then whoever has it is a member, else not", async () => {
    const judy = company.staffPeople.find((each) => each.account === "judy")?.dn ?? "";
    const sid = await writer.bytes(groupDn("GG-Primary"), "objectSid");
    await writer.modify(groupDn("GG-Primary"), "add", "member", [judy]);
    await writer.modify(judy, "replace", "primaryGroupID", [String(sid?.readUInt32LE(sid.length - 4))]);
    expect((await read()).membersOf("GG-Primary")).toEqual([]);
    const asked = await read({ primaryGroup: true });
    expect(asked.membersOf("GG-Primary")).toEqual([spelled(judy)]);
    expect(asked.membersOf("GG-Eng")).toEqual(truth.teams.get("GG-Eng"));
  });

  it("given memberships by memberOf, then people's own groups are there, known by their DN", async () => {
    const { groups } = await read({ membersFrom: "memberOf", groupBase: "OU=Groups" });
    const found = new Map(
      groups.map(({ id, name, members }) => [
        name,
        { id, members: members.map((each) => ("ref" in each ? each.ref : each.id)) },
      ]),
    );
    const people = new Set(company.people.map(({ dn }) => spelled(dn)));
    // A group that no person is directly in is not named by anybody.
    const expected = [...truth.teams].flatMap(([name, members]) => {
      const own = members.filter((dn) => people.has(dn));
      return own.length === 0 ? [] : [[name, { id: spelled(groupDn(name)), members: own }] as const];
    });
    expect(new Map([...found].map(([name, { id, members }]) => [name, { id, members: members.toSorted() }]))).toEqual(
      new Map(expected),
    );
    await using open = await ldapDirectory.open(configOf({ membersFrom: "memberOf" }), createWorld().dependencies);
    expect(await open.check()).toContainEqual(expect.objectContaining({ code: "check.directory.groups" }));
  });

  it("given a group filter and memberships by memberOf, then it is said that this cannot be", async () => {
    const dependencies = { ...createWorld().dependencies, filters: { groups: "(cn=GG-*)" } };
    await expect(readWhole(ldapDirectory, configOf({ membersFrom: "memberOf" }), dependencies)).rejects.toMatchObject({
      code: "directory.filter_unsupported",
    });
  });

  it.each([
    ["members at any depth", `(memberOf:1.2.840.113556.1.4.1941:=${groupDn("UG-All")})`, ["alice", "bob", "carol"]],
    ["bits", "(userAccountControl:1.2.840.113556.1.4.803:=2)", ["bob"]],
    ["escaped letters", String.raw`(cn=Zo\c3\ab *)`, ["ivan"]],
  ])("given a filter by %s, then it decides", async (_, users, expected) => {
    const dependencies = { ...createWorld().dependencies, filters: { users } };
    const found = await readWhole(ldapDirectory, configOf({ baseDn: staff }), dependencies);
    const refs = new Set(found.users.map(({ ref }) => ref));
    const wanted = company.staffPeople.filter(({ account }) => expected.includes(account)).map(({ dn }) => spelled(dn));
    expect(wanted.filter((dn) => !refs.has(dn))).toEqual([]);
    expect(refs.size).toBe(users.includes("1941") ? 7 : expected.length);
  });

  it("given a rename, a move and a deletion, then ids stay, names follow, and who is gone is in no group", async () => {
    const made = ["one", "two", "three"].map((key) => ({ key, dn: `CN=Made ${key},${staff}` }));
    for (const { key, dn } of made) await writer.add(dn, { objectClass: "user", sAMAccountName: `made-${key}` });
    await writer.modify(
      groupDn("GG-Ops"),
      "add",
      "member",
      made.map(({ dn }) => dn),
    );
    const ids = await Promise.all(made.map(async ({ dn }) => spellGuid(await writer.bytes(dn, "objectGUID"))));
    await writer.rename(made[0]?.dn ?? "", `CN=Made anew,${staff}`);
    await writer.rename(made[1]?.dn ?? "", `CN=Made two,${company.nested}`);
    await writer.remove(made[2]?.dn ?? "");
    const { users, membersOf } = await read();
    const found = users.flatMap(({ id, name, ref }) => (ids.includes(id) ? [[id, { name, ref }] as const] : []));
    expect(new Map(found)).toEqual(
      new Map([
        [ids[0], { name: "Made anew", ref: spelled(`CN=Made anew,${staff}`) }],
        [ids[1], { name: "Made two", ref: spelled(`CN=Made two,${company.nested}`) }],
      ]),
    );
    const changed = [`CN=Made anew,${staff}`, `CN=Made two,${company.nested}`].map(spelled);
    expect(membersOf("GG-Ops")).toEqual([...(truth.teams.get("GG-Ops") ?? []), ...changed].toSorted());
    for (const dn of [`CN=Made anew,${staff}`, `CN=Made two,${company.nested}`]) await writer.remove(dn);
  });

  it("given that the people of the next page are deleted during the read, then those behind them arrive", async () => {
    const base = `OU=Paged,${corp}`;
    await writer.add(base, { objectClass: "organizationalUnit" });
    const dns = Array.from({ length: 40 }, (_, index) => `CN=paged${index},${base}`);
    await writer.addAll(
      dns.map((dn, index) => ({ dn, attributes: { objectClass: "user", sAMAccountName: `paged${index}` } })),
    );
    await using open = await ldapDirectory.open(configOf({ baseDn: base, pageSize: 10 }), createWorld().dependencies);
    const names: string[] = [];
    let ended = false;
    for await (const page of open.read()) {
      if ("end" in page) ended = true;
      if (!("users" in page)) continue;
      // The page behind this one was asked for already; those of the one after it go.
      if (names.length === 0) {
        const seen = new Set(page.users.map((user) => user.name));
        const rest = dns.filter((dn) => !seen.has(dn.slice(3, dn.indexOf(","))));
        for (const dn of rest.slice(10, 20)) await writer.remove(dn);
      }
      names.push(...page.users.map((user) => user.name ?? ""));
    }
    expect(ended).toBe(true);
    const left = (await read({ baseDn: base })).users.map((user) => user.name ?? "");
    expect(left).toHaveLength(30);
    expect(left.filter((name) => !names.includes(name))).toEqual([]);
    await Promise.all(left.map(async (name) => writer.remove(`CN=${name},${base}`)));
    await writer.remove(base);
  });

  it("gives an entry another stamp when one member is added, which is how a change during a read is seen", async () => {
    const stamp = async () => (await writer.bytes(groupDn("GG-1500"), "uSNChanged"))?.toString();
    const before = await stamp();
    await writer.modify(groupDn("GG-1500"), "add", "member", [groupDn("GG-Empty")]);
    expect(await stamp()).not.toBe(before);
    await writer.modify(groupDn("GG-1500"), "delete", "member", [groupDn("GG-Empty")]);
  });

  it.each([5, 2500])("given a connection that breaks behind %i entries, then nothing was read", async (dropAfter) => {
    await expect(through({ dropAfter }, async (more) => read(more))).rejects.toMatchObject({
      code: "directory.unreachable",
      params: { reason: "broken" },
    });
  });

  it("given a slow way, then it is read all the same", async () => {
    const whole = await through({ latency: 30 }, async (more) => read({ ...more, baseDn: staff }));
    expect(whole.users).toHaveLength(company.staffPeople.length);
  });

  it.each([
    ["a DN", () => `CN=reader,CN=Users,DC=ad,DC=test`],
    ["user@domain", () => samba.reader.dn],
    ["DOMAIN\\user", () => String.raw`ADTEST\reader`],
  ])("given a log-in by %s, then it reads, and check says what it knows", async (_, bindDn) => {
    const more = { bindDn: bindDn(), baseDn: staff };
    await using open = await ldapDirectory.open(configOf(more), createWorld().dependencies);
    const findings = await open.check();
    expect(findings).toContainEqual({
      code: "check.directory.logged_in",
      severity: "ok",
      // Samba does not know the question who we are.
      params: { user: more.bindDn, as: undefined },
    });
    expect(findings).toContainEqual(
      expect.objectContaining({ params: { server: expect.stringContaining("Samba"), base: staff } }),
    );
    expect(findings.map((finding) => finding.code)).not.toContain("check.directory.untried");
  });

  it.each([
    ["a wrong password", { password: "Wrong-Password-55e" }, "credentials"],
    ["an unknown name", { bindDn: "nobody@ad.test" }, "credentials"],
    ["a name without its domain", { bindDn: "reader" }, "credentials"],
    ["a disabled account", { bindDn: "bob@ad.test", password: company.password }, "disabled"],
    ["an expired account", { bindDn: "grace@ad.test", password: company.password }, "expired"],
  ])("given %s, then the log-in was refused for that", async (_, more, reason) => {
    await expect(read(more)).rejects.toMatchObject({ code: "directory.auth_failed", params: { reason } });
  });

  it("given StartTLS, then it reads, and without encryption the domain says that it wants it", async () => {
    expect((await read({ url: samba.url, baseDn: staff })).users).toHaveLength(company.staffPeople.length);
    await expect(read({ url: samba.url, startTls: false, allowPlain: true })).rejects.toMatchObject({
      code: "directory.encryption_required",
    });
  });

  it("has the identity of its domain, whatever the base", async () => {
    const id = spellGuid(await writer.bytes("DC=ad,DC=test", "objectGUID"));
    for (const baseDn of [corp, "DC=ad,DC=test"]) {
      await using open = await ldapDirectory.open(configOf({ baseDn }), createWorld().dependencies);
      expect(await open.identity()).toBe(`ad:${id}`);
    }
  });

  it("given the root of the domain as base, then its own other partitions are no parts left out", async () => {
    const { users, notes } = await read({ baseDn: "DC=ad,DC=test" });
    expect(users.length).toBeGreaterThan(company.people.length);
    expect(notes).not.toContain("ldap.referral");
  });

  it("finds whom the base leaves out, for explain", async () => {
    await using open = await ldapDirectory.open(configOf(), createWorld().dependencies);
    const { account, dn } = company.outsider;
    expect(await open.lookup?.(`${account}@ad.test`)).toMatchObject({ kind: "person", where: dn, state: "enabled" });
    expect(await open.lookup?.("bob")).toMatchObject({ state: "disabled" });
    expect(await open.lookup?.("GG-Big")).toMatchObject({ kind: "group" });
  });
});

describe.skipIf(skip !== undefined)(`a domain's certificate${skip === undefined ? "" : ` (${skip})`}`, () => {
  it.each([
    ["expired", "expired"],
    ["other-host", "other_host"],
    ["name-only", "other_host"],
    ["other-issuer", "unknown_issuer"],
  ] as const)("given one that is %s, then %s is said with LDAPS and with StartTLS", async (certificate, reason) => {
    await using samba = await startSamba({ certificate });
    for (const url of [samba.tlsUrl, samba.url])
      await expect(
        readWhole(ldapDirectory, configForSamba(samba, { url }), createWorld().dependencies),
      ).rejects.toMatchObject({ code: "directory.tls", params: { host: samba.address, reason } });
  });
});
