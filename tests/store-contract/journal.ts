import { describe, expect, it } from "vitest";
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

/** What became of rows, and what that tells later. */
export const describeJournal = ({ place }: StoreHarness): void => {
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

    it("given an outcome and the next intent together, then both are kept or neither", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      await store.saveRows(run, [invite(0, "anna"), invite(1, "ben")]);
      const done = { rows: [0], state: "done", at: noon } as const;
      const links = { profile, change: { people: [personLink("anna")] } };
      const states = async () => (await rowsOf(store, run)).map(({ state }) => state);
      await expect(store.journal(run, [done, { rows: [7], state: "intent", at: noon }], links)).rejects.toThrow(
        "0 of 1 rows",
      );
      expect(await states()).toEqual(["planned", "planned"]);
      expect((await store.links(profile)).people).toEqual([]);
      await store.journal(run, [done, { rows: [1], state: "intent", at: noon }], links);
      expect(await states()).toEqual(["done", "intent"]);
      expect((await store.links(profile)).people).toHaveLength(1);
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

    it("given a group's row about several, then of them only that person", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveLinks(profile, { people: [personLink("anna"), personLink("ben")] });
      await recordedRun(store, [changeMembers(0, "team", ["anna", "ben"], ["carl"])], { done: [0] });
      expect((await store.history(profile, "id-ben", 10)).map(({ add, remove }) => [add, remove])).toEqual([
        [["id-ben"], []],
      ]);
    });

    it("given part of a name, an address or an id, then who it may be: managed, revoked, or once managed", async () => {
      await using here = await place();
      await using store = await here.open();
      const revoked = { at: noon, cause: "gone" } as const;
      await store.saveLinks(profile, {
        people: [personLink("anna", { name: "Anna Bos" }), personLink("annabel", { revoked }), personLink("zoe")],
      });
      await recordedRun(store, [invite(0, "joanna"), invite(1, "anna"), invite(2, "hannah")], { done: [0, 1] });
      const found = async (search: string, limit = 10) =>
        (await store.find(profile, search, limit)).map(({ id, state }) => `${id} ${state}`);
      expect(await found("ANNA")).toEqual(["id-anna managed", "id-annabel revoked", "id-joanna former"]);
      expect(await found("anna", 1)).toEqual(["id-anna managed"]);
      expect(await found("bos")).toEqual(["id-anna managed"]);
      expect(await found("%")).toEqual([]);
      expect(await store.find(elsewhere, "anna", 10)).toEqual([]);
    });
  });
};
