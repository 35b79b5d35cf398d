import { Fault, isFault } from "../../core/fault.ts";
import type { EngineDependencies } from "../../engine/dependencies.ts";
import { holdLease, type HeldLease } from "../../engine/lease.ts";

const name = "serve";
const kept = "serve.url";

/**
 * One `serve` a home: takes its lease until that is given back, and `stop` is aborted when it is lost. Fault
 * `serve.running` says who has it; one that died on this computer without a word is followed at once.
 */
export const holdServe = async (
  engine: EngineDependencies,
  isAlive: (pid: number) => boolean,
  stop: AbortController,
): Promise<HeldLease> => {
  const { store, clock, limits, actor } = engine;
  const holder = await store.holder(name, clock.now(), limits.stale);
  const isGone = holder !== undefined && holder.host === actor.host && !isAlive(holder.pid);
  try {
    return await holdLease(
      isGone ? { ...engine, limits: { ...limits, stale: 0 } } : engine,
      { name, what: name, subject: name, waitMs: 0 },
      stop,
    );
  } catch (error) {
    if (!isFault(error, "lease.held")) throw error;
    const { who, host, pid, since } = error.params;
    throw new Fault("serve.running", { who, host, pid, since, url: (await urlOf(engine)) ?? "" }, error);
  }
};

/** Tells other processes of this home where the page is. */
export const publishUrl = (engine: EngineDependencies, url: string | undefined): Promise<void> =>
  engine.store.saveValue(kept, url);

/** Where the page of this home is; Fault `serve.not_running` where nobody serves it. */
export const runningUrl = async (engine: EngineDependencies): Promise<string> => {
  const { store, clock, limits } = engine;
  const holder = await store.holder(name, clock.now(), limits.stale);
  const url = await urlOf(engine);
  if (holder === undefined || url === undefined) throw new Fault("serve.not_running", {});
  return url;
};

const urlOf = ({ store }: EngineDependencies): Promise<string | undefined> => store.value(kept);
