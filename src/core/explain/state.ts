import type { ExplainFacts } from "../explain.ts";

/** The one word for where somebody stands, in the order in which it matters: words under `explain.headline.<state>`. */
export const stateOf = (facts: ExplainFacts): string => {
  const { user, group, link, groupLink, changes, notes } = facts;
  const kept = changes.find((change) => change.action === "keep")?.because.code ?? "";
  const isKnown = user !== undefined || group !== undefined || link !== undefined || groupLink !== undefined;
  if (!isKnown) return stateOfUnknown(facts);
  if (facts.leftOut !== undefined) return "left_out";
  if (kept === "keep.protected" || kept.startsWith("keep.owner")) return "protected";
  if (kept.startsWith("held.") || notes.some((note) => note.code.startsWith("held."))) return "held";
  if (changes.some((change) => change.action !== "keep")) return "changes";
  if (kept !== "") return "waiting";
  if (facts.unselected !== undefined) return "unselected";
  if (notes.some((note) => note.code.startsWith("proposal."))) return "proposed";
  if (link?.byHand !== undefined) return "by_hand";
  if (link?.revoked !== undefined) return "revoked";
  if (user?.state === "disabled") return "disabled";
  if (user === undefined && group === undefined) return facts.readAt === undefined ? "unread" : "missing";
  return link === undefined && groupLink === undefined ? "new" : "unchanged";
};

const stateOfUnknown = ({ found, notes, readAt }: ExplainFacts): string => {
  if (notes.some((note) => note.code === "stranger")) return "stranger";
  if (found === undefined) return "unknown";
  if (readAt === undefined) return "unread";
  return found.outside === undefined ? "not_yet_read" : "not_read";
};

/** Words under `explain.line.remedy.<name>`: by the reason somebody does not take part, else by where they stand. */
export const remedyOf = (facts: ExplainFacts): string => {
  const code = (facts.leftOut ?? facts.unselected ?? facts.found?.outside)?.code;
  return (code === undefined ? undefined : remedies.get(code)) ?? stateOf(facts);
};

const remedies: ReadonlyMap<string, string> = new Map([
  ["left_out.no_address", "no_address"],
  ["left_out.bad_address", "bad_address"],
  ["left_out.same_address", "same_address"],
  ["left_out.same_id", "same_id"],
  ["left_out.long_id", "same_id"],
  ["left_out.no_id", "same_id"],
  ["left_out.long_group_name", "group_name"],
  ["left_out.no_group_name", "group_name"],
  ["unselected.excluded", "filter"],
  ["unselected.not_included", "filter"],
  ["unselected.narrowed", "narrowed"],
  ["outside.filter", "filter"],
  ["outside.base", "base"],
  ["outside.class", "class"],
]);
