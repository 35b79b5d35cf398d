import { describe, expect, it } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { day, elsewhere, group, noon, personLink, profile, user, type StoreHarness } from "./data.ts";

/** What the directory called whom before: groups may still do so. */
export const describeEarlierNames = ({ place }: StoreHarness): void => {
  describe("earlier names", () => {
    const asked = ["uid=anna", "uid=anna,ou=board", "uid=ben", "cn=team", "uid=nobody"];
    const names = async (store: Store, of = profile): Promise<unknown> =>
      Object.fromEntries(await store.earlierNames(of, asked));
    const anna = user("anna", { ref: "uid=anna" });
    const ben = user("ben", { ref: "uid=ben" });
    const team = {
      ...group("team", []),
      ref: "cn=team",
      members: [{ ref: "uid=anna" }, { ref: "uid=ben" }, { ref: "uid=nobody" }],
    };

    it("given a read, then the names in it; given another profile, or nothing asked, then none", async () => {
      await using here = await place();
      await using store = await here.open();
      expect(await names(store)).toEqual({});
      await store.saveSnapshot(profile, { readAt: noon, users: [anna, user("cleo")], groups: [team] });
      expect(await names(store)).toEqual({ "uid=anna": "id-anna", "cn=team": "id-team" });
      expect(await names(store, elsewhere)).toEqual({});
      expect(await store.earlierNames(profile, [])).toEqual(new Map());
    });

    it("given somebody moves, and somebody and a group go missing, then their names are known for ever after", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveSnapshot(profile, { readAt: noon, users: [anna, ben], groups: [team] });
      const moved = { ...anna, ref: "uid=anna,ou=board" };
      for (const readAt of [noon + 1, noon + 2]) {
        await store.saveSnapshot(profile, { readAt, users: [moved], groups: [] });
        expect(await names(store)).toEqual({
          "uid=anna": "id-anna",
          "uid=anna,ou=board": "id-anna",
          "uid=ben": "id-ben",
          "cn=team": "id-team",
        });
      }
    });

    it("given somebody else bears the name, then it is theirs, also when they have moved on", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveSnapshot(profile, { readAt: noon, users: [anna], groups: [] });
      const heir = user("heir", { ref: "uid=anna" });
      await store.saveSnapshot(profile, { readAt: noon + 1, users: [heir], groups: [] });
      expect(await names(store)).toEqual({ "uid=anna": "id-heir" });
      await store.saveSnapshot(profile, { readAt: noon + 2, users: [{ ...heir, ref: "uid=heir" }], groups: [] });
      expect(await names(store)).toEqual({ "uid=anna": "id-heir" });
    });

    it("given the cache is cleared, then what groups call their members is still known; given the profile is forgotten, then nothing", async () => {
      await using here = await place();
      await using store = await here.open();
      const cleo = user("cleo", { ref: "uid=cleo" });
      await store.saveSnapshot(profile, { readAt: noon, users: [anna, ben, cleo], groups: [team] });
      await store.clearCache(profile);
      expect(await names(store)).toEqual({ "uid=anna": "id-anna", "uid=ben": "id-ben" });
      expect(await store.earlierNames(profile, ["uid=cleo"])).toEqual(new Map());
      await store.forgetProfile(profile);
      expect(await names(store)).toEqual({});
    });

    it("given old names, then those of whom nobody knows any more are dropped", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveSnapshot(profile, { readAt: noon, users: [anna, ben], groups: [team] });
      await store.saveLinks(profile, { people: [personLink("ben")] });
      await store.saveSnapshot(profile, { readAt: noon + 1, users: [], groups: [] });
      await store.prune(profile, { changed: noon, unchanged: noon });
      expect(await names(store)).toEqual({ "uid=anna": "id-anna", "uid=ben": "id-ben", "cn=team": "id-team" });
      await store.saveSnapshot(profile, { readAt: noon + 2, users: [], groups: [{ ...team, ref: "cn=team,ou=new" }] });
      await store.prune(profile, { changed: noon + day, unchanged: noon });
      expect(await names(store)).toEqual({ "uid=ben": "id-ben", "cn=team": "id-team" });
    });
  });
};
