/** Product §2.8 and §2.10: what goes how, and sending, on the official server. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person } from "./directory.ts";
import { createWorld, hours, type World } from "./world.ts";

const importPath = "POST /public/organization/import";
const writes = (world: World): string[] =>
  world.requests().filter((line) => !line.startsWith("GET") && !line.includes("/connect/token"));
const imports = (world: World) =>
  world.sandbox.requests.filter(({ path }) => path === "/public/organization/import").map(({ body }) => body);

describe("what goes how", () => {
  it("given invitations, stamps, groups, names and memberships, then by import", async () => {
    const world = await createWorld({
      directory: { people: [...many(20), "hand"], groups: [group("sales", "p1")] },
      seed: { members: [{ email: "hand@firm.test" }] },
    });
    await world.review();
    expect(new Set(writes(world))).toEqual(new Set([importPath]));
    world.directory.groups = [{ id: "sales", name: "Sales", members: ["p2"] }];
    world.pass(hours);
    await world.sync();
    expect(writes(world)).toEqual([importPath]);
  });

  it("given revocations, restorations, removals and groups that go, then by an endpoint, one request each", async () => {
    const world = await createWorld({
      directory: { people: many(40), groups: [group("old", "p3"), group("sales", "p2")] },
      settings: { sync: { groupsGone: "remove", leavers: { gone: "remove" } } },
    });
    await world.review();
    writes(world);
    world.directory.people = [disabled("p1"), ...many(39).slice(1)];
    world.directory.groups = [group("sales", "p2")];
    world.pass(hours);
    await world.sync();
    world.pass(hours);
    await world.sync();
    const id = (who: string) => [...world.sandbox.state.members.values()].find((one) => one.externalId === who)?.id;
    expect(writes(world)).toEqual([
      `POST /public/members/${id("p1")}/revoke`,
      expect.stringMatching(/^DELETE \/public\/members\//u),
      expect.stringMatching(/^DELETE \/public\/groups\//u),
    ]);
    world.directory.people = many(39);
    world.pass(hours);
    await world.sync();
    expect(writes(world)).toEqual([`POST /public/members/${id("p1")}/restore`]);
  });

  it("given anything, then members and groups are never written by the calls that reset what they are not given", async () => {
    const world = await createWorld({
      directory: { people: many(30), groups: [group("sales", "p1")] },
      seed: { members: [{ email: "hand@firm.test" }] },
    });
    await world.review();
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "hand@firm.test"]);
    world.directory.people = [disabled("p1"), person("p2", { email: "new@firm.test" }), ...many(31).slice(2)];
    world.directory.groups = [{ id: "sales", name: "Sales!", members: ["p3"] }, group("it", "p4")];
    world.pass(hours);
    await world.sync();
    const all = world.sandbox.requests.map(({ method, path }) => `${method} ${path}`);
    expect(all.filter((line) => /^PUT \/public\/(?:members|groups)\/[^/]+$/u.test(line))).toEqual([]);
    expect(all.filter((line) => line.startsWith("PUT /public/organization"))).toEqual([]);
  });
});

describe("sending", () => {
  it("given many, then in batches of at most 2,000, members before groups, and never overwriting", async () => {
    const world = await createWorld({
      directory: { people: many(2_100), groups: [group("all", ...many(2_100))] },
      seats: null,
    });
    await world.review();
    const careful = { overwriteExisting: false, largeImport: true };
    const batch = (members: number, groups: number) => ({
      ...careful,
      members: expect.objectContaining({ length: members }),
      groups: expect.objectContaining({ length: groups }),
    });
    expect(imports(world)).toMatchObject([batch(2_000, 0), batch(100, 0), batch(0, 1)]);
    expect(world.sandbox.byHand.findGroup("all")?.memberIds.size).toBe(2_100);
  });

  it("given large groups, then in batches of less than a proxy's 1 MB, each group whole", async () => {
    const people = many(3_000, "a-person-with-a-long-id-as-active-directory-has-them-");
    const world = await createWorld({
      directory: { people, groups: many(12, "g").map((id) => group(id, ...people)) },
      seats: null,
    });
    world.sandbox.control.bodyLimitBytes = 1_000_000;
    expect((await world.review()).outcome).toBe("done");
    const sizes = imports(world).map((body) => JSON.stringify(body).length);
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);
    expect(sizes.length).toBeGreaterThan(3);
    expect(world.groups().every((line) => line.split(",").length === 3_000)).toBe(true);
  });

  it("given one group changes, then only that group is sent", async () => {
    const world = await createWorld({
      directory: { people: many(30), groups: many(10, "g").map((id) => group(id, "p1", "p2")) },
    });
    await world.review();
    world.directory.groups = many(10, "g").map((id) => group(id, "p1", id === "g4" ? "p3" : "p2"));
    world.pass(hours);
    await world.sync();
    expect(imports(world).at(-1)).toMatchObject({ members: [], groups: [{ externalId: "g4" }] });
  });
});

describe("the journal", () => {
  it("given a run that is interrupted while a request is under way, then the next one looks up what was done and goes on", async () => {
    const world = await createWorld({ directory: { people: many(30), groups: [] } });
    await world.review();
    world.directory.people = [disabled("p1"), ...many(31).slice(1)];
    world.pass(hours);
    const stop = new AbortController();
    world.sandbox.control.onRequest = (when, { path }) => {
      if (when === "after" && path.endsWith("/revoke")) stop.abort();
    };
    const run = await world.sync({}, { signal: stop.signal });
    expect(run.fault?.code).toBe("run.interrupted");
    expect(run.outcome).toBe("interrupted");
    expect(run.states).toEqual(["intent revoke p1@firm.test", "planned invite p31@firm.test"]);
    world.sandbox.control.onRequest = undefined;
    world.pass(60_000);
    const next = await world.sync();
    expect(next.recovered.map(({ surelyDone, left }) => [surelyDone, left])).toEqual([[1, 1]]);
    expect(next).toMatchObject({ outcome: "done", changes: ["invite p31@firm.test"] });
    const { people } = await world.store.links((await world.profile()).key);
    expect(people.find(({ id }) => id === "p1")?.revoked?.cause).toBe("disabled");
    world.directory.people = many(31);
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["restore p1@firm.test"]);
  });

  it("given a reviewed plan that is interrupted, then the same plan can be applied again, and so can its rest by a sync", async () => {
    for (const again of ["apply", "sync"] as const) {
      const world = await createWorld({ directory: { people: many(5), groups: [group("sales", "p1")] } });
      const plan = await world.plan();
      const stop = new AbortController();
      world.sandbox.control.onRequest = (when, { path }) => {
        if (when === "after" && path.endsWith("/import")) {
          world.sandbox.control.onRequest = undefined;
          world.sandbox.control.faults.push({
            path: "/public/organization/import",
            fault: { kind: "status", status: 500, when: "before" },
          });
        }
      };
      const broken = await world.apply(plan);
      expect(broken.outcome).toBe("incomplete");
      world.sandbox.control.faults.length = 0;
      stop.abort();
      world.pass(hours);
      const rest = again === "apply" ? await world.apply(plan) : await world.sync({ accept: plan.digest.slice(0, 8) });
      expect(rest.outcome).toBe("done");
      expect(world.groups()).toEqual(["sales/sales{p1@firm.test}"]);
    }
  });
});
