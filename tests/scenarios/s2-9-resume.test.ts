/** Product §2.9, protocol §11.5: long runs where nothing can be read: said beforehand, and gone on with where they stopped. */
import { expect, it } from "vitest";
import { z } from "zod";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { group, many } from "./directory.ts";
import { createWorld, hours, type World } from "./world.ts";

const people = many(1_500);
const begin = (groups = [group("sales", "p1", "p2")]): Promise<World> =>
  createWorld({
    dialect: "vaultwarden",
    directory: { people, groups },
    organizationSettings: { owners: ["owner@sandbox.test"] },
  });
const bodies = (world: World) =>
  world.sandbox.requests.filter(({ path }) => path.endsWith("/import")).map(({ body }) => Body.parse(body));
const Body = z.object({
  members: z.array(z.object({ email: z.string() })),
  groups: z.array(z.object({ memberExternalIds: z.array(z.string()) })),
});
const sentTwice = (world: World): string[] => {
  const seen = new Set<string>();
  return bodies(world).flatMap(({ members }) =>
    members.flatMap(({ email }) => (seen.has(email) ? [email] : (seen.add(email), []))),
  );
};

it("given a first run that takes long, then the plan and the run say how many requests and how long, before anything is sent", async () => {
  const large = Array.from({ length: 200 }, (_item, index) => group(`g${index}`, ...people));
  const world = await begin(large);
  const plan = await world.plan({ baseline: "send" });
  const { estimate } = plan.plan.header;
  // 300,000 memberships in an organization of 1,500, each a scan of half its members.
  expect(estimate?.seconds).toBeGreaterThan(30);
  expect(estimate?.seconds).toBeLessThan(120);
  const told: { readonly note: Diagnostic; readonly after: number }[] = [];
  const run = await world.apply(plan, { tell: (note) => told.push({ note, after: bodies(world).length }) });
  expect(run.outcome).toBe("done");
  expect(told).toMatchObject([{ note: { code: "apply.long", params: { ...estimate } }, after: 0 }]);
  expect(bodies(world)).toHaveLength(estimate?.requests ?? 0);
});

it("given a short run, then nothing is said", async () => {
  const world = await begin();
  const plan = await world.plan({ baseline: "send" });
  expect(plan.plan.header.estimate).toBeUndefined();
});

it("given groups of a first run, then their requests are sized by the members the organization has by then", async () => {
  const large = Array.from({ length: 60 }, (_item, index) => group(`g${index}`, ...people.slice(0, 1_000)));
  const world = await begin(large);
  await world.review({ baseline: "send" });
  const memberships = bodies(world).map(({ groups }) =>
    groups.reduce((sum, { memberExternalIds }) => sum + memberExternalIds.length, 0),
  );
  expect(Math.max(...memberships) * 1_500).toBeLessThanOrEqual(50_000_000);
  expect(memberships.reduce((sum, count) => sum + count, 0)).toBe(60_000);
});

it.each(["apply", "sync"])(
  "given %s is stopped in the middle of its requests, then the same again sends only what was not done, and ends equal",
  async (how) => {
    const world = await begin();
    const plan = await world.plan({ baseline: "send" });
    const stop = new AbortController();
    let requests = 0;
    world.sandbox.control.onRequest = (when, { path }) => {
      if (when === "after" && path.endsWith("/import") && (requests += 1) === 4) stop.abort();
    };
    const first = await (how === "apply"
      ? world.apply(plan, { signal: stop.signal })
      : world.sync({ accept: plan.digest }, { signal: stop.signal }));
    expect(first.fault?.code).toBe("run.interrupted");
    world.sandbox.control.onRequest = undefined;
    const done = bodies(world).length;
    expect(done).toBeLessThan(8);
    const second = await (how === "apply" ? world.apply(plan) : world.sync());
    expect(second).toMatchObject({ outcome: "done", fault: undefined });
    expect(second.recovered).toHaveLength(1);
    // The request whose answer nobody heard goes again; no other does.
    expect(sentTwice(world).length).toBeLessThanOrEqual(200);
    expect(world.members()).toHaveLength(1_500);
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test,p2@firm.test}"]);
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
  },
);
