import type { Diagnostic } from "./diagnostic.ts";
import type { SourceGroup, SourceUser } from "./entry.ts";
import type { PersonMembership } from "./explain/memberships.ts";
import type { RuleChange } from "./explain/rules.ts";
import { remedyOf, stateOf } from "./explain/state.ts";
import type { Fault } from "./fault.ts";
import type { GroupLink, PersonLink } from "./link.ts";
import type { Because, Change } from "./plan.ts";

/** Everything that is known of one person or group; what is absent is not known. */
export interface ExplainFacts {
  /** What was asked for. */
  readonly who: string;
  /** As the last complete read held it, and when that was (ISO 8601). */
  readonly user?: SourceUser | undefined;
  readonly group?: SourceGroup | undefined;
  readonly readAt?: string | undefined;
  /** Where the directory has it, asked just now, when the last read did not hold or not select it. */
  readonly found?: FoundNow | undefined;
  /** Why the directory could not be asked. */
  readonly unanswered?: Pick<Fault, "code" | "params"> | undefined;
  /** The clause that takes the person in, where a filter decided. */
  readonly selectedBy?: Because | undefined;
  /** Why it does not take part. */
  readonly leftOut?: Because | undefined;
  readonly unselected?: Because | undefined;
  readonly link?: PersonLink | undefined;
  readonly groupLink?: GroupLink | undefined;
  /** Of the newest recorded plan. */
  readonly changes: readonly Change[];
  readonly notes: readonly Diagnostic[];
  /** Of a person. */
  readonly memberships: readonly PersonMembership[];
  /** The group somebody asked about. */
  readonly asked?: AskedGroup | undefined;
  /** Of a group: those that hold it and take part. */
  readonly containing?: readonly string[];
  readonly near: readonly string[];
  /** Start of the first run since which every recorded one left it out (ISO 8601). */
  readonly leftOutSince?: string | undefined;
  /** Settings that decide who takes part and changed since the last good run. */
  readonly changedSettings: readonly string[];
  /** Who changed those, and the settings behind the reasons, where that is recorded. */
  readonly changedBy?: readonly RuleChange[] | undefined;
}

export interface FoundNow {
  readonly where: string;
  readonly state: string;
  readonly name?: string;
  /** Why a read does not take it. */
  readonly outside?: Because;
}

export interface AskedGroup {
  readonly group: string;
  /** It was read, or is managed here. */
  readonly isKnown: boolean;
  /** Names of groups that may have been meant. */
  readonly near: readonly string[];
}

export interface ExplainLine {
  readonly label: string;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}
export interface Explanation {
  readonly headline: { readonly code: string; readonly params: Readonly<Record<string, unknown>> };
  readonly lines: readonly ExplainLine[];
}

/**
 * Why somebody is where they are: one sentence, then what was found, which rule decided, what the organization holds and
 * what to do. Codes have their words under `explain.<code>` (`explain.headline.*`, `explain.line.*`), reasons under
 * `note.<code>`; labels under `explain.label.<label>`.
 */
export const explain = (facts: ExplainFacts): Explanation => {
  const state = stateOf(facts);
  const action = facts.changes.find((change) => change.action !== "keep")?.action;
  return {
    headline: {
      code: `headline.${state}`,
      params: { name: nameOf(facts), ...(action === undefined ? {} : { action: action.replaceAll("-", "_") }) },
    },
    lines: [
      ...foundLines(facts),
      ...choiceLines(facts),
      ...planLines(facts),
      ...organizationLines(facts),
      ...membershipLines(facts),
      ...sinceLines(facts),
      remedyLine(facts),
    ],
  };
};

const line = (label: string, code: string, params: ExplainLine["params"] = {}): ExplainLine => ({
  label,
  code,
  params,
});

const remedyLine = (facts: ExplainFacts): ExplainLine =>
  line("remedy", `line.remedy.${remedyOf(facts)}`, {
    ...(facts.leftOut ?? facts.unselected ?? facts.found?.outside)?.params,
    who: facts.who,
  });

/** Where the directory has it. */
const foundLines = ({ user, group, link, readAt, found, unanswered, near }: ExplainFacts): ExplainLine[] => {
  const entry = user ?? group;
  const lines: ExplainLine[] = [];
  if (entry !== undefined)
    lines.push(
      line("found", "line.found", {
        // A DN says where it is; what other directories call it says no more than its id.
        where: entry.ref?.includes("=") === true ? entry.ref : entry.id,
        state: user?.state ?? "enabled",
        readAt: readAt ?? "",
      }),
    );
  else if (found !== undefined)
    lines.push(line("found", "line.found_now", { where: found.where, state: found.state }), outsideLine(found, readAt));
  if (unanswered !== undefined) lines.push(line("not_asked", unanswered.code, { ...unanswered.params }));
  if (user !== undefined)
    lines.push(
      user.email === undefined
        ? line("address", "line.no_address", { was: link?.directoryEmail ?? "none" })
        : line("address", "line.text", { text: user.email }),
    );
  if (near.length > 0) lines.push(line("near", "line.near", { near: [...near] }));
  return lines;
};

/** Why the last read did not give what the directory has now. */
const outsideLine = ({ outside }: FoundNow, readAt: string | undefined): ExplainLine => {
  if (outside !== undefined) return line("unselected", outside.code, { ...outside.params });
  return readAt === undefined
    ? line("unselected", "line.nothing_read")
    : line("unselected", "line.after_read", { readAt });
};

/** Which rule decided, and with whom they share what is shared. */
const choiceLines = ({ selectedBy, leftOut, unselected }: ExplainFacts): ExplainLine[] => {
  const lines: ExplainLine[] = [];
  if (selectedBy !== undefined) lines.push(line("selected", selectedBy.code, { ...selectedBy.params }));
  const reason = leftOut ?? unselected;
  if (reason === undefined) return lines;
  lines.push(line(leftOut === undefined ? "unselected" : "left_out", reason.code, { ...reason.params }));
  const others = reason.params?.["others"];
  if (others !== undefined) lines.push(line("shared", "line.shared", { others }));
  return lines;
};

/** What the newest plan does and says. */
const planLines = ({ changes, notes }: ExplainFacts): ExplainLine[] => [
  ...changes.flatMap((change) => [
    line("plan", `line.action.${change.action}`),
    line("plan", change.because.code, { ...change.because.params }),
  ]),
  ...notes.map((note) => line("note", note.code, { ...note.params })),
];

/** What the organization holds by our doing, and so keeps. */
const organizationLines = ({ link, groupLink }: ExplainFacts): ExplainLine[] => {
  const lines: ExplainLine[] = [];
  if (groupLink !== undefined)
    lines.push(line("organization", "line.group_linked", { name: groupLink.name, members: groupLink.members.length }));
  if (link !== undefined)
    lines.push(
      line("organization", "line.linked", {
        email: link.email,
        status: statusOf(link),
        since: link.revoked === undefined ? "" : new Date(link.revoked.at).toISOString(),
        cause: link.revoked?.cause ?? "none",
      }),
    );
  return lines;
};

const statusOf = ({ byHand, revoked }: PersonLink): string =>
  byHand === "revoked" ? "revoked_by_hand" : (byHand ?? (revoked === undefined ? "active" : "revoked"));

/** Groups on which directory and organization agree in one line each, every other one with its reason. */
const membershipLines = ({ memberships, asked, containing = [] }: ExplainFacts): ExplainLine[] => {
  if (asked !== undefined) return [askedLine(asked, memberships)];
  const names = (test: (one: PersonMembership) => boolean): string[] =>
    memberships.filter(test).map(({ group }) => group);
  const inDirectory = names((one) => one.directory !== "no");
  const applied = names((one) => one.applied);
  const differing = memberships.filter((one) => one.because !== undefined);
  return [
    ...(containing.length === 0 ? [] : [line("groups", "line.counts_in", { groups: [...containing] })]),
    ...(inDirectory.length === 0 ? [] : [line("groups", "line.groups", { groups: inDirectory })]),
    ...(applied.length === 0 ? [] : [line("organization", "line.in_groups", { groups: applied })]),
    ...differing
      .slice(0, mostDiffering)
      .map(({ because }) => line("groups", because?.code ?? "", { ...because?.params })),
    ...(differing.length > mostDiffering
      ? [line("groups", "line.more_groups", { count: differing.length - mostDiffering })]
      : []),
  ];
};
const mostDiffering = 10;

/** Why somebody is in one group, or is not. */
const askedLine = ({ group, isKnown, near }: AskedGroup, memberships: readonly PersonMembership[]): ExplainLine => {
  if (!isKnown) return line("groups", "line.group_unknown", { group, near: near.length === 0 ? "none" : [...near] });
  const membership = memberships.find((one) => one.group === group);
  if (membership === undefined) return line("groups", "line.not_there", { group });
  const { because, directory, applied } = membership;
  if (because !== undefined) return line("groups", because.code, { ...because.params });
  return applied
    ? line("groups", "line.in_step", { group, how: directory })
    : line("groups", "membership.nested_only", { group });
};

const sinceLines = ({
  link,
  groupLink,
  leftOutSince,
  changedSettings,
  changedBy = [],
}: ExplainFacts): ExplainLine[] => {
  const missing = link?.missingSince ?? groupLink?.missingSince;
  return [
    ...(leftOutSince === undefined ? [] : [line("since", "line.left_out_since", { since: leftOutSince })]),
    ...(missing === undefined ? [] : [line("since", "line.missing", { since: new Date(missing).toISOString() })]),
    ...(changedSettings.length === 0
      ? []
      : [line("since", "line.changed_settings", { settings: [...changedSettings] })]),
    ...changedBy.map((change) => line("since", "line.changed_by", { ...change })),
  ];
};

const nameOf = ({ who, user, group, link, groupLink, found, notes }: ExplainFacts): string =>
  user?.name ??
  user?.email ??
  group?.name ??
  link?.name ??
  link?.email ??
  groupLink?.name ??
  found?.name ??
  notes.find((note) => note.subject !== undefined)?.subject?.name ??
  who;
