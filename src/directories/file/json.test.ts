import { assert, json, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { faultOf, readFiles } from "../../../tests/file-directory.ts";
import { findJsonMistake } from "./json-position.ts";

const read = async (value: unknown) => readFiles({ "directory.json": JSON.stringify(value) });
const fault = async (text: string | Uint8Array) => faultOf({ "directory.json": text });

describe("JSON", () => {
  it("given people and groups, then those, members by id, address or name", async () => {
    const { users, groups } = await read({
      $schema: "https://firm.test/schema.json",
      users: [
        { id: "1", email: "bo@firm.test", name: "Bo Li" },
        { id: "2", email: null, name: "", state: "disabled", externalId: "x-2" },
        { email: "Al@firm.test", state: "deleted" },
      ],
      groups: [
        { id: "g-1", name: "All", members: ["1", "al@firm.test", "sales"] },
        { name: "Sales", members: ["all", "g-1"] },
        { name: "Nobody" },
      ],
    });
    expect(users).toEqual([
      {
        id: "1",
        ref: "person:1",
        externalId: "1",
        email: "bo@firm.test",
        name: "Bo Li",
        state: "enabled",
        selected: true,
      },
      { id: "2", ref: "person:2", externalId: "x-2", state: "disabled", selected: true },
      expect.objectContaining({ id: "al@firm.test", email: "Al@firm.test", state: "deleted" }),
    ]);
    expect(groups).toMatchObject([
      { id: "g-1", members: [{ ref: "person:1" }, { ref: "person:al@firm.test" }, { ref: "group:sales" }] },
      { id: "sales", externalId: "sales", members: [{ ref: "group:g-1" }, { ref: "group:g-1" }] },
      { name: "Nobody", members: [] },
    ]);
  });

  it("given no groups, then none; given nobody, then an empty directory", async () => {
    expect(await read({ users: [] })).toMatchObject({ users: [], groups: [] });
  });

  it("given a member nobody knows, then a reference to nobody and a note", async () => {
    expect(await read({ users: [], groups: [{ name: "All", members: ["bo"] }] })).toMatchObject({
      groups: [{ members: [{ ref: "bo" }] }],
      notes: ["file.unknown_member"],
    });
  });

  it.each([
    ["nothing", "", "directory.json: there is nothing in the file, as an export that failed leaves it."],
    ["a comma too many", '{\n"users": [\n{"id": "1",}\n]}', "directory.json, line 3: this is not JSON: }."],
    ["quotation marks of another kind", "{\n'users': []}", "directory.json, line 2: this is not JSON: 'users': []}."],
    ["a file cut short", '{"users": [\n', "directory.json, line 2: this is not JSON: ."],
    ["a list at the top", "[]", "directory.json: object expected, array found."],
    ["no people", "{}", "directory.json, users: array expected, nothing found."],
    [
      "an address that is a number",
      '{"users":[{"id":"1"},{"id":"2","email":3}]}',
      "directory.json, users[1].email: string expected, number found.",
    ],
    [
      "a key that is none",
      '{"users":[{"id":"1","mail":"a@firm.test"}]}',
      "directory.json, users[0]: mail is not known here.",
    ],
    [
      "a state that is none",
      '{"users":[{"id":"1","state":"away"}]}',
      'directory.json, users[0].state: "away" is not one of enabled, disabled, deleted.',
    ],
    ["neither id nor address", '{"users":[{"name":"Bo"}]}', "directory.json, users[0]: id is empty."],
    ["an id twice", '{"users":[{"id":"1"},{"id":"1"}]}', "directory.json, users[1]: the id 1 is at users[0] already."],
    [
      "a group without a name",
      '{"users":[],"groups":[{"name":" "}]}',
      "directory.json, groups[0].name: name is empty.",
    ],
    [
      "a group twice",
      '{"users":[],"groups":[{"name":"A"},{"id":"x","name":"a"}]}',
      "directory.json, groups[1]: the id a is at groups[0] already.",
    ],
    [
      "a member that is a person and a group",
      '{"users":[{"id":"a"}],"groups":[{"name":"A","members":["a"]}]}',
      "directory.json, groups[0].members[0]: a may mean more than one.",
    ],
  ])("given %s, then where and why", async (_, text, words) => {
    const found = await fault(text);
    expect([found.code, found.words]).toEqual(["directory.file_syntax", `${words} Nothing was changed.`]);
  });

  it("given bytes that are not UTF-8, then their line", async () => {
    const text = Buffer.from('{"users": [\n{"id": "1", "name": "René"}]}', "latin1");
    expect(await fault(text)).toMatchObject({ params: { reason: "not_utf8", line: 2 } });
  });
});

describe("where a text stops being JSON", () => {
  it.each([
    ["", 0],
    ["[1,]", 3],
    ["[1 2]", 3],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ["{a:1}", 1],
    ["[01]", 1],
    ["[1.]", 1],
    ["[nul]", 1],
    ["[truex]", 1],
    ['["a\nb"]', 1],
    ['["\\x"]', 1],
    ["[}", 1],
    ["{]", 1],
    ["[[1}", 3],
    ["1 x", 2],
    ["[", 1],
    ["]", 0],
    [",", 0],
  ])("given %j, then at %i", (text, at) => {
    expect(findJsonMistake(text)).toBe(at);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it("given JSON, then nowhere; given JSON with something behind it, then there", () => {
    assert(
      property(json(), (text) => {
        expect(findJsonMistake(text)).toBeUndefined();
        expect(findJsonMistake(`${text} ]`)).toBe(text.length + 1);
      }),
    );
  });
});
