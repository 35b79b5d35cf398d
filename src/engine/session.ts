import { Fault, isFault } from "../core/fault.ts";
import type { OpenOrganization } from "../organizations/organization.ts";
import type { Lease } from "../store/store.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { holdLease, reporting, type HeldLease } from "./lease.ts";
import type { Profile } from "./profile.ts";
import { openRenewing } from "./renew.ts";

/** One run's hold on a profile: its lease, and the organization opened when it is first asked for. */
export interface Session {
  readonly lease: Lease;
  /** All that are held, to be checked before every request. */
  readonly leases: () => readonly Lease[];
  readonly runtime: Runtime;
  /** The same one each time; when the session may apply, nobody else applies to it from then on. */
  readonly organization: () => Promise<OpenOrganization>;
}

export interface SessionOptions {
  readonly what: string;
  /** Wait for whoever holds the profile instead of Fault `lease.held`. */
  readonly wait: boolean;
  /** The session may change the organization: it is read and written under the organization's own lease. */
  readonly applies: boolean;
}

const waitForProfile = 24 * 3_600_000;

/**
 * Runs `work` with the profile's lease; closes whatever it opened. Whatever an aborted signal makes of the work, the
 * reason it was aborted for is what is thrown: `run.interrupted`, or `lease.lost`.
 */
export const withProfile = async <Result>(
  dependencies: EngineDependencies,
  profile: Profile,
  options: SessionOptions,
  runtime: Runtime,
  work: (session: Session) => Promise<Result>,
): Promise<Result> => {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(interruption(runtime.signal.reason));
  if (runtime.signal.aborted) interrupt();
  runtime.signal.addEventListener("abort", interrupt, { once: true });
  try {
    await using held = await holdLease(
      dependencies,
      {
        name: `profile:${profile.config.id}`,
        what: options.what,
        subject: profile.name,
        waitMs: options.wait ? waitForProfile : 0,
        onHeld: runtime.onHeld,
      },
      stop,
    );
    const progress = reporting(dependencies, held.lease, runtime.progress, stop);
    const inner: Runtime = { ...runtime, progress, signal: stop.signal };
    const beforeWrite = async (): Promise<void> => {
      for (const lease of [held.lease, ...organization.leases()]) await lease.check();
    };
    await using organization = createOpened(dependencies, profile, options, { ...inner, beforeWrite }, stop);
    return await work({
      lease: held.lease,
      leases: () => [held.lease, ...organization.leases()],
      runtime: inner,
      organization: organization.open,
    });
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    runtime.signal.removeEventListener("abort", interrupt);
  }
};

/** The organization with its lease: both only when asked for, both given back at the end. */
const createOpened = (
  dependencies: EngineDependencies,
  profile: Profile,
  options: SessionOptions,
  runtime: Runtime,
  stop: AbortController,
): AsyncDisposable & { readonly open: Session["organization"]; readonly leases: Session["leases"] } => {
  let held: HeldLease | undefined;
  let opening: Promise<OpenOrganization> | undefined;
  const open = async (): Promise<OpenOrganization> => {
    if (options.applies)
      held = await holdLease(
        dependencies,
        {
          name: `organization:${profile.organizationId}`,
          what: options.what,
          subject: profile.organizationName,
          waitMs: dependencies.limits.waitForOrganization,
          onHeld: runtime.onHeld,
        },
        stop,
      );
    return openRenewing(() => dependencies.openOrganization(profile.organizationName, profile.organization, runtime));
  };
  return {
    open: () => (opening ??= open()),
    leases: () => (held === undefined ? [] : [held.lease]),
    [Symbol.asyncDispose]: async () => {
      const organization = await opening?.catch(() => undefined);
      await organization?.[Symbol.asyncDispose]();
      await held?.[Symbol.asyncDispose]();
    },
  };
};

const interruption = (reason: unknown): Fault => (isFault(reason) ? reason : new Fault("run.interrupted", {}, reason));
