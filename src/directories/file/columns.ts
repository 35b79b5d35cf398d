import type { CsvRow } from "./csv-rows.ts";
import { syntaxFault } from "./faults.ts";

/** Columns of people, each with the names it goes by, best first; `readme.md` lists them. */
export const personColumns = {
  id: ["id", "objectguid", "objectid", "entryuuid", "userid", "employeeid", "employeenumber"],
  email: ["email", "mail", "emailaddress", "primaryemail", "primarysmtpaddress"],
  name: ["name", "displayname", "fullname", "cn"],
  givenName: ["givenname", "firstname"],
  surname: ["surname", "lastname", "familyname", "sn"],
  state: ["state", "status"],
  enabled: ["enabled", "active", "accountenabled"],
  disabled: ["disabled", "suspended", "blocked"],
  externalId: ["externalid"],
  groups: ["groups", "group"],
} as const satisfies Synonyms;

/** Columns of the file of groups and members. */
export const groupColumns = {
  group: ["group", "groupname"],
  id: ["groupid"],
  member: ["member", "memberemail", "memberid", "user", "email", "mail"],
} as const satisfies Synonyms;

type Synonyms = Readonly<Record<string, readonly string[]>>;

/** Where each column of a table stands, and what the header calls it. */
export type Columns<Table extends Synonyms> = ReadonlyMap<keyof Table, { readonly at: number; readonly title: string }>;

/**
 * Finds the columns by the header's names: upper and lower case, blanks, `-`, `_` and what stands in brackets do not
 * matter. Of several names of one column the first in its list counts; other columns are passed over.
 * Fault `directory.file_syntax` where the header has a name twice.
 */
export function findColumns<Table extends Synonyms>(path: string, header: CsvRow, table: Table): Columns<Table> {
  const byName = new Map<string, { readonly at: number; readonly title: string }>();
  for (const [at, title] of header.values.entries()) {
    const name = title.toLowerCase().replaceAll(/\[.*\]|[\s_-]/gu, "");
    const other = byName.get(name);
    const isKnown = Object.values(table).some((names) => names.includes(name));
    if (other !== undefined && isKnown)
      throw syntaxFault(path, "column_twice", { line: header.line, found: other.title, expected: title });
    byName.set(name, { at, title });
  }
  const keys: readonly (keyof Table)[] = Object.keys(table);
  return new Map(
    keys.flatMap((key) => {
      const name = table[key]?.find((each) => byName.has(each));
      const column = name === undefined ? undefined : byName.get(name);
      return column === undefined ? [] : [[key, column] as const];
    }),
  );
}
