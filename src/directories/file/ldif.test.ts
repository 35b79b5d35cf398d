import { describe, expect, it } from "vitest";
import { faultOf, readFiles } from "../../../tests/file-directory.ts";

const read = async (text: string | Uint8Array) => readFiles({ "people.ldif": text });
const fault = async (text: string | Uint8Array) => faultOf({ "people.ldif": text });
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const bo = `dn: uid=bo,ou=people,dc=firm,dc=test
objectClass: inetOrgPerson
entryUUID: 0f6a1c6e-0000-4000-8000-000000000001
uid: bo
cn: Bo Li
mail: bo@firm.test
`;

describe("LDIF as RFC 2849 says", () => {
  it("given a plain entry, then a person with the id, name, address and reference of the entry", async () => {
    expect((await read(`version: 1\n\n${bo}`)).users).toEqual([
      {
        id: "0f6a1c6e-0000-4000-8000-000000000001",
        externalId: "0f6a1c6e-0000-4000-8000-000000000001",
        ref: "uid=bo,ou=people,dc=firm,dc=test",
        name: "Bo Li",
        email: "bo@firm.test",
        state: "enabled",
        selected: true,
      },
    ]);
  });

  it("given the version right above the first entry, Windows line ends and a byte order mark, then the same", async () => {
    const plain = await read(bo);
    expect((await read(`\uFEFFversion: 1\n${bo}`.replaceAll("\n", "\r\n"))).users).toEqual(plain.users);
  });

  it("given base64, folded lines and no space behind the colon, then the same values", async () => {
    const { users } = await read(`dn:: ${base64("uid=zoë,ou=people,dc=firm,dc=test").slice(0, 12)}
 ${base64("uid=zoë,ou=people,dc=firm,dc=test").slice(12)}
objectClass:person
cn:: ${base64("Zoë")}
mail: zo
 e@firm.
 test
`);
    expect(users).toMatchObject([{ name: "Zoë", email: "zoe@firm.test" }]);
  });

  it("given a line folded in the middle of a character, then the character is whole", async () => {
    const name = Buffer.from("cn: Zoë Ü");
    const at = name.indexOf(0xc3) + 1;
    const content = Buffer.concat([
      Buffer.from("dn: cn=zoe,dc=test\nobjectClass: person\n"),
      name.subarray(0, at),
      Buffer.from("\n "),
      name.subarray(at),
      Buffer.from("\n"),
    ]);
    expect((await read(content)).users).toMatchObject([{ name: "Zoë Ü" }]);
  });

  it("given comments, folded ones too, between and inside entries, then they say nothing", async () => {
    const { users } = await read(`# bo,\n  people\n${bo.replace("uid: bo", "# log-in\nuid: bo")}# the end\n`);
    expect(users).toHaveLength(1);
  });

  it("given several empty lines between entries and none at the end, then every entry", async () => {
    const { users } = await read(`\n\n${bo}\n\n\n${bo.replaceAll("bo", "al").replace("0001", "0002")}`);
    expect(users.map((user) => user.email)).toEqual(["bo@firm.test", "al@firm.test"]);
  });

  it("given attribute options, then other languages are left out and the rest counts", async () => {
    const { users } = await read(`dn: cn=bo,dc=test
objectClass: person
displayName;lang-nl: Bo de Li
displayName;x-imported: Bo Li
mail;lang-en: other@firm.test
mail: bo@firm.test
`);
    expect(users).toMatchObject([{ name: "Bo Li", email: "bo@firm.test" }]);
  });

  it("given attributes nobody asks for, however large, then they are passed over", async () => {
    const photo = `jpegPhoto:: ${"A".repeat(70)}\n${` ${"B".repeat(76)}\n`.repeat(10_000)}`;
    expect((await read(bo + photo)).users).toHaveLength(1);
  });

  it("given only the version, then an empty directory; given nothing, blanks or comments, then an export that failed", async () => {
    expect(await read("version: 1\n")).toMatchObject({ users: [], groups: [] });
    for (const text of ["", "\n\n", "# nothing\n"])
      expect(await fault(text)).toMatchObject({ params: { reason: "empty" } });
  });
});

describe("LDIF that ldapsearch wrote", () => {
  const report = (result: string): string => `# extended LDIF
#
# LDAPv3
# base <dc=firm,dc=test> with scope subtree

# bo, people, firm.test
${bo}
# search reference
ref: ldap://other.firm.test/ou=more,dc=firm,dc=test??sub

# search result
search: 3
result: ${result}
control: 1.2.840.113556.1.4.319 false MAUCAQAEAA==
pagedresults: cookie=

# numResponses: 2
# numEntries: 1
`;

  it("given its report behind the entries, then that is no entry", async () => {
    expect((await read(report("0 Success"))).users).toHaveLength(1);
    expect(await read("# search result\nsearch: 2\nresult: 0 Success\n")).toMatchObject({ users: [] });
  });

  it("given that its search was cut short, then nobody is read", async () => {
    expect(await fault(report("4 Size limit exceeded"))).toMatchObject({
      code: "directory.truncated",
      params: { reason: "search", detail: "Size limit exceeded", count: 1 },
      words:
        "The directory's answer is not complete, so nothing was changed. people.ldif comes from a search that the server cut short (Size limit exceeded).",
    });
  });
});

describe("LDIF with something wrong in it", () => {
  it.each([
    ["a change record", `${bo}\ndn: cn=al,dc=test\nchangetype: add\nobjectClass: person\n`, "change_record", 9],
    ["a control of a change", "dn: cn=al,dc=test\ncontrol: 1.2.3 true\nchangetype: delete\n", "change_record", 2],
    ["a value in another file", `${bo}description:< file:///etc/passwd\n`, "url", 7],
    ["a name in another file", "dn:< file:///etc/passwd\n", "url", 1],
    ["a line without a colon", `${bo}mail\n`, "no_colon", 7],
    ["an entry without a name", "cn: Bo\nobjectClass: person\n", "dn_expected", 1],
    ["two entries without an empty line between them", `${bo}${bo}`, "dn_expected", 7],
    ["a name that is none", "dn: bo li\nobjectClass: person\n", "dn", 1],
    ["base64 that is none", `${bo}givenName:: a*b=\n`, "base64", 7],
    ["base64 of the wrong length", `${bo}givenName:: abcde\n`, "base64", 7],
    ["base64 of other text than UTF-8", `${bo}givenName:: /w==\n`, "not_utf8", 7],
    ["an attribute name that is none", `${bo}given name: Bo\n`, "name", 7],
    ["a continuation of nothing", ` bo\n${bo}`, "fold_without_line", 1],
    ["another version", `version: 2\n${bo}`, "version", 1],
    [
      "a part of a group's members",
      "dn: cn=a,dc=test\nobjectClass: group\nmember;range=0-1499: cn=b,dc=test\n",
      "partial_members",
      3,
    ],
    ["an id that is none", "dn: cn=a,dc=test\nobjectClass: user\nobjectGUID:: AAEC\n", "id", 3],
    ["a state that is none", "dn: cn=a,dc=test\nobjectClass: user\nuserAccountControl: yes\n", "number", 3],
    ["a last line without an end", bo.trimEnd(), "cut_short", 6],
  ])("given %s, then the line and the reason", async (_, text, reason, line) => {
    const found = await fault(text);
    expect(found).toMatchObject({ code: "directory.file_syntax", params: { path: "people.ldif", reason, line } });
    expect(found.words).toMatch(new RegExp(`^people\\.ldif, line ${line}: [^?]+\\. Nothing was changed\\.$`, "u"));
    expect(found.words).not.toContain(reason.includes("_") ? reason : "{");
  });

  it("given a name twice, in another spelling, then both lines", async () => {
    const text = `${bo}\n${bo.replace("uid=bo,ou=people", "UID=Bo, OU=People").replace("0001", "0002")}`;
    expect(await fault(text)).toMatchObject({ params: { reason: "duplicate_dn", line: 8, first: 1 } });
  });

  it("given an id twice, then both lines", async () => {
    const text = `${bo}\n${bo.replace("uid=bo", "uid=al")}`;
    expect(await fault(text)).toMatchObject({
      params: { reason: "duplicate_id", line: 10, first: 3, found: "0f6a1c6e-0000-4000-8000-000000000001" },
    });
  });

  it.each([
    ["of an attribute that is read", "cn"],
    ["of any other", "description"],
  ])("given a value %s that is not UTF-8, then its line", async (_, attribute) => {
    const text = Buffer.concat([
      Buffer.from(`# ü\n${bo}\ndn: cn=al,dc=test\nobjectClass: person\n${attribute}: Ren`),
      Buffer.from([0xe9]),
      Buffer.from("\n"),
    ]);
    expect(await fault(text)).toMatchObject({ params: { reason: "not_utf8", line: 11 } });
  });

  it("given UTF-16, as Windows likes to write it, then it says so", async () => {
    const text = Buffer.from(`\uFEFF${bo}`, "utf16le");
    expect(await fault(text)).toMatchObject({
      params: { reason: "utf16" },
      words: "people.ldif: this is UTF-16. Nothing was changed.",
    });
  });

  it("given an entry without an object class, then a note, and the others are read", async () => {
    const { users, pages } = await read(`dn: cn=al,dc=test\ncn: Al\n\n${bo}`);
    expect(users).toHaveLength(1);
    expect(pages).toContainEqual({
      notes: [
        {
          code: "file.no_object_class",
          severity: "warning",
          params: { path: expect.stringMatching(/people\.ldif$/u), line: 1, dn: "cn=al,dc=test" },
        },
      ],
    });
  });
});
