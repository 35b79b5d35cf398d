import { Fault } from "../core/fault.ts";
import { assemble, invalidIn } from "./assemble.ts";
import type { ConfigDraft } from "./configuration.ts";
import { draftOf, jsonText } from "./draft.ts";
import { parseJson } from "./json.ts";
import { valueAt, withoutValue } from "./paths.ts";
import { isObject } from "./shape.ts";
import type { Shown } from "./shown.ts";
import { combine } from "./sources.ts";

/**
 * The configuration as the text of one `config.json`: what was set, by whatever means, and no defaults. Secrets are
 * references in it; text that stands where a reference should is a fault before it gets here.
 */
export const dumpConfiguration = ({ assembled, sources }: Shown, profile: string | undefined): string => {
  const { raw, broken } = assembled;
  if (profile === undefined) {
    const [fault] = invalidIn(assembled);
    if (fault !== undefined) throw fault;
    return jsonText(withoutHint({ ...raw, profiles: mapValues(raw.profiles, withoutHint) }));
  }
  const fault = broken.get(profile);
  if (fault !== undefined) throw fault;
  const content = raw.profiles[profile];
  if (!isObject(content))
    throw new Fault("profile.unknown", {
      profile,
      known: [...Object.keys(raw.profiles), ...sources.unusable.keys()].sort(),
    });
  const settings = withoutHint(content);
  const organization = String(valueAt(settings, ["organization"]));
  return jsonText({
    version: raw["version"],
    organizations: organization in raw.organizations ? { [organization]: raw.organizations[organization] } : {},
    profiles: { [profile]: settings },
  });
};

/** The hint for editors is about the file it stands in. */
const withoutHint = (content: unknown): unknown => (isObject(content) ? withoutValue(content, ["$schema"]) : content);

const mapValues = (
  entries: Readonly<Record<string, unknown>>,
  change: (entry: unknown) => unknown,
): Record<string, unknown> => Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, change(entry)]));

interface Dump {
  readonly text: string;
  readonly path: string;
  readonly folder: string;
}

/** A draft with a dump's content added; Faults as `ConfigurationStore.load`. */
export const loadInto = (
  draft: ConfigDraft,
  { assembled, sources }: Shown,
  dump: Dump,
): { readonly after: ConfigDraft; readonly profiles: readonly string[]; readonly organizations: readonly string[] } => {
  const loaded = readDump(dump);
  const taken = [...Object.keys(assembled.raw.profiles), ...sources.unusable.keys()];
  const profiles = Object.entries(loaded.profiles);
  for (const [name] of profiles) if (taken.includes(name)) throw new Fault("profile.exists", { profile: name });
  const organizations = Object.entries(loaded.organizations).filter(([name]) => !(name in draft.organizations));
  for (const [, { organization }] of profiles)
    if (!(String(organization) in assembled.raw.organizations) && !(String(organization) in loaded.organizations))
      throw new Fault("organization.unknown", {
        name: String(organization),
        known: [...new Set([...Object.keys(assembled.raw.organizations), ...Object.keys(loaded.organizations)])].sort(),
      });
  const different = findDifferent(draft, loaded);
  if (different !== undefined) throw loadFault(dump.path, different);
  const names = [...taken, ...profiles.map(([name]) => name)];
  const current = draft.currentProfile ?? loaded.currentProfile;
  const network = draft.network ?? loaded.network;
  const ids = new Set(Object.values(assembled.raw.profiles).map(idOf));
  return {
    after: {
      ...draft,
      organizations: { ...draft.organizations, ...Object.fromEntries(organizations) },
      profiles: {
        ...draft.profiles,
        ...Object.fromEntries(
          profiles.map(([name, profile]) => [name, ids.has(idOf(profile)) ? withoutId(profile) : profile]),
        ),
      },
      ...(current === undefined || !names.includes(current) ? {} : { currentProfile: current }),
      ...(network === undefined ? {} : { network }),
    },
    profiles: profiles.map(([name]) => name),
    organizations: organizations.map(([name]) => name),
  };
};

/** Organizations and the network may be there already only if they are the same. */
const findDifferent = (draft: ConfigDraft, loaded: ConfigDraft): string | undefined => {
  for (const [name, organization] of Object.entries(loaded.organizations)) {
    const own = draft.organizations[name];
    if (own !== undefined && !isSame(own, organization)) return `organizations.${name}`;
  }
  const isOther = draft.network !== undefined && loaded.network !== undefined && !isSame(draft.network, loaded.network);
  return isOther ? "network" : undefined;
};

const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

/** JSON whose keys are sorted: their order means nothing. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );

/** The dump as a whole has to be a valid configuration by itself. */
const readDump = ({ text, path, folder }: Dump): ConfigDraft => {
  const source = { path, text, hash: "", content: parseJson(text, path) };
  const sources = combine({ main: source, profiles: new Map(), revision: "" }, path);
  const assembled = assemble(sources, { env: {}, flags: {} }, folder);
  const [fault] = invalidIn(assembled);
  if (fault !== undefined) throw fault;
  return draftOf(withoutHint(assembled.raw));
};

const idOf = (profile: unknown): string => (isObject(profile) ? String(profile["id"]).toLowerCase() : "");

const withoutId = ({ id: _taken, ...profile }: Record<string, unknown>): Record<string, unknown> => profile;

const loadFault = (path: string, field: string): Fault =>
  new Fault("config.invalid", { path, line: 0, column: 0, field, reason: "different" });
