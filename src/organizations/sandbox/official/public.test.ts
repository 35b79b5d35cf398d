/** The official public API beside the import. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { call, groupsOf, membersOf, startTestSandbox } from "../testing.ts";
import type { TestSandbox } from "../testing.ts";

let sandbox: TestSandbox;
beforeEach(async () => {
  sandbox = await startTestSandbox({
    dialect: "official-cloud",
    seed: {
      members: [
        { email: "a@x", externalId: "1" },
        { email: "i@x", externalId: "2", status: 0 },
        { email: "s@x", externalId: "3", status: 3 },
      ],
      groups: [
        { name: "G", externalId: "g", members: ["a@x", "i@x"] },
        { name: "H", members: ["a@x"] },
      ],
    },
  });
});
afterEach(() => sandbox.close());

const idOf = (who: string): string => sandbox.byHand.findMember(who)?.id ?? "";
const groupId = (which: string): string => sandbox.byHand.findGroup(which)?.id ?? "";
const unknown = "00000000-0000-4000-8000-000000000000";

const List = z.object({ data: z.array(z.unknown()) });
const EventPage = z.object({ data: z.array(z.object({ type: z.number() })), continuationToken: z.string().nullable() });

describe("reading", () => {
  it("lists members whole, with no account and no name for those who have not accepted", async () => {
    const answer = await call(sandbox, "GET", "/public/members");
    expect(answer.json).toMatchObject({ object: "list" });
    const { data } = List.parse(answer.json);
    expect(data).toHaveLength(4);
    expect(data[2]).toEqual({
      object: "member",
      id: idOf("i@x"),
      userId: null,
      name: null,
      email: "i@x",
      twoFactorEnabled: false,
      status: 0,
      collections: [],
      resetPasswordEnrolled: false,
      ssoExternalId: null,
      type: 2,
      externalId: "2",
      permissions: null,
    });
    expect((await call(sandbox, "GET", `/public/members/${idOf("a@x")}`)).json).toEqual(data[1]);
  });

  it("lists groups, and both sides of membership as bare arrays", async () => {
    const { data } = List.parse((await call(sandbox, "GET", "/public/groups")).json);
    expect(data[0]).toEqual({ object: "group", id: groupId("g"), name: "G", externalId: "g", collections: [] });
    expect((await call(sandbox, "GET", `/public/groups/${groupId("g")}`)).json).toEqual(data[0]);
    expect((await call(sandbox, "GET", `/public/groups/${groupId("g")}/member-ids`)).json).toEqual([
      idOf("a@x"),
      idOf("i@x"),
    ]);
    expect((await call(sandbox, "GET", `/public/members/${idOf("a@x")}/group-ids`)).json).toEqual([
      groupId("g"),
      groupId("H"),
    ]);
  });

  it("tells the seats on the cloud only", async () => {
    sandbox.state.organization.seats = 5;
    expect((await call(sandbox, "GET", "/public/organization/subscription")).json).toMatchObject({
      passwordManager: { seats: 5, maxAutoScaleSeats: null },
    });
    const own = await startTestSandbox({ dialect: "official-selfhost" });
    try {
      expect((await call(own, "GET", "/public/organization/subscription")).text).toContain(
        "Only allowed when not self hosted.",
      );
    } finally {
      await own.close();
    }
  });

  it("pages events by 50, newest first, and bounds the range", async () => {
    const date = new Date(sandbox.clock.now).toISOString();
    for (let type = 0; type < 120; type += 1) {
      sandbox.state.events.push({ type, memberId: null, groupId: null, date, device: null, ipAddress: null });
    }
    const seen: number[] = [];
    let token: string | null = "";
    while (token !== null) {
      const answer = await call(sandbox, "GET", `/public/events?continuationToken=${token}`);
      const page = EventPage.parse(answer.json);
      expect(page.data.length).toBeLessThanOrEqual(50);
      seen.push(...page.data.map((event) => event.type));
      token = page.continuationToken;
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => 119 - index));
    expect((await call(sandbox, "GET", "/public/events?start=2024-01-01&end=2026-01-01")).text).toContain(
      "Date range must be < 367 days.",
    );
    expect((await call(sandbox, "GET", "/public/events?start=2024-01-01&end=2024-02-01")).json).toMatchObject({
      data: [],
      continuationToken: null,
    });
  });

  it("keeps the caller's device in events", async () => {
    await call(sandbox, "DELETE", `/public/members/${idOf("i@x")}`, undefined, { "device-type": "8" });
    expect(sandbox.state.events).toEqual([
      {
        type: 1503,
        memberId: expect.any(String),
        groupId: null,
        date: new Date(sandbox.clock.now).toISOString(),
        device: 8,
        ipAddress: "127.0.0.1",
      },
    ]);
  });

  it.each([
    { path: `/public/members/${unknown}`, status: 404 },
    { path: `/public/groups/${unknown}/member-ids`, status: 404 },
    { path: "/public/members/17", status: 400 },
    { path: "/public/nothing", status: 404 },
  ])("answers $status to $path", async ({ path, status }) => {
    expect((await call(sandbox, "GET", path)).status).toBe(status);
  });
});

describe("changing members", () => {
  it("revokes and restores to the status before, Staged included", async () => {
    for (const [who, status] of [
      ["a@x", 2],
      ["i@x", 0],
      ["s@x", 3],
    ] as const) {
      const path = `/public/members/${idOf(who)}`;
      expect(await call(sandbox, "POST", `${path}/revoke`)).toMatchObject({ status: 200, text: "" });
      expect(sandbox.byHand.findMember(who)?.status).toBe(-1);
      expect((await call(sandbox, "POST", `${path}/revoke`)).text).toContain("Already revoked.");
      expect((await call(sandbox, "POST", `${path}/restore`)).status).toBe(200);
      expect(sandbox.byHand.findMember(who)?.status).toBe(status);
      expect((await call(sandbox, "POST", `${path}/restore`)).text).toContain("Already active.");
    }
  });

  it("needs a seat to restore", async () => {
    await call(sandbox, "POST", `/public/members/${idOf("a@x")}/revoke`);
    Object.assign(sandbox.state.organization, { seats: 2, planAllowsMoreSeats: false });
    expect((await call(sandbox, "POST", `/public/members/${idOf("a@x")}/restore`)).json).toMatchObject({
      message: "Plan does not allow additional seats.",
    });
  });

  it("keeps the last confirmed Owner", async () => {
    const path = `/public/members/${idOf("owner@sandbox.test")}`;
    const text = "Organization must have at least one confirmed owner.";
    expect((await call(sandbox, "DELETE", path)).text).toContain(text);
    expect((await call(sandbox, "POST", `${path}/revoke`)).text).toContain(text);
    expect((await call(sandbox, "PUT", path, { type: 2 })).text).toContain(text);
  });

  it("deletes with the group memberships", async () => {
    expect((await call(sandbox, "DELETE", `/public/members/${idOf("a@x")}`)).status).toBe(200);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{i@x}", "H/-{}"]);
  });

  it("invites again only who is Invited", async () => {
    expect((await call(sandbox, "POST", `/public/members/${idOf("i@x")}/reinvite`)).status).toBe(200);
    expect(sandbox.state.mails.map((mail) => mail.to)).toEqual(["i@x"]);
    expect((await call(sandbox, "POST", `/public/members/${idOf("s@x")}/reinvite`)).text).toContain("User invalid.");
  });

  it("resets what a PUT leaves out", async () => {
    const path = `/public/members/${idOf("a@x")}`;
    expect((await call(sandbox, "PUT", path, { type: 1, externalId: "new" })).json).toMatchObject({
      type: 1,
      externalId: "new",
    });
    expect((await call(sandbox, "PUT", path, { type: 2 })).json).toMatchObject({ type: 2, externalId: null });
    expect(membersOf(sandbox.state)).toContain("a@x/-/confirmed");
    expect((await call(sandbox, "PUT", path, {})).status).toBe(400);
  });

  it("replaces the groups of a member", async () => {
    expect(
      (await call(sandbox, "PUT", `/public/members/${idOf("i@x")}/group-ids`, { groupIds: [groupId("H"), unknown] }))
        .status,
    ).toBe(200);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{a@x}", "H/-{a@x,i@x}"]);
  });
});

describe("changing groups", () => {
  it("resets what a PUT leaves out and keeps the members", async () => {
    expect((await call(sandbox, "PUT", `/public/groups/${groupId("g")}`, { name: "New" })).json).toMatchObject({
      name: "New",
      externalId: null,
    });
    expect(groupsOf(sandbox.state)).toEqual(["H/-{a@x}", "New/-{a@x,i@x}"]);
    expect((await call(sandbox, "PUT", `/public/groups/${groupId("New")}`, { name: "n".repeat(101) })).status).toBe(
      400,
    );
    sandbox.state.organization.useGroups = false;
    expect((await call(sandbox, "PUT", `/public/groups/${groupId("New")}`, { name: "N" })).text).toContain(
      "This organization cannot use groups.",
    );
  });

  it("replaces the members of a group and deletes it", async () => {
    expect(
      (await call(sandbox, "PUT", `/public/groups/${groupId("g")}/member-ids`, { memberIds: [idOf("s@x"), unknown] }))
        .status,
    ).toBe(200);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{s@x}", "H/-{a@x}"]);
    expect((await call(sandbox, "DELETE", `/public/groups/${groupId("g")}`)).status).toBe(200);
    expect(groupsOf(sandbox.state)).toEqual(["H/-{a@x}"]);
  });
});
