/**
 * Product §2.7 and §1 row 12, with the executable: what each kind of organization says when its licences do not suffice, and
 * what was and was not done by then. Vaultwarden counts none, so it is not here.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Organization } from "../../src/organizations/sandbox/sandbox.ts";
import { disabled, group, many, person, type DirectoryContent } from "../scenarios/directory.ts";
import { builtExecutable, createPlace } from "./built.ts";
import { createFirm, settleIn, type FirmOptions } from "./firm.ts";

beforeAll(() => void builtExecutable(), 120_000);

const Server = z.object({ url: z.string(), clientId: z.string(), clientSecret: z.string() });
const owner = person("owner", { email: "owner@sandbox.test" });
const buying = { guards: { first: { invite: 20 }, seats: { buy: 5 } } };
const eleven = (): DirectoryContent => ({ people: [owner, ...many(10)], groups: [group("all", ...many(10))] });

interface Row {
  readonly given: string;
  readonly dialect?: FirmOptions["dialect"];
  readonly organization?: Partial<Organization>;
  readonly says: string;
}

describe("an organization whose licences do not suffice", { timeout: 60_000 }, () => {
  it.each<Row>([
    { given: "self-hosted", dialect: "official-selfhost", says: "Cannot autoscale on self-hosted instance" },
    {
      given: "billed by a provider",
      organization: { provider: "msp" },
      says: "Seat limit has been reached. Please contact your provider to add more seats",
    },
    {
      given: "bought from a reseller",
      organization: { provider: "reseller" },
      says: "Seat limit has been reached. Contact your provider to purchase additional seats",
    },
    {
      given: "whose subscription was cancelled",
      organization: { subscriptionCancelled: true },
      says: "You do not have an active subscription. Reinstate your subscription to make changes",
    },
    { given: "with a maximum", organization: { maxAutoscaleSeats: 10 }, says: "Seat limit has been reached" },
    {
      given: "of Teams Starter",
      organization: { planAllowsMoreSeats: false },
      says: "Plan does not allow additional seats",
    },
    { given: "without a way to pay", organization: { hasPayment: false }, says: "No payment method found" },
    { given: "without a subscription", organization: { hasSubscription: false }, says: "No subscription found" },
    {
      given: "at the plan's maximum",
      organization: { planBaseSeats: 10, planMaxAdditionalSeats: 0 },
      says: "Organization plan allows a maximum of 0 additional seats",
    },
  ])(
    "given one $given, and buying is allowed, then the server's own words, what is needed and there, and what was and was not done",
    async ({ dialect = "official-cloud", organization = {}, says }) => {
      await using firm = await createFirm({
        dialect,
        organization,
        seats: 10,
        organizationSettings: { seats: 10 },
        directory: eleven(),
        settings: buying,
      });
      const said = await firm.run("sync");
      expect(said).toMatchObject({ code: 1, fault: "organization.seats" });
      // An import records ids before it looks at its licences: that is done, and said.
      expect(said.stdout).toContain("Done: 1 id recorded.");
      const words = said.stderr.replaceAll(/\s+/gu, " ");
      expect(words).toContain(`gives no more licences: ${says}.`);
      expect(words).toContain("10 licences needed, 9 available. 1 of 12 changes was done, the others were not.");
      expect(words).toContain("Add licences in the organization's subscription, or select fewer people.");
      expect(firm.members()).toEqual([]);
      expect(firm.groups()).toEqual([]);
    },
  );

  it("given one that buys, then all of it goes, and no more than was allowed", async () => {
    await using firm = await createFirm({
      dialect: "official-cloud",
      seats: 10,
      directory: eleven(),
      settings: buying,
    });
    expect(await firm.run("sync")).toMatchObject({ code: 0, stderr: "" });
    expect(firm.sandbox.state.organization.seats).toBe(11);
    firm.directory.people = [owner, ...many(16)];
    firm.pass(25 * 3_600_000);
    const said = await firm.run("sync");
    expect(said).toMatchObject({ code: 4, fault: "guard.seats" });
    expect(said.stderr).toContain("short by 6 of 11");
    expect(firm.sandbox.state.organization.seats).toBe(11);
  });

  it("given somebody leaves first, then that is done before the invitations are refused, and both are said", async () => {
    await using firm = await createFirm({
      dialect: "official-cloud",
      plan: "teams-starter",
      directory: { people: [owner, ...many(9)], groups: [group("all", ...many(9))] },
      settings: { guards: { seats: { buy: 5 } } },
    });
    await settleIn(firm, 25);
    firm.directory.people = [owner, ...many(8), disabled("p9"), "new1", "new2"];
    const said = await firm.run("sync");
    expect(said).toMatchObject({ code: 1, fault: "organization.seats" });
    expect(said.stdout).toContain("Done: 1 revoked.");
    const words = said.stderr.replaceAll(/\s+/gu, " ");
    expect(words).toContain("Plan does not allow additional seats. 2 licences needed, 1 available.");
    expect(words).toContain("1 of 3 changes was done, the others were not.");
    expect(firm.members().filter((line) => line.startsWith("p9@"))).toEqual(["p9@firm.test/p9/revoked"]);
    expect(firm.members().filter((line) => line.startsWith("new"))).toEqual([]);
    firm.directory.people = [owner, ...many(8), disabled("p9"), "new1"];
    firm.pass(3_600_000);
    expect(await firm.run("sync")).toMatchObject({ code: 0, stderr: "" });
    expect(firm.members().filter((line) => line.startsWith("new"))).toEqual(["new1@firm.test/new1/invited"]);
  });
});

describe("sandbox --plan teams-starter", { timeout: 60_000 }, () => {
  it("given eleven people, the owner among them, then one seat short, nothing sent; allowed to buy, then the server's own words", async () => {
    const place = createPlace(builtExecutable());
    await using scope = new AsyncDisposableStack();
    scope.defer(() => place.end());
    const { stdout } = await place.start(["sandbox", "--plan", "teams-starter", "--json"], /\n/u);
    const { url, clientId, clientSecret } = Server.parse(JSON.parse(stdout.split("\n")[0] ?? ""));
    const file = join(place.home, "firm.csv");
    const lines = ["owner@sandbox.test", ...many(10).map((id) => `${id}@firm.test`)].map((mail, at) => `${at},${mail}`);
    writeFileSync(file, ["id,email", ...lines, ""].join("\n"));
    const login = ["login", "--server", url, "--client-id", clientId, "--client-secret-stdin"];
    expect(await place.run(login, { input: clientSecret })).toMatchObject({ code: 0 });
    expect(await place.run(["profile", "add", "main", "--directory", "file", "--path", file])).toMatchObject({
      code: 0,
    });
    const first = "--override=guards.first.invite=20";
    const stopped = await place.run(["sync", first]);
    expect(stopped).toMatchObject({ code: 4, stdout: "" });
    expect(stopped.stderr).toContain("error[guard.seats]: Stopped, nothing was sent.");
    expect(stopped.stderr).toContain("10 licences are needed, 9 known free: short by 1 of 10.");
    const refused = await place.run(["sync", first, '--override=profiles.main.guards.seats={"buy":5}']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("error[organization.seats]");
    expect(refused.stderr.replaceAll(/\s+/gu, " ")).toContain("Plan does not allow additional seats.");
  });
});

describe("known licences", { timeout: 60_000 }, () => {
  it.each<[string, Partial<FirmOptions>]>([
    ["told by the cloud", { plan: "teams-starter" }],
    ["given in the settings", { dialect: "official-selfhost", organizationSettings: { seats: 10 } }],
  ])(
    "given ten, %s, and eleven people, then one is short, who reads it knows the way on, and nothing is sent",
    async (_, more) => {
      await using firm = await createFirm({ dialect: "official-cloud", directory: eleven(), ...more });
      const plan = await firm.run("plan");
      expect(plan.stdout).toContain("Seats: 1 used of 10; this plan needs 10, frees 0: short by 1.");
      expect(plan.stdout).toContain("A sync stops here: guards first, invitations, seats.");
      firm.set({ guards: { first: { invite: 20 } } });
      const said = await firm.run("sync");
      expect(said).toMatchObject({ code: 4, fault: "guard.seats", stdout: "" });
      expect(said.stderr).toContain(
        "10 licences are needed, 9 known free: short by 1 of 10. The server may buy them or refuse.",
      );
      expect(said.stderr).toContain(`directory-connector config set guards.seats '{"buy":1}' --profile main`);
      expect(firm.members()).toEqual([]);
      expect(firm.sent()).toEqual([]);
    },
  );

  it("given Vaultwarden, which counts none, then a number in the settings stops nobody", async () => {
    await using firm = await createFirm({
      dialect: "vaultwarden",
      directory: eleven(),
      organizationSettings: { owners: ["owner@sandbox.test"], seats: 3 },
    });
    expect(await firm.accept()).toMatchObject({ code: 0, stderr: "" });
  });
});
