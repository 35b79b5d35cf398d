import type { Ref, SourceGroup } from "../../core/entry.ts";
import { findColumns, groupColumns } from "./columns.ts";
import { type FileSource, filled, type FormatReader, type Item, warning } from "./content.ts";
import { readPeople } from "./csv-people.ts";
import { type CsvRow, readCsv } from "./csv-rows.ts";
import { syntaxFault } from "./faults.ts";
import { createMemberIndex, groupKey, groupRef, type MemberIndex } from "./members.ts";

/** People of a CSV file, and groups of their column `groups`, of a second file, or of both together. */
export const readCsvDirectory: FormatReader = async function* readCsvDirectory(source) {
  const { path, groupsPath, signal } = source;
  const members = createMemberIndex();
  const groups = new Map<string, OpenGroup>();
  for await (const { user, groups: names, line } of readPeople(path, signal)) {
    members.addPerson(user);
    for (const name of names) openGroup(groups, { name, path, line }).members.push({ ref: user.ref ?? "" });
    yield [{ kind: "person", entry: user, path, place: line }];
  }
  const named = groupsPath === undefined ? [] : await readGroups({ ...source, path: groupsPath }, groups);
  for (const group of groups.values()) members.addGroup(idOf(group), groupKey(group.name));
  const notes = named.flatMap((member) => addMember(member, members));
  yield [...groups.values().map(toItem), ...notes];
};

interface OpenGroup {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  /** From the column of that name; the folded name serves where there is none. */
  id?: { readonly text: string; readonly line: number };
  readonly members: Ref[];
}

interface NamedMember {
  readonly group: OpenGroup;
  readonly text: string;
  readonly path: string;
  readonly line: number;
}

function openGroup(groups: Map<string, OpenGroup>, named: Pick<OpenGroup, "name" | "path" | "line">): OpenGroup {
  const key = groupKey(named.name);
  const known = groups.get(key);
  if (known !== undefined) return known;
  const made: OpenGroup = { ...named, members: [] };
  groups.set(key, made);
  return made;
}

/** One row for each group and member; a row without a member only says that the group is there. */
async function readGroups(
  { path, signal }: FileSource,
  groups: Map<string, OpenGroup>,
): Promise<readonly NamedMember[]> {
  const named: NamedMember[] = [];
  const nameOfId = new Map<string, OpenGroup>();
  let read: ((row: CsvRow) => Record<"group" | "id" | "member", string | undefined>) | undefined;
  for await (const row of readCsv(path, signal)) {
    if (read === undefined) {
      read = createReader(path, row);
      continue;
    }
    const { line } = row;
    const { group: name, id, member } = read(row);
    if (name === undefined) throw syntaxFault(path, "empty_value", { line, expected: "group" });
    const group = openGroup(groups, { name, path, line });
    if (id !== undefined) {
      const other = nameOfId.get(id);
      const isTaken = other !== undefined && other !== group;
      if (isTaken || (group.id !== undefined && group.id.text !== id))
        throw syntaxFault(path, "duplicate_id", {
          line,
          found: id,
          first: (isTaken ? other.id : group.id)?.line ?? line,
        });
      nameOfId.set(id, group);
      group.id ??= { text: id, line };
    }
    if (member !== undefined) named.push({ group, text: member, path, line });
  }
  return named;
}

function createReader(path: string, header: CsvRow) {
  const columns = findColumns(path, header, groupColumns);
  for (const key of ["group", "member"] as const)
    if (!columns.has(key)) throw syntaxFault(path, "column_missing", { line: header.line, expected: key });
  const cell = (row: CsvRow, key: keyof typeof groupColumns): string | undefined => {
    const column = columns.get(key);
    return column === undefined ? undefined : filled(row.values[column.at]);
  };
  return (row: CsvRow) => ({ group: cell(row, "group"), id: cell(row, "id"), member: cell(row, "member") });
}

const idOf = (group: OpenGroup): string => group.id?.text ?? groupKey(group.name);

function addMember({ group, text, path, line }: NamedMember, members: MemberIndex): readonly Item[] {
  const found = members.find(text);
  if (found === "ambiguous") throw syntaxFault(path, "member_ambiguous", { line, found: text });
  group.members.push(...(found.length === 0 ? [{ ref: text }] : found));
  return found.length === 0 ? [warning("file.unknown_member", { path, line, group: group.name, member: text })] : [];
}

function toItem(group: OpenGroup): Item {
  const id = idOf(group);
  const members = [
    ...new Map(group.members.map((member) => ["ref" in member ? member.ref : member.id, member])).values(),
  ];
  const entry: SourceGroup = { id, ref: groupRef(id), externalId: id, name: group.name, selected: true, members };
  return { kind: "group", entry, path: group.path, place: group.line };
}
