import { Fault, isFault } from "../core/fault.ts";
import type { Progress } from "../core/progress.ts";
import type { Lease, LeaseHolder } from "../store/store.ts";
import type { EngineDependencies, HeldBy } from "./dependencies.ts";

export interface LeaseOptions {
  readonly name: string;
  /** What the holder does, for whoever is kept out. */
  readonly what: string;
  /** What the lease is for, in the words of the fault: a profile's or an organization's name. */
  readonly subject: string;
  /** How long to wait for it, in milliseconds; 0 = not at all. */
  readonly waitMs: number;
  readonly onHeld?: ((held: HeldBy) => void) | undefined;
}

/** Given back when it is disposed of. */
export interface HeldLease extends AsyncDisposable {
  readonly lease: Lease;
}

/**
 * Takes a lease and renews it until it is given back. Losing it (a suspended process, a clock that jumped) aborts `stop`,
 * so that the work stops by itself; its writes are refused by the fence in any case. Fault `lease.held` says who has it.
 */
export const holdLease = async (
  dependencies: EngineDependencies,
  options: LeaseOptions,
  stop: AbortController,
): Promise<HeldLease> => {
  const lease = await acquire(dependencies, options, stop.signal);
  const finished = new AbortController();
  const beating = beat(dependencies, lease, stop, finished.signal);
  return {
    lease,
    [Symbol.asyncDispose]: async () => {
      finished.abort();
      await beating;
      // What cannot be given back goes stale by itself; the reason the work ended for must not be lost over it.
      await lease.release().catch((error: unknown) => {
        dependencies.log.warn("a lease could not be given back", { lease: lease.name, reason: String(error) });
      });
    },
  };
};

const acquire = async (
  { store, clock, limits, actor }: EngineDependencies,
  options: LeaseOptions,
  signal: AbortSignal,
): Promise<Lease> => {
  const until = clock.now() + options.waitMs;
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    const now = clock.now();
    const answer = await store.acquire({
      name: options.name,
      holder: { what: options.what, ...actor },
      now,
      staleMs: limits.stale,
    });
    if (!("heldBy" in answer)) return answer;
    const held = heldBy(options, answer.heldBy);
    if (now >= until) throw new Fault("lease.held", { ...held });
    if (!told) options.onHeld?.(held);
    told = true;
    await clock.sleep(Math.min(limits.leasePoll, until - now), signal);
  }
};

const heldBy = ({ subject }: LeaseOptions, { what, who, host, pid, since }: LeaseHolder): HeldBy => ({
  subject,
  what,
  who,
  host,
  pid,
  since: new Date(since).toISOString(),
});

/** What somebody asked for in another process, or in another thread of this one. */
const stopIfAsked = async (lease: Lease, stop: AbortController): Promise<void> => {
  if (await lease.isAskedToStop().catch(() => false)) stop.abort(new Fault("run.interrupted", {}));
};

/** Milliseconds between two reports: a transaction each. */
const reportPause = 1_000;

/** Tells how far a run is to those who follow it through the store, beside whoever began it; hears whether to stop. */
export const reporting = (
  { clock, log }: EngineDependencies,
  lease: Lease,
  progress: Progress,
  stop: AbortController,
): Progress => {
  let last = Number.NEGATIVE_INFINITY;
  let stage = "";
  let writing = false;
  return (event) => {
    progress(event);
    const now = clock.now();
    if (writing || (event.stage === stage && now - last < reportPause)) return;
    last = now;
    stage = event.stage;
    writing = true;
    void (async () => {
      try {
        await lease.report(event);
        await stopIfAsked(lease, stop);
      } catch (error) {
        log.warn("how far a run is could not be told", { lease: lease.name, reason: String(error) });
      } finally {
        writing = false;
      }
    })();
  };
};

/** Heartbeat until the work is finished; a failed one stops the work. */
const beat = async (
  { clock, limits, log }: EngineDependencies,
  lease: Lease,
  stop: AbortController,
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
      log.warn("a lease was lost", { lease: lease.name, reason: String(error) });
      stop.abort(isFault(error, "lease.lost") ? error : new Fault("lease.lost", {}, error));
      return;
    }
    await stopIfAsked(lease, stop);
  }
};
