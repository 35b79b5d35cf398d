import { describe, expect, it } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { faultOf } from "../fault-of.ts";
import {
  invite,
  newRun,
  noon,
  personLink,
  profile,
  request,
  rowsOf,
  staleMs,
  take,
  type StoreHarness,
} from "./data.ts";

/** One at a time, and whoever lost it cannot write. */
export const describeLeases = ({ place }: StoreHarness): void => {
  describe("leases", () => {
    it("given nobody, then the first takes it and the second is told who holds it", async () => {
      await using here = await place();
      await using one = await here.open();
      await using other = await here.open();
      const lease = await take(one);
      await lease.renew(noon + 1_000);
      const expected = { what: "sync", who: "somebody", host: "host", pid: 7, since: noon, seen: noon + 1_000 };
      const answer = await other.acquire(
        request(noon + 2_000, { holder: { what: "test", who: "me", host: "h", pid: 8 } }),
      );
      expect(answer).toEqual({ heldBy: expected });
      expect(await other.holder("profile:main", noon + 2_000, staleMs)).toEqual(expected);
      expect(await other.holder("profile:other", noon, staleMs)).toBeUndefined();
    });

    it("given one process, then it cannot take twice what it holds", async () => {
      await using here = await place();
      await using store = await here.open();
      await take(store);
      expect(await store.acquire(request(noon))).toHaveProperty("heldBy");
    });

    it("given another name, then both are held side by side", async () => {
      await using here = await place();
      await using store = await here.open();
      const profileLease = await take(store);
      const organizationLease = await take(store, noon, { name: "organization:x" });
      await profileLease.check();
      await organizationLease.check();
    });

    it("given a release, then the next takes it, with a larger fence than any before on any name", async () => {
      await using here = await place();
      await using store = await here.open();
      const fences: number[] = [];
      for (const name of ["a", "b", "a", "c", "b", "a"]) {
        const lease = await take(store, noon, { name });
        fences.push(lease.fence);
        await lease.release();
        expect(await store.holder(name, noon, staleMs)).toBeUndefined();
      }
      expect(fences).toEqual(fences.toSorted((left, right) => left - right));
      expect(new Set(fences).size).toBe(fences.length);
    });

    it("given a store that was closed meanwhile, then fences go on", async () => {
      await using here = await place();
      const store = await here.open();
      const first = await take(store);
      await first.release();
      await store[Symbol.asyncDispose]();
      await using again = await here.open();
      expect((await take(again)).fence).toBeGreaterThan(first.fence);
    });

    it.each([
      ["was not heard of for longer than that", noon + staleMs + 1],
      ["has a clock that is ahead by more than that", noon - staleMs - 1],
    ])("given a holder that %s, then it is taken over", async (_, now) => {
      await using here = await place();
      await using one = await here.open();
      await using other = await here.open();
      const old = await take(one);
      const taken = await take(other, now);
      expect(taken.fence).toBeGreaterThan(old.fence);
      await taken.check();
      expect((await faultOf(old.check())).code).toBe("lease.lost");
      expect((await faultOf(old.renew(now))).code).toBe("lease.lost");
    });

    it.each([noon + staleMs, noon - staleMs])("given a heartbeat at the edge (%d), then it is not", async (now) => {
      await using here = await place();
      await using store = await here.open();
      await take(store);
      expect(await store.acquire(request(now))).toHaveProperty("heldBy");
    });

    it("given heartbeats, then nobody takes it over however long it is held", async () => {
      await using here = await place();
      await using store = await here.open();
      const lease = await take(store);
      for (let at = 1; at <= 10; at += 1) {
        await lease.renew(noon + at * 20_000);
        expect(await store.acquire(request(noon + at * 20_000 + 5_000))).toHaveProperty("heldBy");
      }
    });

    it("given a holder that slept and nobody who wanted it, then it goes on", async () => {
      await using here = await place();
      await using store = await here.open();
      const lease = await take(store);
      await lease.renew(noon + 10 * staleMs);
      await lease.check();
    });

    it("given a lease that was taken over, then releasing the old one does not touch the new one", async () => {
      await using here = await place();
      await using store = await here.open();
      const old = await take(store);
      const taken = await take(store, noon + staleMs + 1);
      await old.release();
      await taken.check();
      expect(await store.holder("profile:main", noon + staleMs + 1, staleMs)).toBeDefined();
    });

    it("given a holder that says how far it is, then others see it; asked to stop it hears so, and nobody after it", async () => {
      await using here = await place();
      await using store = await here.open();
      await using other = await here.open();
      expect(await other.askToStop("profile:main")).toBe(false);
      const lease = await take(store);
      await lease.report({ stage: "users", done: 5, total: 9 });
      expect((await other.holder("profile:main", noon, staleMs))?.progress).toEqual({
        stage: "users",
        done: 5,
        total: 9,
      });
      expect(await lease.isAskedToStop()).toBe(false);
      expect(await other.askToStop("profile:main")).toBe(true);
      expect(await lease.isAskedToStop()).toBe(true);
      await lease.release();
      const next = await take(store);
      expect(await next.isAskedToStop()).toBe(false);
      expect((await store.holder("profile:main", noon, staleMs))?.progress).toBeUndefined();
    });

    it("given a lease that was released, then it holds nothing any more, and releasing it again is fine", async () => {
      await using here = await place();
      await using store = await here.open();
      const lease = await take(store);
      await lease.release();
      await lease.release();
      expect((await faultOf(lease.check())).code).toBe("lease.lost");
      expect((await faultOf(lease.renew(noon))).code).toBe("lease.lost");
    });

    it("given two who want it at once, then one of them gets it", async () => {
      await using here = await place();
      const stores: Store[] = [];
      for (let at = 0; at < 5; at += 1) stores.push(await here.open());
      const answers = await Promise.all(stores.map((store) => store.acquire(request(noon))));
      expect(answers.filter((answer) => !("heldBy" in answer))).toHaveLength(1);
      for (const store of stores) await store[Symbol.asyncDispose]();
    });
  });

  describe("fencing", () => {
    const writes: readonly [
      string,
      (store: Store, run: number, lease: Parameters<Store["saveLinks"]>[2]) => Promise<unknown>,
    ][] = [
      ["state", (store, _, lease) => store.saveState(profile, { generation: 9 }, lease)],
      ["links", (store, _, lease) => store.saveLinks(profile, { people: [personLink("late")] }, lease)],
      ["a snapshot", (store, _, lease) => store.saveSnapshot(profile, { readAt: 9, users: [], groups: [] }, lease)],
      ["a new run", (store, _, lease) => store.beginRun(newRun(), lease)],
      ["rows", (store, run, lease) => store.saveRows(run, [invite(5, "late")], lease)],
      ["notes", (store, run, lease) => store.saveNotes(run, [{ code: "late", severity: "info" }], lease)],
      ["the end of a run", (store, run, lease) => store.updateRun(run, { outcome: "done" }, lease)],
      [
        "the journal with its links",
        (store, run, lease) =>
          store.journal(
            run,
            { rows: [0], state: "done", at: 9 },
            { profile, change: { people: [personLink("late")] } },
            lease,
          ),
      ],
    ];

    it.each(writes)(
      "given somebody who lost the lease, then %s is refused and nothing of it is kept",
      async (_, write) => {
        await using here = await place();
        await using one = await here.open();
        await using other = await here.open();
        const old = await take(one);
        const run = await one.beginRun(newRun(), old);
        await one.saveRows(run, [invite(0, "anna")], old);
        await take(other, noon + staleMs + 1);
        const kept = async (): Promise<unknown> => [
          await other.state(profile),
          await other.links(profile),
          await other.snapshot(profile),
          await other.runs({ limit: 10 }),
          await rowsOf(other, run),
          await other.notes(run),
        ];
        const before = await kept();
        expect((await faultOf(write(one, run, old))).code).toBe("lease.lost");
        expect(await kept()).toEqual(before);
      },
    );

    it("given somebody who holds it, then all of these are written", async () => {
      await using here = await place();
      await using store = await here.open();
      const lease = await take(store);
      const run = await store.beginRun(newRun(), lease);
      await store.saveRows(run, [invite(0, "anna")], lease);
      for (const [, write] of writes) await write(store, run, lease);
      expect((await store.links(profile)).people).toHaveLength(1);
    });
  });
};
