import { describe, expect, it } from "vitest";
import { createWorld } from "../../../../tests/directory-world.ts";
import {
  configFor389,
  missing389,
  start389,
  type DirectoryServer389,
  type DirectoryServer389Options,
} from "../../../../tests/servers/389ds/389ds.ts";
import type { NewEntry, Writer } from "../../../../tests/servers/writer.ts";
import { lockByRole, lockRole, lockTemplate } from "../../../../tests/servers/389ds/lock-by-role.ts";
import { createKeeper } from "../../../../tests/soak/changes.ts";
import { ldapDirectory } from "../index.ts";

const skip = missing389();
const suffix = "dc=firm,dc=test";
const personDn = (uid: string, unit = "staff"): string => `uid=${uid},ou=${unit},${suffix}`;
const person = (uid: string, unit?: string) => ({
  dn: personDn(uid, unit),
  attributes: { objectClass: "inetOrgPerson", uid, cn: uid, sn: uid, mail: `${uid}@firm.test` },
});
const unit = (ou: string): NewEntry => ({
  dn: `ou=${ou},${suffix}`,
  attributes: { objectClass: "organizationalUnit", ou },
});
const group = (cn: string, ...member: readonly string[]): NewEntry => ({
  dn: `cn=${cn},ou=teams,${suffix}`,
  attributes: { objectClass: "groupOfNames", cn, member },
});
/** Fifty changes elsewhere, which is how far back is looked at first: those of the firm are past. */
const others = [
  unit("abroad"),
  ...Array.from({ length: 48 }, (_, number) => person(`other${number}`, "abroad")),
  group("others", personDn("other47", "abroad")),
];
const firm = [
  unit("staff"),
  unit("teams"),
  person("ann"),
  person("bo"),
  person("cy"),
  group("team", personDn("ann"), personDn("bo")),
];

/** A server that holds the firm, and a profile of it that was read in full once; `past`: much happened elsewhere in between. */
async function startRead({
  past = false,
  userBase,
  ...options
}: DirectoryServer389Options & { readonly past?: boolean; readonly userBase?: string } = {}) {
  const server = await start389({
    changeLog: "with-ids",
    ...options,
    entries: [...firm, ...(options.entries ?? [])],
  });
  if (past) {
    await aSecond();
    await using writer = await server.writer();
    await writer.addAll(others);
  }
  const config = configFor389(server, userBase === undefined ? {} : { userBase });
  const keeper = createKeeper(config, createWorld().dependencies);
  /** What a read gives: how it was done, whom the result differs in from a full read, and people by name. */
  const read = async () => {
    const { how, drift, kept } = await keeper.read();
    const people = Object.fromEntries(
      kept.users.map(({ name, email, state }) => [name, state === "disabled" ? "disabled" : email]),
    );
    return { how, drift, people, members: kept.groups.flatMap(({ members }) => members).length };
  };
  await read();
  return {
    server,
    read,
    write: async (work: (writer: Writer) => Promise<void>) => {
      await using writer = await server.writer();
      await work(writer);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const namesOf = (people: object): string[] =>
  Object.keys(people)
    .filter((name) => !name.startsWith("other"))
    .toSorted();

/** An LDIF without somebody. */
const without = (uid: string, ldif: string): string =>
  ldif
    .split(/\n\n/u)
    .filter((text) => !text.includes(`dn: ${personDn(uid)}`))
    .join("\n\n");

const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1_100));
const checkChanges = async (server: DirectoryServer389) => {
  await using directory = await ldapDirectory.open(configFor389(server), createWorld().dependencies);
  const findings = await directory.check();
  return findings.find(({ code }) => code === "check.directory.changes")?.params;
};

describe.skipIf(skip !== undefined)(`what a 389 tells of changes${skip === undefined ? "" : ` (${skip})`}`, () => {
  it("given people added, changed, renamed and removed and a member fewer, then only those are read", async () => {
    await using firm = await startRead();
    expect(await firm.read()).toMatchObject({ how: "unchanged", drift: [] });
    await firm.write(async (writer) => {
      await writer.add(personDn("dan"), { objectClass: "inetOrgPerson", uid: "dan", cn: "dan", sn: "dan" });
      await writer.modify(personDn("ann"), "replace", "mail", ["new@firm.test"]);
      await writer.rename(personDn("bo"), personDn("bob"));
      await writer.remove(personDn("cy"));
      await writer.modify(`cn=team,ou=teams,${suffix}`, "delete", "member", [personDn("ann")]);
    });
    const { people, ...read } = await firm.read();
    expect(read).toMatchObject({ how: "changes", drift: [] });
    expect(people).toMatchObject({ ann: "new@firm.test", dan: undefined });
    expect(namesOf(people)).toEqual(["ann", "bo", "dan"]);
    expect(await firm.read()).toMatchObject({ how: "unchanged", drift: [] });
    expect(await checkChanges(firm.server)).toMatchObject({ how: "followed" });
  });

  it("given a container renamed, then everything is read: those below it are not told", async () => {
    await using firm = await startRead({ past: true });
    await firm.write((writer) => writer.rename(`ou=staff,${suffix}`, `ou=crew,${suffix}`));
    expect(await firm.read()).toMatchObject({ how: "full" });
    expect(await firm.read()).toMatchObject({ how: "unchanged", drift: [] });
  });

  it("given accounts locked through a role, and the role's lock taken away, then it is seen though no entry changed", async () => {
    await using firm = await startRead({ entries: lockByRole });
    await firm.write((writer) => writer.modify(personDn("ann"), "replace", "nsRoleDN", [lockRole]));
    expect(await firm.read()).toMatchObject({ how: "changes", drift: [], people: { ann: "disabled" } });
    for (const [lock, ann] of [
      [[], "ann@firm.test"],
      [["true"], "disabled"],
    ] as const) {
      await firm.write((writer) => writer.modify(lockTemplate, "replace", "nsAccountLock", lock));
      // The server takes a moment to work it out.
      await aSecond();
      expect(await firm.read()).toMatchObject({ how: "full", people: { ann } });
      expect(await firm.read()).toMatchObject({ how: "unchanged", drift: [] });
    }
  });

  it("given somebody removed and loaded again from a file, then everything is read: the log tells the first alone", async () => {
    await using firm = await startRead({ past: true });
    const load = await firm.server.exportAll();
    await firm.write((writer) => writer.remove(personDn("cy")));
    await load((ldif) => ldif);
    expect(await firm.read()).toMatchObject({ how: "full", people: { cy: "cy@firm.test" } });
  });

  it("given more removed at once than the plug-in tells of, then everything is read", async () => {
    const many = Array.from({ length: 51 }, (_, number) => person(`many${number}`));
    await using firm = await startRead({ entries: many });
    await firm.write(async (writer) => {
      for (const { dn } of many) await writer.remove(dn);
    });
    const { how, people } = await firm.read();
    expect(how).toBe("full");
    expect(namesOf(people)).toEqual(["ann", "bo", "cy"]);
  });

  it("given people and containers that access rules hide, then what becomes of them does not go unseen", async () => {
    await using firm = await startRead();
    const { dn } = firm.server.reader;
    const rule = `(targetattr != "userPassword")(targetfilter="(&(!(employeeType=left))(!(ou=hidden)))")(version 3.0; acl "reader"; allow (read,search,compare) userdn="ldap:///${dn}";)`;
    await firm.write(async (writer) => {
      await writer.add(`ou=hidden,${suffix}`, { objectClass: "organizationalUnit", ou: "hidden" });
      await writer.add(personDn("dan", "hidden"), person("dan", "hidden").attributes);
      await writer.modify(suffix, "replace", "aci", [rule]);
    });
    await firm.read();
    await firm.write((writer) => writer.modify(personDn("cy"), "replace", "employeeType", ["left"]));
    const hidden = await firm.read();
    expect(hidden.how).toBe("full");
    expect(namesOf(hidden.people)).toEqual(["ann", "bo", "dan"]);
    await firm.write((writer) => writer.rename(`ou=hidden,${suffix}`, `ou=hidden+description=moved,${suffix}`));
    expect(await firm.read()).toMatchObject({ how: "full" });
  });

  it("given a backup put back from before a change, and a write after that, then everything is read", async () => {
    await using firm = await startRead({ past: true });
    const changes: readonly ((writer: Writer) => Promise<void>)[] = [
      (writer) => writer.modify(personDn("ann"), "replace", "mail", ["new@firm.test"]),
      (writer) => writer.remove(personDn("ann")),
      (writer) => writer.rename(personDn("ann"), personDn("anna")),
      (writer) => writer.rename(`ou=staff,${suffix}`, `ou=crew,${suffix}`),
    ];
    for (const [number, change] of changes.entries()) {
      const restore = await firm.server.backUp();
      await aSecond();
      await firm.write(change);
      await firm.read();
      await restore();
      const after = `after${number}@firm.test`;
      await firm.write((writer) => writer.modify(personDn("other1", "abroad"), "replace", "mail", [after]));
      expect(await firm.read()).toMatchObject({ how: "full", people: { ann: "ann@firm.test", other1: after } });
    }
  }, 60_000);

  it("given a limit that lets it read its people and no more, then they are read in full each time", async () => {
    await using firm = await startRead({ past: true, userBase: `ou=staff,${suffix}` });
    const settings = "cn=config,cn=ldbm database,cn=plugins,cn=config";
    await firm.write((writer) => writer.modify(settings, "replace", "nsslapd-lookthroughlimit", ["20"]));
    const { how, people } = await firm.read();
    expect(how).toBe("full");
    expect(namesOf(people)).toEqual(["ann", "bo", "cy"]);
    expect(await firm.read()).toMatchObject({ how: "full" });
  });

  it("given a file loaded while it runs that holds what this server was never told, then everything is read", async () => {
    await using firm = await startRead({ past: true });
    const load = await firm.server.exportAll();
    const later = new Date(Date.now() + 1_000)
      .toISOString()
      .replace(/\.\d+Z$/u, "Z")
      .replaceAll(/[-:T]/gu, "");
    // As from a server that went on alone: a change with its time.
    await load((ldif) =>
      ldif.replace(/uid: bo\n[^]*?\n\n/u, (bo) =>
        bo.replace("bo@firm.test", "new@firm.test").replace(/^(modifyTimestamp: ).*$/mu, `$1${later}`),
      ),
    );
    expect(await firm.read()).toMatchObject({ how: "full", people: { bo: "new@firm.test" } });
  });

  it("given a file loaded that only lacks somebody, then everything is read", async () => {
    await using firm = await startRead({ past: true });
    const load = await firm.server.exportAll();
    await load((ldif) => without("cy", ldif));
    const { how, people } = await firm.read();
    expect(how).toBe("full");
    expect(namesOf(people)).toEqual(["ann", "bo"]);
  });

  it("given a log that dropped changes for their age, then everything is read", async () => {
    await using firm = await startRead({ past: true });
    await firm.write(async (writer) => {
      await writer.remove(personDn("cy"));
      await writer.modify(personDn("ann"), "replace", "mail", ["new@firm.test"]);
      for (let number = 1; number < 90; number += 1)
        await writer.remove(`changenumber=${number},cn=changelog`).catch(() => {});
    });
    await firm.server.restart();
    expect(await firm.read()).toMatchObject({ how: "full" });
  });

  it.each<[string, DirectoryServer389Options, string]>([
    ["no log", {}, "not_offered"],
    ["a log without the entries' ids", { changeLog: "without-ids" }, "log_unproven"],
    [
      "a log of another part",
      { changeLog: "with-ids", changeLogLines: [`nsslapd-include-suffix: ou=services,${suffix}`] },
      "log_unproven",
    ],
  ])("given %s, then everything is read each time, and check says why", async (_, options, reason) => {
    await using server = await start389({ ...options, entries: firm });
    const keeper = createKeeper(configFor389(server), createWorld().dependencies);
    await keeper.read();
    expect(await keeper.read()).toMatchObject({ how: "full" });
    expect(await checkChanges(server)).toMatchObject({ how: "none", reason });
  });

  it("given addresses that a class of service gives, then everything is read each time, and check says why", async () => {
    const gives: NewEntry = {
      dn: `cn=gives,${suffix}`,
      attributes: {
        objectClass: ["ldapSubEntry", "cosSuperDefinition", "cosPointerDefinition"],
        cosTemplateDn: lockTemplate,
        cosAttribute: "mail default",
      },
    };
    await using firm = await startRead({ entries: [...lockByRole, gives] });
    expect(await firm.read()).toMatchObject({ how: "full" });
    expect(await checkChanges(firm.server)).toMatchObject({ how: "none", reason: "computed", attribute: "mail" });
  });
});
