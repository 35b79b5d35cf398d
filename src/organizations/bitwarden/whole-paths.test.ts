import { describe, expect, it } from "vitest";
import { createGroup, importPath, inviteRows, leaver, send } from "../../../tests/organization-contract/stage.ts";
import { openedPerTest, refusedAs } from "../../../tests/organization-contract/opened.ts";
import { createSyncer, type Wish } from "../../../tests/organization-world.ts";
import { numberRows } from "../../core/plan.ts";
import { groupsOf, membersOf } from "../sandbox/testing.ts";

const { begin, paths } = openedPerTest();
const cloud = { dialect: "official-cloud" } as const;

describe("seats", () => {
  it.each([
    ["Teams Starter", { plan: "teams-starter", seats: 10 }, "Plan does not allow additional seats."],
    ["the most it may buy", { seats: 10, organization: { maxAutoscaleSeats: 10 } }, "Seat limit has been reached."],
    [
      "an MSP",
      { seats: 10, organization: { provider: "msp" } },
      "Seat limit has been reached. Please contact your provider to add more seats.",
    ],
    [
      "a reseller",
      { seats: 10, organization: { provider: "reseller" } },
      "Seat limit has been reached. Contact your provider to purchase additional seats.",
    ],
    [
      "a cancelled subscription",
      { seats: 10, organization: { subscriptionCancelled: true } },
      "You do not have an active subscription. Reinstate your subscription to make changes",
    ],
    ["no way to pay", { seats: 10, organization: { hasPayment: false } }, "No payment method found."],
    ["no subscription", { seats: 10, organization: { hasSubscription: false } }, "No subscription found."],
  ] as const)("given %s, then the server's own words are kept", async (_what, options, message) => {
    const { organization, sandbox } = await begin({ ...cloud, ...options });
    const { results } = await send(organization, inviteRows(11));
    expect(results).toEqual([refusedAs("organization.seats", message)]);
    expect(membersOf(sandbox.state)).toEqual([]);
  });

  it("given a self-hosted licence, too", async () => {
    const { organization } = await begin({ dialect: "official-selfhost", seats: 3 });
    expect((await send(organization, inviteRows(5))).results).toEqual([
      refusedAs("organization.seats", "Cannot autoscale on self-hosted instance."),
    ]);
  });

  it.each([
    ["no directory sync", { useDirectory: false }, "organization.no_directory_sync"],
    ["no groups", { useGroups: false }, "organization.no_groups"],
  ] as const)("given a plan with %s, then says so", async (_what, rules, code) => {
    const { organization } = await begin({ ...cloud, organization: rules });
    const { results } = await send(organization, numberRows([createGroup("g", [])]));
    expect(results.at(-1)).toMatchObject({ outcome: "refused", code });
  });

  it("given an over-full organization, then memberships still go", async () => {
    const members = ["a", "b", "c"].map((id) => ({ email: `${id}@x.test`, externalId: id }));
    const { organization, sandbox } = await begin({
      ...cloud,
      plan: "teams-starter",
      seats: 2,
      seed: { members, groups: [{ name: "G", externalId: "g", members: ["a@x.test"] }] },
    });
    const syncer = createSyncer(organization);
    const wish = (...inside: string[]): Wish => ({
      people: members.map(({ email, externalId }) => ({ id: externalId, email })),
      groups: [{ id: "g", name: "G", members: inside }],
    });
    await syncer.apply((await syncer.plan(wish("a"))).rows);
    expect((await syncer.plan(wish("a"))).rows).toEqual([]);
    const { results } = await syncer.apply((await syncer.plan(wish("b", "c"))).rows);
    expect(results).toEqual([{ outcome: "done" }]);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{b@x.test,c@x.test}"]);
    expect(paths("PUT")).toEqual(["/public/groups/*/member-ids"]);
  });
});

describe("whole paths", () => {
  it("an invited person with a new address is invited there, with their groups", async () => {
    const { organization, sandbox } = await begin(cloud);
    const syncer = createSyncer(organization);
    const wish = (email: string): Wish => ({
      people: [{ id: "p", email }],
      groups: [{ id: "g", name: "G", members: ["p"] }],
    });
    await syncer.apply((await syncer.plan(wish("old@x.test"))).rows);
    await syncer.apply((await syncer.plan(wish("new@x.test"))).rows);
    expect(membersOf(sandbox.state)).toEqual(["new@x.test/p/invited"]);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{new@x.test}"]);
    expect((await syncer.plan(wish("new@x.test"))).rows).toEqual([]);
  });

  it("a member added by hand keeps their groups, and the group's own people follow the directory", async () => {
    const { organization, sandbox } = await begin({ ...cloud, seed: { members: [{ email: "hand@x.test" }] } });
    const syncer = createSyncer(organization);
    const wish = (...inside: string[]): Wish => ({
      people: ["a", "b"].map((id) => ({ id, email: `${id}@x.test` })),
      groups: [{ id: "g", name: "G", members: inside }],
    });
    await syncer.apply((await syncer.plan(wish("a"))).rows);
    sandbox.byHand.setGroupMembers("g", ["a@x.test", "hand@x.test"]);
    await syncer.apply((await syncer.plan(wish("b"))).rows);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{b@x.test,hand@x.test}"]);
    expect((await syncer.plan(wish("b"))).rows).toEqual([]);
  });

  it("10,000 people and 1,000 groups arrive whole", async () => {
    const { organization, sandbox } = await begin(cloud);
    const people = Array.from({ length: 10_000 }, (_, index) => ({
      id: `person-${index}`,
      email: `person-${index}@x.test`,
    }));
    const groups = Array.from({ length: 1_000 }, (_, index) => ({
      id: `group-${index}`,
      name: `Group ${index}`,
      members: Array.from({ length: 20 }, (_unused, member) => `person-${(index * 20 + member) % 10_000}`),
    }));
    const syncer = createSyncer(organization);
    const { results } = await syncer.apply((await syncer.plan({ people, groups })).rows);
    expect(results.every(({ outcome }) => outcome === "done")).toBe(true);
    expect(sandbox.requests.filter(({ path }) => path === importPath)).toHaveLength(6);
    expect(sandbox.state.members.size).toBe(10_001);
    expect((await syncer.plan({ people, groups })).rows).toEqual([]);
  });

  it("leavers named with their id are found when the organization's id is not known", async () => {
    const { organization, sandbox } = await begin({
      ...cloud,
      seed: { members: [{ email: "other@x.test", externalId: "l" }] },
    });
    await send(organization, numberRows([leaver("l@x.test", "l")]));
    expect(membersOf(sandbox.state)).toEqual(["other@x.test/l/revoked"]);
  });
});
