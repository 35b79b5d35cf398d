import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { faultOf, readFiles } from "../../../tests/file-directory.ts";
import { groupColumns, personColumns } from "./columns.ts";

const people = async (text: string | Uint8Array) => (await readFiles({ "people.csv": text })).users;
const header = "id,email,name\n";

describe("CSV as RFC 4180 says", () => {
  it("given a plain file, then people", async () => {
    expect(await people(`${header}17,bo@firm.test,Bo Li\n`)).toEqual([
      {
        id: "17",
        ref: "person:17",
        externalId: "17",
        email: "bo@firm.test",
        name: "Bo Li",
        state: "enabled",
        selected: true,
      },
    ]);
  });

  it("given quotation marks, then separators, line breaks and doubled quotation marks in values", async () => {
    const text = `${header}1,a@firm.test,"Li, Bo"\n2,b@firm.test,"Bo ""B"" Li"\n3,c@firm.test,"Bo\nLi"\n`;
    expect((await people(text)).map((user) => user.name)).toEqual(["Li, Bo", 'Bo "B" Li', "Bo\nLi"]);
  });

  it.each([
    ["semicolons", "id;email;name\n1;a@firm.test;Bo, Li\n"],
    ["tabs", "id\temail\tname\n1\ta@firm.test\tBo, Li\n"],
    ["commas, one of them in the header's quotation marks", 'id,email,name,"a;b;c;d"\n1,a@firm.test,"Bo, Li",\n'],
    ["what Excel writes above the header", "sep=;\nid;email;name\n1;a@firm.test;Bo, Li\n"],
    ["what PowerShell writes above the header", '#TYPE Some.Thing\n"id","email","name"\n"1","a@firm.test","Bo, Li"\n'],
    ["a byte order mark and line ends of Windows", '\uFEFFid,email,name\r\n1,a@firm.test,"Bo, Li"\r\n'],
    ["no line end at the end", 'id,email,name\n1,a@firm.test,"Bo, Li"'],
    ["empty rows, as spreadsheets leave them", 'id,email,name\n\n1,a@firm.test,"Bo, Li"\n,,\n\n'],
  ])("given %s, then the same person", async (_, text) => {
    expect(await people(text)).toMatchObject([{ id: "1", email: "a@firm.test", name: "Bo, Li" }]);
  });

  it("given only a header, then an empty directory; given nothing, then an export that failed", async () => {
    expect(await people(header)).toEqual([]);
    for (const text of ["", "\n\n", "sep=;\n", "\uFEFF"])
      expect(await faultOf({ "people.csv": text })).toMatchObject({ params: { reason: "empty" } });
  });

  it.each([
    ["a row with a value too few", `${header}1,a@firm.test,A\n2,b@firm.test\n`, "ragged", 3],
    ["a row with a value too many", `${header}1,a@firm.test,Li, Bo\n`, "ragged", 2],
    [
      "a quotation mark that is never closed",
      `${header}1,a@firm.test,A\n2,b@firm.test,"B\n3,c@firm.test,C\n`,
      "quote",
      3,
    ],
    ["a quotation mark in the middle", `${header}1,a@firm.test,A"B\n`, "quote", 2],
    ["text behind a quotation mark", `${header}1,a@firm.test,"A"B\n`, "quote", 2],
    ["an id twice", `${header}1,a@firm.test,A\n2,b@firm.test,B\n1,c@firm.test,C\n`, "duplicate_id", 4],
    ["an empty id", `${header}1,a@firm.test,A\n,b@firm.test,B\n`, "empty_value", 3],
    ["no address where that is the id", "email,name\na@firm.test,A\n,B\n", "empty_value", 3],
    ["no column of addresses", "id,name\n1,A\n", "column_missing", 1],
    ["a column twice", "id,email,E-Mail\n1,a@firm.test,\n", "column_twice", 1],
    ["two columns of states", "email,enabled,status\na@firm.test,true,active\n", "column_twice", 1],
    ["a state that is none", "email,state\na@firm.test,on leave\n", "one_of", 2],
    ["an empty state", "email,enabled\na@firm.test,\n", "one_of", 2],
    [
      "a mistake below a value of several lines and a row without anything",
      `id,email,name\r\n1,a@firm.test,"A\r\nB\r\nC"\r\n\r\n2,b@firm.test\r\n`,
      "ragged",
      6,
    ],
  ])("given %s, then the line and the reason", async (_, text, reason, line) => {
    const found = await faultOf({ "people.csv": text });
    expect(found).toMatchObject({ code: "directory.file_syntax", params: { path: "people.csv", reason, line } });
    expect(found.words).toMatch(new RegExp(`^people\\.csv, line ${line}: [^?]+\\. Nothing was changed\\.$`, "u"));
  });

  it("says which words are known where one is not", async () => {
    expect((await faultOf({ "people.csv": "email,enabled\na@firm.test,maybe\n" })).words).toBe(
      'people.csv, line 2: "maybe" is not one of 0, 1, true, yes, false, no. Nothing was changed.',
    );
  });

  it("given bytes that are not UTF-8, as Excel writes without being asked, then their line", async () => {
    const text = Buffer.from(`${header}1,a@firm.test,A\n2,b@firm.test,René\n`, "latin1");
    expect(await faultOf({ "people.csv": text })).toMatchObject({ params: { reason: "not_utf8", line: 3 } });
  });

  it("given 20,000 rows, then all of them with their lines", async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `${at},person-${at}@firm.test,"Person ${at}"\n`);
    expect((await people(header + rows.join(""))).length).toBe(20_000);
    expect(await faultOf({ "people.csv": `${header}${rows.join("")}7,again@firm.test,Again\n` })).toMatchObject({
      params: { reason: "duplicate_id", line: 20_002, first: 9 },
    });
  });
});

describe("columns of people", () => {
  it.each([
    ["PowerShell's Get-ADUser", "DistinguishedName,Enabled,Name,ObjectGUID,mail\nx,False,Bo Li,1,bo@firm.test\n"],
    ["Entra's download", "userPrincipalName,displayName,objectId,mail,accountEnabled\nx,Bo Li,1,bo@firm.test,FALSE\n"],
    [
      "Google's download",
      "First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY],Employee ID\nBo,Li,bo@firm.test,Suspended,1\n",
    ],
    ["words of one's own", "Employee Number,E-mail,Full_name,Disabled\n1,bo@firm.test,Bo Li,x\n"],
  ])("given the header of %s, then what it says", async (_, text) => {
    expect(await people(text)).toMatchObject([{ id: "1", email: "bo@firm.test", name: "Bo Li", state: "disabled" }]);
  });

  it("are all in the readme", () => {
    const readme = readFileSync(new URL("readme.md", import.meta.url), "utf8").toLowerCase();
    const names = [personColumns, groupColumns].flatMap((table) => Object.values(table).flat());
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it("given no id, then the address in lower case, and the check says that it may change", async () => {
    expect(await people("email\nBo@firm.test\n")).toMatchObject([{ id: "bo@firm.test", email: "Bo@firm.test" }]);
  });

  it("given ids of several names, then the one that lasts longest", async () => {
    expect(await people("employeeId,ObjectGUID,email\n17,abc,bo@firm.test\n")).toMatchObject([{ id: "abc" }]);
  });

  it("given an external id, then that for the organization", async () => {
    expect(await people("id,email,externalId\n1,a@firm.test,x-1\n2,b@firm.test,\n")).toMatchObject([
      { id: "1", externalId: "x-1" },
      { id: "2", externalId: "2" },
    ]);
  });

  it.each([
    [
      "state",
      { enabled: "enabled", Active: "enabled", DISABLED: "disabled", suspended: "disabled", deleted: "deleted" },
    ],
    ["enabled", { TRUE: "enabled", yes: "enabled", 1: "enabled", False: "disabled", no: "disabled", 0: "disabled" }],
    ["disabled", { true: "disabled", X: "disabled", 1: "disabled", "": "enabled", no: "enabled" }],
  ])("given the column %s, then what each word means", async (column, words) => {
    const rows = Object.keys(words).map((word, at) => `${at},${word}\n`);
    const text = `id,${column},email\n${rows.map((row) => row.replace("\n", ",\n")).join("")}`;
    expect((await people(text)).map((user) => user.state)).toEqual(Object.values(words));
  });
});

describe("groups of CSV", () => {
  const staff = "id,email,name\n1,a@firm.test,A\n2,b@firm.test,B\n3,b@firm.test,B too\n";
  const groups = async (rows: string) => (await readFiles({ "people.csv": staff, "groups.csv": rows })).groups;

  it("given a column of groups, then their members", async () => {
    const text = "id,email,groups\n1,a@firm.test,Sales; Works\n2,b@firm.test,sales;\n3,c@firm.test,\n";
    expect((await readFiles({ "people.csv": text })).groups).toEqual([
      {
        id: "sales",
        ref: "group:sales",
        externalId: "sales",
        name: "Sales",
        selected: true,
        members: [{ ref: "person:1" }, { ref: "person:2" }],
      },
      expect.objectContaining({ id: "works", name: "Works", members: [{ ref: "person:1" }] }),
    ]);
  });

  it("given a second file, then members by id, by address and groups by name; a row without a member is an empty group", async () => {
    expect(await groups("group,member\nAll,1\nAll,SALES\nSales,A@firm.test\nSales,all\nNobody,\n")).toMatchObject([
      { name: "All", members: [{ ref: "person:1" }, { ref: "group:sales" }] },
      { name: "Sales", members: [{ ref: "person:1" }, { ref: "group:all" }] },
      { name: "Nobody", members: [] },
    ]);
  });

  it("given an address of two people, then both: whoever of them holds it is meant", async () => {
    expect(await groups("group,member\nAll,b@firm.test\n")).toMatchObject([
      { members: [{ ref: "person:2" }, { ref: "person:3" }] },
    ]);
  });

  it("given a member twice, or in both files, then once", async () => {
    const text = "id,email,groups\n1,a@firm.test,All\n";
    const both = await readFiles({ "people.csv": text, "groups.csv": "group,member\nall,1\nALL,a@firm.test\n" });
    expect(both.groups).toMatchObject([{ name: "All", members: [{ ref: "person:1" }] }]);
  });

  it("given ids of groups, then those, so that a new name is no new group", async () => {
    expect(await groups("group id,group,member\ng-1,All,1\ng-1,All,2\n,Other,g-1\n")).toMatchObject([
      { id: "g-1", externalId: "g-1", name: "All", members: [{}, {}] },
      { id: "other", members: [{ ref: "group:g-1" }] },
    ]);
  });

  it("given a member nobody knows, then a reference to nobody and a note that names it", async () => {
    const read = await readFiles({ "people.csv": staff, "groups.csv": "group,member\nAll,nobody@firm.test\n" });
    expect(read).toMatchObject({
      groups: [{ members: [{ ref: "nobody@firm.test" }] }],
      notes: ["file.unknown_member"],
    });
    expect(read.pages).toContainEqual({
      notes: [
        expect.objectContaining({
          params: { path: expect.stringMatching(/groups\.csv$/u), line: 2, group: "All", member: "nobody@firm.test" },
        }),
      ],
    });
  });

  it.each([
    ["a member that is a person and a group", "group,member\n1,\nAll,1\n", "member_ambiguous", 3],
    ["no column of members", "group\nAll\n", "column_missing", 1],
    ["no name of a group", "group,member\n,1\n", "empty_value", 2],
    ["one id for two groups", "groupId,group,member\ng,A,1\ng,B,1\n", "duplicate_id", 3],
    ["two ids for one group", "groupId,group,member\ng,A,1\nh,A,2\n", "duplicate_id", 3],
  ])("given %s, then the line and the reason", async (_, rows, reason, line) => {
    expect(await faultOf({ "people.csv": staff, "groups.csv": rows })).toMatchObject({
      code: "directory.file_syntax",
      params: { path: "groups.csv", reason, line },
    });
  });
});
