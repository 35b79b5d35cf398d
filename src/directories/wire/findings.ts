import type { Clock } from "../../core/clock.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { Fault, type FaultCode } from "../../core/fault.ts";

/**
 * One step of a check: its finding, or the fault it ended in as one, so that the steps after it are still taken. What
 * every step after it would meet as well is thrown: said once it says enough.
 */
export const tryStep = async (step: () => Promise<Diagnostic>): Promise<Diagnostic> => {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof Fault) || !ofOneStep.has(error.code)) throw error;
    return { code: error.code, severity: "error", params: error.params };
  }
};

const ofOneStep: ReadonlySet<FaultCode> = new Set([
  "directory.forbidden",
  "directory.bad_response",
  "directory.truncated",
]);

/** That people or groups can be read, with one of them to show for it; nobody there is worth a warning. */
export const readable = (what: "people" | "groups", sample: string | null | undefined): Diagnostic =>
  sample === undefined || sample === null || sample === ""
    ? { code: "check.directory.nothing_readable", severity: "warning", params: { what } }
    : { code: "check.directory.readable", severity: "ok", params: { what, sample } };

/** A log-in and how long it took; without one every other step fails for the same reason, so its fault is thrown. */
export const tryLogin = async (host: string, clock: Clock, logIn: () => Promise<unknown>): Promise<Diagnostic> => {
  const started = clock.now();
  await logIn();
  return {
    code: "check.directory.reached",
    severity: "ok",
    params: { host, milliseconds: Math.round(clock.now() - started) },
  };
};

/** Two steps, of which the second needs the first: a group, and its members. */
export const tryGroup = async <Group>(steps: {
  readonly find: () => Promise<Group | undefined>;
  readonly nameOf: (group: Group) => string | null | undefined;
  readonly readMembers: (group: Group) => Promise<unknown>;
}): Promise<Diagnostic[]> => {
  let group: Group | undefined;
  const groups = await tryStep(async () => {
    group = await steps.find();
    return readable("groups", group === undefined ? undefined : steps.nameOf(group));
  });
  if (group === undefined) return [groups];
  const one = group;
  const members = await tryStep(async () => {
    await steps.readMembers(one);
    return { code: "check.directory.readable", severity: "ok", params: { what: "members" } };
  });
  return [groups, members];
};
