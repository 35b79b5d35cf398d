import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, readWhole, type WholeRead } from "../../../tests/directory-world.ts";
import { faultOf, readFiles } from "../../../tests/file-directory.ts";
import { configFor, missingOpenLdap, type OpenLdap, startOpenLdap } from "../../../tests/servers/openldap/openldap.ts";
import { ldapDirectory } from "../ldap/index.ts";
import { fileDirectory } from "./index.ts";

const sample = fileURLToPath(new URL("../../../samples/company.ldif", import.meta.url));
const skip =
  missingOpenLdap() ?? (existsSync("/usr/bin/ldapsearch") ? undefined : "/usr/bin/ldapsearch is not installed");

/** The company of samples/ on a real OpenLDAP, exported as an administrator would. */
describe.skipIf(skip !== undefined)("an export of a real directory", () => {
  let server: OpenLdap;
  let company: WholeRead;
  const searched = async (...options: string[]): Promise<Buffer> => {
    const bind = ["-x", "-H", server.url, "-D", server.reader.dn, "-w", server.reader.password, "-b", server.suffix];
    const found = await promisify(execFile)("/usr/bin/ldapsearch", [...bind, ...options, "*", "+"], {
      encoding: "buffer",
    }).catch((error: { stdout: Buffer }) => error);
    return found.stdout;
  };
  beforeAll(async () => {
    // The server has an entry for the suffix of its own.
    const text = readFileSync(sample, "utf8");
    const ldif = text.slice(text.indexOf("dn: ou=people,dc=firm,dc=test\n"));
    server = await startOpenLdap({
      ldif,
      passwordPolicy: true,
    });
    company = await readWhole(fileDirectory, { kind: "file", path: sample }, createWorld().dependencies);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ["with nothing but entries", ["-LLL"]],
    ["with comments", ["-L"]],
    ["with its report", []],
    ["in pages", ["-E", "pr=7/noprompt"]],
    ["with lines that are not folded", ["-LLL", "-o", "ldif-wrap=no"]],
    ["with lines folded at 12 characters", ["-LLL", "-o", "ldif-wrap=12"]],
  ])("%s is the same company", async (_, options) => {
    const read = await readFiles({ "export.ldif": await searched(...options) });
    expect(asSet(read.users)).toEqual(asSet(company.users));
    expect(asSet(read.groups)).toEqual(asSet(company.groups));
    expect(read.notes).toEqual([]);
  });

  it("that a limit cut short is refused, since its report says so", async () => {
    const fault = await faultOf({ "export.ldif": await searched("-z", "20") });
    expect(fault).toMatchObject({ code: "directory.truncated", params: { reason: "search", count: 20 } });
    expect(fault.words).toContain("Size limit exceeded");
  });

  it("has the ids that reading the server itself gives", async () => {
    const config = configFor(server, { pageSize: 100 });
    const read = await readWhole(ldapDirectory, config, createWorld().dependencies);
    const shown = ({ users }: WholeRead) =>
      asSet(users.map(({ id, externalId, email, state }) => ({ id, externalId, email, state })));
    expect(shown(read)).toEqual(shown(company));
    const named = ({ groups }: WholeRead) =>
      asSet(groups.map(({ id, externalId, name, members }) => ({ id, externalId, name, members: members.length })));
    expect(named(read)).toEqual(named(company));
  });
});

const asSet = (entries: readonly object[]): readonly string[] =>
  entries
    .map((entry) => JSON.stringify("members" in entry ? { ...entry, members: String(sorted(entry.members)) } : entry))
    .toSorted();
const sorted = (members: unknown): unknown =>
  Array.isArray(members) ? members.map((member) => JSON.stringify(member)).toSorted() : members;
