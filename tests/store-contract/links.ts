import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GroupLink, PersonLink } from "../../src/core/link.ts";
import { elsewhere, groupLink, noon, otherProfile, personLink, profile, user, type StoreHarness } from "./data.ts";

const text = fc.string({ unit: "grapheme", minLength: 1 });
const anyPerson: fc.Arbitrary<PersonLink> = fc.record(
  {
    id: text,
    externalId: text,
    email: text,
    directoryEmail: text,
    name: fc.string({ unit: "grapheme" }),
    organizationId: text,
    revoked: fc.record(
      { at: fc.nat(), cause: fc.constantFrom("disabled", "gone", "undo", "readdress") },
      { noNullPrototype: true },
    ),
    missingSince: fc.nat(),
    byHand: fc.constantFrom("revoked", "removed", "restored"),
    recorded: fc.constant(true),
    perhaps: fc.constantFrom("invited", "access", "readdressed"),
  },
  { noNullPrototype: true, requiredKeys: ["id", "externalId", "email", "directoryEmail"] },
);
const anyGroup: fc.Arbitrary<GroupLink> = fc.record(
  {
    id: text,
    externalId: text,
    name: text,
    organizationId: text,
    writtenBy: fc.constantFrom("import", "member-ids"),
    members: fc.uniqueArray(text).map((members) => members.sort()),
    missingSince: fc.nat(),
    kept: fc.constant(true),
    perhaps: fc.record({ there: fc.boolean(), members: fc.uniqueArray(text) }, { noNullPrototype: true }),
    unresolved: fc.record({ count: fc.nat(), since: fc.nat() }, { noNullPrototype: true }),
  },
  { noNullPrototype: true, requiredKeys: ["id", "externalId", "name", "writtenBy", "members"] },
);
const byId = <Link extends { readonly id: string }>(links: readonly Link[]): Map<string, Link> =>
  new Map(links.map((link) => [link.id, link]));

/** What is known of people and groups a profile manages. */
export const describeLinks = ({ place }: StoreHarness): void => {
  describe("links", () => {
    it("given people, then it tells the domains of the directory's addresses, each once", async () => {
      await using here = await place();
      await using store = await here.open();
      expect(await store.domains(profile)).toEqual([]);
      const moved = personLink("cleo", { directoryEmail: "cleo@new.test" });
      await store.saveLinks(profile, { people: [personLink("anna"), personLink("ben"), moved] });
      await store.saveLinks(elsewhere, { people: [personLink("dora", { directoryEmail: "dora@theirs.test" })] });
      expect((await store.domains(profile)).toSorted()).toEqual(["example.test", "new.test"]);
    });

    it("given any links, then they come back as they were, absent facts absent", async () => {
      await using here = await place();
      await using store = await here.open();
      const selector = (link: { readonly id: string }): string => link.id;
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(anyPerson, { selector }),
          fc.uniqueArray(anyGroup, { selector }),
          async (people, groups) => {
            await store.forgetProfile(profile);
            await store.saveLinks(profile, { people, groups });
            const kept = await store.links(profile);
            expect(byId(kept.people)).toStrictEqual(byId(people));
            expect(byId(kept.groups)).toStrictEqual(byId(groups));
          },
        ),
        { numRuns: 50 },
      );
    });

    it("given a change, then links are replaced as a whole, ended and begun, and others stay", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveLinks(elsewhere, { people: [personLink("anna")] });
      await store.saveLinks(profile, {
        people: [personLink("anna", { missingSince: 5, name: "Anna" }), personLink("ben"), personLink("cleo")],
        groups: [groupLink("team", ["id-anna"], { kept: true }), groupLink("gone", [])],
      });
      await store.saveLinks(profile, {
        people: [personLink("anna", { email: "new@example.test" }), personLink("dora")],
        groups: [groupLink("team", ["id-anna", "id-dora"])],
        gonePeople: ["id-ben", "id-nobody"],
        goneGroups: ["id-gone", "id-nothing"],
      });
      const kept = await store.links(profile);
      expect(byId(kept.people)).toStrictEqual(
        byId([personLink("anna", { email: "new@example.test" }), personLink("cleo"), personLink("dora")]),
      );
      expect(kept.groups).toStrictEqual([groupLink("team", ["id-anna", "id-dora"])]);
      expect((await store.links(elsewhere)).people).toStrictEqual([personLink("anna")]);
    });

    it("given a link that ends and begins in one change, as when a person is adopted under another id, then it is there", async () => {
      await using here = await place();
      await using store = await here.open();
      await store.saveLinks(profile, { people: [personLink("old", { externalId: "x" })] });
      await store.saveLinks(profile, { gonePeople: ["id-old"], people: [personLink("new", { externalId: "x" })] });
      expect((await store.links(profile)).people).toStrictEqual([personLink("new", { externalId: "x" })]);
    });

    it("given external ids, then names: those of links first, then those of the last read, else addresses", async () => {
      await using here = await place();
      await using store = await here.open();
      expect(await store.names(profile, ["id-anna"])).toEqual(new Map());
      const named = { name: "Anna Link", externalId: "x" };
      await store.saveLinks(profile, {
        people: [personLink("anna", named), personLink("bert"), personLink("cora", { externalId: "c" })],
      });
      await store.saveLinks(otherProfile, { people: [personLink("zoe", { name: "Of another profile" })] });
      const users = [user("anna"), user("bert"), user("dora", { externalId: "d", email: "" }), user("emil")];
      const [, , , { name: _none, ...nameless } = user("emil")] = users;
      await store.saveSnapshot(profile, { readAt: noon, users: [...users.slice(0, 3), nameless], groups: [] });
      const asked = ["x", "id-bert", "c", "id-cora", "d", "id-dora", "id-emil", "id-zoe", "nobody", "'; %_"];
      expect(await store.names(profile, asked)).toEqual(
        new Map([
          ["x", "Anna Link"],
          ["id-bert", "Name of bert"],
          ["c", "cora@example.test"],
          ["d", "Name of dora"],
          ["id-emil", "emil@example.test"],
        ]),
      );
      expect(await store.names(profile, [])).toEqual(new Map());
      expect(await store.names("a profile nobody has", ["x"])).toEqual(new Map());
    });

    it("given more names than one statement takes values, then all of them", async () => {
      await using here = await place();
      await using store = await here.open();
      const people = Array.from({ length: 40_000 }, (_, at) => personLink(`p${at}`, { name: `P ${at}` }));
      await store.saveLinks(profile, { people });
      const names = await store.names(
        profile,
        people.map(({ externalId }) => externalId),
      );
      expect(names.size).toBe(40_000);
      expect(names.get("id-p39999")).toBe("P 39999");
    });

    it("given a group of 20,000, then all of them come back", async () => {
      await using here = await place();
      await using store = await here.open();
      const members = Array.from({ length: 20_000 }, (_, at) => `member ${String(at).padStart(6, "0")}`);
      await store.saveLinks(profile, { groups: [groupLink("all", members)] });
      expect((await store.links(profile)).groups[0]?.members).toEqual(members);
    });
  });
};
