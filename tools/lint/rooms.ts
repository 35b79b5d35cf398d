/** Who may import whom, read from `rooms.json`: what is absent there is forbidden. */
import table from "./rooms.json" with { type: "json" };

/** One import as it stands in a file. `names` are the imported values; "*" for the whole module, "default" for the default. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly typeOnly: boolean;
  readonly names: readonly string[];
}

interface Row {
  readonly room: readonly string[];
  readonly src: readonly string[];
  readonly packages: readonly string[];
}

const rows: readonly Row[] = table.rows;
const names: Readonly<Record<string, readonly string[]>> = table.names;
const nodeOnly: Readonly<Record<string, readonly string[]>> = table.node.only;
const nodeOfRoom: Readonly<Record<string, Readonly<Record<string, readonly string[] | undefined>>>> = table.node.rooms;

/** Why `file` may not import this, or undefined where it may. Paths are relative to the repository, with "/". */
export function refusal(file: string, imported: Import): string | undefined {
  const from = roomPath(file);
  if (isTest(from)) return undefined;
  const row = rowOf(from);
  if (row === undefined) return `no row of tools/lint/rooms.json covers ${file}`;
  const { specifier } = imported;
  if (specifier.startsWith("node:")) return refusedBuiltin(from, imported);
  if (specifier.startsWith(".")) return refusedSource(from, row, join(file, specifier), imported);
  const name = packageOf(specifier);
  if (allowsAll(row.packages) || row.packages.includes(name)) return undefined;
  if (!row.packages.includes(`${typesOf}${name}`)) return `${where(row)} may not import the package ${name}`;
  return imported.typeOnly ? undefined : `${where(row)} may import only types of the package ${name}`;
}

/** True for tests and shared suites, which may import everything and which nothing else imports. */
export function isTest(path: string): boolean {
  const named = path.endsWith(".test.ts") || path.endsWith("/contract.ts");
  return named && !rows.some((row) => row.room.includes(path));
}

/** The path as the table writes it: without `src/`. */
export function roomPath(file: string): string {
  return file.startsWith("src/") ? file.slice("src/".length) : file;
}

function refusedSource(from: string, row: Row, file: string, imported: Import): string | undefined {
  const to = roomPath(file);
  if (table.neverImported.some((room) => matches(room, to)) && !table.neverImported.some((room) => matches(room, from)))
    return `nothing imports ${to}`;
  if (isTest(to)) return `only tests import ${to}`;
  if (allowsAll(row.src) || isSameRoom(from, to, row)) return undefined;
  const rules = row.src.flatMap((rule) => names[rule] ?? [rule]);
  if (rules.some((rule) => !isTypesRule(rule) && matches(rule, to))) return undefined;
  if (!rules.some((rule) => isTypesRule(rule) && matches(rule.slice(typesOf.length), to)))
    return `${where(row)} may not import ${to}`;
  return imported.typeOnly ? undefined : `${where(row)} may import only types of ${to}`;
}

function refusedBuiltin(from: string, imported: Import): string | undefined {
  const { specifier } = imported;
  const only = nodeOnly[specifier];
  if (only !== undefined && !only.some((room) => matches(room, from)))
    return `only ${only.join(", ")} may import ${specifier}`;
  const room = Object.keys(nodeOfRoom).find((each) => matches(each, from));
  if (room === undefined) return undefined;
  const allowed = nodeOfRoom[room]?.[specifier];
  if (allowed === undefined) return `${room} may not import ${specifier}`;
  const surplus = imported.names.filter((name) => !allowed.includes(name));
  return surplus.length === 0 ? undefined : `${room} may import only ${allowed.join(", ")} of ${specifier}`;
}

/** The row with the most exact pattern: more parts first, then fewer wildcards. */
function rowOf(path: string): Row | undefined {
  const candidates = rows.flatMap((row) =>
    row.room.filter((room) => matches(room, path)).map((room) => ({ row, room })),
  );
  candidates.sort((a, b) => exactness(b.room) - exactness(a.room));
  return candidates[0]?.row;
}

const exactness = (pattern: string): number =>
  pattern.split("/").filter((part) => part !== "").length * 10 - pattern.split("*").length;

/** A row's places are one room; a wildcard stands for one folder of it, so two vendors are two rooms. */
function isSameRoom(from: string, to: string, row: Row): boolean {
  const home = row.room.find((room) => matches(room, from));
  if (home?.includes("*") === true) return from.split("/")[1] === to.split("/")[1];
  return row.room.some((room) => matches(room, to));
}

/** A pattern that ends in "/" is a folder with all beneath it, else one file; "*" is any one part. */
function matches(pattern: string, path: string): boolean {
  const isFolder = pattern.endsWith("/");
  const parts = (isFolder ? pattern.slice(0, -1) : pattern).split("/");
  const actual = path.split("/");
  if (isFolder ? actual.length <= parts.length : actual.length !== parts.length) return false;
  return parts.every((part, index) => part === "*" || part === actual[index]);
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function join(file: string, specifier: string): string {
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}

const typesOf = "types of ";
const isTypesRule = (rule: string): boolean => rule.startsWith(typesOf);
const allowsAll = (rules: readonly string[]): boolean => rules.includes("everything");
const where = (row: Row): string => row.room.join(", ");
