import { describe, expect, it } from "vitest";
import type { Mark } from "../../src/core/link.ts";
import type { ProfileState, Store } from "../../src/store/store.ts";
import {
  elsewhere,
  group,
  groupLink,
  header,
  invite,
  newRun,
  noon,
  organization,
  otherProfile,
  personLink,
  profile,
  recordedRun,
  user,
  type StoreHarness,
} from "./data.ts";

const whole: ProfileState = {
  generation: 4,
  directory: "directory",
  organization,
  selection: "selection",
  settings: { "sync.users": "true", "directory.password": "keychain" },
  cursor: "cursor",
  cursorFor: "selection",
  lastGoodRun: noon,
  lastUsersRun: noon,
  lastGroupsRun: noon,
  lastFullRead: noon,
  firstApplied: noon,
  paused: { at: noon, by: "somebody", why: "ünder repair" },
  domains: ["example.test"],
  failures: { count: 3, since: noon, code: "directory.unreachable" },
  schedule: {
    since: noon,
    by: "somebody",
    next: noon,
    every: 3_600_000,
    failures: 1,
    last: { started: noon, ended: noon, run: 7, fault: { code: "lease.held", params: { who: "jan" } } },
  },
};
const mark = (id: string, kind: Mark["kind"] = "adopt"): Mark => ({ kind, subject: "person", id, by: "me", at: noon });

/** What hangs on a profile. */
export const describeProfiles = ({ place }: StoreHarness): void => {
  describe("the state of a profile", () => {
    it("given nothing kept, then generation 0 and nothing else, and looking keeps nothing", async () => {
      await using here = await place();
      await using store = await here.open();
      expect(await store.state(profile)).toEqual({ generation: 0 });
      expect(await store.links(profile)).toEqual({ people: [], groups: [] });
      expect(await store.snapshot(profile)).toBeUndefined();
      expect(await store.marks(profile)).toEqual([]);
    });

    it("given a change, then only its keys change; given undefined, then the key is forgotten", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveState(profile, whole);
      await store.saveState(profile, { generation: 5, paused: undefined });
      const { paused: _paused, ...rest } = whole;
      expect(await store.state(profile)).toEqual({ ...rest, generation: 5 });
      expect(await store.state(elsewhere)).toEqual({ generation: 0 });
    });

    it("given two who change different keys, then both stay", async () => {
      await using here = await place();
      await using one = await here.open();
      await using other = await here.open();
      await Promise.all([one.saveState(profile, { cursor: "c" }), other.saveState(profile, { lastGoodRun: 3 })]);
      expect(await one.state(profile)).toEqual({ generation: 0, cursor: "c", lastGoodRun: 3 });
    });
  });

  describe("marks", () => {
    it("given marks, then they stay until dropped, one per kind and subject", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveMarks(profile, [mark("a"), mark("b"), mark("a", "restore")], []);
      await store.saveMarks(profile, [{ ...mark("a"), at: noon + 1, by: "you" }], [mark("b")]);
      expect(await store.marks(profile)).toEqual([mark("a", "restore"), { ...mark("a"), at: noon + 1, by: "you" }]);
      expect(await store.marks(otherProfile)).toEqual([]);
    });
  });

  describe("forgetting", () => {
    it("given Clear Sync Cache, then cursors, the last read and the last look at the organization go; all else stays", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await fill(store, profile);
      await store.clearCache(profile);
      expect(await store.snapshot(profile)).toBeUndefined();
      const { cursor: _cursor, cursorFor: _for, lastFullRead: _read, ...kept } = whole;
      expect(await store.state(profile)).toEqual(kept);
      expect((await store.links(profile)).people).toEqual([personLink("anna")]);
      expect((await store.links(profile)).groups).toEqual([groupLink("team", ["id-anna"])]);
      expect(await store.marks(profile)).toHaveLength(1);
      expect((await store.rows(run)).total).toBe(1);
      expect(await store.recentChanges(profile, 0)).toHaveLength(1);
      await store.clearCache(elsewhere);
    });

    it("given another profile beside it, then clearing and forgetting leave that one alone", async () => {
      await using here = await place();
      await using store = await here.open();
      await fill(store, profile);
      const otherRun = await fill(store, otherProfile);
      const others = async (): Promise<unknown> => [
        await store.state(otherProfile),
        await store.links(otherProfile),
        await store.snapshot(otherProfile),
        await store.marks(otherProfile),
        await store.runs({ profile: otherProfile, limit: 10 }),
        await store.rows(otherRun),
        await store.notes(otherRun),
      ];
      const before = await others();
      await store.clearCache(profile);
      await store.forgetProfile(profile);
      await store.forgetProfile(elsewhere);
      expect(await others()).toEqual(before);
    });

    it("given a forgotten profile, then nothing of it is left, and its runs' numbers are not given again", async () => {
      await using here = await place();
      await using store = await here.open();
      const run = await fill(store, profile);
      await store.forgetProfile(profile);
      expect(await store.state(profile)).toEqual({ generation: 0 });
      expect(await store.links(profile)).toEqual({ people: [], groups: [] });
      expect(await store.snapshot(profile)).toBeUndefined();
      expect(await store.marks(profile)).toEqual([]);
      expect(await store.runs({ limit: 10 })).toEqual({ rows: [], total: 0 });
      expect([await store.run(run), (await store.rows(run)).rows, await store.notes(run)]).toEqual([undefined, [], []]);
      expect(await store.beginRun(newRun())).toBeGreaterThan(run);
    });
  });

  describe("owners of people", () => {
    it("given several profiles, then those of the same organization own their people by external id, not one's own", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveLinks(profile, { people: [personLink("mine")] });
      const anna = personLink("anna", { externalId: "x-1", recorded: true });
      await store.saveLinks(otherProfile, { people: [anna, personLink("ben")] });
      await store.saveLinks(elsewhere, { people: [personLink("away")] });
      const otherId = otherProfile.slice(0, 36);
      expect(await store.owners(organization, profile)).toEqual(
        new Map([
          ["x-1", { profile: otherId, recorded: true }],
          ["id-ben", { profile: otherId, recorded: false }],
        ]),
      );
      const mine = { profile: profile.slice(0, 36), recorded: false };
      expect(await store.owners(organization, otherProfile)).toEqual(new Map([["id-mine", mine]]));
      expect(await store.owners("unknown", profile)).toEqual(new Map());
    });
  });

  describe("values and the audit", () => {
    it("given a value, then it stays until another or none is given", async () => {
      await using here = await place();
      await using store = await here.open();
      expect(await store.value("k")).toBeUndefined();
      await store.saveValue("k", "one ü");
      await store.saveValue("k", "two 😀");
      await store.saveValue("other", "");
      expect([await store.value("k"), await store.value("other")]).toEqual(["two 😀", ""]);
      await store.saveValue("k", undefined);
      await store.saveValue("k", undefined);
      expect(await store.value("k")).toBeUndefined();
    });

    it("given entries, then the newest come first, of one profile where asked", async () => {
      await using here = await place();
      await using store = await here.open();
      const entries = [
        { at: 1, who: "me", what: "login" },
        { at: 2, who: "me", what: "config.set", profile: "main", detail: "sync.users" },
        { at: 3, who: "you", what: "secret.set", profile: "other" },
        { at: 2, who: "you", what: "run.accepted", profile: "main" },
      ];
      for (const entry of entries) await store.audit(entry);
      expect(await store.audits({ limit: 10 })).toEqual(entries.toReversed());
      expect(await store.audits({ limit: 1 })).toEqual([entries[3]]);
      expect(await store.audits({ profile: "main", limit: 10 })).toEqual([entries[3], entries[1]]);
    });

    it("given kinds or the beginning of what they say, then only such entries", async () => {
      await using here = await place();
      await using store = await here.open();
      const set = { who: "me", what: "config.set", profile: "main" };
      const entries = [
        { ...set, at: 1, detail: "profiles.main.sync.users: %_ → b" },
        { ...set, at: 2, detail: "profiles.main.sync.userFilter: a → b" },
        { ...set, at: 3, what: "login" },
        { ...set, at: 4, profile: "other", detail: "profiles.main.sync.users: b → c" },
      ];
      for (const entry of entries) await store.audit(entry);
      const [users, filter, login, other] = entries;
      expect(await store.audits({ detail: "profiles.main.sync.users: ", limit: 10 })).toEqual([other, users]);
      expect(await store.audits({ detail: "profiles.main.sync.users: %", limit: 10 })).toEqual([users]);
      expect(await store.audits({ profile: "main", detail: "profiles.main.sync.users", limit: 10 })).toEqual([users]);
      expect(await store.audits({ profile: "main", until: 2, limit: 10 })).toEqual([filter, users]);
      expect(await store.audits({ profile: "main", what: ["login", "logout"], limit: 10 })).toEqual([login]);
      expect(await store.audits({ detail: "profiles.main.sync.user", what: ["config.set"], limit: 2 })).toEqual([
        other,
        filter,
      ]);
    });
  });
};

/** Something of everything. */
const fill = async (store: Store, of: string): Promise<number> => {
  await store.saveState(of, whole);
  await store.saveLinks(of, { people: [personLink("anna")], groups: [groupLink("team", ["id-anna"])] });
  await store.saveMarks(of, [mark("a")], []);
  await store.saveSnapshot(of, { readAt: noon, users: [user("anna")], groups: [group("team", ["anna"])] });
  const run = await recordedRun(store, [invite(0, "anna")], { run: { profile: of }, done: [0] });
  await store.saveNotes(run, [{ code: "n", severity: "info" }]);
  await store.updateRun(run, { header: header("a".repeat(64)) });
  return run;
};
