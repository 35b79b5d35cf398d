import { describe, expect, it } from "vitest";
import {
  createGroup,
  faultOf,
  importPath,
  invitation,
  inviteRows,
  leaver,
  manyIds,
  nothingKnown,
  send,
} from "../../../tests/organization-contract/stage.ts";
import { openedPerTest } from "../../../tests/organization-contract/opened.ts";
import { createSyncer, type Wish } from "../../../tests/organization-world.ts";
import { numberRows, type Change } from "../../core/plan.ts";
import type { Known } from "../organization.ts";
import { memberStatus, memberType } from "../sandbox/sandbox.ts";
import { groupsOf, membersOf } from "../sandbox/testing.ts";

const { begin: open, world } = openedPerTest();
const begin = (options: Partial<Parameters<typeof open>[0]> = {}) => open({ dialect: "vaultwarden", ...options });
const imports = () => world().sandbox.requests.filter(({ path }) => path === importPath);

describe("what Vaultwarden's key can do", () => {
  it("is said, with the reason for what it cannot", async () => {
    const { organization } = await begin();
    expect("read" in organization).toBe(false);
    expect(organization.abilities).toEqual({
      read: { no: "ability.vaultwarden_read" },
      revoke: "yes",
      restore: "yes",
      remove: { no: "ability.vaultwarden_remove" },
      renameGroup: { no: "ability.vaultwarden_rename" },
      removeGroup: { no: "ability.vaultwarden_remove_group" },
      stage: { no: "ability.vaultwarden_stage" },
      seats: { no: "ability.vaultwarden_seats" },
    });
    expect((await organization.check()).map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "ok check.organization.reached",
      "ok check.organization.logged_in",
      "info ability.vaultwarden_read",
      "info ability.vaultwarden_address",
      "info ability.vaultwarden_remove",
      "info ability.vaultwarden_groups",
      "info ability.vaultwarden_rename",
      "info ability.vaultwarden_remove_group",
      "info ability.vaultwarden_stage",
      "info ability.vaultwarden_seats",
    ]);
  });

  it("staging is refused before anything is sent", async () => {
    const { organization } = await begin();
    const rows = numberRows([{ ...invitation("1", "a@x.test"), action: "stage" }]);
    expect(await faultOf(send(organization, rows))).toMatchObject({
      code: "organization.no_staging",
      params: { reason: "vaultwarden" },
    });
    expect(imports()).toEqual([]);
  });

  it("a request of another kind is a defect, not something to try", async () => {
    const { organization } = await begin();
    const step = { kind: "revoke", member: { email: "a@x.test" }, rows: [0] } as const;
    expect(await faultOf(organization.send(step))).toMatchObject({ code: "internal.defect" });
  });
});

describe("people", () => {
  it("leave by address, and come back as they were", async () => {
    const { organization, sandbox } = await begin({ seed: { members: [{ email: "a@x.test", externalId: "1" }] } });
    await send(organization, numberRows([leaver("a@x.test", "1")]));
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/1/revoked"]);
    await send(organization, numberRows([{ ...leaver("a@x.test", "1"), action: "restore" }]));
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/1/confirmed"]);
  });

  it("that are to be removed are revoked", async () => {
    const { organization, sandbox } = await begin({ seed: { members: [{ email: "a@x.test", externalId: "1" }] } });
    await send(organization, numberRows([{ ...leaver("a@x.test", "1"), action: "remove", after: {} }]));
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/1/revoked"]);
  });

  it("are named by the address they had, not by the one the directory has now", async () => {
    const { organization, sandbox } = await begin({ seed: { members: [{ email: "old@x.test", externalId: "1" }] } });
    const change: Change = {
      ...leaver("old@x.test", "1"),
      subject: { kind: "person", id: "1", externalId: "1", email: "new@x.test" },
    };
    await send(organization, numberRows([change]));
    expect(membersOf(sandbox.state)).toEqual(["old@x.test/1/revoked"]);
  });

  const moved = (id: string, old: string, now: string): Change => ({
    action: "readdress",
    subject: { kind: "person", id, externalId: id, email: now },
    before: { email: old, externalId: id },
    after: { email: now, externalId: id },
    because: { code: "address.replaced", params: { old } },
  });

  it("with a new address: the old one retires under an id of its own, so that groups hold the new one for good", async () => {
    const { organization, sandbox } = await begin();
    const syncer = createSyncer(organization, { addressChange: "replace" });
    const wish = (email: string, ...inside: string[]): Wish => ({
      people: [{ id: "u1", email }],
      groups: [{ id: "g", name: "G", members: inside }],
    });
    await syncer.apply((await syncer.plan(wish("old@x.test", "u1"))).rows);
    sandbox.byHand.accept("old@x.test");
    await syncer.apply((await syncer.plan(wish("new@x.test", "u1"))).rows);
    expect(membersOf(sandbox.state)).toEqual(["new@x.test/u1/invited", "old@x.test/u1~old/revoked"]);
    sandbox.byHand.accept("new@x.test");
    await send(organization, numberRows([{ ...createGroup("g", ["u1"]), action: "change-members" }]), {
      ...nothingKnown,
      group: () => ({ externalId: "g", name: "G", members: [], writtenBy: "import", manual: [] }),
    });
    expect(groupsOf(sandbox.state)).toEqual(["G/g{new@x.test}"]);
  });

  it("with a new address are never cut in two by the edge of a request", async () => {
    const { organization } = await begin();
    await send(
      organization,
      numberRows(Array.from({ length: 101 }, (_, index) => moved(`p${index}`, `o${index}@x.test`, `n${index}@x.test`))),
    );
    expect(imports().map(({ body }) => body)).toEqual([
      expect.objectContaining({ members: expect.objectContaining({ length: 200 }) }),
      expect.objectContaining({ members: expect.objectContaining({ length: 2 }) }),
    ]);
  });

  it("leave in the first requests", async () => {
    const { organization } = await begin();
    const rows = numberRows([
      ...Array.from({ length: 250 }, (_, index) => leaver(`l${index}@x.test`, `l${index}`)),
      invitation("i", "i@x.test"),
    ]);
    const { steps } = await send(organization, rows);
    expect(steps.flatMap((step) => (step.kind === "import" ? step.members.map(({ deleted }) => deleted) : []))).toEqual(
      [...Array.from({ length: 250 }, () => true), false],
    );
  });

  it("that the server protects are left as they are, and it counts as sent", async () => {
    const { organization, sandbox } = await begin();
    expect((await send(organization, numberRows([leaver("owner@sandbox.test", "o")]))).outcomes).toEqual(["done"]);
    expect(sandbox.byHand.findMember("owner@sandbox.test")).toMatchObject({
      status: memberStatus.confirmed,
      type: memberType.owner,
    });
  });

  it("a bad address stops the request where it stands, in the server's own words", async () => {
    const { organization, sandbox } = await begin();
    const { results } = await send(
      organization,
      numberRows([invitation("1", "a@x.test"), invitation("2", "b..c@x.test"), invitation("3", "d@x.test")]),
    );
    expect(results).toEqual([
      {
        outcome: "refused",
        code: "organization.rejected",
        status: 400,
        messages: ["User email b..c@x.test is not a valid email address"],
      },
    ]);
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/1/invited"]);
  });

  it("that another import is inviting just now are not refused: what becomes of them is not known yet", async () => {
    const { organization, sandbox } = await begin();
    const body = JSON.stringify({ message: "Error saving user", validationErrors: { "": ["Error saving user"] } });
    sandbox.control.faults.push({
      path: importPath,
      at: 1,
      fault: { kind: "status", status: 400, when: "before", body },
    });
    expect((await send(organization, inviteRows(2))).results).toEqual([{ outcome: "unknown", reason: "busy" }]);
  });

  it("a mail that cannot be sent stops the request", async () => {
    const { organization, sandbox } = await begin({ organization: { mailEnabled: true } });
    sandbox.control.mailFailsFor.add("p1@x.test");
    expect((await send(organization, inviteRows(3))).results).toMatchObject([
      { outcome: "refused", status: 400, messages: [expect.stringContaining("Error sending invite")] },
    ]);
    expect(membersOf(sandbox.state)).toEqual(["p0@x.test/p0/invited"]);
  });
});

describe("groups", () => {
  const sized = (memberCount: number): Known => ({ ...nothingKnown, memberCount });
  const many = (count: number, members: number): Change[] =>
    Array.from({ length: count }, (_, index) => createGroup(`g${index}`, manyIds(members)));

  it.each([
    [100, 10_000, 50, 1],
    [100, 10_000, 51, 2],
    [100, 50_000, 10, 1],
    [100, 50_000, 11, 2],
  ])(
    "of %i people in an organization of %i: %i groups are %i requests",
    async (members, memberCount, groups, requests) => {
      const { organization } = await begin();
      const { steps } = await send(organization, numberRows(many(groups, members)), sized(memberCount));
      expect(steps).toHaveLength(requests);
    },
  );

  it("dearer than any request should be go alone", async () => {
    const { organization } = await begin();
    const { steps } = await send(organization, numberRows(many(3, 5_000)), sized(50_000));
    expect(steps).toHaveLength(3);
  });

  it("go with their whole membership, and all their changes in one; one that was removed by hand is made again under its present name", async () => {
    const { organization, sandbox } = await begin();
    await send(organization, inviteRows(4));
    const known: Known = {
      ...nothingKnown,
      group: () => ({ externalId: "g", name: "G", members: ["p0", "p1"], writtenBy: "import", manual: [] }),
    };
    await send(
      organization,
      numberRows([{ ...createGroup("g", ["p2", "p3"]), action: "change-members", remove: ["p0"] }]),
      known,
    );
    expect(groupsOf(sandbox.state)).toEqual(["g/g{p1@x.test,p2@x.test,p3@x.test}"]);
    await send(organization, numberRows([{ ...createGroup("g", []), action: "remove-group" }]), known);
    expect(groupsOf(sandbox.state)).toEqual(["g/g{}"]);
  });

  it("nobody knows are a defect, not an empty group", async () => {
    const { organization } = await begin();
    const rows = numberRows([{ ...createGroup("g", ["a"]), action: "change-members" }]);
    expect(await faultOf(send(organization, rows))).toMatchObject({ code: "internal.defect" });
  });
});
