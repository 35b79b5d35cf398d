/** Which import requests the official server takes: the rules of every field and the size gate. */
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { NewMember } from "../by-hand.ts";
import type { Organization } from "../sandbox.ts";
import { call, groupsOf, membersOf, sendImport, startTestSandbox } from "../testing.ts";
import type { TestSandbox } from "../testing.ts";

const add = (email: unknown, externalId: unknown, deleted = false) => ({ email, externalId, deleted });
const group = (name: unknown, externalId: unknown, memberExternalIds: unknown) => ({
  name,
  externalId,
  memberExternalIds,
});
const people = (count: number, deleted = false) =>
  Array.from({ length: count }, (_, index) => add(`p${index}@x`, `p${index}`, deleted));
const manyGroups = (count: number) => Array.from({ length: count }, (_, index) => group(`G${index}`, `g${index}`, []));

let sandbox: TestSandbox;
afterEach(() => sandbox.close());

async function cloud(
  organization: Partial<Organization> = {},
  members: readonly NewMember[] = [],
): Promise<TestSandbox> {
  sandbox = await startTestSandbox({ dialect: "official-cloud", organization, seed: { members } });
  return sandbox;
}

describe("a request the model refuses", () => {
  const notEmail = "The Email field is not a valid e-mail address.";
  it.each([
    {
      given: "no overwriteExisting",
      body: { overwriteExisting: undefined },
      key: "OverwriteExisting",
      text: "The OverwriteExisting field is required.",
    },
    {
      given: "overwriteExisting null",
      body: { overwriteExisting: null },
      key: "OverwriteExisting",
      text: "The OverwriteExisting field is required.",
    },
    {
      given: "a blank id",
      body: { members: [add("a@x", " ")] },
      key: "Members[0].ExternalId",
      text: "The ExternalId field is required.",
    },
    {
      given: "a blank group name",
      body: { groups: [group("", "g", [])] },
      key: "Groups[0].Name",
      text: "The Name field is required.",
    },
    { given: "no @", body: { members: [add("b@x", "1"), add("ax", "2")] }, key: "Members[1].Email", text: notEmail },
    { given: "two @", body: { members: [add("a@b@x", "1")] }, key: "Members[0].Email", text: notEmail },
    {
      given: "no address",
      body: { members: [add(null, "1")] },
      key: "Members[0].Email",
      text: "Email is required for enabled members.",
    },
    {
      given: "an empty address for a deletion",
      body: { members: [add("", "1", true)] },
      key: "Members[0].Email",
      text: notEmail,
    },
    {
      given: "text for a boolean",
      body: { members: [{ email: "a@x", externalId: "1", deleted: "true" }] },
      key: "$.members[0].deleted",
      text: "System.Boolean",
    },
    {
      given: "deleted null",
      body: { members: [{ email: "a@x", externalId: "1", deleted: null }] },
      key: "$.members[0].deleted",
      text: "System.Boolean",
    },
    { given: "largeImport null", body: { largeImport: null }, key: "$.largeImport", text: "System.Boolean" },
    {
      given: "an object for ids",
      body: { groups: [group("G", "g", {})] },
      key: "$.groups[0].memberExternalIds",
      text: "System.String",
    },
    {
      given: "null among ids",
      body: { groups: [group("G", "g", ["1", null])] },
      key: "$.groups[0].memberExternalIds[1]",
      text: "System.String",
    },
  ])("given $given, names the field", async ({ body, key, text }) => {
    await cloud();
    const answer = await sendImport(sandbox, body);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      object: "error",
      message: "The request's model state is invalid.",
      errors: { [key]: [expect.stringContaining(text)] },
    });
    expect(membersOf(sandbox.state)).toEqual([]);
  });

  it.each([
    {
      field: "an address",
      limit: 256,
      body: (length: number) => ({ members: [add(`${"a".repeat(length - 2)}@x`, "1")] }),
    },
    { field: "a member's id", limit: 300, body: (length: number) => ({ members: [add("a@x", "i".repeat(length))] }) },
    { field: "a group's id", limit: 300, body: (length: number) => ({ groups: [group("G", "i".repeat(length), [])] }) },
    {
      field: "a group's name",
      limit: 100,
      body: (length: number) => ({ groups: [group("n".repeat(length), "g", [])] }),
    },
  ])("takes $field of $limit characters and none longer", async ({ limit, body }) => {
    await cloud();
    expect((await sendImport(sandbox, body(limit))).status).toBe(200);
    const answer = await sendImport(sandbox, body(limit + 1));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(`must be a string with a maximum length of ${limit}.`);
  });

  it("collects every bad row, up to 200", async () => {
    await cloud();
    const answer = await sendImport(sandbox, {
      largeImport: true,
      members: people(3000).map((person) => ({ ...person, externalId: "" })),
    });
    const { errors } = z.object({ errors: z.record(z.string(), z.array(z.string())) }).parse(answer.json);
    expect(Object.keys(errors)).toHaveLength(200);
  });

  it.each([
    { body: "", key: "", status: 400 },
    { body: "{", key: "$", status: 400 },
  ])("answers $status to the body '$body'", async ({ body, key }) => {
    await cloud();
    const answer = await call(sandbox, "POST", "/public/organization/import", body, {
      "content-type": "application/json",
    });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ errors: { [key]: [expect.any(String)] } });
  });

  it("answers 415 without words to another content type, and 413 to more than 30,000,000 bytes", async () => {
    await cloud();
    expect(
      await call(sandbox, "POST", "/public/organization/import", "{}", { "content-type": "text/plain" }),
    ).toMatchObject({ status: 415, text: "" });
    const large = " ".repeat(30_000_001);
    expect(
      await call(sandbox, "POST", "/public/organization/import", large, { "content-type": "application/json" }),
    ).toMatchObject({ status: 413, text: "" });
  });

  it.each([
    { given: "members null", body: { members: null }, members: [] },
    { given: "members absent", body: { members: undefined }, members: [] },
    { given: "groups null", body: { groups: null, members: [add("a@x", "1")] }, members: [] },
    {
      given: "memberExternalIds null, the members being done first",
      body: { members: [add("a@x", "1")], groups: [group("G", "g", null)] },
      members: ["a@x/1/invited"],
    },
    {
      given: "a group's id twice",
      body: { members: [add("a@x", "1")], groups: [group("G", "g", []), group("H", "g", [])] },
      members: ["a@x/1/invited"],
    },
  ])("crashes on $given", async ({ body, members }) => {
    await cloud();
    expect(await sendImport(sandbox, body)).toMatchObject({
      status: 500,
      json: { object: "error", message: "An unhandled server error has occurred.", errors: null },
    });
    expect(membersOf(sandbox.state)).toEqual(members);
    expect(groupsOf(sandbox.state)).toEqual([]);
  });
});

describe("a request the model takes leniently", () => {
  it("has names in any case, numbers and booleans for ids, and one id for a list", async () => {
    await cloud();
    const body = {
      Members: [{ EMAIL: "A@x", ExternalID: 1 }, add("b@x", true)],
      GROUPS: [group("G", 7, 1)],
      OverWriteExisting: false,
      users: [],
    };
    expect((await call(sandbox, "POST", "/public/organization/import", body)).status).toBe(200);
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/invited", "b@x/True/invited"]);
    expect(groupsOf(sandbox.state)).toEqual(["G/7{a@x}"]);
  });

  it("may leave the address of a deletion out", async () => {
    await cloud({}, [{ email: "a@x", externalId: "1" }]);
    expect((await sendImport(sandbox, { members: [{ externalId: "1", deleted: true }] })).status).toBe(200);
    expect(membersOf(sandbox.state)).toEqual([]);
  });

  it("invites two people under one id; the first owns it in groups", async () => {
    await cloud();
    expect(
      (await sendImport(sandbox, { members: [add("a@x", "1"), add("b@x", "1")], groups: [group("G", "g", ["1"])] }))
        .status,
    ).toBe(200);
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/invited", "b@x/1/invited"]);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{a@x}"]);
  });
});

describe("the size gate", () => {
  const refusal = { object: "error", message: "You cannot import this much data at once.", errors: null };
  it.each([
    { given: "2,000 members", body: { members: people(2000) }, status: 200 },
    { given: "2,001 members", body: { members: people(2001) }, status: 400 },
    { given: "2,001 members as a large import", body: { members: people(2001), largeImport: true }, status: 200 },
    { given: "2,001 deletions", body: { members: people(2001, true) }, status: 200 },
    { given: "2,000 groups", body: { groups: manyGroups(2000) }, status: 200 },
    { given: "2,001 groups", body: { groups: manyGroups(2001) }, status: 400 },
  ])("answers $status to $given on the cloud, 200 on a server of one's own", async ({ body, status }) => {
    await cloud();
    const answer = await sendImport(sandbox, body);
    expect(answer.status).toBe(status);
    expect(answer.text).toBe(status === 200 ? "" : JSON.stringify(refusal));
    const own = await startTestSandbox({ dialect: "official-selfhost" });
    try {
      expect((await sendImport(own, body)).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});
