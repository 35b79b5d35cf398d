import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, readWhole } from "../../../tests/directory-world.ts";
import { createAdLimits } from "../../../tests/servers/ad-limits.ts";
import { generateDirectory } from "../../../tests/servers/openldap/generate.ts";
import { configFor, missingOpenLdap, startOpenLdap, type OpenLdap } from "../../../tests/servers/openldap/openldap.ts";
import type { Resolved } from "../../config/field.ts";
import type { LdapConfig } from "./config.ts";
import { ldapDirectory } from "./index.ts";

const skip = missingOpenLdap();
const suffix = "dc=firm,dc=test";
const { ldif } = generateDirectory({ users: 4000, groups: 60, averageMembers: 40, bigGroups: 1 }, suffix);

/** People and members as the lines of the LDIF say, which are plain text in one spelling. */
function truthOf(text: string) {
  const people = new Map<string, string | undefined>();
  const groups = new Map<string, string[]>();
  for (const record of text.split("\n\n")) {
    const values = (name: string): string[] =>
      record.split("\n").flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : []));
    const [id = ""] = values("entryUUID");
    if (values("objectClass").includes("inetOrgPerson")) people.set(id, values("mail")[0]);
    if (values("objectClass").includes("groupOfNames")) groups.set(id, values("member").toSorted());
  }
  return { people, groups };
}

describe.skipIf(skip !== undefined)(`a large OpenLDAP${skip === undefined ? "" : ` (${skip})`}`, () => {
  let server: OpenLdap;
  beforeAll(async () => {
    server = await startOpenLdap({ ldif });
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  const expectTruth = async (more: Partial<Resolved<LdapConfig>>): Promise<void> => {
    const config = configFor(server, { timeout: 60, ...more });
    const { users, groups } = await readWhole(ldapDirectory, config, createWorld().dependencies);
    const truth = truthOf(ldif);
    expect(truth.people.size).toBe(4000);
    expect(new Map(users.map(({ id, email }) => [id, email]))).toEqual(truth.people);
    const members = groups.map(({ id, members: refs }) => {
      const names = refs.map((each) => ("ref" in each ? each.ref : each.id));
      return [id, names.toSorted()] as const;
    });
    expect(new Map(members)).toEqual(truth.groups);
    expect(Math.max(...[...truth.groups.values()].map((list) => list.length))).toBe(4000);
  };

  it.each([100, 1000, 5000])("given pages of %i, then people and members are those of the LDIF", async (pageSize) => {
    await expectTruth({ pageSize });
  });

  it("given small pages and empty ones in between, then the same", async () => {
    const limits = { page: 300, values: 100_000, emptyPageEvery: 3 };
    await using proxy = await createAdLimits({ host: "127.0.0.1", port: server.port, encrypted: false }, limits);
    await expectTruth({ url: proxy.url, startTls: false, allowPlain: true, pageSize: 1000 });
  });

  it("given lists that are cut and cannot be asked for in parts, then nothing was read", async () => {
    const limits = { values: 700 };
    await using proxy = await createAdLimits({ host: "127.0.0.1", port: server.port, encrypted: false }, limits);
    const config = configFor(server, { url: proxy.url, startTls: false, allowPlain: true, timeout: 60 });
    await expect(readWhole(ldapDirectory, config, createWorld().dependencies)).rejects.toMatchObject({
      code: expect.stringMatching(/^directory\.(?:unavailable|truncated)$/u),
    });
  });
});
