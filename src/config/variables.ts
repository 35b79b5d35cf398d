import { Fault } from "../core/fault.ts";
import { describeFields, type FieldDescription } from "./describe.ts";
import { nearest } from "./near.ts";
import { Config } from "./schema.ts";
import { readText } from "./text.ts";

/** A value from outside the files, for one setting. */
export interface Override {
  readonly keys: readonly string[];
  readonly value: unknown;
  readonly source: "flag" | "environment";
  /** The variable, or the flag's path. */
  readonly from: string;
}

export interface Variables {
  readonly overrides: readonly Override[];
  /** Variables that contradict each other, with the entry they were meant for (`["profiles", "main"]`). */
  readonly contradictions: readonly { readonly keys: readonly string[]; readonly fault: Fault }[];
  /** Variables that look like ours and mean nothing: `config.unknown_key` each. */
  readonly unknown: readonly Fault[];
}

/** Names that are in the files, and the kind of each profile's directory. */
export interface KnownNames {
  readonly organizations: readonly string[];
  readonly profiles: ReadonlyMap<string, string | undefined>;
}

export const variablePrefix = "DIRECTORY_CONNECTOR_";

/** Our variables that are no settings. */
export const otherVariables: readonly string[] = [
  "HOME",
  "CONFIG",
  "PROFILE",
  "LANG",
  "LOG_LEVEL",
  "LOG_FORMAT",
  "PASSPHRASE",
  "PASSPHRASE_FILE",
  "CLOCK_AHEAD",
];

/**
 * The variable of a setting: `profiles.main.sync.userFilter` → `DIRECTORY_CONNECTOR_PROFILES_MAIN_SYNC_USER_FILTER`. A
 * secret's holds the secret; with `_FILE` behind it, the path of a file that does.
 */
export const variableName = (keys: readonly string[]): string => `${variablePrefix}${keys.map(wordOf).join("_")}`;

/** `userFilter` → `USER_FILTER`, `acme.test` → `ACME_TEST`. */
const wordOf = (key: string): string =>
  key
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1_$2")
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/gu, "_");

/** A name the user chose has no words in it: `myOrg` → `MYORG`. */
const nameWord = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/gu, "_");

/**
 * The settings in the environment. An empty variable counts as not set. A profile or an organization that no file knows
 * is made of variables alone when they name its directory's kind, or its server; other variables then mean nothing.
 */
export const readVariables = (env: Readonly<Record<string, string | undefined>>, known: KnownNames): Variables => {
  const given = Object.entries(env).flatMap(([variable, text]) => {
    const name = variable.toUpperCase();
    return text === undefined || text === "" || !name.startsWith(variablePrefix)
      ? []
      : [{ variable, text, name: name.slice(variablePrefix.length) }];
  });
  const settings = given.filter(({ name }) => !otherVariables.includes(name));
  const made = madeOfVariables(
    settings.map(({ name }) => name),
    known,
  );
  const names: Names = {
    organizations: [...known.organizations, ...made.organizations],
    profiles: [...known.profiles.keys(), ...made.profiles],
  };
  const found = settings.map((setting) => ({ ...setting, matches: matchesOf(setting.name, names) }));
  const matched = found.flatMap(({ matches, ...setting }) =>
    matches.length === 1 ? matches.map((match) => ({ ...setting, ...match })) : [],
  );
  const kinds = kindsOf(matched, known);
  return {
    overrides: matched.map((match) => overrideOf(match, kinds)),
    contradictions: [
      ...found.filter(({ matches }) => matches.length > 1).flatMap(ambiguous),
      ...matched.flatMap((match) => twice(match, matched)),
    ],
    unknown: found
      .filter(({ matches }) => matches.length === 0)
      .map(({ variable, name }) => unknownVariable(variable, name, names)),
  };
};

interface Names {
  readonly organizations: readonly string[];
  readonly profiles: readonly string[];
}

interface Setting {
  readonly variable: string;
  readonly text: string;
  readonly name: string;
}
interface Match {
  readonly keys: readonly string[];
  /** Fields of this name; more than one where kinds of directory share it. */
  readonly fields: readonly FieldDescription[];
  /** Whether the variable names the file of a secret. */
  readonly isFile: boolean;
}

type Group = keyof Names;
const groups: readonly Group[] = ["organizations", "profiles"];

interface Suffix {
  readonly word: string;
  readonly keys: readonly string[];
  readonly fields: readonly FieldDescription[];
  readonly isFile: boolean;
}

/** Below a group, what follows the name; of the root, the whole. A secret has a second one for its file. */
const suffixesOf = (group: Group | undefined): readonly Suffix[] => {
  const byPath = Map.groupBy(
    describeFields(Config).filter(({ keys }) => (group === undefined ? !keys.includes("<name>") : keys[0] === group)),
    ({ path }) => path,
  );
  return [...byPath.values()].flatMap((fields) => {
    const keys = (fields[0]?.keys ?? []).slice(group === undefined ? 0 : 2);
    const plain = { word: keys.map(wordOf).join("_"), keys, fields, isFile: false };
    if (keys.join(".") === "$schema" || keys.join(".") === "version") return [];
    return fields.some(({ secret }) => secret)
      ? [plain, { ...plain, word: `${plain.word}_FILE`, isFile: true }]
      : [plain];
  });
};

let cachedSuffixes: ReadonlyMap<Group | undefined, readonly Suffix[]> | undefined;
const suffixes = (group: Group | undefined): readonly Suffix[] => {
  cachedSuffixes ??= new Map([undefined, ...groups].map((each) => [each, suffixesOf(each)]));
  return cachedSuffixes.get(group) ?? [];
};

/** What a variable may mean: none or one, unless two names are spelt alike in capitals. */
const matchesOf = (name: string, names: Names): readonly Match[] => {
  const root = suffixes(undefined).filter(({ word }) => word === name);
  if (root.length > 0) return root;
  return groups.flatMap((group) =>
    names[group].flatMap((entry) => {
      const start = `${wordOf(group)}_${nameWord(entry)}_`;
      if (!name.startsWith(start)) return [];
      return suffixes(group)
        .filter(({ word }) => word === name.slice(start.length))
        .map(({ keys, fields, isFile }) => ({ keys: [group, entry, ...keys], fields, isFile }));
    }),
  );
};

/** The variables that make an entry where no file has it. */
const makers: Readonly<Record<Group, readonly string[]>> = { organizations: ["SERVER"], profiles: ["DIRECTORY_KIND"] };

const madeOfVariables = (variables: readonly string[], known: KnownNames): Names => {
  const made = (group: Group, there: readonly string[]): string[] => {
    const spelt = new Set(there.map(nameWord));
    return variables.flatMap((name) => {
      const start = `${wordOf(group)}_`;
      const end = makers[group].find((word) => name.startsWith(start) && name.endsWith(`_${word}`));
      const entry = end === undefined ? "" : name.slice(start.length, -end.length - 1);
      return /^[A-Z0-9]/u.test(entry) && !spelt.has(entry) ? [entry.toLowerCase()] : [];
    });
  };
  return {
    organizations: made("organizations", known.organizations),
    profiles: made("profiles", [...known.profiles.keys()]),
  };
};

/** Each profile's kind of directory, with the environment over the files; it decides which of two fields is meant. */
const kindsOf = (matched: readonly (Setting & Match)[], known: KnownNames): ReadonlyMap<string, string | undefined> => {
  const kinds = new Map(known.profiles);
  for (const { keys, text } of matched)
    if (keys[0] === "profiles" && keys.slice(2).join(".") === "directory.kind") kinds.set(keys[1] ?? "", text);
  return kinds;
};

const overrideOf = (
  { keys, fields, isFile, variable, text }: Setting & Match,
  kinds: ReadonlyMap<string, string | undefined>,
): Override => {
  const kind = keys[0] === "profiles" ? kinds.get(keys[1] ?? "") : undefined;
  const field = fields.find(({ only }) => only === undefined || only.is === kind) ?? fields[0];
  const origin = { keys, source: "environment", from: variable } as const;
  if (isFile) return { ...origin, value: { file: text } };
  if (field === undefined || field.secret) return { ...origin, value: { env: variable } };
  return { ...origin, value: readText(typeOf(field), text) };
};

const typeOf = (field: FieldDescription): Parameters<typeof readText>[0] =>
  field.type === "one of" ? { is: "one of", values: field.values } : { is: field.type };

/** Two names that are the same in capitals: the variable could mean either, so it stops both. */
const ambiguous = ({
  variable,
  matches,
}: Setting & { readonly matches: readonly Match[] }): Variables["contradictions"] =>
  matches.map(({ keys }) => ({
    keys: keys.slice(0, 2),
    fault: new Fault("config.invalid", {
      path: variable,
      line: 0,
      column: 0,
      field: keys.join("."),
      reason: "ambiguous",
      options: matches.map((match) => match.keys.join(".")),
    }),
  }));

/** One setting by two variables: a secret by its text and by its file. Told at the second. */
const twice = (
  { keys, isFile, variable }: Setting & Match,
  all: readonly (Setting & Match)[],
): Variables["contradictions"] => {
  const path = keys.join(".");
  const other = all.find((match) => match.variable !== variable && match.keys.join(".") === path);
  if (other === undefined || !isFile) return [];
  return [
    {
      keys: keys.slice(0, 2),
      fault: new Fault("config.invalid", {
        path: variable,
        line: 0,
        column: 0,
        field: path,
        reason: "twice",
        other: other.variable,
      }),
    },
  ];
};

const unknownVariable = (variable: string, name: string, names: Names): Fault => {
  const candidates = [
    ...otherVariables,
    ...suffixes(undefined).map(({ word }) => word),
    ...groups.flatMap((group) =>
      names[group].flatMap((entry) => suffixes(group).map(({ word }) => `${wordOf(group)}_${nameWord(entry)}_${word}`)),
    ),
  ];
  const near = nearest(name, candidates);
  return new Fault("config.unknown_key", {
    field: variable,
    suggestion: near === undefined ? "none" : `${variablePrefix}${near}`,
  });
};
