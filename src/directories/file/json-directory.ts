import { isUtf8 } from "node:buffer";
import type { z } from "zod";
import type { Ref, SourceGroup, SourceUser } from "../../core/entry.ts";
import { Fault } from "../../core/fault.ts";
import { checkFile, readBlocks } from "./blocks.ts";
import { type FileSource, type FormatReader, type Item, warning } from "./content.ts";
import { syntaxFault } from "./faults.ts";
import { findJsonMistake } from "./json-position.ts";
import { JsonDirectory } from "./json-schema.ts";
import { createMemberIndex, groupKey, groupRef, type MemberIndex, personRef } from "./members.ts";

/** People and groups of a JSON file. It is held in memory as a whole, so that it may not be larger than 64 MB. */
export const readJsonDirectory: FormatReader = async function* readJsonDirectory(source) {
  const { path } = source;
  const content = parse(path, await readText(source));
  const members = createMemberIndex();
  const people = once(path);
  for (const [index, user] of content.users.entries()) {
    const place = `users[${index}]`;
    const entry = toUser(path, user, place);
    people(entry.id, place);
    members.addPerson(entry);
    yield [{ kind: "person", entry, path, place }];
  }
  const ids = once(path);
  const names = once(path);
  for (const [index, { id, name }] of content.groups.entries()) {
    const place = `groups[${index}]`;
    ids(id ?? groupKey(name), place);
    names(groupKey(name), place);
    members.addGroup(id ?? groupKey(name), groupKey(name));
  }
  yield content.groups.flatMap((group, index) => toGroup(path, group, `groups[${index}]`, members));
};

const largest = 64;
const bytesOfMegabyte = 1024 * 1024;

async function readText({ path, signal }: FileSource): Promise<string> {
  const { size } = await checkFile(path);
  if (size > largest * bytesOfMegabyte)
    throw new Fault("directory.file_unreadable", { path, reason: "too_large", limit: largest });
  const parts: Buffer[] = [];
  for await (const { data } of readBlocks(path, signal)) parts.push(Buffer.from(data));
  const bytes = Buffer.concat(parts);
  if (!isUtf8(bytes)) throw syntaxFault(path, "not_utf8", { line: lineOf(bytes.toString("utf8"), "\uFFFD") });
  return bytes.toString("utf8");
}

const lineOf = (text: string, mark: string): number =>
  text.slice(0, Math.max(0, text.indexOf(mark))).split("\n").length;

function parse(path: string, text: string): JsonDirectory {
  if (text.trim() === "") throw syntaxFault(path, "empty");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const at = findJsonMistake(text) ?? text.length;
    const found = text.slice(at, at + 20).split("\n")[0] ?? "";
    throw syntaxFault(path, "json", { line: text.slice(0, at).split("\n").length, found: found.trimEnd() });
  }
  const result = JsonDirectory.safeParse(value, { reportInput: true });
  if (!result.success) throw shapeFault(path, result.error.issues[0]);
  return result.data;
}

/** What does not fit the schema first, with the way to it. */
function shapeFault(path: string, issue: z.core.$ZodIssue | undefined): Fault {
  const at = placeOf(issue?.path ?? []);
  switch (issue?.code) {
    case "invalid_type":
      return syntaxFault(path, "type", { ...at, expected: issue.expected, found: kindOf(issue.input) });
    case "unrecognized_keys":
      return syntaxFault(path, "unknown_key", { ...at, found: issue.keys.join(", ") });
    case "invalid_value":
      return syntaxFault(path, "one_of", {
        ...at,
        found: JSON.stringify(issue.input),
        expected: issue.values.join(", "),
      });
    default:
      return syntaxFault(path, "empty_value", { ...at, expected: String(issue?.path.at(-1) ?? "") });
  }
}

const placeOf = (path: readonly PropertyKey[]): { readonly at?: string } =>
  path.length === 0
    ? {}
    : {
        at: path.reduce<string>(
          (text, key) => (typeof key === "number" ? `${text}[${key}]` : join(text, String(key))),
          "",
        ),
      };
const join = (text: string, key: string): string => (text === "" ? key : `${text}.${key}`);
const kindOf = (value: unknown): string =>
  value === undefined ? "nothing" : value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

/** Fault `directory.file_syntax` for an id that was there before, with the places of both. */
function once(path: string): (id: string, place: string) => void {
  const places = new Map<string, string>();
  return (id, place) => {
    const first = places.get(id);
    if (first !== undefined) throw syntaxFault(path, "duplicate_id", { at: place, first, found: id });
    places.set(id, place);
  };
}

function toUser(path: string, user: JsonDirectory["users"][number], place: string): SourceUser {
  const { email, name, state, externalId } = user;
  const id = user.id ?? email?.toLowerCase();
  if (id === undefined) throw syntaxFault(path, "empty_value", { at: place, expected: "id" });
  return {
    id,
    ref: personRef(id),
    externalId: externalId ?? id,
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    state,
    selected: true,
  };
}

function toGroup(
  path: string,
  { id, name, externalId, members }: JsonDirectory["groups"][number],
  place: string,
  index: MemberIndex,
): readonly Item[] {
  const key = id ?? groupKey(name);
  const notes: Item[] = [];
  const refs = members.flatMap((text, at): readonly Ref[] => {
    const found = index.find(text);
    const where = `${place}.members[${at}]`;
    if (found === "ambiguous") throw syntaxFault(path, "member_ambiguous", { at: where, found: text });
    if (found.length > 0) return found;
    notes.push(warning("file.unknown_member", { path, at: where, group: name, member: text }));
    return [{ ref: text }];
  });
  const entry: SourceGroup = {
    id: key,
    ref: groupRef(key),
    externalId: externalId ?? key,
    name,
    selected: true,
    members: refs,
  };
  return [{ kind: "group", entry, path, place }, ...notes];
}
