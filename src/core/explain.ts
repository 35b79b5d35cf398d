import type { Diagnostic } from "./diagnostic.ts";
import type { SourceGroup, SourceUser } from "./entry.ts";
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
  /** Where the directory has it, asked just now, when the last read did not hold it. */
  readonly found?: { readonly where: string; readonly state: string } | undefined;
  /** Why it does not take part. */
  readonly leftOut?: Because | undefined;
  readonly unselected?: Because | undefined;
  readonly link?: PersonLink | undefined;
  readonly groupLink?: GroupLink | undefined;
  /** Of the newest recorded plan. */
  readonly changes: readonly Change[];
  readonly notes: readonly Diagnostic[];
  /** Names of the groups the directory has the person in, and of those we put them in. */
  readonly groups: readonly string[];
  readonly groupsApplied: readonly string[];
  readonly near: readonly string[];
  /** Settings that decide who takes part and changed since the last good run. */
  readonly changedSettings: readonly string[];
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
 * what to do. Codes have their words under `explain.headline.*` and `explain.line.*`, reasons under `note.*`.
 */
export const explain = (facts: ExplainFacts): Explanation => {
  const name = nameOf(facts);
  const { user, group, readAt, found } = facts;
  const lines: ExplainLine[] = [];
  const line = (label: string, code: string, params: ExplainLine["params"] = {}): void =>
    void lines.push({ label, code, params });
  if (user !== undefined || group !== undefined)
    line("found", "line.found", {
      where: user?.ref ?? group?.ref ?? user?.id ?? group?.id ?? "",
      state: user?.state ?? "enabled",
      readAt: readAt ?? "",
    });
  else if (found !== undefined) line("found", "line.found_now", { where: found.where, state: found.state });
  if (user?.email !== undefined) line("address", "line.text", { text: user.email });
  else if (user !== undefined) line("address", "line.no_address");
  const reason = facts.leftOut ?? facts.unselected;
  if (reason !== undefined)
    line(facts.leftOut === undefined ? "unselected" : "left_out", reason.code, { ...reason.params });
  for (const change of facts.changes) {
    line("plan", `line.action.${change.action}`);
    line("plan", change.because.code, { ...change.because.params });
  }
  for (const note of facts.notes) line("note", note.code, { ...note.params });
  sayMembership(facts, line);
  if (facts.changedSettings.length > 0)
    line("since", "line.changed_settings", { settings: [...facts.changedSettings] });
  if (facts.near.length > 0) line("near", "line.near", { near: [...facts.near] });
  const state = stateOf(facts);
  line("remedy", `line.remedy.${reason === undefined ? state : remedyOf(reason.code, state)}`, { who: facts.who });
  return { headline: { code: `headline.${state}`, params: { name } }, lines };
};

/** What the organization holds by our doing, and so keeps. */
const sayMembership = (
  facts: ExplainFacts,
  line: (label: string, code: string, params?: ExplainLine["params"]) => void,
): void => {
  const { link, groupLink } = facts;
  if (groupLink !== undefined)
    line("organization", "line.group_linked", { name: groupLink.name, members: groupLink.members.length });
  if (facts.groups.length > 0) line("groups", "line.groups", { groups: [...facts.groups] });
  if (link === undefined) return;
  const status = link.revoked !== undefined ? "revoked" : (link.byHand ?? "active");
  line("organization", "line.linked", {
    email: link.email,
    status,
    since: link.revoked === undefined ? "" : new Date(link.revoked.at).toISOString(),
  });
  if (facts.groupsApplied.length > 0) line("organization", "line.in_groups", { groups: [...facts.groupsApplied] });
  if (link.missingSince !== undefined)
    line("since", "line.missing", { since: new Date(link.missingSince).toISOString() });
};

/** The one word for where somebody stands, in the order in which it matters. */
const stateOf = (facts: ExplainFacts): string => {
  const { user, group, link, groupLink, changes, notes } = facts;
  const known = user !== undefined || group !== undefined || link !== undefined || groupLink !== undefined;
  const kept = changes.find((change) => change.action === "keep")?.because.code ?? "";
  if (!known)
    return notes.some((note) => note.code === "stranger")
      ? "stranger"
      : facts.found === undefined
        ? "unknown"
        : "not_read";
  if (facts.leftOut !== undefined) return "left_out";
  if (facts.unselected !== undefined) return "unselected";
  if (kept === "keep.protected" || kept.startsWith("keep.owner")) return "protected";
  if (kept.startsWith("held.")) return "held";
  if (kept.startsWith("keep.")) return "waiting";
  if (changes.length > 0) return "changes";
  if (notes.some((note) => note.code.startsWith("proposal."))) return "proposed";
  if (link?.byHand !== undefined) return "by_hand";
  if (link?.revoked !== undefined) return "revoked";
  if (user?.state === "disabled") return "disabled";
  if (user === undefined && group === undefined) return "missing";
  return link === undefined && groupLink === undefined ? "new" : "unchanged";
};

const remedyOf = (code: string, state: string): string => (code in remedies ? (remedies[code] ?? state) : state);
const remedies: Readonly<Record<string, string>> = {
  "left_out.no_address": "no_address",
  "left_out.bad_address": "bad_address",
  "left_out.same_address": "same_address",
  "left_out.same_id": "same_id",
  "left_out.long_group_name": "group_name",
  "left_out.no_group_name": "group_name",
  "unselected.excluded": "filter",
  "unselected.not_included": "filter",
  "unselected.narrowed": "narrowed",
};

const nameOf = ({ who, user, group, link, groupLink, notes }: ExplainFacts): string =>
  user?.name ??
  user?.email ??
  group?.name ??
  link?.name ??
  link?.email ??
  groupLink?.name ??
  notes.find((note) => note.subject !== undefined)?.subject?.name ??
  who;

/** Texts that somebody may have meant: few letters differ, or one holds the other; the nearest first, at most five. */
export const nearMatches = (asked: string, known: Iterable<string>): string[] => {
  const wanted = asked.trim().toLowerCase();
  const most = Math.max(2, Math.floor(wanted.length / 4));
  const found = new Map<string, number>();
  for (const text of known) {
    const candidate = text.toLowerCase();
    if (wanted.length >= 3 && candidate.includes(wanted)) found.set(text, 0);
    else if (Math.abs(candidate.length - wanted.length) <= most) {
      const far = distance(wanted, candidate, most);
      if (far <= most) found.set(text, far);
    }
  }
  return [...found]
    .sort(([left, far], [right, farther]) => far - farther || (left < right ? -1 : 1))
    .slice(0, 5)
    .map(([text]) => text);
};

/** Levenshtein's distance, or more than `most` as soon as it is certain to be. */
const distance = (left: string, right: string, most: number): number => {
  let row = Array.from({ length: right.length + 1 }, (_item, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)),
      );
    if (Math.min(...next) > most) return most + 1;
    row = next;
  }
  return row[right.length] ?? most + 1;
};
