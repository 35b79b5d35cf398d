/** The edges of a request, by count and by bytes. */
import { describe, expect, it } from "vitest";
import { numberRows } from "../../src/core/plan.ts";
import type { Fault, Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { membersOf } from "../../src/organizations/sandbox/testing.ts";
import {
  createGroup,
  faultOf,
  importPath,
  invitations,
  inviteRows,
  manyIds,
  send,
  stageOf,
  type OrganizationHarness,
} from "./stage.ts";

export function describeBatches(harness: OrganizationHarness): void {
  const { start } = stageOf(harness);
  const { mostPeople } = harness;
  const importsOf = ({ requests }: Sandbox) => requests.filter(({ path }) => path === importPath);

  describe("batches", () => {
    it.each([
      [mostPeople - 1, 1],
      [mostPeople, 1],
      [mostPeople + 1, 2],
    ])("given %i people, then %i requests", async (count, requests) => {
      const { open, sandbox } = await start();
      const { outcomes } = await send(await open(), inviteRows(count));
      expect(outcomes).toEqual(Array.from({ length: requests }, () => "done"));
      expect(membersOf(sandbox.state)).toHaveLength(count);
      expect(importsOf(sandbox)).toHaveLength(requests);
    });

    it("by bytes: no request is larger than 900 kB, and none smaller than it need be", async () => {
      const { open, sandbox } = await start();
      const organization = await open();
      const rows = numberRows(
        Array.from({ length: 80 }, (_, index) => createGroup(`g${index}`, manyIds(index < 40 ? 600 : 1_000))),
      );
      await send(organization, rows);
      const sizes = importsOf(sandbox).map(({ bytes }) => bytes);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(900_000);
      for (const [index, size] of sizes.slice(0, -1).entries())
        expect(size + (sizes[index + 1] ?? 0)).toBeGreaterThan(850_000);
    });

    it("a group too large to share goes alone, whole", async () => {
      const { open, sandbox } = await start();
      const large = manyIds(30_000);
      const rows = numberRows([createGroup("a", []), createGroup("b", large), createGroup("c", [])]);
      const { steps } = await send(await open(), rows);
      expect(steps.map((step) => step.kind === "import" && step.groups.map((one) => one.externalId))).toEqual([
        ["a"],
        ["b"],
        ["c"],
      ]);
      expect(sandbox.state.groups.size).toBe(3);
    });

    it("a group that no request can hold is refused before anything is sent", async () => {
      const { open, sandbox } = await start();
      const rows = numberRows([...invitations(1), createGroup("b", manyIds(1_000_000))]);
      expect(await faultOf(send(await open(), rows))).toMatchObject({
        code: "organization.too_large",
        params: { unit: "bytes" },
      });
      expect(importsOf(sandbox)).toEqual([]);
    });

    it.each([
      [
        "is refused",
        { kind: "status", status: 400, when: "before", body: `{"message":"No.","errors":null}` },
        "refused",
      ],
      ["fails", { kind: "status", status: 500, when: "before" }, "refused"],
      ["is lost", { kind: "close", when: "before" }, "unknown"],
    ] as [string, Fault, string][])(
      "given a second batch that %s, then the first stays done and is said to be",
      async (_what, fault, outcome) => {
        const { open, sandbox } = await start();
        sandbox.control.faults.push({ path: importPath, at: 2, fault });
        const { outcomes, settled } = await send(await open(), inviteRows(mostPeople * 2 + 1));
        expect(outcomes).toEqual(["done", outcome]);
        expect(settled).toHaveLength(mostPeople);
        expect(membersOf(sandbox.state)).toHaveLength(mostPeople);
      },
    );
  });
}
