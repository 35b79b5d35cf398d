import type { RunSummary } from "../../../src/rpc/contract.ts";
import { isFault } from "../../../src/core/fault.ts";
import { call } from "../../engine.svelte.ts";
import { go } from "../../route.svelte.ts";
import { refreshStopped } from "../../session.svelte.ts";
import { begin } from "../../work.svelte.ts";

interface SyncWish {
  /** Digest of the plan that somebody looked at and accepts. */
  readonly accept?: string;
  readonly baseline?: "record" | "send";
  readonly sameIds?: boolean;
}

/** Reads both sides and shows the plan; changes nothing. */
export const testNow = async (profile: string): Promise<void> => {
  go("dashboard");
  const run = await begin("test", profile, (options) => call("plan.create", { profile, kind: "test" }, options));
  if (run !== undefined) showPlan(run);
};

/** Acts at once where no guard asks; else leads to the page that does. What came of it is on the dashboard. */
export const syncNow = async (profile: string, wish: SyncWish = {}): Promise<void> => {
  go("dashboard");
  const run = await begin("sync", profile, async (options) => {
    try {
      return await call("sync.run", { profile, ...wish }, options);
    } catch (error) {
      // Nobody has said yet how this profile starts: the plan asks.
      if (!isFault(error) || !error.code.startsWith("baseline.") || wish.baseline !== undefined) throw error;
      return call("plan.create", { profile, kind: "plan" }, options);
    }
  });
  await refreshStopped();
  if (run === undefined) return;
  if (run.outcome === "planned") showPlan(run);
  else if (run.outcome === "guard") go(guardsBeyondFirst(run).length === 0 ? "plan" : "guard", run.run);
};

/**
 * The first sync is always looked at, which is done where its plan is: how many it invites is the first thing there. Gives
 * the guards that ask for more than that.
 */
export const guardsBeyondFirst = ({ guards }: RunSummary): RunSummary["guards"] => {
  const isFirst = guards.some(({ code }) => code === "guard.first");
  return isFirst ? guards.filter(({ code }) => code !== "guard.first" && code !== "guard.invitations") : guards;
};

const showPlan = (run: RunSummary): void => go(run.header?.baseline === "needed" ? "baseline" : "plan", run.run);
