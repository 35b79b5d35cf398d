/** Product §10: a firm of fifty, on the official server. Every story starts from its directory. */
import { describe, expect, it } from "vitest";
import { memberStatus, memberType } from "../../src/organizations/sandbox/sandbox.ts";
import { disabled, group, many, person } from "./directory.ts";
import { createWorld, days, hours, minutes, type Settings, type World, type WorldOptions } from "./world.ts";

const fifty = many(50);
const groups = [group("all", ...fifty), group("sales", ...fifty.slice(0, 8)), group("it", ...fifty.slice(8, 12))];

/** Fifty people who have accepted, in three groups, a day after the first run. */
const begin = async (settings: Settings = {}, more: WorldOptions = {}): Promise<World> => {
  const world = await createWorld({ directory: { people: fifty, groups }, settings, seats: null, ...more });
  expect((await world.review()).outcome).toBe("done");
  for (const id of fifty) {
    world.sandbox.byHand.accept(id);
    world.sandbox.byHand.confirm(id);
  }
  world.pass(25 * hours);
  await world.sync();
  world.pass(hours);
  return world;
};

/** Runs at the interval, for some days; gives what any of them did. */
const goOn = async (world: World, forDays = 2): Promise<string[]> => {
  const done: string[] = [];
  for (let run = 0; run < forDays * 4; run += 1) {
    world.pass(6 * hours);
    done.push(...(await world.sync()).states.filter((state) => state.startsWith("done")));
  }
  return done;
};
const picture = (world: World): string => JSON.stringify([world.members(), world.groups()]);

describe("a firm of fifty", () => {
  it("(a) given a filter typo selects 40 more, then nobody is invited", async () => {
    const guests = many(40, "guest");
    const world = await begin({ sync: { userFilter: `exclude:${guests.map((id) => `${id}@firm.test`).join(",")}` } });
    world.directory.people = [...fifty, ...guests];
    expect(await goOn(world, 1)).toEqual([]);
    const before = picture(world);
    world.set({ sync: { userFilter: "exclude:guest1@firm.test" } });
    expect(await goOn(world)).toEqual([]);
    expect((await world.sync()).guards).toEqual(["guard.selection", "guard.invitations"]);
    expect(picture(world)).toBe(before);
  });

  describe.each([
    ["(b)", false],
    ["(c) after Clear Sync Cache", true],
  ])("%s", (_name, clears) => {
    const clear = async (world: World): Promise<void> => {
      if (clears) await world.store.clearCache((await world.profile()).key);
    };

    it("given a base typo that finds nobody, then nobody is revoked and no group changed", async () => {
      const world = await begin();
      const before = picture(world);
      world.set({ directory: { kind: "file", path: "typo.json" } });
      world.directory.people = [];
      world.directory.groups = [];
      await clear(world);
      expect(await goOn(world)).toEqual([]);
      expect(picture(world)).toBe(before);
    });

    it("given a base typo that finds half of it, then nobody is revoked and no group changed, and it goes on when corrected", async () => {
      const world = await begin();
      const before = picture(world);
      world.set({ directory: { kind: "file", path: "typo.json" } });
      world.directory.people = fifty.slice(25);
      world.directory.groups = [group("it", ...fifty.slice(8, 12))];
      await clear(world);
      expect(await goOn(world)).toEqual([]);
      expect((await world.sync()).guards).toContain("guard.selection");
      expect(picture(world)).toBe(before);
      world.set({ directory: { kind: "file", path: "main.json" } });
      world.directory.people = [...fifty, "new"];
      world.directory.groups = groups;
      await clear(world);
      expect(await goOn(world, 1)).toEqual(["done invite new@firm.test"]);
    });

    it.each([3, 10, 49])(
      "given an OU of %d is renamed or emptied, then nobody is revoked and no group changed",
      async (count) => {
        const world = await begin();
        const before = picture(world);
        world.directory.people = fifty.slice(count);
        await clear(world);
        expect(await goOn(world)).toEqual([]);
        expect((await world.sync()).guards).toContain("guard.access-lost");
        expect(picture(world)).toBe(before);
      },
    );

    it("given the OU of the groups is emptied, then no group changed", async () => {
      const world = await begin();
      const before = picture(world);
      world.directory.groups = [];
      await clear(world);
      expect(await goOn(world)).toEqual([]);
      expect(picture(world)).toBe(before);
    });
  });

  it("(d) given two people are disabled in each of three runs a day, then it stops at the second", async () => {
    const world = await begin();
    const leave = (count: number) => fifty.map((id, index) => (index < count ? disabled(id) : id));
    world.directory.people = leave(2);
    expect(await world.sync()).toMatchObject({ outcome: "done", guards: [] });
    for (const count of [4, 6]) {
      world.pass(4 * hours);
      world.directory.people = leave(count);
      expect(await world.sync()).toMatchObject({ outcome: "guard", guards: ["guard.access-lost"] });
    }
    expect(world.members().filter((line) => line.endsWith("/revoked"))).toHaveLength(2);
  });

  it("(e) given somebody is revoked by hand in the vault, then we never restore them", async () => {
    const world = await begin();
    world.sandbox.byHand.revoke("p7");
    expect(await goOn(world)).toEqual([]);
    world.directory.people = [
      ...fifty.slice(0, 6),
      person("p7", { name: "Renamed", email: "seven@firm.test" }),
      ...fifty.slice(7),
    ];
    world.directory.groups = [...groups.slice(0, 2), group("it", ...fifty.slice(6, 12))];
    await goOn(world);
    world.directory.people = [...fifty.slice(0, 6), disabled("p7"), ...fifty.slice(7)];
    await goOn(world, 1);
    world.directory.people = fifty;
    await goOn(world, 2);
    expect(world.members()).toContain("p7@firm.test/p7/revoked");
  });

  it("(f) given somebody's mail attribute is cleared, then they stay, in their groups", async () => {
    const world = await begin();
    const before = picture(world);
    world.directory.people = [person("p1", { email: undefined }), ...fifty.slice(1)];
    expect(await goOn(world)).toEqual([]);
    expect(picture(world)).toBe(before);
  });

  it.each(["apply", "sync --accept"])(
    "(g) given a plan is accepted by %s and one more hire arrives, then both go through, and nothing unread takes anything away",
    async (how) => {
      const world = await begin();
      const leaving = fifty.map((id, index) => (index < 5 ? disabled(id) : id));
      world.directory.people = leaving;
      world.directory.groups = [
        ...groups.slice(0, 1),
        group("sales", ...fifty.slice(0, 5), ...fifty.slice(6, 8)),
        ...groups.slice(2),
      ];
      const plan = await world.plan();
      expect(plan.changes).toHaveLength(6);
      world.directory.people = [...leaving, "hire"];
      world.directory.groups = [
        ...groups.slice(0, 1),
        group("sales", ...fifty.slice(0, 5), ...fifty.slice(6, 8), "hire"),
        ...groups.slice(2),
      ];
      world.pass(hours);
      const accepted = await (how === "apply" ? world.apply(plan) : world.sync({ accept: plan.digest }));
      expect(accepted).toMatchObject({ outcome: "done", guards: [] });
      world.pass(hours);
      expect(await world.sync()).toMatchObject({ guards: [], fault: undefined });
      expect(world.members()).toContain("hire@firm.test/hire/invited");
      expect(world.members().filter((line) => line.endsWith("/revoked"))).toHaveLength(5);
      expect(world.groups().find((line) => line.startsWith("sales/"))).toBe(
        `sales/sales{${["hire", "p1", "p2", "p3", "p4", "p5", "p7", "p8"].map((id) => `${id}@firm.test`).join(",")}}`,
      );
    },
  );

  it("(h) given an owner leaves the directory, then that is said, and they are untouched", async () => {
    const world = await begin();
    world.sandbox.byHand.setType("p1", memberType.owner);
    await world.sync({ full: true });
    const before = picture(world);
    world.directory.people = fifty.slice(1);
    expect(await goOn(world)).toEqual([]);
    world.pass(hours);
    expect((await world.sync({ full: true })).kept).toEqual(["keep.owner p1@firm.test"]);
    expect(picture(world)).toBe(before);
  });

  it("(i) given the firm changes its mail domain, then it stops once, and after acceptance nobody who had accepted is invited again", async () => {
    const world = await begin();
    world.directory.people = fifty.map((id) => person(id, { email: `${id}@new-firm.test` }));
    const stopped = await world.sync();
    expect(stopped).toMatchObject({ outcome: "guard", guards: ["guard.identity"] });
    world.sandbox.state.mails.length = 0;
    world.pass(minutes);
    expect(await world.sync({ accept: stopped.digest })).toMatchObject({ outcome: "done" });
    expect(await goOn(world)).toEqual([]);
    expect(world.sandbox.state.mails).toEqual([]);
    expect(world.members().every((line) => line.endsWith("/confirmed"))).toBe(true);
    expect(
      world
        .groups()
        .find((line) => line.startsWith("all/"))
        ?.split(","),
    ).toHaveLength(50);
  });

  it("(j) given two profiles into one organization at once, then one applies after the other", async () => {
    const world = await begin();
    const second = world.addProfile("second", {
      people: ["p1", ...many(5, "x")],
      groups: [group("project", "p1", "x1")],
    });
    await second.plan();
    world.directory.people = [...fifty, ...many(5, "new")];
    const accept = (await second.plan()).digest;
    const writing = new Set<string>();
    let most = 0;
    world.sandbox.control.latencyMs = 20;
    world.sandbox.control.onRequest = (when, { method, path }) => {
      if (method === "GET" || path === "/connect/token") return;
      if (when === "before") writing.add(path);
      else writing.delete(path);
      most = Math.max(most, writing.size);
    };
    const [one, two] = await Promise.all([world.sync(), second.sync({ accept })]);
    expect([one.outcome, two.outcome]).toEqual(["done", "done"]);
    expect(most).toBe(1);
    expect(world.members()).toHaveLength(60);
    expect(world.groups()).toContain("project/project{p1@firm.test,x1@firm.test}");
  });

  it("(k) given an organization with 30 strangers and groups of the same names, then no removals and no doubled groups", async () => {
    const strangers = many(30, "scim").map((id) => ({ email: `${id}@firm.test`, externalId: id }));
    const members = fifty.map((id) => ({ email: `${id}@firm.test`, externalId: id }));
    const seed = {
      members: [...members, ...strangers, { email: "hand@firm.test", status: memberStatus.confirmed }],
      groups: [
        { name: "all", externalId: "all", members: ["p1", "scim1"] },
        { name: "sales", members: ["scim2", "hand@firm.test"] },
        { name: "IT", externalId: "other-it", members: ["scim3"] },
      ],
    };
    const world = await createWorld({ directory: { people: fifty, groups }, seed, seats: null });
    const plan = await world.plan();
    expect(plan.changes.filter((change) => !change.startsWith("adopt p"))).toEqual([
      "adopt all",
      `change-members all +${fifty.slice(1).toSorted().join(",")}`,
    ]);
    expect(plan.notes.filter((note) => note.startsWith("stranger"))).toHaveLength(30);
    await world.apply(plan);
    world.pass(hours);
    for (let run = 0; run < 5; run += 1) {
      world.pass(days);
      await world.sync({ full: true });
    }
    const held = world.groups();
    expect(held).toHaveLength(3);
    expect(held.find((line) => line.startsWith("all/"))).toContain("scim1@firm.test");
    expect(held).toContain("sales/-{hand@firm.test,scim2@firm.test}");
    expect(held).toContain("IT/other-it{scim3@firm.test}");
    expect(world.members()).toHaveLength(81);
  });

  it("(l) given ten seats and eleven people, the owner among them, then one is short and nothing is sent", async () => {
    const ten = many(10).map((id) => person(id));
    const world = await createWorld({
      plan: "teams-starter",
      directory: { people: [person("owner", { email: "owner@sandbox.test" }), ...ten], groups: [] },
    });
    world.requests();
    const plan = await world.plan();
    expect(plan.plan.header.seats).toMatchObject({ total: 10, used: 1, needs: 10, short: 1 });
    const run = await world.sync();
    expect(run.guards).toContain("guard.seats");
    expect(world.members()).toEqual([]);
    expect(world.requests().filter((line) => line.endsWith("/import"))).toEqual([]);
  });
});
