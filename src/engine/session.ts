import type { OpenOrganization } from "../organizations/organization.ts";
import type { Lease } from "../store/store.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { withLease } from "./lease.ts";
import type { Profile } from "./profile.ts";

/** One run's hold on a profile: its lease, and the organization opened when it is first asked for. */
export interface Session {
  readonly lease: Lease;
  readonly runtime: Runtime;
  readonly organization: () => Promise<OpenOrganization>;
}

export interface SessionOptions {
  readonly what: string;
  /** Wait for whoever holds the profile instead of Fault `lease.held`. */
  readonly wait: boolean;
}

const waitForProfile = 24 * 3_600_000;

/** Runs `work` with the profile's lease; closes whatever it opened. */
export const withProfile = async <Result>(
  dependencies: EngineDependencies,
  profile: Profile,
  options: SessionOptions,
  runtime: Runtime,
  work: (session: Session) => Promise<Result>,
): Promise<Result> =>
  withLease(
    dependencies,
    {
      name: `profile:${profile.config.id}`,
      what: options.what,
      subject: profile.name,
      waitMs: options.wait ? waitForProfile : 0,
      signal: runtime.signal,
      onWait: (holder) => runtime.onWait({ seconds: 0, reason: `${holder.what} of ${holder.who} on ${holder.host}` }),
    },
    async (lease, signal) => {
      const inner: Runtime = { ...runtime, signal };
      let opened: Promise<OpenOrganization> | undefined;
      const organization = (): Promise<OpenOrganization> =>
        (opened ??= dependencies.openOrganization(profile.organizationName, profile.organization, inner));
      try {
        return await work({ lease, runtime: inner, organization });
      } finally {
        const open = await opened?.catch(() => undefined);
        await open?.[Symbol.asyncDispose]();
      }
    },
  );

/** Runs `work` with the organization's lease: one profile applies at a time, others wait. */
export const withOrganization = async <Result>(
  dependencies: EngineDependencies,
  profile: Profile,
  session: Session,
  what: string,
  work: (lease: Lease, runtime: Runtime) => Promise<Result>,
): Promise<Result> =>
  withLease(
    dependencies,
    {
      name: `organization:${profile.organizationId}`,
      what,
      subject: profile.organizationName,
      waitMs: dependencies.limits.waitForOrganization,
      signal: session.runtime.signal,
      onWait: (holder) =>
        session.runtime.onWait({ seconds: 0, reason: `${holder.what} of ${holder.who} on ${holder.host}` }),
    },
    (lease, signal) => work(lease, { ...session.runtime, signal }),
  );
