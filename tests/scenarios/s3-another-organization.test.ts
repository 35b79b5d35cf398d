/** Product §3: state hangs on the profile and on the organization it belongs to. */
import { describe, expect, it } from "vitest";
import type { EngineDependencies } from "../../src/engine/dependencies.ts";
import { planRun } from "../../src/engine/plan-run.ts";
import { findProfile } from "../../src/engine/profile.ts";
import { group } from "./directory.ts";
import { createWorld } from "./world.ts";

describe("a profile that is pointed at another organization", () => {
  it("has links of its own there, and finds the first one's again when it returns", async () => {
    const directory = { people: ["ann", "bob"], groups: [group("sales", "ann")] };
    const [first, second] = [
      await createWorld({ directory }),
      await createWorld({ organization: { id: "6f0c7a1b-2c3d-4ee0-8ae8-f0c4f5b8a9d3" } }),
    ];
    await first.review();
    const elsewhere: EngineDependencies = {
      ...first.engine,
      configuration: async () => {
        const { config, broken } = await first.engine.configuration();
        return {
          config: { ...config, organizations: (await second.engine.configuration()).config.organizations },
          broken,
        };
      },
      openOrganization: second.engine.openOrganization,
    };
    const moved = await findProfile(elsewhere, undefined, true);
    expect(await first.store.links(moved.key)).toEqual({ people: [], groups: [] });
    const runtime = { signal: new AbortController().signal, progress: () => {}, onWait: () => {} };
    const { run } = await planRun(elsewhere, moved, { kind: "plan", full: false, wait: false }, runtime);
    const { rows } = await first.store.rows(run);
    expect(rows.map(({ action }) => action)).toEqual(["invite", "invite", "create-group"]);
    expect(await first.plan()).toMatchObject({ changes: [] });
  });
});
