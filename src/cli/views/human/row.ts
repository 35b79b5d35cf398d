import type { RunSummary, ShownRow } from "../../../rpc/contract.ts";
import type { Note } from "../../sections.ts";
import type { Words } from "../../words.ts";
import { clean } from "../clean.ts";
import { textual } from "./fault.ts";

interface Who {
  readonly id: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** `Ana Costa <ana@firm.test>`, or as much of it as is known. */
export const whoText = ({ name, email, id }: Who): string => {
  const shown = name === undefined || name === "" ? "" : clean(name);
  if (email === undefined || email === "") return shown === "" ? clean(id) : shown;
  return shown === "" ? clean(email) : `${shown} <${clean(email)}>`;
};

/** The sign before a row: taking away, adding, changing, only recorded. */
export const signOf = (action: string): string => {
  switch (action) {
    case "revoke":
    case "remove":
    case "empty-group":
    case "remove-group":
      return "-";
    case "invite":
    case "stage":
    case "restore":
    case "create-group":
      return "+";
    case "adopt":
    case "keep":
      return "=";
    default:
      return "~";
  }
};

/** Sign and verb, who, and why, as cells of a table. */
export const rowCells = (row: ShownRow, words: Words): string[] => [
  `${signOf(row.action)} ${words.format(`cli.action.${row.action}`)}`,
  subjectText(row, words),
  [detailText(row, words), stateText(row, words)].filter((text) => text !== "").join("; "),
];

const subjectText = (row: ShownRow, words: Words): string => {
  const { subject, before, after } = row;
  if (subject.kind === "person") {
    const email = after.email ?? subject.email;
    return whoText({ ...subject, ...(email === undefined ? {} : { email }) });
  }
  if (row.action === "rename-group" && before.name !== undefined && after.name !== undefined)
    return words.format("cli.row.renamed", { from: before.name, to: after.name });
  return clean(subject.name ?? subject.id);
};

/** What a row brings or why; for groups how many members. */
const detailText = (row: ShownRow, words: Words): string => {
  const added = row.added ?? row.add?.length ?? 0;
  const removed = row.removed ?? (row.remove?.length ?? 0) + (row.removeByEmail?.length ?? 0);
  switch (row.action) {
    case "create-group":
      return words.format("cli.row.members", { count: added });
    case "change-members":
      return membersText(row, { added, removed }, words);
    case "rename-group":
      return row.because.code === "group.renamed" ? "" : becauseText(row, words);
    case "empty-group":
    case "remove-group":
      return [
        words.format("cli.row.members", { count: removed || (row.before.size ?? 0) }),
        becauseText(row, words),
      ].join(", ");
    default:
      return becauseText(row, words);
  }
};

/** `+2 (Ana Costa, Bo Li)  −1 (Tom de Wit)` */
const membersText = (
  row: ShownRow,
  counts: { readonly added: number; readonly removed: number },
  words: Words,
): string => {
  const part = (sign: string, count: number, names: readonly string[] | undefined): string => {
    if (count === 0) return "";
    const named = (names ?? []).slice(0, 3).map(clean);
    const more = count - named.length;
    const shown = more > 0 && named.length > 0 ? [...named, words.format("cli.row.more", { count: more })] : named;
    return `${sign}${words.number(count)}${shown.length === 0 ? "" : ` (${shown.join(", ")})`}`;
  };
  return [part("+", counts.added, row.addNames), part("−", counts.removed, row.removeNames)]
    .filter((text) => text !== "")
    .join("  ");
};

export const becauseText = ({ because }: Pick<ShownRow, "because">, words: Words): string =>
  words.note(because.code, textual(because.params ?? {}));

/** What became of a row, where something did. */
const stateText = ({ state, detail }: ShownRow, words: Words): string => {
  if (state === undefined || state === "planned" || state === "done") return "";
  const text = words.format(`cli.state.${state}`);
  if (detail === undefined || detail === "") return text;
  return `${text}: ${words.has(`cli.detail.${detail}`) ? words.format(`cli.detail.${detail}`) : clean(detail)}`;
};

/** A note's subject and words. */
export const noteCells = ({ code, subject, params, severity }: Note, words: Words): string[] => [
  `${severity === "warning" || severity === "error" ? "!" : "·"} ${subject === undefined ? "" : whoText({ ...subject, ...(code === "left_out.no_address" ? { email: "" } : {}) })}`,
  words.note(code, textual({ ...subjectParams(subject), ...params })),
];

const subjectParams = (subject: Note["subject"]): Record<string, string> =>
  subject === undefined ? {} : { who: subject.name ?? subject.email ?? subject.id };

/** `Profile main   LDAP dc=firm,dc=test  →  Firm BV (vault.bitwarden.eu)` */
export const profileLine = ({ profile, directory, organization, server }: RunSummary, words: Words): string =>
  words.format("cli.plan.profile", { profile, directory, organization, server: hostOf(server) });

export const hostOf = (server: string): string => {
  try {
    return new URL(server).host;
  } catch {
    return server;
  }
};
