import type { Output } from "../../../src/rpc/contract.ts";

export type Finding = Output<"directory.check">["findings"][number];
export type StepName = "reach" | "certificate" | "log_in" | "people" | "groups";

/** One step of "Check connection". */
export interface Step {
  readonly name: StepName;
  /** `waiting`: not tried, or not yet; `running`: being tried now. */
  readonly state: "ok" | "warning" | "failed" | "running" | "waiting";
  /** What it found, the one that says most first. */
  readonly findings: readonly Finding[];
}

/** What a check comes to so far: the steps in their order, stopped at the first that failed, and what belongs to none. */
export const stepsOf = (
  kind: string,
  findings: readonly Finding[],
  running: boolean,
): { readonly steps: readonly Step[]; readonly others: readonly Finding[] } => {
  const names = stepNames(kind);
  const failed = findings.find(({ severity }) => severity === "error");
  const placed = new Map<StepName, Finding[]>(names.map((name) => [name, []]));
  const others: Finding[] = [];
  for (const finding of findings) {
    if (finding === failed) continue;
    const name = stepOf(finding, names);
    if (name === undefined) others.push(finding);
    else placed.get(name)?.push(finding);
  }
  const passed = (name: StepName): boolean => (placed.get(name) ?? []).length > 0;
  const last = names.findLastIndex(passed);
  const failedAt = failed === undefined ? -1 : Math.max(names.indexOf(failedStep(failed, names, passed)), 0);
  const reached = failedAt === -1 ? last : failedAt - 1;
  const steps = names.map((name, at): Step => {
    const own = placed.get(name) ?? [];
    if (at === failedAt && failed !== undefined) return { name, state: "failed", findings: [failed, ...own] };
    const warned = own.some(({ severity }) => severity === "warning");
    if (at <= reached || passed(name)) return { name, state: warned ? "warning" : "ok", findings: own };
    // Nothing is told of a step that went well where another kind of directory has none to tell.
    if (failedAt === -1 && !running && findings.length > 0) return { name, state: "ok", findings: own };
    const isNext = failedAt === -1 && running && at === last + 1;
    return { name, state: isNext ? "running" : "waiting", findings: own };
  });
  return { steps, others };
};

const stepNames = (kind: string): readonly StepName[] => {
  if (kind === "file") return ["reach", "people"];
  if (kind === "ldap") return ["reach", "certificate", "log_in", "people", "groups"];
  return ["reach", "log_in", "people", "groups"];
};

const codes: Readonly<Record<string, StepName>> = {
  "check.directory.account": "log_in",
  "check.directory.anonymous": "log_in",
  "check.directory.app": "log_in",
  "check.directory.by_certificate": "log_in",
  "check.directory.certificate": "certificate",
  "check.directory.certificate_ends": "log_in",
  "check.directory.certificate_unverified": "certificate",
  "check.directory.groups": "groups",
  "check.directory.logged_in": "log_in",
  "check.directory.people": "people",
  "check.directory.plain": "certificate",
  "check.directory.reached": "reach",
  "file.content": "people",
  "file.readable": "reach",
  "file.unstable_ids": "people",
  "ldap.passed_over": "reach",
};

const stepOf = ({ code, params }: Finding, names: readonly StepName[]): StepName | undefined => {
  const name = code.endsWith("readable") ? (params?.["what"] === "people" ? "people" : "groups") : undefined;
  const found = codes[code] ?? name;
  return found !== undefined && names.includes(found) ? found : undefined;
};

/** Which step a failure ended: what its code says, else the first that has not passed. */
const failedStep = (
  { code, params }: Finding,
  names: readonly StepName[],
  passed: (name: StepName) => boolean,
): StepName => {
  const next = names.find((name) => !passed(name)) ?? "people";
  const wanted =
    failures[code] ?? (params?.["what"] === "people" || params?.["what"] === "groups" ? params["what"] : next);
  if (wanted === "people" || wanted === "groups") return names.includes(wanted) ? wanted : "people";
  return names.find((name) => name === wanted) ?? next;
};

const failures: Readonly<Record<string, StepName>> = {
  "directory.auth_failed": "log_in",
  "directory.base_missing": "people",
  "directory.encryption_required": "certificate",
  "directory.file_syntax": "people",
  "directory.file_unreadable": "reach",
  "directory.key_invalid": "log_in",
  "directory.plain_refused": "certificate",
  "directory.tls": "certificate",
  "directory.unreachable": "reach",
  "secret.command_failed": "log_in",
  "secret.missing": "log_in",
  "secret.unreadable": "log_in",
};
