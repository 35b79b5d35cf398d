import type { ConfigDraft } from "./configuration.ts";
import { type ConfigPlace, profilePath, type SourceFiles } from "./files.ts";
import { parseJson } from "./json.ts";
import { withoutValue } from "./paths.ts";
import type { FileChange } from "./save.ts";
import { asObject, isObject } from "./shape.ts";
import type { RawConfig, Sources } from "./sources.ts";

/** Content as a draft: a copy for somebody to change. */
export const draftOf = (content: unknown): ConfigDraft => {
  const { organizations, profiles, version: _version, ...rest } = structuredClone(asObject(content));
  return {
    ...rest,
    version: 1,
    organizations: objectsIn(asObject(organizations)),
    profiles: objectsIn(asObject(profiles)),
  };
};

/** Entries that are no objects cannot be changed, only kept. */
export const objectsIn = (entries: Readonly<Record<string, unknown>>): Record<string, Record<string, unknown>> => {
  const objects: Record<string, Record<string, unknown>> = {};
  for (const [name, entry] of Object.entries(entries)) if (isObject(entry)) objects[name] = entry;
  return objects;
};

/** A changed draft with ids for the profiles that have none: the one in use, else a new one. */
export const withNewIds = (draft: ConfigDraft, raw: RawConfig, uuid: () => string): ConfigDraft => {
  const idFor = (name: string): unknown => {
    const used = raw.profiles[name];
    return (isObject(used) ? used["id"] : undefined) ?? uuid();
  };
  const profiles = Object.entries(draft.profiles).map(([name, profile]) => [
    name,
    profile["id"] === undefined ? { id: idFor(name), ...withoutValue(profile, ["id"]) } : profile,
  ]);
  return { ...draft, profiles: objectsIn(Object.fromEntries(profiles)) };
};

/** The reference that `config.json` gets when it is first saved; the file lies beside it. */
export const schemaReference = "./config.schema.json";

/**
 * What has to be written so that the files hold a changed draft: only files whose content differs, each in the order of
 * keys it had. A profile with a file of its own keeps one, also under another name; a new one goes into `config.json`.
 */
export const changesOf = (
  files: SourceFiles,
  sources: Sources,
  { before, after, place }: { readonly before: ConfigDraft; readonly after: ConfigDraft; readonly place: ConfigPlace },
): readonly FileChange[] => {
  const owners = new Map([...files.profiles].filter(([, { content }]) => !(content instanceof Error)));
  for (const name of Object.keys(after.profiles)) {
    const unusable = sources.unusable.get(name);
    if (unusable !== undefined) throw unusable;
  }
  const renamed = renamesOf(owners, before, after);
  const changes: FileChange[] = [];
  for (const [name, file] of owners) {
    if (name in after.profiles) {
      if (!isSame(before.profiles[name], after.profiles[name]))
        changes.push({ path: file.path, text: jsonText(after.profiles[name]), hash: file.hash });
      continue;
    }
    const to = renamed.get(name);
    changes.push(
      to === undefined
        ? { path: file.path, text: undefined, hash: file.hash }
        : { path: profilePath(place, to), text: jsonText(after.profiles[to]), hash: file.hash, from: file.path },
    );
  }
  const elsewhere = new Set([...owners.keys(), ...renamed.values()]);
  const main = mainContent(sources, before, after, elsewhere);
  if (main !== undefined) changes.push({ path: place.configFile, text: jsonText(main), hash: files.main?.hash });
  return changes;
};

/** Own files whose profile is there under another name: the id tells. */
const renamesOf = (
  owners: ReadonlyMap<string, unknown>,
  before: ConfigDraft,
  after: ConfigDraft,
): ReadonlyMap<string, string> => {
  const renames = new Map<string, string>();
  for (const name of owners.keys()) {
    if (name in after.profiles) continue;
    const id = before.profiles[name]?.["id"];
    const to = Object.entries(after.profiles).find(
      ([other, profile]) => !(other in before.profiles) && profile["id"] === id,
    );
    if (to !== undefined && id !== undefined) renames.set(name, to[0]);
  }
  return renames;
};

/** The new content of `config.json`; undefined while it stays as it is. */
const mainContent = (
  sources: Sources,
  before: ConfigDraft,
  after: ConfigDraft,
  elsewhere: ReadonlySet<string>,
): Record<string, unknown> | undefined => {
  const inMain = (draft: ConfigDraft): unknown => ({
    ...draft,
    profiles: Object.fromEntries(Object.entries(draft.profiles).filter(([name]) => !elsewhere.has(name))),
  });
  if (isSame(inMain(before), inMain(after))) return undefined;
  const root = isObject(sources.root) ? sources.root : {};
  const { $schema = schemaReference, version, organizations, profiles, ...rest } = after;
  const hidden = isObject(root["profiles"]) ? root["profiles"] : {};
  const kept = {
    organizations: { ...unchangeable(root["organizations"]), ...organizations },
    // A profile that is also in a file of its own stays here until somebody decides.
    profiles: {
      ...unchangeable(root["profiles"]),
      ...Object.fromEntries(Object.entries(hidden).filter(([name]) => elsewhere.has(name) && name in after.profiles)),
      ...Object.fromEntries(Object.entries(profiles).filter(([name]) => !elsewhere.has(name))),
    },
  };
  const content: Record<string, unknown> = { $schema, version, ...kept, ...rest };
  // Keys that were there stand where they stood.
  const known = Object.keys(root).filter((key) => key in content);
  const order =
    known.length === 0 ? Object.keys(content) : [...new Set(["$schema", ...known, ...Object.keys(content)])];
  return Object.fromEntries(order.map((key) => [key, content[key]]));
};

const unchangeable = (entries: unknown): Record<string, unknown> =>
  isObject(entries) ? Object.fromEntries(Object.entries(entries).filter(([, entry]) => !isObject(entry))) : {};

/** Two spaces, and a line end at the end. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The files as they will be, for judging them before anything is written. */
export const afterChanges = (files: SourceFiles, changes: readonly FileChange[], place: ConfigPlace): SourceFiles => {
  const profiles = new Map(files.profiles);
  let main = files.main;
  for (const { path, text, from } of changes) {
    const source = text === undefined ? undefined : { path, text, hash: "", content: parseJson(text, path) };
    if (path === place.configFile) {
      main = source;
      continue;
    }
    for (const [name, file] of profiles) if (file.path === (from ?? path)) profiles.delete(name);
    const name = /([^/\\]+)\.json$/u.exec(path)?.[1];
    if (source !== undefined && name !== undefined) profiles.set(name, source);
  }
  return { main, profiles, revision: "" };
};

/** What differs between two contents, as dotted paths, at most three; for messages. */
export const changedPaths = (before: unknown, after: unknown): string => {
  const paths = [...differences(before, after, [])];
  const shown = paths.slice(0, 3).map((keys) => keys.join("."));
  return [...shown, ...(paths.length > 3 ? ["…"] : [])].join(", ");
};

function* differences(before: unknown, after: unknown, keys: readonly string[]): Generator<readonly string[]> {
  if (!isObject(before) || !isObject(after)) {
    if (!isSame(before, after)) yield keys;
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
    yield* differences(before[key], after[key], [...keys, key]);
}
