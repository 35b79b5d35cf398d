/** Product §2.5: joiners. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person } from "./directory.ts";
import { createWorld, hours } from "./world.ts";

const importPath = "/public/organization/import";
const staging = { sync: { joiners: "stage" } };

describe("invited", () => {
  it("given a new, enabled person, then they are invited; a disabled one is not", async () => {
    const world = await createWorld({ directory: { people: ["ann", disabled("bob")], groups: [] } });
    await world.review();
    expect(world.members()).toEqual(["ann@firm.test/ann/invited"]);
  });

  it("given an address the organization already holds, then it is never sent as new", async () => {
    const world = await createWorld({
      directory: { people: ["ann", "bob"], groups: [] },
      seed: { members: [{ email: "Ann@Firm.test", externalId: "scim-1" }] },
    });
    await world.review();
    const sent = world.sandbox.requests
      .filter(({ path }) => path === importPath)
      .map(({ body }) => JSON.stringify(body));
    expect(sent).toHaveLength(1);
    expect(sent.join()).not.toContain("ann@firm.test");
  });
});

describe("staged", () => {
  it("given the server can, then nobody is mailed, and one person's status is read before the rest goes", async () => {
    const world = await createWorld({
      directory: { people: many(5), groups: [] },
      settings: staging,
      organization: { stagedFlag: true },
    });
    const run = await world.review();
    expect(run.changes).toEqual(many(5).map((id) => `stage ${id}@firm.test`));
    expect(world.members()).toEqual(many(5).map((id) => `${id}@firm.test/${id}/staged`));
    expect(world.sandbox.state.mails).toEqual([]);
    const requests = world.requests();
    const first = requests.indexOf(`POST ${importPath}`);
    const second = requests.indexOf(`POST ${importPath}`, first + 1);
    expect(requests.slice(first, second)).toContain("GET /public/members");
    const [one] = world.sandbox.requests.filter(({ path }) => path === importPath);
    expect(one?.body).toMatchObject({ members: [{ externalId: "p1" }], inviteUsersAfterProvisioning: false });
  });

  it("given the server cannot, then the plan is refused, never turned into invitations", async () => {
    const world = await createWorld({ directory: { people: many(3), groups: [] }, settings: staging });
    const run = await world.review();
    expect(run.fault?.code).toBe("organization.no_staging");
    expect(world.members()).toEqual([]);
    expect(world.sandbox.state.mails).toEqual([]);
  });

  it("given the server mails in spite of what it announced, then it stops after one", async () => {
    const world = await createWorld({
      directory: { people: many(5), groups: [] },
      settings: staging,
      organization: { stagedFlag: true },
    });
    const plan = await world.plan();
    world.sandbox.control.onRequest = (when, { path }) => {
      if (when === "before" && path === importPath) world.sandbox.state.organization.stagedFlag = false;
    };
    const run = await world.apply(plan);
    expect(run.fault?.code).toBe("organization.no_staging");
    expect(world.members()).toHaveLength(1);
  });

  it("given a plan is refused for it, then whom it takes out of a group after a changed address is not taken for done", async () => {
    const people = many(20);
    const world = await createWorld({ directory: { people, groups: [group("sales", "p1", "p2")] } });
    await world.review();
    world.set({ sync: { joiners: "stage" } });
    world.directory.people = [person("p1", { email: "new@firm.test" }), ...people.slice(1)];
    world.directory.groups = [group("sales", "p2")];
    world.pass(hours);
    const run = await world.apply(await world.plan());
    expect(run.fault?.code).toBe("organization.no_staging");
    expect(run.states).toEqual(["planned readdress new@firm.test", "planned change-members sales -p1"]);
    world.set({ sync: { joiners: "invite" } });
    world.directory.people = people;
    world.pass(hours);
    await world.sync({ full: true });
    expect(world.groups()).toEqual(["sales/sales{p2@firm.test}"]);
  });

  it("given somebody staged, then a later run leaves them staged, and they can change address", async () => {
    const world = await createWorld({
      directory: { people: many(25), groups: [] },
      settings: staging,
      organization: { stagedFlag: true },
    });
    await world.review();
    world.pass(hours);
    expect(await world.sync({ full: true })).toMatchObject({ outcome: "unchanged" });
    world.directory.people = [person("p1", { email: "new@firm.test" }), ...many(25).slice(1)];
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["readdress new@firm.test"]);
    expect(world.members()).toContain("new@firm.test/p1/staged");
    expect(world.sandbox.state.mails).toEqual([]);
  });
});
