import type { SourceUser } from "../../core/entry.ts";
import { type Columns, findColumns, personColumns } from "./columns.ts";
import { filled } from "./content.ts";
import { type CsvRow, readCsv } from "./csv-rows.ts";
import { syntaxFault } from "./faults.ts";
import { personRef } from "./members.ts";

/** Somebody with the names of their groups from the column of that name. */
export interface CsvPerson {
  readonly user: SourceUser;
  readonly groups: readonly string[];
  readonly line: number;
}

/** The people of a CSV file; see `readme.md` for its columns. */
export async function* readPeople(path: string, signal: AbortSignal): AsyncGenerator<CsvPerson> {
  let read: ((row: CsvRow) => CsvPerson) | undefined;
  for await (const row of readCsv(path, signal))
    if (read === undefined) read = createReader(path, row);
    else yield read(row);
}

type PersonColumns = Columns<typeof personColumns>;

function createReader(path: string, header: CsvRow): (row: CsvRow) => CsvPerson {
  const columns = findColumns(path, header, personColumns);
  const { line } = header;
  if (!columns.has("email")) throw syntaxFault(path, "column_missing", { line, expected: "email" });
  const [first, second] = stateColumns.flatMap((key) => columns.get(key) ?? []);
  if (first !== undefined && second !== undefined)
    throw syntaxFault(path, "column_twice", { line, found: first.title, expected: second.title });
  const lineOfId = new Map<string, number>();
  return (row) => {
    const user = toUser(path, row, columns);
    const other = lineOfId.get(user.id);
    if (other !== undefined) throw syntaxFault(path, "duplicate_id", { line: row.line, first: other, found: user.id });
    lineOfId.set(user.id, row.line);
    const groups = (cell(row, columns, "groups") ?? "").split(";").flatMap((name) => filled(name) ?? []);
    return { user, groups, line: row.line };
  };
}

function toUser(path: string, row: CsvRow, columns: PersonColumns): SourceUser {
  const email = cell(row, columns, "email");
  const id = columns.has("id") ? cell(row, columns, "id") : email?.toLowerCase();
  if (id === undefined) {
    const title = (columns.get("id") ?? columns.get("email"))?.title ?? "";
    throw syntaxFault(path, "empty_value", { line: row.line, expected: title });
  }
  const parts = [cell(row, columns, "givenName"), cell(row, columns, "surname")];
  const name = cell(row, columns, "name") ?? filled(parts.filter((part) => part !== undefined).join(" "));
  return {
    id,
    ref: personRef(id),
    externalId: cell(row, columns, "externalId") ?? id,
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    state: stateOf(path, row, columns),
    selected: true,
  };
}

function cell(row: CsvRow, columns: PersonColumns, key: keyof typeof personColumns): string | undefined {
  const column = columns.get(key);
  return column === undefined ? undefined : filled(row.values[column.at]);
}

const stateColumns = ["state", "enabled", "disabled"] as const;

/** Words of the three columns. A word that is not among them stops the read: nobody is invited or revoked by a guess. */
const stateWords: Readonly<Record<(typeof stateColumns)[number], Readonly<Record<string, SourceUser["state"]>>>> = {
  state: {
    enabled: "enabled",
    active: "enabled",
    disabled: "disabled",
    inactive: "disabled",
    suspended: "disabled",
    blocked: "disabled",
    deleted: "deleted",
  },
  enabled: { true: "enabled", yes: "enabled", "1": "enabled", false: "disabled", no: "disabled", "0": "disabled" },
  // A mark in this column is what counts, so that an empty one means no.
  disabled: {
    true: "disabled",
    yes: "disabled",
    "1": "disabled",
    x: "disabled",
    false: "enabled",
    no: "enabled",
    "0": "enabled",
    "": "enabled",
  },
};

function stateOf(path: string, row: CsvRow, columns: PersonColumns): SourceUser["state"] {
  const key = stateColumns.find((each) => columns.has(each));
  if (key === undefined) return "enabled";
  const word = cell(row, columns, key) ?? "";
  const words = stateWords[key];
  const state = Object.hasOwn(words, word.toLowerCase()) ? words[word.toLowerCase()] : undefined;
  if (state === undefined)
    throw syntaxFault(path, "one_of", {
      line: row.line,
      found: JSON.stringify(word),
      expected: Object.keys(words)
        .filter((each) => each !== "")
        .join(", "),
    });
  return state;
}
