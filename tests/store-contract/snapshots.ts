import * as fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Ref, SourceGroup, SourceUser } from "../../src/core/entry.ts";
import { fingerprintOf } from "../../src/core/fingerprint.ts";
import type { StoredSnapshot } from "../../src/store/store.ts";
import { elsewhere, group, noon, profile, take, user, type StoreHarness, type StorePlace } from "./data.ts";

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const anyUser: fc.Arbitrary<SourceUser> = fc.record(
  {
    id: text,
    externalId: text,
    state: fc.constantFrom("enabled", "disabled", "deleted"),
    selected: fc.boolean(),
    ref: text,
    email: fc.string(),
    name: fc.string(),
    because: text,
  },
  { noNullPrototype: true, requiredKeys: ["id", "externalId", "state", "selected"] },
);
const anyRef: fc.Arbitrary<Ref> = fc.oneof(
  fc.record({ id: text }, { noNullPrototype: true }),
  fc.record({ ref: text }, { noNullPrototype: true }),
);
const anyGroup: fc.Arbitrary<SourceGroup> = fc.record(
  { id: text, externalId: text, name: text, selected: fc.boolean(), members: fc.array(anyRef), ref: text },
  { noNullPrototype: true, requiredKeys: ["id", "externalId", "name", "selected", "members"] },
);
const selector = (entry: { readonly id: string }): string => entry.id;
const anySnapshot: fc.Arbitrary<StoredSnapshot> = fc.record({
  readAt: fc.nat(),
  users: fc.uniqueArray(anyUser, { selector, maxLength: 12 }),
  groups: fc.uniqueArray(anyGroup, { selector, maxLength: 6 }),
});

/** A snapshot without regard to the order of entries and members. */
const asSets = (snapshot: StoredSnapshot | undefined): unknown => ({
  readAt: snapshot?.readAt,
  users: new Map(snapshot?.users.map((one) => [one.id, one])),
  groups: new Map(
    snapshot?.groups.map((one) => [one.id, { ...one, members: one.members.map((ref) => JSON.stringify(ref)).sort() }]),
  ),
});

/** What a kill at this moment leaves of a first read; whoever goes on from it gets the next read right. */
const goOnAfterKill = async (
  here: StorePlace,
  [first, ...others]: readonly SourceUser[],
  groups: readonly SourceGroup[],
  isCleared: boolean,
): Promise<unknown> => {
  await using killed = await here.copy();
  await using next = await killed.open();
  const found = await next.snapshot(profile);
  const { cursor } = await next.state(profile);
  if (first === undefined) throw new Error("nobody was made");
  if (isCleared) await next.clearCache(profile);
  const later = { readAt: noon + 1, users: [{ ...first, name: "Other" }, ...others.slice(0, 6_000)], groups };
  await next.saveSnapshot(profile, later);
  expect(asSets(await next.snapshot(profile))).toEqual(asSets(later));
  return found === undefined && cursor === undefined ? "nothing" : { people: found?.users.length, cursor };
};

/** The last complete read. */
export const describeSnapshots = ({ place }: StoreHarness): void => {
  describe("the last read", () => {
    it("given any read after any other, then it comes back as it was", async () => {
      await using here = await place();
      await using store = await here.open();
      await fc.assert(
        fc.asyncProperty(anySnapshot, async (snapshot) => {
          await store.saveSnapshot(profile, snapshot);
          expect(asSets(await store.snapshot(profile))).toStrictEqual(asSets(snapshot));
        }),
        { numRuns: 60 },
      );
    });

    it("given a read, then it tells its fingerprint, whoever took it, until the read is forgotten", async () => {
      await using here = await place();
      await using store = await here.open();
      expect(await store.fingerprint(profile)).toBeUndefined();
      const read = { users: [user("anna"), user("ben")], groups: [group("team", ["anna", "ben"])] };
      await store.saveSnapshot(profile, { readAt: noon, ...read });
      expect(await store.fingerprint(profile)).toBe(fingerprintOf(read));
      const other = { users: [user("anna")], groups: [] };
      await store.saveSnapshot(profile, { readAt: noon, ...other, fingerprint: fingerprintOf(other) });
      expect(await store.fingerprint(profile)).toBe(fingerprintOf(other));
      expect(await store.fingerprint(elsewhere)).toBeUndefined();
      await store.clearCache(profile);
      expect(await store.fingerprint(profile)).toBeUndefined();
    });

    it("given a cursor, then it is kept with its read, follows it, and goes with the next one that has none", async () => {
      await using here = await place();
      await using store = await here.open();
      const read = { readAt: noon, users: [user("a")], groups: [] };
      const cursorOf = async () => {
        const { cursor, cursorFor, changesReads } = await store.state(profile);
        return [cursor, cursorFor, changesReads];
      };
      await store.saveSnapshot(profile, { ...read, cursor: { text: "one", for: "all", changesReads: 0 } });
      expect(await cursorOf()).toEqual(["one", "all", 0]);
      await store.confirmSnapshot(profile, { readAt: noon + 1, cursor: { text: "two", for: "all", changesReads: 1 } });
      expect(await cursorOf()).toEqual(["two", "all", 1]);
      expect(await store.snapshot(profile)).toMatchObject({ readAt: noon + 1, users: [user("a")] });
      await store.saveSnapshot(profile, read);
      expect(await cursorOf()).toEqual([undefined, undefined, undefined]);
    });

    it("given a cleared cache, then nothing is left to go on from, and nothing can be confirmed", async () => {
      await using here = await place();
      await using store = await here.open();
      const cursor = { text: "one", for: "all", changesReads: 0 };
      await store.saveSnapshot(profile, { readAt: noon, users: [user("a")], groups: [], cursor });
      await store.clearCache(profile);
      expect((await store.state(profile)).cursor).toBeUndefined();
      await store.confirmSnapshot(profile, { readAt: noon + 1, cursor });
      expect((await store.state(profile)).cursor).toBeUndefined();
      expect(await store.snapshot(profile)).toBeUndefined();
    });

    it("given a first read, then every row is written; the same again, then none, but the time is", async () => {
      await using here = await place();
      await using store = await here.open();
      const users = [user("anna"), user("ben"), user("cleo")];
      const groups = [group("team", ["anna", "ben"]), group("all", ["cleo"])];
      expect(await store.saveSnapshot(profile, { readAt: noon, users, groups })).toBe(5);
      expect(await store.saveSnapshot(profile, { readAt: noon + 1, users, groups })).toBe(0);
      expect((await store.snapshot(profile))?.readAt).toBe(noon + 1);
    });

    it("given another order of people, groups and members, then nothing is written", async () => {
      await using here = await place();
      await using store = await here.open();
      const users = [user("anna"), user("ben"), user("cleo")];
      const groups = [group("team", ["anna", "ben"]), group("all", ["cleo", "anna"])];
      await store.saveSnapshot(profile, { readAt: 1, users, groups });
      const turned = groups.map((one) => ({ ...one, members: one.members.toReversed() })).toReversed();
      expect(await store.saveSnapshot(profile, { readAt: 2, users: users.toReversed(), groups: turned })).toBe(0);
    });

    it("given one changed, one new and one gone, then three rows are written", async () => {
      await using here = await place();
      await using store = await here.open();
      const anna = user("anna");
      await store.saveSnapshot(profile, { readAt: 1, users: [anna, user("ben"), user("cleo")], groups: [] });
      const users = [anna, user("ben", { state: "disabled" }), user("dora")];
      expect(await store.saveSnapshot(profile, { readAt: 2, users, groups: [] })).toBe(3);
      expect(asSets(await store.snapshot(profile))).toEqual(asSets({ readAt: 2, users, groups: [] }));
    });

    it("given one member more, one less and a member known by name instead of id, then those groups are written", async () => {
      await using here = await place();
      await using store = await here.open();
      const before = [group("a", ["x"]), group("b", ["x", "y"]), group("c", ["x"]), group("d", ["x"])];
      await store.saveSnapshot(profile, { readAt: 1, users: [], groups: before });
      const groups = [
        group("a", ["x", "z"]),
        group("b", ["x"]),
        { ...group("c", []), members: [{ ref: "id-x" }] },
        group("d", ["x"]),
      ];
      expect(await store.saveSnapshot(profile, { readAt: 2, users: [], groups })).toBe(3);
      expect(asSets(await store.snapshot(profile))).toEqual(asSets({ readAt: 2, users: [], groups }));
    });

    it("given an empty read, then everybody is gone, and an empty one is not the same as none", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveSnapshot(profile, { readAt: 1, users: [user("anna")], groups: [group("g", [])] });
      expect(await store.saveSnapshot(profile, { readAt: 2, users: [], groups: [] })).toBe(2);
      expect(await store.snapshot(profile)).toEqual({ readAt: 2, users: [], groups: [] });
    });

    it("given a first read of many, then other work goes on while it is kept, and a kill on the way leaves no read", async () => {
      await using here = await place();
      await using store = await here.open();
      const lease = await take(store);
      const users = Array.from({ length: 8_000 }, (_, at) => user(`u${at}`));
      const groups = Array.from({ length: 40 }, (_, at) => ({
        ...group(`g${at}`, []),
        members: Array.from({ length: 500 }, (_, to) => ({ ref: `uid=u${at * 100 + to}` })),
      }));
      const read = { readAt: noon, users, groups, cursor: { text: "one", for: "all", changesReads: 0 } };
      const saving = store.saveSnapshot(profile, read, lease);
      const ended = saving.then(() => "ended");
      const turn = (): Promise<string> => setImmediate("going on");
      const cuts: unknown[] = [];
      while ((await Promise.race([ended, turn()])) === "going on") {
        await store.saveState(profile, { lastGoodRun: cuts.length }, lease);
        if (cuts.length < 12) cuts.push(await goOnAfterKill(here, users, groups, cuts.length % 2 === 0));
      }
      const whole = { people: users.length, cursor: "one" };
      expect(["nothing", whole]).toEqual(expect.arrayContaining(cuts));
      expect(cuts.length).toBeGreaterThan(1);
      expect(await saving).toBe(users.length + groups.length);
      expect(asSets(await store.snapshot(profile))).toEqual(asSets({ readAt: noon, users, groups }));
      expect(await store.state(profile)).toMatchObject({ cursor: "one" });
    });

    it("given somebody else takes over while a first read is kept, then it is not there", async () => {
      await using here = await place();
      await using store = await here.open();
      const lease = await take(store);
      const users = Array.from({ length: 8_000 }, (_, at) => user(`u${at}`));
      const saving = store.saveSnapshot(profile, { readAt: noon, users, groups: [] }, lease);
      const outcome = saving.catch((error: unknown) => error);
      await setImmediate();
      await lease.release();
      expect(await outcome).toMatchObject({ code: "lease.lost" });
      expect(await store.snapshot(profile)).toBeUndefined();
      const left = { readAt: noon, users: users.slice(0, 5), groups: [] };
      await store.saveSnapshot(profile, left);
      expect(asSets(await store.snapshot(profile))).toEqual(asSets(left));
    });

    it("given two profiles, then each has its own", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveSnapshot(profile, { readAt: 1, users: [user("anna")], groups: [] });
      expect(await store.saveSnapshot(elsewhere, { readAt: 2, users: [user("anna")], groups: [] })).toBe(1);
      await store.saveSnapshot(elsewhere, { readAt: 3, users: [], groups: [] });
      expect((await store.snapshot(profile))?.users).toEqual([user("anna")]);
    });
  });
};
