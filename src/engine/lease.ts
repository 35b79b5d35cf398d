import { Fault } from "../core/fault.ts";
import type { Lease, LeaseHolder } from "../store/store.ts";
import type { EngineDependencies } from "./dependencies.ts";

export interface LeaseOptions {
  readonly name: string;
  /** What the holder does, for whoever is kept out. */
  readonly what: string;
  /** What the lease is for, in the words of the fault: a profile's or an organization's name. */
  readonly subject: string;
  /** How long to wait for it, in milliseconds; 0 = not at all. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly onWait?: (holder: LeaseHolder) => void;
}

/**
 * Runs `work` under a lease that is renewed while it runs. Losing the lease (a suspended process, a clock jump) aborts
 * the work's signal, so it stops by itself; its writes are refused by the fence in any case.
 */
export const withLease = async <Result>(
  dependencies: EngineDependencies,
  options: LeaseOptions,
  work: (lease: Lease, signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const lease = await acquire(dependencies, options);
  const lost = new AbortController();
  const finished = new AbortController();
  const beating = beat(dependencies, lease, lost, finished.signal);
  try {
    return await work(lease, AbortSignal.any([options.signal, lost.signal]));
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    finished.abort();
    await beating;
    await lease.release();
  }
};

const acquire = async (dependencies: EngineDependencies, options: LeaseOptions): Promise<Lease> => {
  const { store, clock, limits, actor } = dependencies;
  const until = clock.now() + options.waitMs;
  let told = false;
  for (;;) {
    options.signal.throwIfAborted();
    const now = clock.now();
    const answer = await store.acquire({
      name: options.name,
      holder: { what: options.what, ...actor },
      now,
      staleMs: limits.stale,
    });
    if (!("heldBy" in answer)) return answer;
    if (now >= until) throw heldFault(options, answer.heldBy);
    if (!told) options.onWait?.(answer.heldBy);
    told = true;
    await clock.sleep(Math.min(limits.leasePoll, until - now), options.signal);
  }
};

const heldFault = (options: LeaseOptions, holder: LeaseHolder): Fault =>
  new Fault("lease.held", {
    subject: options.subject,
    what: holder.what,
    who: holder.who,
    host: holder.host,
    pid: holder.pid,
    since: new Date(holder.since).toISOString(),
  });

/** Heartbeat until the work is finished; a failed one aborts the work. */
const beat = async (
  { clock, limits }: EngineDependencies,
  lease: Lease,
  lost: AbortController,
  finished: AbortSignal,
): Promise<void> => {
  while (!finished.aborted) {
    try {
      await clock.sleep(limits.heartbeat, finished);
    } catch {
      return;
    }
    try {
      await lease.renew(clock.now());
    } catch (error) {
      lost.abort(error);
      return;
    }
  }
};
