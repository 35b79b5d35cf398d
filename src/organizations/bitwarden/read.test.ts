import { afterEach, describe, expect, it } from "vitest";
import { createOrganizationWorld, none, type OrganizationWorld } from "../../../tests/organization-world.ts";
import { faultOf } from "../../../tests/organization-contract/stage.ts";
import type { Fault } from "../sandbox/sandbox.ts";
import { memberStatus, memberType } from "../sandbox/sandbox.ts";

let world: OrganizationWorld;
afterEach(() => world[Symbol.asyncDispose]());

const seed = {
  members: [
    { email: "Upper@X.test", externalId: "1", name: "Upper" },
    { email: "invited@x.test", externalId: "2", status: memberStatus.invited },
    { email: "accepted@x.test", status: memberStatus.accepted, type: memberType.admin },
    { email: "revoked@x.test", externalId: "", status: memberStatus.revoked, type: memberType.custom },
    { email: "staged@x.test", externalId: "5", status: memberStatus.staged },
  ],
  groups: [
    { name: "G", externalId: "g", members: ["Upper@X.test", "invited@x.test"] },
    { name: "Hand-made", members: ["accepted@x.test"] },
  ],
};

describe("reading", () => {
  it("gives members as they are, addresses in lower case, blank ids as none", async () => {
    world = await createOrganizationWorld({ dialect: "official-cloud", seed });
    const state = await (await world.open()).read?.(none);
    expect(state?.members.map(({ id: _id, ...rest }) => rest)).toEqual([
      { email: "owner@sandbox.test", status: "confirmed", type: "owner", name: "Owner" },
      { email: "upper@x.test", status: "confirmed", type: "user", name: "Upper", externalId: "1" },
      { email: "invited@x.test", status: "invited", type: "user", externalId: "2" },
      { email: "accepted@x.test", status: "accepted", type: "admin", name: "accepted" },
      { email: "revoked@x.test", status: "revoked", type: "custom", name: "revoked" },
      { email: "staged@x.test", status: "staged", type: "user", externalId: "5" },
    ]);
  });

  it("reads the memberships of all groups, or of those that were picked", async () => {
    world = await createOrganizationWorld({ dialect: "official-cloud", seed });
    const { sandbox, open } = world;
    const organization = await open();
    const id = (who: string) => sandbox.byHand.findMember(who)?.id;
    const all = await organization.read?.("all");
    expect(all?.groups.map(({ name, externalId, members }) => ({ name, externalId, members }))).toEqual([
      { name: "G", externalId: "g", members: [id("upper@x.test"), id("invited@x.test")] },
      { name: "Hand-made", externalId: undefined, members: [id("accepted@x.test")] },
    ]);
    const before = sandbox.requests.length;
    const some = await organization.read?.((group) => group.externalId === undefined);
    expect(some?.groups.map(({ members }) => members?.length)).toEqual([undefined, 1]);
    expect(sandbox.requests.slice(before).map(({ path }) => path)).toHaveLength(4);
  });

  it("asks for many groups, some at a time, and tells how far it is", async () => {
    const groups = Array.from({ length: 60 }, (_, index) => ({
      name: `g${index}`,
      externalId: `g${index}`,
      members: ["a@x.test"],
    }));
    world = await createOrganizationWorld({
      dialect: "official-selfhost",
      seed: { members: [{ email: "a@x.test" }], groups },
    });
    let running = 0;
    let most = 0;
    world.sandbox.control.onRequest = (when, { path }) => {
      if (!path.endsWith("/member-ids")) return;
      running += when === "before" ? 1 : -1;
      most = Math.max(most, running);
    };
    world.sandbox.control.latencyMs = 2;
    const told: unknown[] = [];
    const organization = await world.open({}, { progress: (event) => told.push(event) });
    const state = await organization.read?.("all");
    expect(state?.groups.every(({ members }) => members?.length === 1)).toBe(true);
    expect(told.at(-1)).toEqual({ stage: "organization", done: 60, total: 60 });
    expect(most).toBeLessThanOrEqual(10);
    expect(most).toBeGreaterThan(1);
  });

  it.each([
    ["official-cloud", { seats: 10 }, { total: 10 }],
    ["official-cloud", { seats: 10, organization: { maxAutoscaleSeats: 20 } }, { total: 10, autoscaleLimit: 20 }],
    ["official-cloud", { seats: null }, {}],
    ["official-selfhost", { seats: 10 }, undefined],
  ] as const)("seats of %s with %j are %j", async (dialect, options, expected) => {
    world = await createOrganizationWorld({ dialect, ...options });
    expect((await (await world.open()).read?.(none))?.seats).toEqual(expected);
  });

  it("waits where the server asks for it, and repeats what got lost", async () => {
    world = await createOrganizationWorld({ dialect: "official-cloud", seed });
    const { sandbox, open, sleeps } = world;
    const organization = await open();
    const faults: Fault[] = [
      { kind: "throttle", retryAfterSeconds: 5 },
      { kind: "close", when: "before" },
      { kind: "status", status: 502, when: "before" },
    ];
    for (const [index, fault] of faults.entries())
      sandbox.control.faults.push({ path: "/public/members", at: index + 1, fault });
    expect((await organization.read?.("all"))?.members).toHaveLength(6);
    expect(sleeps).toContain(5_000);
  });

  it.each([
    [
      "members of another shape",
      "/public/members",
      JSON.stringify({ data: [{ id: "1", email: "a@x.test", status: 0 }] }),
      "members, data.0.type",
    ],
    [
      "a status nobody knows",
      "/public/members",
      JSON.stringify({ data: [{ id: "1", email: "a@x", status: 9, type: 2 }] }),
      "members, data.0.status: unknown value 9",
    ],
    ["a group without a name", "/public/groups", JSON.stringify({ data: [{ id: "1" }] }), "groups, data.0.name"],
    ["memberships that are no list", /member-ids$/u, JSON.stringify({ ids: [] }), "memberships"],
    ["half a list", "/public/groups", `{"data":[{"id":"1"`, "groups: not JSON"],
  ])("given %s, then there is no reading, and the place is said", async (_what, path, body, reason) => {
    world = await createOrganizationWorld({ dialect: "official-cloud", seed });
    const organization = await world.open();
    world.sandbox.control.faults.push({ path, fault: { kind: "status", status: 200, when: "before", body } });
    const fault = await faultOf(organization.read?.("all") ?? Promise.resolve());
    expect(fault).toMatchObject({ code: "organization.bad_response" });
    expect(fault.params["reason"]).toContain(reason);
  });

  it.each([
    [403, "organization.forbidden"],
    [401, "organization.forbidden"],
    [404, "organization.bad_response"],
    [500, "organization.unavailable"],
    [503, "organization.unavailable"],
    [400, "organization.rejected"],
  ])("given %i for the members, then there is no reading: %s", async (status, code) => {
    world = await createOrganizationWorld({ dialect: "official-cloud", seed });
    const organization = await world.open();
    world.sandbox.control.faults.push({ path: "/public/members", fault: { kind: "status", status, when: "before" } });
    expect(await faultOf(organization.read?.("all") ?? Promise.resolve())).toMatchObject({ code });
  });

  it("given a group that vanishes in between, then it is not there; given one that is listed and not found, then there is no reading", async () => {
    world = await createOrganizationWorld({ dialect: "official-cloud", seed });
    const { sandbox, open } = world;
    const organization = await open();
    sandbox.control.onRequest = (when, { path }) => {
      if (when === "after" && path === "/public/groups" && sandbox.state.groups.size === 2)
        sandbox.byHand.removeGroup("g");
    };
    expect((await organization.read?.("all"))?.groups.map(({ name }) => name)).toEqual(["Hand-made"]);
    sandbox.control.onRequest = undefined;
    sandbox.control.faults.push({ path: /member-ids$/u, fault: { kind: "status", status: 404, when: "before" } });
    expect(await faultOf(organization.read?.("all") ?? Promise.resolve())).toMatchObject({
      code: "organization.bad_response",
    });
  });
});

describe("checking", () => {
  it("says step by step what is there", async () => {
    world = await createOrganizationWorld({
      dialect: "official-cloud",
      seats: 20,
      seed,
      organization: { stagedFlag: true },
    });
    const findings = await (await world.open()).check();
    const server = new URL(world.sandbox.url).host;
    expect(findings).toEqual([
      {
        code: "check.organization.reached",
        severity: "ok",
        params: { server, dialect: "official-cloud", version: "2026.8.0", region: "US" },
      },
      { code: "check.organization.logged_in", severity: "ok", params: { server } },
      { code: "check.organization.readable", severity: "ok", params: { server, members: 6, groups: 2 } },
      { code: "check.organization.seats", severity: "ok", params: { server, used: 4, total: 20 } },
      { code: "check.organization.staging", severity: "info", params: { server } },
    ]);
  });

  it.each([
    [
      "none free",
      { dialect: "official-cloud", seats: 4 },
      {},
      { code: "check.organization.seats", severity: "warning" },
    ],
    [
      "no limit",
      { dialect: "official-cloud", seats: null },
      {},
      { code: "check.organization.seats_unlimited", severity: "ok" },
    ],
    ["not told", { dialect: "official-selfhost" }, {}, { code: "check.organization.seats_unknown", severity: "ok" }],
    [
      "given in the settings",
      { dialect: "official-selfhost" },
      { seats: 9 },
      { code: "check.organization.seats", params: { used: 4, total: 9 } },
    ],
  ] as const)("seats: %s", async (_what, options, settings, expected) => {
    world = await createOrganizationWorld({ ...options, seed });
    const findings = await (await world.open(settings)).check();
    expect(findings[3]).toMatchObject(expected);
  });

  it("ends at the step that fails, which says why", async () => {
    world = await createOrganizationWorld({ dialect: "official-cloud", seed });
    const organization = await world.open();
    world.sandbox.control.faults.push({
      path: "/public/groups",
      fault: { kind: "status", status: 403, when: "before" },
    });
    const findings = await organization.check();
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "ok check.organization.reached",
      "ok check.organization.logged_in",
      "error organization.forbidden",
    ]);
  });
});
