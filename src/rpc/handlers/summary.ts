import type { ProfileConfig } from "../../config/schema.ts";
import { Fault } from "../../core/fault.ts";
import { profileOfKey, type Profile } from "../../engine/profile.ts";
import type { Recovered } from "../../engine/recover.ts";
import type { Run } from "../../store/store.ts";
import type { RunSummary } from "../contract.ts";
import { isoTime } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";

/** What a headline needs of a recorded run. Fault `run.unknown`. */
export const summaryOf = async (
  { engine }: HandlerDependencies,
  id: number,
  extra: { readonly fault?: Fault; readonly recovered?: readonly Recovered[] } = {},
): Promise<RunSummary> => {
  const run = await engine.store.run(id);
  if (run === undefined) throw new Fault("run.unknown", { run: id });
  const summary = summarize(run, await profileOfKey(engine, run.profile));
  return {
    ...summary,
    ...(extra.fault === undefined ? {} : { fault: { code: extra.fault.code, params: { ...extra.fault.params } } }),
    ...(extra.recovered === undefined || extra.recovered.length === 0
      ? {}
      : {
          recovered: extra.recovered.map(({ run: { id: number }, surelyDone, left }) => ({
            run: number,
            done: surelyDone,
            left,
          })),
        }),
  };
};

/** A run as it is recorded; `profile` is absent when the configuration no longer has it. */
export const summarize = (run: Run, profile: Profile | undefined): RunSummary => {
  const { header, counts = {} } = run;
  const { compared = 0, comparedAll: _all, ...tally } = counts;
  return {
    run: run.id,
    kind: run.kind,
    profile: profile?.name ?? header?.profileName ?? run.profile,
    directory: profile === undefined ? (header?.directory ?? "") : describeDirectory(profile.config),
    organization: profile?.organizationName ?? run.organization,
    server: profile?.organization.server ?? "",
    startedAt: isoTime(run.startedAt),
    who: run.who,
    ...(run.endedAt === undefined ? {} : { endedAt: isoTime(run.endedAt) }),
    ...(run.outcome === undefined ? {} : { outcome: run.outcome }),
    ...(header === undefined ? {} : { header, counts: header.counts }),
    guards: (run.guards ?? []).map(({ code, params }) => ({ code, params: { ...params } })),
    tally,
    ...(run.fault === undefined ? {} : { fault: { code: run.fault.code, params: { ...run.fault.params } } }),
    ...(run.accepted === undefined ? {} : { accepted: run.accepted }),
    compared: compared > 0 ? "organization" : "record",
    ...(run.undoes === undefined ? {} : { undoes: run.undoes }),
  };
};

/** What a directory is called in one line: its kind, and what makes it this one. */
export const describeDirectory = ({ directory }: Pick<ProfileConfig, "directory">): string =>
  `${directory.kind} ${placeOf(directory)}`;

const placeOf = (directory: ProfileConfig["directory"]): string => {
  switch (directory.kind) {
    case "file":
      return directory.path;
    case "ldap":
      return directory.baseDn;
    case "entra":
      return directory.tenant;
    case "google":
      return directory.domain ?? directory.customer ?? directory.adminUser;
    default:
      return directory.url;
  }
};
