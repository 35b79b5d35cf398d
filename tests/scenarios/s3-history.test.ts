/** Product §3: how long runs are kept. */
import { describe, expect, it } from "vitest";
import { findProfile } from "../../src/engine/profile.ts";
import { group } from "./directory.ts";
import { createWorld, days, hours } from "./world.ts";

describe("the history", () => {
  it("given runs every six hours, then those that changed something stay, and of the others one a day after two days", async () => {
    const world = await createWorld({ directory: { people: ["ann"], groups: [group("sales", "ann")] } });
    const { run: first } = await world.review();
    for (let run = 0; run < 20; run += 1) {
      world.pass(6 * hours);
      await world.sync();
    }
    const { key } = await findProfile(world.engine, undefined, false);
    const { rows } = await world.store.runs({ profile: key, limit: 100 });
    expect(rows.map(({ id }) => id)).toContain(first);
    const now = world.engine.clock.now();
    const old = rows.filter(({ kind, startedAt }) => kind === "sync" && startedAt < now - 2 * days - 6 * hours);
    const dates = old.map(({ startedAt }) => Math.floor(startedAt / days));
    expect(dates.length).toBeGreaterThanOrEqual(2);
    expect(new Set(dates).size).toBe(dates.length);
  });
});
