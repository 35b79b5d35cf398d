import { describe, expect, it } from "vitest";
import type { Verdicts } from "../../src/store/store.ts";
import { changeMembers, group, invite, newRun, noon, otherProfile, profile, user, type StoreHarness } from "./data.ts";

const all = { offset: 0, limit: 500 };
const guest = { code: "unselected.guest" };
const verdicts: Verdicts = {
  people: new Map([["id-guus", guest]]),
  groups: [
    { id: "id-sales", members: 3, names: ["Anna", "Ben"] },
    { id: "id-it", members: 1, names: [], because: { code: "unselected.excluded", params: { clause: 2 } } },
  ],
};
const read = {
  readAt: noon,
  users: [
    user("zoe", { name: 'Zoë "de" Groot' }),
    user("guus", { state: "disabled" }),
    user("anna", { name: "anna", email: "a_b@example.test" }),
    { id: "nameless", externalId: "nameless", state: "enabled" as const, selected: true },
  ],
  groups: [group("sales", ["anna"]), group("it", ["zoe"])],
};

/** Lists that people scroll and search: any part of them, by name. */
export const describeLists = ({ place }: StoreHarness): void => {
  describe("lists of the last read", () => {
    it("given a read with verdicts, then people come by name with why they do not take part, any part of the list", async () => {
      await using here = await place();
      await using store = await here.open();
      expect(await store.listPeople(profile, all)).toEqual({ rows: [], total: 0 });
      expect(await store.readAt(profile)).toBeUndefined();
      await store.saveSnapshot(profile, read);
      await store.saveVerdicts(profile, verdicts);
      expect(await store.readAt(profile)).toBe(noon);
      const { rows, total } = await store.listPeople(profile, all);
      expect(total).toBe(4);
      expect(rows).toEqual([
        { id: "id-anna", name: "anna", email: "a_b@example.test", state: "enabled" },
        { id: "id-guus", name: "Name of guus", email: "guus@example.test", state: "disabled", because: guest },
        { id: "nameless", state: "enabled" },
        { id: "id-zoe", name: 'Zoë "de" Groot', email: "zoe@example.test", state: "enabled" },
      ]);
      const part = await store.listPeople(profile, { offset: 2, limit: 1 });
      expect([part.rows.map(({ id }) => id), part.total]).toEqual([["nameless"], 4]);
      expect(await store.listPeople(profile, { offset: 9, limit: 1 })).toEqual({ rows: [], total: 4 });
      expect(await store.listPeople(otherProfile, all)).toEqual({ rows: [], total: 0 });
    });

    it("given a search, then names, addresses and ids, in any letter case and language; signs stand for themselves", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveSnapshot(profile, read);
      await store.saveVerdicts(profile, verdicts);
      const found = async (search: string): Promise<string[]> =>
        (await store.listPeople(profile, { ...all, search })).rows.map(({ id }) => id);
      expect(await found("ZOË")).toEqual(["id-zoe"]);
      expect(await found('"DE"')).toEqual(["id-zoe"]);
      expect(await found("guus@EXAMPLE")).toEqual(["id-guus"]);
      expect(await found("a_b")).toEqual(["id-anna"]);
      expect(await found("axb")).toEqual([]);
      expect(await found("%")).toEqual([]);
      expect(await found("enabled")).toEqual([]);
      expect(await found("NAMELESS")).toEqual(["nameless"]);
      expect(await found("  ")).toHaveLength(4);
      expect((await store.listGroups(profile, { ...all, search: "SAL" })).rows.map(({ name }) => name)).toEqual([
        "sales",
      ]);
    });

    it("given what is asked for, then those who take part, those who do not, those of a state, those a run says nothing of", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveSnapshot(profile, read);
      await store.saveVerdicts(profile, verdicts);
      const run = await store.beginRun(newRun());
      await store.saveRows(run, [invite(0, "anna"), changeMembers(1, "zoe", [])]);
      const ids = async (query: object): Promise<string[]> =>
        (await store.listPeople(profile, { ...all, ...query })).rows.map(({ id }) => id);
      expect(await ids({ selected: false })).toEqual(["id-guus"]);
      expect(await ids({ selected: true })).toEqual(["id-anna", "nameless", "id-zoe"]);
      expect(await ids({ states: ["disabled", "deleted"] })).toEqual(["id-guus"]);
      expect(await ids({ selected: true, withoutRun: run })).toEqual(["nameless", "id-zoe"]);
    });

    it("given other verdicts or another read, then lists follow them; with the cache they are gone", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveSnapshot(profile, read);
      expect((await store.listGroups(profile, all)).rows[0]).toMatchObject({ selected: false, members: 1 });
      await store.saveVerdicts(profile, verdicts);
      expect((await store.listGroups(profile, all)).rows).toEqual([
        { id: "id-it", name: "it", selected: false, members: 1, names: [], because: verdicts.groups[1]?.because },
        { id: "id-sales", name: "sales", selected: true, members: 3, names: ["Anna", "Ben"] },
      ]);
      await store.saveVerdicts(profile, { people: new Map(), groups: [] });
      expect((await store.listPeople(profile, { ...all, selected: false })).total).toBe(0);
      await store.saveSnapshot(profile, { ...read, users: read.users.slice(1) });
      expect((await store.listPeople(profile, all)).total).toBe(3);
      await store.saveVerdicts(profile, verdicts);
      await store.clearCache(profile);
      expect((await store.listPeople(profile, all)).total).toBe(0);
      await store.saveSnapshot(profile, read);
      expect((await store.listPeople(profile, { ...all, selected: false })).total).toBe(0);
    });
  });

  describe("lists of a run", () => {
    it("given rows of several actions, then those asked for, by name, each part with the whole number", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      await store.saveRows(run, [
        invite(0, "zoe", { action: "revoke" }),
        invite(1, "ben"),
        invite(2, "Anna"),
        changeMembers(3, "team", ["anna"]),
      ]);
      const names = async (query: object): Promise<unknown[]> => {
        const { rows, total } = await store.listRows(run, { ...all, actions: ["revoke", "invite"], ...query });
        return [rows.map(({ subject }) => subject.name), total];
      };
      expect(await names({})).toEqual([["Anna", "ben", "zoe"], 3]);
      expect(await names({ offset: 1, limit: 1 })).toEqual([["ben"], 3]);
      expect(await names({ search: "AN" })).toEqual([["Anna"], 1]);
      expect(await names({ actions: ["remove"] })).toEqual([[], 0]);
      expect((await store.listRows(run, { ...all, actions: ["change-members"] })).rows).toMatchObject([
        { row: 3, add: ["id-anna"], state: "planned" },
      ]);
      await store.journal(run, { rows: [0], state: "done", at: noon }, undefined);
      expect((await store.listRows(run, { ...all, actions: ["revoke"] })).rows[0]?.state).toBe("done");
      expect(await store.countRows(run)).toEqual(
        expect.arrayContaining([
          { action: "revoke", state: "done", count: 1 },
          { action: "invite", state: "planned", count: 2 },
        ]),
      );
      await store.saveRows(run, [invite(4, "cleo")]);
      expect(await names({ search: "cleo" })).toEqual([["cleo"], 1]);
      expect(await names({ actions: ["invite"] })).toEqual([["Anna", "ben", "cleo"], 3]);
    });

    it("given notes, then those about somebody, by code or by how codes begin", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await store.beginRun(newRun());
      const about = (name: string) => ({ kind: "person" as const, id: `id-${name}`, name });
      await store.saveNotes(run, [
        { code: "stranger", severity: "info", subject: about("zoe") },
        { code: "left_out.no_address", severity: "warning", subject: about("ben") },
        { code: "left_out.same_address", severity: "warning", subject: about("anna") },
        { code: "left_out.no_address", severity: "warning" },
      ]);
      const names = async (codes: string[], search?: string): Promise<unknown[]> =>
        (await store.listNotes(run, { ...all, codes, ...(search === undefined ? {} : { search }) })).rows.map(
          ({ subject }) => subject?.name,
        );
      expect(await names(["left_out."])).toEqual(["anna", "ben"]);
      expect(await names(["stranger", "left_out.no_address"])).toEqual(["ben", "zoe"]);
      expect(await names(["left_out."], "BE")).toEqual(["ben"]);
      expect(await names(["left"])).toEqual([]);
    });
  });
};
