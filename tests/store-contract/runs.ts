import { describe, expect, it } from "vitest";
import type { PlanRow } from "../../src/core/plan.ts";
import type { Run, Store } from "../../src/store/store.ts";
import {
  changeMembers,
  day,
  elsewhere,
  groupLink,
  header,
  invite,
  newRun,
  noon,
  otherProfile,
  personLink,
  profile,
  recordedRun,
  staleMs,
  take,
  type StoreHarness,
} from "./data.ts";

const idsOf = (runs: readonly Run[]): number[] => runs.map((run) => run.id);
const everyRun = async (store: Store): Promise<number[]> => idsOf((await store.runs({ limit: 1_000 })).rows);

/** Runs, and which of them are kept. */
export const describeRuns = ({ place }: StoreHarness): void => {
  describe("runs", () => {
    it("given a run, then what is known of it grows, and what was not given stays", async () => {
      await using here = await place();
      await using store = await here.open();
      const id = await store.beginRun(newRun());
      expect(await store.run(id)).toStrictEqual({ id, ...newRun() });
      const update = {
        header: header("ab".repeat(32)),
        accepted: { by: "me", how: "apply" },
        guards: [{ code: "guard.first", params: { count: 3 } }],
        fault: { code: "organization.seats", params: { need: 11 } },
        counts: { people: 5 },
        undoes: 3,
      };
      await store.updateRun(id, update);
      await store.updateRun(id, { endedAt: noon + 5, outcome: "done" });
      await store.updateRun(id, {});
      expect(await store.run(id)).toStrictEqual({ id, ...newRun(), ...update, endedAt: noon + 5, outcome: "done" });
      expect(await store.run(id + 1)).toBeUndefined();
    });

    it("given an update of a run that is not there, then it fails", async () => {
      await using here = await place();
      await using store = await here.open();
      await expect(store.updateRun(5, { outcome: "done" })).rejects.toThrow("5");
    });

    it("given many, then pages from the newest on, of one profile or all, of those that changed something or all", async () => {
      await using here = await place();
      await using store = await here.open();
      const ids: number[] = [];
      for (let at = 0; at < 7; at += 1)
        ids.unshift(await recordedRun(store, [invite(0, "anna")], { done: at % 2 === 0 ? [0] : [] }));
      const other = await recordedRun(store, [], { run: { profile: otherProfile } });
      const first = await store.runs({ profile, limit: 3 });
      expect([idsOf(first.rows), first.next, first.total]).toEqual([ids.slice(0, 3), ids[2], 7]);
      const second = await store.runs({ profile, limit: 3, before: first.next ?? 0 });
      expect([idsOf(second.rows), second.next, second.total]).toEqual([ids.slice(3, 6), ids[5], 7]);
      const last = await store.runs({ profile, limit: 3, before: second.next ?? 0 });
      expect([idsOf(last.rows), "next" in last, last.total]).toEqual([ids.slice(6), false, 7]);
      expect(await everyRun(store)).toEqual([other, ...ids]);
      const changed = await store.runs({ profile, limit: 10, changedOnly: true });
      expect([idsOf(changed.rows), changed.total]).toEqual([ids.filter((_, at) => at % 2 === 0), 4]);
      expect(await store.runs({ profile: elsewhere, limit: 10 })).toEqual({ rows: [], total: 0 });
    });
  });

  describe("a profile by day", () => {
    it("given runs of several days, then whom it managed, whose access changed, and who lost it, each person once a day", async () => {
      await using here = await place();
      await using store = await here.open();
      const planned = {
        ...header("ab".repeat(32)),
        counts: { ...header("").counts, linkedPeople: 7, linkedGroups: 2 },
      };
      const revoke: PlanRow = { ...invite(1, "bert"), action: "revoke", because: { code: "leaver" } };
      const again: PlanRow = { ...invite(2, "anna"), action: "restore", because: { code: "back" } };
      await recordedRun(store, [invite(0, "old")], { done: [0], at: noon - 9 * day });
      const first = await recordedRun(store, [invite(0, "anna"), revoke, again], { done: [0, 1, 2] });
      await store.updateRun(first, { header: planned });
      await recordedRun(store, [invite(0, "carl"), changeMembers(1, "g", ["carl"])], { done: [1], at: noon + day });
      await store.saveLinks(profile, {
        people: [personLink("anna"), personLink("bert", { revoked: { at: noon, cause: "gone" } })],
        groups: [groupLink("g", [])],
      });
      const { days, people, groups } = await store.numbers(profile, noon - 5 * day);
      expect(days.map(({ day: _day, ...rest }) => rest)).toEqual([{ people: 7, groups: 2, changed: 2, lost: 1 }]);
      expect(days[0]?.day).toMatch(/^2026-01-2\d$/u);
      expect([people, groups]).toEqual([2, 1]);
      expect(await store.numbers(elsewhere, 0)).toEqual({ days: [], people: 0, groups: 0 });
    });
  });

  describe("runs that a kill left open", () => {
    it("given runs begun and not ended, then those without a live lease, oldest first", async () => {
      await using here = await place();
      await using store = await here.open();
      const first = await take(store);
      const killed = await store.beginRun(newRun(), first);
      const ended = await store.beginRun(newRun(), first);
      await store.updateRun(ended, { endedAt: noon, outcome: "done" }, first);
      expect(await store.openRuns(profile)).toEqual([]);
      const second = await take(store, noon + staleMs + 1);
      const unleased = await store.beginRun(newRun());
      await store.beginRun(newRun(), second);
      await store.beginRun(newRun({ profile: otherProfile }));
      expect(idsOf(await store.openRuns(profile))).toEqual([killed, unleased]);
      expect(await store.openRuns(elsewhere)).toEqual([]);
    });

    it("given a lease that was released over an open run, then the run is open", async () => {
      await using here = await place();
      await using store = await here.open();
      const lease = await take(store);
      const run = await store.beginRun(newRun(), lease);
      await lease.release();
      expect(idsOf(await store.openRuns(profile))).toEqual([run]);
    });

    it("given a lease of another name taken since, then the run's own still counts", async () => {
      await using here = await place();
      await using store = await here.open();
      const lease = await take(store);
      await store.beginRun(newRun(), lease);
      await take(store, noon, { name: "organization:x" });
      expect(await store.openRuns(profile)).toEqual([]);
    });
  });

  describe("plans by digest", () => {
    it("given the first six characters or more, then the newest plan of this profile that begins so", async () => {
      await using here = await place();
      await using store = await here.open();
      const digests = [`abcdef0${"1".repeat(57)}`, `abcdef0${"1".repeat(57)}`, `abcdef9${"1".repeat(57)}`];
      const [, second, third] = await Promise.all(
        digests.map(async (digest) => {
          const run = await recordedRun(store, []);
          await store.updateRun(run, { header: header(digest) });
          return run;
        }),
      );
      await recordedRun(store, []);
      const found = async (digest: string, of = profile): Promise<number | undefined> =>
        (await store.planByDigest(of, digest))?.id;
      expect(await found("abcdef")).toBe(third);
      expect(await found("abcdef0")).toBe(second);
      expect(await found(" ABCDEF0 ")).toBe(second);
      expect(await found(digests[2] ?? "")).toBe(third);
      for (const digest of ["abcde", "", "abcdef1", "abcdefg", "abc%__", `${digests[2]}0`])
        expect(await found(digest)).toBeUndefined();
      expect(await found("abcdef", otherProfile)).toBeUndefined();
    });
  });

  describe("pruning", () => {
    it("given runs that changed something, then those that ended before the limit go with rows and notes", async () => {
      await using here = await place();
      await using store = await here.open();
      const old = await recordedRun(store, [invite(0, "anna")], { done: [0], at: noon - 10 * day });
      await store.saveNotes(old, [{ code: "n", severity: "info" }]);
      const young = await recordedRun(store, [invite(0, "anna")], { done: [0], at: noon });
      const open = await recordedRun(store, [invite(0, "anna")], { done: [0], at: noon - 10 * day, end: false });
      await store.prune(profile, { changed: noon - 5 * day, unchanged: 0 });
      expect(await everyRun(store)).toEqual([open, young]);
      expect([(await store.rows(old)).rows, await store.notes(old)]).toEqual([[], []]);
      expect((await store.rows(young)).rows).toHaveLength(1);
    });

    it("given runs that changed nothing, then the newest of a day and outcome is left of those before the limit", async () => {
      await using here = await place();
      await using store = await here.open();
      const at = async (time: number, outcome: "unchanged" | "guard" = "unchanged"): Promise<number> => {
        const run = await recordedRun(store, [], { at: time });
        await store.updateRun(run, { outcome });
        return run;
      };
      await at(noon - 9 * day);
      const guarded = await at(noon - 9 * day + 1, "guard");
      const lastOfDay = await at(noon - 9 * day + 2);
      const nextDay = await at(noon - 8 * day);
      const young = [await at(noon - 1), await at(noon)];
      const open = await recordedRun(store, [], { at: noon - 9 * day, end: false });
      const others = [
        await recordedRun(store, [], { at: noon - 9 * day, run: { profile: otherProfile } }),
        await recordedRun(store, [], { at: noon - 9 * day, run: { profile: otherProfile } }),
      ];
      await store.prune(profile, { changed: 0, unchanged: noon - 5 * day });
      expect((await everyRun(store)).toSorted((left, right) => left - right)).toEqual(
        [guarded, lastOfDay, nextDay, ...young, open, ...others].toSorted((left, right) => left - right),
      );
      await store.prune(elsewhere, { changed: noon, unchanged: noon });
    });

    it("given plans that nothing was applied of, every hour, then old ones keep their head and the newest their rows", async () => {
      await using here = await place();
      await using store = await here.open();
      const applied = await recordedRun(store, [invite(0, "anna")], { done: [0] });
      const runs: number[] = [];
      for (let at = 0; at < 30; at += 1)
        runs.push(await recordedRun(store, [invite(0, "anna"), changeMembers(1, "g", [])]));
      await store.prune(profile, { changed: 0, unchanged: 0 });
      expect(await everyRun(store)).toHaveLength(31);
      const totals = await Promise.all([applied, ...runs].map(async (run) => (await store.rows(run)).total));
      expect(totals).toEqual([1, ...Array.from({ length: 10 }, () => 0), ...Array.from({ length: 20 }, () => 2)]);
    });
  });
};
