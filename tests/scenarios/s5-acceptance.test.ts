/** Product §5: acceptance. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person } from "./directory.ts";
import { begin, line } from "./firm.ts";
import { hours, minutes, type Told, type World } from "./world.ts";

describe("apply", () => {
  it("given a reviewed plan, then its rows go without reading the directory again; the organization is read again", async () => {
    const world = await begin(20);
    world.directory.people = [...many(20), "new"];
    const plan = await world.plan();
    const reads = world.directory.reads;
    world.requests();
    world.directory.people = [];
    expect(await world.apply(plan)).toMatchObject({ outcome: "done", states: ["done invite new@firm.test"] });
    expect(world.directory.reads).toBe(reads);
    expect(world.requests()).toContain("GET /public/members");
  });

  it("given what was to be added is there meanwhile, then that row is skipped with a note and the rest goes on", async () => {
    const world = await begin(20);
    world.directory.people = [...many(20), "new", "other"];
    world.directory.groups = [group("sales", "p1", "p2", "new", "other")];
    const plan = await world.plan();
    world.sandbox.byHand.addMember({ email: "new@firm.test" });
    const run = await world.apply(plan);
    expect(run.states).toEqual([
      "skipped invite new@firm.test",
      "done invite other@firm.test",
      "done change-members sales +new,other",
    ]);
    const { groups } = await world.store.links((await world.profile()).key);
    expect(groups[0]?.members).toEqual(["other", "p1", "p2"]);
    expect(world.groups()).toEqual(["sales/sales{other@firm.test,p1@firm.test,p2@firm.test}"]);
  });

  it("given what was to be taken away is not what it was, then the whole plan is refused and nothing is sent", async () => {
    const world = await begin(20);
    world.directory.people = [disabled("p1"), ...many(20).slice(1), "new"];
    const plan = await world.plan();
    world.sandbox.byHand.accept("p1");
    const run = await world.apply(plan);
    expect(run).toMatchObject({ outcome: "refused", fault: { code: "plan.stale" } });
    expect(line(world, "p1")).toBe("p1@firm.test/p1/accepted");
    expect(line(world, "new")).toBeUndefined();
  });

  it("given a row is already so, then it is settled without a request", async () => {
    const world = await begin(20);
    world.directory.people = [disabled("p1"), ...many(20).slice(1)];
    const plan = await world.plan();
    world.sandbox.byHand.revoke("p1");
    world.requests();
    expect(await world.apply(plan)).toMatchObject({ outcome: "done", states: ["done revoke p1@firm.test"] });
    expect(world.requests().filter((one) => one.endsWith("/revoke"))).toEqual([]);
  });

  it("given a plan older than 72 hours, then it is refused", async () => {
    const world = await begin(20);
    world.directory.people = [...many(20), "new"];
    const plan = await world.plan();
    world.pass(72 * hours + minutes);
    expect((await world.apply(plan)).fault?.code).toBe("plan.too_old");
    const fresh = await world.plan();
    world.pass(72 * hours);
    expect((await world.apply(fresh)).outcome).toBe("done");
  });

  it("given the profile changed something after the plan was made, then it is refused", async () => {
    const world = await begin(20);
    world.directory.people = [...many(20), "new"];
    const plan = await world.plan();
    world.directory.people = [...many(20), "other"];
    await world.sync();
    expect((await world.apply(plan)).fault?.code).toBe("plan.overtaken");
    expect(line(world, "new")).toBeUndefined();
  });

  it("given a plan was applied, then the same one is refused a second time", async () => {
    const world = await begin(20);
    world.directory.people = [...many(20), "new"];
    const plan = await world.plan();
    await world.apply(plan);
    expect((await world.apply(plan)).fault?.code).toBe("plan.overtaken");
  });

  it("given a plan of another profile, then it is refused", async () => {
    const world = await begin(20);
    const second = world.addProfile("second", { people: ["x"], groups: [] });
    expect((await world.apply(await second.plan())).fault?.code).toBe("plan.foreign");
  });

  it("given who applied it, then that is recorded", async () => {
    const world = await begin(20);
    world.directory.people = [...many(20), "new"];
    const run = await world.review();
    expect((await world.store.run(run.run))?.accepted).toMatchObject({ by: "jan", how: "apply" });
    expect(await world.store.recentChanges((await world.profile()).key, 0)).toEqual([]);
  });
});

describe("sync --accept", () => {
  it("given an accepted plan and nothing new, then it goes on, and who accepted is recorded", async () => {
    const world = await begin(50);
    world.directory.people = many(50).map((id, index) => (index < 5 ? disabled(id) : id));
    const stopped = await world.sync();
    expect(stopped.guards).toEqual(["guard.access-lost"]);
    world.pass(minutes);
    const run = await world.sync({ accept: stopped.digest.slice(0, 8) });
    expect(run).toMatchObject({ outcome: "done", guards: [] });
    expect((await world.store.run(run.run))?.accepted?.by).toBe("jan");
    world.pass(hours);
    world.directory.people = many(50).map((id, index) => (index < 7 ? disabled(id) : id));
    expect(await world.sync()).toMatchObject({ outcome: "done", guards: [] });
  });

  it("given one more who loses access, whom nobody has seen, then it stops and nothing is sent", async () => {
    const world = await begin(50);
    world.directory.people = many(50).map((id, index) => (index < 5 ? disabled(id) : id));
    const stopped = await world.sync();
    world.directory.people = many(50).map((id, index) => (index < 6 ? disabled(id) : id));
    world.pass(minutes);
    const run = await world.sync({ accept: stopped.digest });
    expect(run.fault).toMatchObject({ code: "plan.stale", params: { n: 1, who: ["p6"] } });
    expect(world.members().filter((one) => one.endsWith("/revoked"))).toEqual([]);
  });

  it("given what is new beside it, then the guards count that alone", async () => {
    const world = await begin(50);
    world.directory.people = many(50).map((id, index) => (index < 5 ? disabled(id) : id));
    const stopped = await world.sync();
    const less = many(50).map((id, index) => (index < 5 ? disabled(id) : id));
    world.directory.people = [...less, ...many(10, "new")];
    world.pass(minutes);
    expect((await world.sync({ accept: stopped.digest })).guards).toEqual(["guard.invitations"]);
    world.directory.people = [...less, ...many(9, "new")];
    expect(await world.sync({ accept: stopped.digest })).toMatchObject({ outcome: "done", guards: [] });
  });

  it("given an accepted change of address and another address by now, then it stops", async () => {
    const world = await begin(50);
    for (const id of many(50)) world.sandbox.byHand.accept(id);
    const moved = (count: number, domain: string) =>
      many(50).map((id, index) => (index < count ? person(id, { email: `${id}@${domain}` }) : id));
    world.directory.people = moved(3, "new.test");
    const stopped = await world.sync();
    expect(stopped.guards).toEqual(["guard.identity"]);
    world.directory.people = moved(3, "evil.test");
    world.pass(minutes);
    expect((await world.sync({ accept: stopped.digest })).fault?.code).toBe("plan.stale");
    world.directory.people = moved(3, "new.test");
    expect((await world.sync({ accept: stopped.digest })).outcome).toBe("done");
  });

  it("given somebody whom the accepted plan only called missing once, then they wait for their second read", async () => {
    const world = await begin(50);
    const left = many(50).map((id, index) => (index < 5 ? disabled(id) : id));
    world.directory.people = left.filter((one) => one !== "p20");
    const stopped = await world.sync();
    expect(stopped.kept).toEqual(["keep.missing_once p20@firm.test"]);
    world.pass(minutes);
    const run = await world.sync({ accept: stopped.digest });
    expect(run).toMatchObject({ outcome: "done", kept: ["keep.missing_once p20@firm.test"] });
    expect(world.members().filter((one) => one.endsWith("/revoked"))).toHaveLength(5);
  });

  it("given the accepted plan showed somebody as gone, then that read was their second one", async () => {
    const world = await begin(50);
    world.directory.people = many(50).slice(0, 49);
    await world.sync();
    world.pass(minutes);
    const plan = await world.plan();
    expect(plan.changes).toEqual(["revoke p50@firm.test"]);
    world.pass(minutes);
    expect(await world.sync({ accept: plan.digest })).toMatchObject({ outcome: "done", changes: plan.changes });
  });

  it.each([
    ["selection", (world: World) => world.set({ sync: { userFilter: "" } })],
    ["directory", (world: World) => Object.assign(world.directory, { identity: "other", people: [...many(50), "x3"] })],
  ])(
    "given the plan was made with another %s, then it does not answer for what this one leads to",
    async (what, to) => {
      const world = await begin(50, { sync: { userFilter: "exclude:x1@firm.test,x2@firm.test" } });
      world.directory.people = [...many(50), "new", "x1", "x2"];
      const plan = await world.plan();
      expect(plan.changes).toEqual(["invite new@firm.test"]);
      to(world);
      world.pass(minutes);
      const run = await world.sync({ accept: plan.digest });
      expect(run).toMatchObject({ outcome: "guard", guards: ["guard.selection"], fault: { params: { what } } });
      expect(world.members()).toHaveLength(50);
      expect((await world.sync({ accept: run.digest })).outcome).toBe("done");
    },
  );

  it("given nobody has looked for more than 72 hours, then it holds no longer, until somebody plans it again", async () => {
    const world = await begin(50);
    world.directory.people = many(50).map((id, index) => (index < 5 ? disabled(id) : id));
    const { digest } = await world.plan();
    world.pass(72 * hours + minutes);
    expect((await world.sync({ accept: digest })).fault?.code).toBe("plan.too_old");
    expect(world.members().filter((one) => one.endsWith("/revoked"))).toEqual([]);
    expect((await world.plan()).digest).toBe(digest);
    expect((await world.sync({ accept: digest })).outcome).toBe("done");
  });

  it("given the directory shows no group any more since, then the acceptance does not answer for that", async () => {
    const world = await begin(50);
    world.directory.people = many(50).map((id, index) => (index < 5 ? disabled(id) : id));
    const { digest } = await world.plan();
    world.pass(minutes);
    world.directory.people = [...world.directory.people, "new"];
    world.directory.groups = [];
    const stopped = await world.sync({ accept: digest });
    expect(stopped).toMatchObject({ outcome: "guard", guards: ["guard.directory"] });
    expect(world.members().filter((one) => one.endsWith("/revoked"))).toEqual([]);
    expect(await world.sync({ accept: stopped.digest })).toMatchObject({ outcome: "done", guards: [] });
  });

  it("given a digest that nobody recorded, then it is refused", async () => {
    const world = await begin(20);
    world.directory.people = [...many(20), "new"];
    expect((await world.sync({ accept: "abcdef12" })).fault?.code).toBe("plan.unknown_digest");
    expect(line(world, "new")).toBeUndefined();
  });
});

describe("an accepted plan that was interrupted", () => {
  /** Accepted, and cut off after its first request, which arrived. */
  const interrupted = async (world: World, plan: Told): Promise<void> => {
    const stop = new AbortController();
    world.sandbox.control.onRequest = (when, { path }) => {
      if (when === "after" && path.endsWith("/revoke")) stop.abort();
    };
    expect((await world.apply(plan, { signal: stop.signal })).outcome).toBe("interrupted");
    world.sandbox.control.onRequest = undefined;
    world.pass(minutes);
  };

  it("goes on with the next sync, though its guard would have stopped it", async () => {
    const world = await begin(20, { guards: { accessLost: { percent: 0, atLeast: 1, most: 0 } } });
    world.directory.people = [disabled("p1"), disabled("p2"), ...many(20).slice(2)];
    expect(await world.sync()).toMatchObject({ outcome: "guard", guards: ["guard.access-lost"] });
    await interrupted(world, await world.plan());
    expect(await world.sync()).toMatchObject({ outcome: "done", changes: [expect.stringContaining("revoke p2")] });
  });

  it("given somebody is missing for the second time minutes later, then they are waited for as ever", async () => {
    const world = await begin(20);
    world.directory.people = [disabled("p1"), ...many(20).slice(1)];
    const plan = await world.plan();
    world.directory.people = many(20).filter((id) => id !== "p2");
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.missing_once p2@firm.test"] });
    world.pass(minutes);
    await interrupted(world, plan);
    const next = await world.sync();
    expect(next.kept).toEqual(["keep.missing_once p2@firm.test"]);
    expect(line(world, "p2")).not.toContain("revoked");
  });

  it("given the directory shows nobody any more, then the acceptance does not answer for that", async () => {
    const world = await begin(20);
    world.directory.people = [disabled("p1"), ...many(20).slice(1), "new"];
    await interrupted(world, await world.plan());
    world.directory.people = [];
    world.directory.groups = [];
    await world.sync();
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "guard", guards: expect.arrayContaining(["guard.directory"]) });
  });
});
