import { describe, expect, it } from "vitest";
import type { PlanRow } from "../../src/core/plan.ts";
import type { RowQuery } from "../../src/store/store.ts";
import { changeMembers, invite, newRun, noon, rowsOf, type StoreHarness } from "./data.ts";

const named = (row: number, name: string, email: string): PlanRow =>
  invite(row, `n${row}`, { subject: { kind: "person", id: `id-${row}`, name, email } });

/** Rows and notes of plans, and how they are found. */
export const describeRows = ({ place }: StoreHarness): void => {
  describe("rows of a plan", () => {
    it("given rows with everything a row can have, then they come back in plan order, planned", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      const rows: PlanRow[] = [
        invite(0, "anna"),
        invite(1, "ben", { subject: { kind: "person", id: "id-ben", externalId: "other", organizationId: "o-1" } }),
        { ...changeMembers(2, "team", ["anna"], ["ben"]), removeByEmail: ["x@example.test"] },
        invite(3, "cleo", {
          action: "keep",
          before: { email: "ä@example.test", status: "confirmed", type: "owner" },
          because: { code: "keep.owner", params: { who: "Zoë", n: 2, list: ["a", "b"], on: true } },
        }),
      ];
      await store.saveRows(run, rows.slice(2));
      await store.saveRows(run, rows.slice(0, 2));
      expect(await rowsOf(store, run)).toStrictEqual(
        rows.map((row) => ({ ...row, state: "planned", accepted: false })),
      );
      expect(await store.rows(run + 1)).toEqual({ rows: [], total: 0 });
    });

    it("given a row saved twice, then the second stands, once", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      await store.saveRows(run, [invite(0, "anna"), invite(1, "ben")]);
      await store.saveRows(run, [invite(1, "cleo")]);
      const { rows, total } = await store.rows(run);
      expect([rows.map((row) => row.subject.name), total]).toEqual([["anna", "cleo"], 2]);
    });

    it("given 25,000 rows, then pages of 10,000 hold each once, and 500 come where no number is given", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      const rows = Array.from({ length: 25_000 }, (_, row) => invite(row, `person${row}`));
      for (let start = 0; start < rows.length; start += 10_000)
        await store.saveRows(run, rows.slice(start, start + 10_000));
      const seen: number[] = [];
      const sizes: number[] = [];
      for (let cursor: number | undefined, more = true; more; more = cursor !== undefined) {
        const page = await store.rows(run, { limit: 10_000, ...(cursor === undefined ? {} : { cursor }) });
        for (const row of page.rows) seen.push(row.row);
        sizes.push(page.rows.length);
        expect(page.total).toBe(25_000);
        cursor = page.next;
      }
      expect(sizes).toEqual([10_000, 10_000, 5_000]);
      expect(seen).toEqual(rows.map((row) => row.row));
      expect((await store.rows(run)).rows).toHaveLength(500);
      expect((await store.rows(run, { limit: 25_000 })).next).toBeUndefined();
    });

    it("given a search, then names, addresses and ids that contain it, in any letter case and language", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      await store.saveRows(run, [
        named(0, "Élodie Ångström", "elodie@example.test"),
        named(1, "ÇELİK", "c.elik@EXAMPLE.test"),
        named(2, "100% sure_thing", "plain@example.test"),
        named(3, "Σοφία", "sofia@example.test"),
        named(4, 'O\'Brien "Bob" \\ slash', "bob@example.test"),
        named(5, "e\u0301cole", "ecole@example.test"),
      ]);
      const found = async (search: string): Promise<number[]> =>
        (await store.rows(run, { search })).rows.map((row) => row.row);
      expect(await found("élodie")).toEqual([0]);
      expect(await found("ÅNGSTRÖM")).toEqual([0]);
      expect(await found("example.TEST")).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await found("%")).toEqual([2]);
      expect(await found("_thing")).toEqual([2]);
      expect(await found("σοφία")).toEqual([3]);
      expect(await found('o\'brien "BOB" \\')).toEqual([4]);
      expect(await found("École")).toEqual([5]);
      expect(await found(" ID-3 ")).toEqual([3]);
      expect(await found("nobody")).toEqual([]);
      expect(await found("  ")).toHaveLength(6);
    });

    it("given filters, then all of them hold, and the total counts what they leave", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      await store.saveRows(run, [
        invite(0, "anna"),
        invite(1, "ben", { action: "revoke" }),
        invite(2, "annabel"),
        changeMembers(3, "anna's team", ["anna"]),
        invite(4, "dora", {
          subject: { kind: "person", id: "id-dora", externalId: "x-4", email: "dora@example.test" },
        }),
      ]);
      await store.journal(run, { rows: [0, 1], state: "done", at: noon }, undefined);
      await store.journal(run, { rows: [2], state: "refused", at: noon, detail: "no" }, undefined);
      const found = async (query: RowQuery): Promise<[number[], number]> => {
        const { rows, total } = await store.rows(run, query);
        return [rows.map((row) => row.row), total];
      };
      expect(await found({ actions: ["invite"] })).toEqual([[0, 2, 4], 3]);
      expect(await found({ actions: [] })).toEqual([[], 0]);
      expect(await found({ states: ["done", "refused"] })).toEqual([[0, 1, 2], 3]);
      expect(await found({ search: "ANNA", actions: ["invite"], states: ["planned", "done"] })).toEqual([[0], 1]);
      expect(await found({ subject: "id-anna" })).toEqual([[0], 1]);
      expect(await found({ subject: "Anna@example.test" })).toEqual([[0], 1]);
      expect(await found({ subject: "x-4" })).toEqual([[4], 1]);
      expect(await found({ subject: "id-" })).toEqual([[], 0]);
      expect(await found({ search: "anna", limit: 2 })).toEqual([[0, 2], 3]);
      expect(await found({ search: "anna", limit: 2, cursor: 2 })).toEqual([[3], 3]);
    });
  });

  describe("notes", () => {
    it("given notes in batches, then they come back in order, by whom they are about and by search", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      const notes = [
        {
          code: "left_out",
          severity: "warning",
          subject: { kind: "person", id: "1", name: "Zoë", email: "zoe@example.test" },
          params: { n: 1, list: ["a"] },
        },
        { code: "summary", severity: "info" },
        { code: "stranger", severity: "info", subject: { kind: "group", id: "2", name: "Team" } },
      ] as const;
      await store.saveNotes(run, notes.slice(0, 1));
      await store.saveNotes(run, notes.slice(1));
      expect(await store.notes(run)).toStrictEqual([...notes]);
      expect(await store.notes(run, { search: "ZOË" })).toEqual([notes[0]]);
      expect(await store.notes(run, { subject: "2" })).toEqual([notes[2]]);
      expect(await store.notes(run, { subject: "Zoe@example.test" })).toEqual([notes[0]]);
      expect(await store.notes(run + 1)).toEqual([]);
    });
  });
};
