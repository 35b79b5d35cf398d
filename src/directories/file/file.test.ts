import { appendFile, mkdir, readdir, readlink, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createWorld, readWhole } from "../../../tests/directory-world.ts";
import { makeFolder, words } from "../../../tests/file-directory.ts";
import { type Content, describeDirectory, type DirectoryHarness } from "../contract.ts";
import type { FileConfig } from "./config.ts";
import { fileDirectory } from "./index.ts";
import { pageSize } from "./pages.ts";

const uuid = (number: number): string => `0f6a1c6e-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
const dn = (key: string): string => `cn=${key},dc=firm,dc=test`;

/** A file in a folder of its own, with the ids that its writer gave. */
const harness = (
  write: (content: Content, ids: ReadonlyMap<string, string>) => Readonly<Record<string, string>>,
): DirectoryHarness<FileConfig> => ({
  directory: fileDirectory,
  pageSize,
  secrets: [],
  start: async (content) => {
    const folder = await makeFolder();
    const keys = [...content.users, ...content.groups].map((entry) => entry.key);
    const ids = new Map(keys.map((key, number) => [key, uuid(number)]));
    const files = Object.entries(write(content, ids));
    const [path = "", groupsPath] = await Promise.all(files.map(([name, text]) => folder.write(name, text)));
    return {
      config: { kind: "file", path, ...(groupsPath === undefined ? {} : { groupsPath }) },
      id: (key) => ids.get(key) ?? "",
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
  parts: {
    wrongCredentials: { cannot: "a file has no log-in" },
    missingPermission: { cannot: "the system's right to read it is all there is; tests may run as root" },
    secondPageFails: async ({ config }) => {
      await appendFile(config.path, config.path.endsWith(".json") ? "{" : '"half a line\n');
      return config;
    },
    rateLimited: { cannot: "nobody is asked" },
    tokenExpires: { cannot: "there is none" },
    silent: { cannot: "nobody is asked" },
    wrongShape: { cannot: "what is wrong in a file is directory.file_syntax, tested with each format" },
    disabled: true,
    deleted: true,
    nested: true,
  },
});

const asLdif = ({ users, groups }: Content, ids: ReadonlyMap<string, string>): string =>
  [
    "version: 1\n",
    // Groups first: an export is in no order.
    ...groups.map(
      ({ key, name, members }) =>
        `dn: ${dn(key)}\nobjectClass: groupOfNames\nentryUUID: ${ids.get(key)}\ncn: ${name}\n${members
          .map((member) => `member: ${dn(member)}\n`)
          .join("")}`,
    ),
    ...users.map(
      ({ key, name, email, state }) =>
        `dn: ${dn(key)}\nobjectClass: inetOrgPerson\nentryUUID: ${ids.get(key)}\ncn: ${name}\n${
          email === undefined ? "" : `mail: ${email}\n`
        }${state === "disabled" ? "nsAccountLock: TRUE\n" : ""}${state === "deleted" ? "isDeleted: TRUE\n" : ""}`,
    ),
  ].join("\n");

describe("LDIF", () => {
  describeDirectory(harness((content, ids) => ({ "people.ldif": asLdif(content, ids) })));
});

const asCsv = ({ users, groups }: Content, ids: ReadonlyMap<string, string>) => {
  const nameOf = new Map(groups.map(({ key, name }) => [key, name]));
  const row = (...values: (string | undefined)[]) => `${values.map((value) => `"${value ?? ""}"`).join(",")}\n`;
  return {
    "people.csv": `id,email,name,state\n${users
      .map(({ key, name, email, state }) => row(ids.get(key), email, name, state ?? "enabled"))
      .join("")}`,
    "groups.csv": `group,group id,member\n${groups
      .flatMap(({ key, name, members }) =>
        members.map((member) => row(name, ids.get(key), nameOf.get(member) ?? ids.get(member))),
      )
      .join("")}`,
  };
};

describe("CSV", () => {
  describeDirectory(harness(asCsv));
});

const asJson = ({ users, groups }: Content, ids: ReadonlyMap<string, string>): string =>
  JSON.stringify({
    users: users.map(({ key, ...user }) => ({ id: ids.get(key), ...user })),
    groups: groups.map(({ key, name, members }) => ({
      id: ids.get(key),
      name,
      members: members.map((member) => ids.get(member)),
    })),
  });

describe("JSON", () => {
  describeDirectory(harness((content, ids) => ({ "directory.json": asJson(content, ids) })));
});

describe("a file", () => {
  const ldif = (count: number): string =>
    asLdif(
      { users: Array.from({ length: count }, (_, at) => ({ key: `person-${at}`, name: `Person ${at}` })), groups: [] },
      new Map(Array.from({ length: count }, (_, at) => [`person-${at}`, uuid(at)])),
    );
  const open = async (path: string, more: Partial<FileConfig> = {}) =>
    fileDirectory.open({ kind: "file", path, ...more }, createWorld().dependencies);
  const large = 20_000;

  it.each([
    ["is written to", async (path: string) => appendFile(path, "\ndn: cn=more,dc=test\nobjectClass: person\n")],
    ["gets the same content again", async (path: string) => writeFile(path, ldif(large))],
    ["is cut short", async (path: string) => writeFile(path, ldif(10))],
    [
      "is replaced by another one",
      async (path: string) => {
        await writeFile(`${path}.new`, ldif(large));
        await rename(`${path}.new`, path);
      },
    ],
    ["is removed", async (path: string) => rm(path)],
  ])("that %s while it is read gives no end", async (_, change) => {
    await using folder = await makeFolder();
    const path = await folder.write("people.ldif", ldif(large));
    await using directory = await open(path);
    const reading = (async () => {
      let pages = 0;
      for await (const page of directory.read()) {
        expect(page).not.toHaveProperty("end");
        if (pages === 0) await change(path);
        pages += 1;
      }
    })();
    await expect(reading).rejects.toMatchObject({
      code: expect.stringMatching(/^directory\.(?:truncated|file_syntax)$/u),
    });
  });

  it("that was changed while it was read is named with what to do", async () => {
    await using folder = await makeFolder();
    const path = await folder.write("people.ldif", ldif(large));
    await using directory = await open(path);
    const reading = (async () => {
      for await (const page of directory.read()) if ("users" in page) await writeFile(path, ldif(large));
    })();
    const fault = await reading.then(
      () => undefined,
      (error: { params: Record<string, string> }) => error,
    );
    expect(fault).toMatchObject({ code: "directory.truncated", params: { reason: "changed", path } });
    expect(words("fault.directory.truncated", fault?.params)).toBe(
      `The directory's answer is not complete, so nothing was changed. ${path} was written to while it was read.`,
    );
  });

  it.skipIf(process.platform !== "linux").each(["people.ldif", "people.csv"])(
    "%s that nobody reads to its end is not kept open",
    async (name) => {
      await using folder = await makeFolder();
      const rows = Array.from({ length: large }, (_, at) => `${uuid(at)},person-${at}@firm.test\n`);
      const path = await folder.write(name, name.endsWith(".csv") ? `id,email\n${rows.join("")}` : ldif(large));
      await using directory = await open(path);
      for await (const page of directory.read()) if ("users" in page) break;
      const links = await Promise.all(
        (await readdir("/proc/self/fd")).map((each) => readlink(`/proc/self/fd/${each}`).catch(() => "")),
      );
      expect(links).not.toContain(path);
    },
  );

  it("that is missing, a folder, or of no known format is refused at once, in words", async () => {
    await using folder = await makeFolder();
    await mkdir(join(folder.path, "folder.ldif"));
    const other = await folder.write("people.xlsx", "");
    const path = await folder.write("people.csv", "email\n");
    const reasonOf = async (path: string, more: Partial<FileConfig> = {}) =>
      open(path, more).then(
        () => undefined,
        (error: { params: Record<string, string> }) => [
          error.params["reason"],
          words("fault.directory.file_unreadable", { ...error.params, path: "X" }),
        ],
      );
    expect(await reasonOf(join(folder.path, "none.ldif"))).toEqual([
      "missing",
      "X could not be read: there is no such file. Nothing was changed.",
    ]);
    expect((await reasonOf(join(folder.path, "folder.ldif")))?.[0]).toBe("folder");
    expect((await reasonOf("/dev/null", { format: "ldif" }))?.[0]).toBe("no_file");
    expect((await reasonOf(other))?.[0]).toBe("format");
    expect((await reasonOf("people.ldif"))?.[0]).toBe("relative");
    expect((await reasonOf(path, { groupsPath: join(folder.path, "none.csv") }))?.[0]).toBe("missing");
  });

  it("may be as large as it likes, but not in one line, and not in JSON", async () => {
    await using folder = await makeFolder();
    const start = `\uFEFF# ${"A".repeat(600_000)}\ndn: cn=bo,dc=test\nobjectClass: person\ncn: Bo\ndescription: `;
    const path = await folder.write("people.ldif", `${start}${"A".repeat(3_000_000)}\nmail: bo@firm.test\n`);
    const { users } = await readWhole(fileDirectory, { kind: "file", path }, createWorld().dependencies);
    expect(users).toMatchObject([{ name: "Bo", email: "bo@firm.test" }]);
    await truncate(path, 70 * 1024 * 1024);
    await expect(readWhole(fileDirectory, { kind: "file", path }, createWorld().dependencies)).rejects.toMatchObject({
      code: "directory.file_syntax",
      params: { path, reason: "line_too_long" },
    });
    const json = await folder.write("directory.json", "{}");
    await truncate(json, 65 * 1024 * 1024);
    const reading = readWhole(fileDirectory, { kind: "file", path: json }, createWorld().dependencies);
    await expect(reading).rejects.toMatchObject({
      code: "directory.file_unreadable",
      params: { path: json, reason: "too_large", limit: 64 },
    });
  });

  it("has its path as identity", async () => {
    await using folder = await makeFolder();
    const path = await folder.write("people.ldif", ldif(1));
    await using directory = await open(path);
    expect(await directory.identity()).toBe(path);
  });

  it("is checked by reading it: what it holds, and what would be better", async () => {
    await using folder = await makeFolder();
    const path = await folder.write(
      "people.ldif",
      `${ldif(2)}\ndn: cn=bo,dc=test\nobjectClass: person\nmail: bo@firm.test\n\ndn: cn=odd,dc=test\ncn: odd\n`,
    );
    await using directory = await open(path, { groupsPath: "/unused.csv" });
    expect(await directory.check()).toMatchObject([
      { code: "file.readable", severity: "ok", params: { path, days: 0 } },
      { code: "file.content", severity: "ok", params: { people: 3, withAddress: 1, groups: 0 } },
      { code: "file.unstable_ids", severity: "warning", params: { count: 1, people: 3 } },
      { code: "file.no_object_class", params: { line: 17 } },
      { code: "file.groups_path_unused", severity: "warning" },
    ]);
  });

  it("finds an entry by id, name of any spelling, address or name, and says where it stands", async () => {
    await using folder = await makeFolder();
    const path = await folder.write(
      "people.ldif",
      `${ldif(1)}\ndn: cn=bo,dc=test\nobjectClass: person\ncn: Bo\nmail: Bo@firm.test\nnsAccountLock: TRUE\n\ndn: cn=team,dc=test\nobjectClass: group\ncn: Team\n`,
    );
    await using directory = await open(path);
    const bo = { kind: "person", where: `${path}:8`, name: "Bo", email: "Bo@firm.test", state: "disabled" };
    for (const text of ["CN=Bo, dc=test", "bo@FIRM.test", "bo"])
      expect(await directory.lookup?.(text)).toMatchObject(bo);
    expect(await directory.lookup?.("team")).toMatchObject({ kind: "group", name: "Team", id: "cn=team,dc=test" });
    expect(await directory.lookup?.(uuid(0))).toMatchObject({ name: "Person 0" });
    expect(await directory.lookup?.("nobody")).toBeUndefined();
    expect(await directory.lookup?.("")).toBeUndefined();
  });
});
