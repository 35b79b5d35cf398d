/** Who gets a seat on the official server, and who is staged without one. */
import { afterEach, describe, expect, it } from "vitest";
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

let sandbox: TestSandbox;
afterEach(() => sandbox.close());

async function cloud(
  organization: Partial<Organization> = {},
  members: readonly NewMember[] = [],
): Promise<TestSandbox> {
  sandbox = await startTestSandbox({ dialect: "official-cloud", organization, seed: { members } });
  return sandbox;
}

describe("seats", () => {
  const plain = (message: string) => ({ object: "error", message, errors: null });
  const wrapped = (message: string) => ({
    object: "error",
    message: "Errors have occurred.",
    errors: { "An error has occurred.": [message] },
  });
  it.each<{ given: string; organization: Partial<Organization>; json: unknown }>([
    {
      given: "a provider",
      organization: { provider: "msp" },
      json: plain("Seat limit has been reached. Please contact your provider to add more seats."),
    },
    {
      given: "a reseller",
      organization: { provider: "reseller" },
      json: plain("Seat limit has been reached. Contact your provider to purchase additional seats."),
    },
    {
      given: "a cancelled subscription",
      organization: { subscriptionCancelled: true },
      json: plain("You do not have an active subscription. Reinstate your subscription to make changes"),
    },
    { given: "a maximum", organization: { maxAutoscaleSeats: 2 }, json: plain("Seat limit has been reached.") },
    {
      given: "Teams Starter with a maximum",
      organization: { planAllowsMoreSeats: false, maxAutoscaleSeats: 2 },
      json: plain("Seat limit has been reached."),
    },
    {
      given: "a plan without more seats",
      organization: { planAllowsMoreSeats: false },
      json: wrapped("Plan does not allow additional seats."),
    },
    { given: "no payment method", organization: { hasPayment: false }, json: wrapped("No payment method found.") },
    { given: "no subscription", organization: { hasSubscription: false }, json: wrapped("No subscription found.") },
    {
      given: "a plan's maximum",
      organization: { planMaxAdditionalSeats: 2 },
      json: wrapped("Organization plan allows a maximum of 2 additional seats."),
    },
  ])("given $given and one seat too few, invites nobody", async ({ organization, json }) => {
    await cloud({ seats: 2, ...organization }, [{ email: "a@x", externalId: "1" }]);
    const answer = await sendImport(sandbox, { members: [add("b@x", "2")] });
    expect(answer).toMatchObject({ status: 400, json });
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/confirmed"]);
    expect(sandbox.state.organization.seats).toBe(2);
    expect(sandbox.state.mails).toEqual([]);
  });

  it("cannot be bought by a server of one's own", async () => {
    sandbox = await startTestSandbox({ dialect: "official-selfhost", seats: 1 });
    expect((await sendImport(sandbox, { members: [add("b@x", "2")] })).json).toEqual(
      plain("Cannot autoscale on self-hosted instance."),
    );
  });

  it("are bought when the plan allows it, and the owners are told", async () => {
    await cloud({ seats: 1 });
    expect((await sendImport(sandbox, { members: [add("a@x", "1"), add("b@x", "2")] })).status).toBe(200);
    expect(sandbox.state.organization.seats).toBe(3);
    expect(sandbox.state.mails.map((mail) => `${mail.kind} ${mail.to}`)).toEqual([
      "seats-bought owner@sandbox.test",
      "invitation a@x",
      "invitation b@x",
    ]);
  });

  it("are ten in Teams Starter: nine more fit, a tenth does not", async () => {
    sandbox = await startTestSandbox({ dialect: "official-cloud", plan: "teams-starter" });
    expect((await sendImport(sandbox, { members: people(9) })).status).toBe(200);
    expect((await sendImport(sandbox, { members: people(10) })).json).toEqual(
      wrapped("Plan does not allow additional seats."),
    );
    expect(membersOf(sandbox.state)).toHaveLength(9);
  });

  it("are needed by an organization over its number whatever it imports", async () => {
    await cloud({ seats: 1, planAllowsMoreSeats: false }, [{ email: "a@x" }]);
    expect((await sendImport(sandbox, {})).status).toBe(400);
  });

  it("are not taken by revoked and staged people, nor counted for an address already there", async () => {
    await cloud({ seats: 2, planAllowsMoreSeats: false }, [
      { email: "r@x", status: -1 },
      { email: "s@x", status: 3 },
      { email: "k@x", externalId: "k" },
    ]);
    expect((await sendImport(sandbox, { members: [add("k@x", "other")] })).status).toBe(200);
  });
});

describe("staging", () => {
  it.each([
    { flag: true, field: false, status: "staged" },
    { flag: true, field: true, status: "invited" },
    { flag: true, field: undefined, status: "invited" },
    { flag: false, field: false, status: "invited" },
    { flag: false, field: true, status: "invited" },
    { flag: false, field: undefined, status: "invited" },
  ])("with the flag $flag and the field $field makes new people $status", async ({ flag, field, status }) => {
    await cloud({ stagedFlag: flag });
    expect(
      (await sendImport(sandbox, { members: [add("a@x", "1")], inviteUsersAfterProvisioning: field })).status,
    ).toBe(200);
    expect(membersOf(sandbox.state)).toEqual([`a@x/1/${status}`]);
    expect(await call(sandbox, "GET", "/config")).toMatchObject({
      json: { featureStates: { "pm-34423-staged-status": flag } },
    });
  });

  it("lets staged people be in groups and never promotes them", async () => {
    await cloud({ stagedFlag: true });
    const body = { members: [add("a@x", "1")], groups: [group("G", "g", ["1"])] };
    await sendImport(sandbox, { ...body, inviteUsersAfterProvisioning: false });
    await sendImport(sandbox, { ...body, inviteUsersAfterProvisioning: true });
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/staged"]);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{a@x}"]);
  });
});
