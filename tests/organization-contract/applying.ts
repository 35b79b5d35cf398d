/** What was applied is there. */
import { describe, expect, it } from "vitest";
import { numberRows, type Change } from "../../src/core/plan.ts";
import type { Step } from "../../src/organizations/organization.ts";
import { createSyncer, type Wish } from "../organization-world.ts";
import {
  createGroup,
  faultOf,
  importPath,
  invitation,
  invitations,
  inviteRows,
  leaver,
  nothingKnown,
  send,
  stageOf,
  type OrganizationHarness,
} from "./stage.ts";

export function describeApplying(harness: OrganizationHarness): void {
  const { start } = stageOf(harness);
  const steps: [string, Wish][] = [
    ["people", { people: [person(1), person(2), person(3)] }],
    ["groups", { people: [person(1), person(2), person(3)], groups: [group("g", "G", 1, 2), group("h", "H")] }],
    ["memberships", { people: [person(1), person(2), person(3)], groups: [group("g", "G", 2, 3), group("h", "H", 1)] }],
    ["a leaver", { people: [person(1), disabled(2), person(3)], groups: [group("g", "G", 2, 3), group("h", "H", 1)] }],
    [
      "somebody back",
      { people: [person(1), person(2), person(3)], groups: [group("g", "G", 2, 3), group("h", "H", 1)] },
    ],
    ["somebody gone", { people: [person(1), person(3)], groups: [group("g", "G", 3), group("h", "H", 1)] }],
    ["a group gone", { people: [person(1), person(3)], groups: [group("g", "G", 3, 1)] }],
    [
      "names in every script",
      {
        people: [person(1), person(3), { id: 'ид 🔑 "\\', email: "ünï@xn--bcher-kva.test" }],
        groups: [group("g", "G", 3, 1), { id: "größe", name: 'Größe 日本 "\u2028\\', members: ['ид 🔑 "\\'] }],
      },
    ],
  ];

  describe("applying", () => {
    it("then planning again finds nothing, whatever the change was", async () => {
      const { open } = await start();
      const syncer = createSyncer(await open());
      for (const [what, wish] of steps) {
        const { rows } = await syncer.plan(wish);
        expect({ what, planned: rows.length > 0 }).toEqual({ what, planned: true });
        const { done, results } = await syncer.apply(rows);
        expect({ what, failed: results.filter(({ outcome }) => outcome !== "done") }).toEqual({ what, failed: [] });
        expect({ what, done: new Set(done) }).toEqual({ what, done: new Set(rows.map(({ row }) => row)) });
        expect({ what, left: (await syncer.plan(wish)).rows }).toEqual({ what, left: [] });
      }
    });

    it("takes access before it gives any, and writes groups when everybody is there", async () => {
      const { open } = await start();
      const organization = await open();
      const encoded: Step[] = [];
      const rows = numberRows([
        ...invitations(2),
        { ...leaver("old@x.test", "old"), action: "revoke" },
        createGroup("g", ["p0"]),
      ]);
      for await (const step of organization.encode(rows, nothingKnown)) encoded.push(step);
      const order = encoded.flatMap(({ rows: settled }) => settled.map((row) => rows[row]?.action));
      expect(order).toEqual(["revoke", "invite", "invite", "create-group"]);
    });

    it("given nothing, then sends nothing", async () => {
      const { open, sandbox } = await start();
      expect((await send(await open(), [])).steps).toEqual([]);
      expect(sandbox.requests.filter(({ path }) => path === importPath)).toEqual([]);
    });

    it.each([
      ["an address", [invitation("1", "a@x.test"), invitation("2", "A@x.test")]],
      ["an id", [invitation("1", "a@x.test"), invitation("1", "b@x.test")]],
      [
        "a group's id",
        [createGroup("g", []), { ...createGroup("g", []), subject: { kind: "group", id: "other", externalId: "g" } }],
      ],
    ] as [string, Change[]][])("given %s twice, then refuses before anything is sent", async (_what, changes) => {
      const { open, sandbox } = await start();
      expect(await faultOf(send(await open(), numberRows(changes)))).toMatchObject({
        code: "organization.duplicate_ids",
        params: { count: 1 },
      });
      expect(sandbox.requests.filter(({ path }) => path === importPath)).toEqual([]);
    });

    it("never asks the server to overwrite", async () => {
      const { open, sandbox } = await start();
      await send(await open(), inviteRows(3));
      const bodies = sandbox.requests.filter(({ path }) => path === importPath).map(({ body }) => body);
      expect(bodies).toHaveLength(1);
      for (const body of bodies) expect(body).toMatchObject({ overwriteExisting: false, groups: [] });
    });
  });
}

const person = (number: number) => ({ id: `p${number}`, email: `p${number}@x.test` });
const disabled = (number: number) => ({ ...person(number), state: "disabled" as const });
const group = (id: string, name: string, ...members: number[]) => ({
  id,
  name,
  members: members.map((one) => `p${one}`),
});
