import { describe, expect, it } from "vitest";
import type { PlanRow } from "../../src/core/plan.ts";
import type { RowQuery } from "../../src/store/store.ts";
import {
  changeMembers,
  elsewhere,
  groupLink,
  invite,
  newRun,
  noon,
  otherProfile,
  personLink,
  profile,
  recordedRun,
  rowsOf,
  take,
  type StoreHarness,
} from "./data.ts";

const named = (row: number, name: string, email: string): PlanRow =>
  invite(row, `n${row}`, { subject: { kind: "person", id: `id-${row}`, name, email } });

/** Rows of plans, their journal and what they tell later. */
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

  describe("the journal", () => {
    it("given an intent and its outcome, then rows tell the newest state, with its links in the same moment", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      await store.saveRows(
        run,
        [0, 1, 2, 3, 4].map((row) => invite(row, `p${row}`)),
      );
      await store.journal(run, { rows: [3, 0, 1], state: "intent", at: noon }, undefined);
      await store.journal(run, { rows: [1], state: "unknown", at: noon, detail: "no answer" }, undefined);
      await store.journal(
        run,
        { rows: [0, 3], state: "done", at: noon + 1, accepted: true },
        { profile, change: { people: [personLink("p0"), personLink("p3")], groups: [groupLink("g", [])] } },
      );
      await store.journal(run, { rows: [4], state: "skipped", at: noon, detail: "guard" }, undefined);
      await store.journal(run, { rows: [], state: "done", at: noon }, undefined);
      const rows = (await rowsOf(store, run)).map(({ state, accepted, detail }) => ({ state, accepted, detail }));
      expect(rows).toEqual([
        { state: "done", accepted: true, detail: undefined },
        { state: "unknown", accepted: false, detail: "no answer" },
        { state: "planned", accepted: false, detail: undefined },
        { state: "done", accepted: true, detail: undefined },
        { state: "skipped", accepted: false, detail: "guard" },
      ]);
      expect((await store.links(profile)).people.map((link) => link.id)).toEqual(["id-p0", "id-p3"]);
    });

    it("given a row that was never saved, then nothing of the entry is kept, links included", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      await store.saveRows(run, [invite(0, "anna")]);
      const entry = { rows: [0, 1], state: "done", at: noon } as const;
      await expect(store.journal(run, entry, { profile, change: { people: [personLink("anna")] } })).rejects.toThrow(
        "1 of 2 rows",
      );
      expect((await rowsOf(store, run))[0]?.state).toBe("planned");
      expect((await store.links(profile)).people).toEqual([]);
    });

    it("given a kill between any two steps, then everything that was acknowledged is there and nothing else", async () => {
      await using here = await place();
      await using store = await here.open();
      const lease = await take(store);
      const run = await store.beginRun(newRun(), lease);
      await store.saveRows(run, [invite(0, "anna"), invite(1, "ben")], lease);
      const steps = [
        () => store.journal(run, { rows: [0], state: "intent", at: noon }, undefined, lease),
        () =>
          store.journal(
            run,
            { rows: [0], state: "done", at: noon },
            { profile, change: { people: [personLink("anna")] } },
            lease,
          ),
        () => store.journal(run, { rows: [1], state: "intent", at: noon }, undefined, lease),
      ];
      const told: unknown[] = [];
      for (const step of steps) {
        await step();
        await using there = await here.copy();
        await using after = await there.open();
        told.push([(await rowsOf(after, run)).map((row) => row.state), (await after.links(profile)).people.length]);
        await take(after, noon + 60_000);
        expect((await after.openRuns(profile)).map((one) => one.id)).toEqual([run]);
      }
      expect(told).toEqual([
        [["intent", "planned"], 0],
        [["done", "planned"], 1],
        [["done", "intent"], 1],
      ]);
    });
  });

  describe("what was done lately", () => {
    it("given changes, then those done since, that nobody accepted or undid, of this profile", async () => {
      await using here = await place();
      await using store = await here.open();
      const rows = [
        invite(0, "anna"),
        invite(1, "ben"),
        changeMembers(2, "team", ["anna"]),
        invite(3, "cleo"),
        invite(4, "dora"),
      ];
      await recordedRun(store, rows, { done: [0], at: noon - 1 });
      const run = await recordedRun(store, rows, { done: [0, 1, 2], at: noon });
      await store.journal(run, { rows: [3], state: "unknown", at: noon }, undefined);
      await store.markUndone(run, [1], run + 5);
      await recordedRun(store, rows, { done: [0, 1], at: noon, accepted: true });
      await recordedRun(store, rows, { done: [0], at: noon, run: { profile: otherProfile } });
      const open = await recordedRun(store, rows, { done: [4], at: noon, end: false });
      const { row: _row, ...anna } = rows[0] ?? invite(0, "");
      const { row: _second, ...team } = rows[2] ?? invite(0, "");
      const { row: _third, ...dora } = rows[4] ?? invite(0, "");
      expect(await store.recentChanges(profile, noon)).toStrictEqual([anna, team, dora]);
      expect(await store.recentChanges(profile, noon + 1)).toEqual([]);
      expect(await store.recentChanges(profile, noon - 1)).toHaveLength(4);
      expect(await store.recentChanges(elsewhere, 0)).toEqual([]);
      expect((await rowsOf(store, run)).map((row) => row.undoneBy)).toEqual([
        undefined,
        run + 5,
        undefined,
        undefined,
        undefined,
      ]);
      expect((await store.run(open))?.endedAt).toBeUndefined();
    });

    it("given a change that a later run settled as done, then it counts from then on", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await recordedRun(store, [invite(0, "anna")], { at: noon - 1_000, end: false });
      await store.journal(run, { rows: [0], state: "done", at: noon }, undefined);
      await store.updateRun(run, { endedAt: noon, outcome: "interrupted" });
      expect(await store.recentChanges(profile, noon)).toHaveLength(1);
    });
  });

  describe("the history of a person", () => {
    it("given a person by id, external id or any address they had, then what changed for them, newest first", async () => {
      await using here = await place();
      await using store = await here.open();
      const subject = { kind: "person", id: "d-1", externalId: "x-1", name: "Anna" } as const;
      const first = await recordedRun(
        store,
        [
          invite(0, "anna", { subject: { ...subject, email: "old@example.test" } }),
          invite(1, "ben"),
          { ...changeMembers(2, "team", []), add: ["x-1"], remove: [] },
          { ...changeMembers(3, "others", []), add: ["x-11"], remove: [] },
        ],
        { done: [0, 1, 2, 3], at: noon },
      );
      const second = await recordedRun(
        store,
        [
          invite(0, "anna", { action: "readdress", subject: { ...subject, email: "new@example.test" } }),
          { ...changeMembers(1, "team", []), add: [], remove: ["x-1"] },
          invite(2, "anna", { action: "revoke", subject: { ...subject, email: "new@example.test" } }),
        ],
        { done: [0], at: noon + 1 },
      );
      await store.journal(second, { rows: [1], state: "unknown", at: noon + 2 }, undefined);
      await recordedRun(store, [invite(0, "anna", { subject: { ...subject, email: "new@example.test" } })]);
      await recordedRun(store, [invite(0, "anna", { subject })], { done: [0], run: { profile: elsewhere } });
      const told = async (who: string, limit = 10): Promise<unknown> =>
        (await store.history(profile, who, limit)).map(({ run, row, action, state, at }) => [
          run,
          row,
          action,
          state,
          at,
        ]);
      const all = [
        [second, 1, "change-members", "unknown", noon + 2],
        [second, 0, "readdress", "done", noon + 1],
        [first, 2, "change-members", "done", noon],
        [first, 0, "invite", "done", noon],
      ];
      for (const who of ["d-1", "x-1", "OLD@example.test", " new@example.test "]) expect(await told(who)).toEqual(all);
      expect(await told("d-1", 2)).toEqual(all.slice(0, 2));
      for (const who of ["nobody", "x-", "", "team"]) expect(await told(who)).toEqual([]);
    });

    it("given a person who is linked and was only ever put in groups, then their address finds those", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveLinks(profile, { people: [personLink("anna", { directoryEmail: "anna@corp.test" })] });
      const run = await recordedRun(store, [changeMembers(0, "team", ["anna"])], { done: [0] });
      for (const who of ["anna@example.test", "anna@corp.test", "id-anna"])
        expect((await store.history(profile, who, 10)).map((row) => row.run)).toEqual([run]);
      expect(await store.history(elsewhere, "id-anna", 10)).toEqual([]);
    });
  });
};
