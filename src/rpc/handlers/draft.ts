import type { ConfigDraft, Configuration, Preview } from "../../config/configuration.ts";
import { ProfileConfig, type Config } from "../../config/schema.ts";
import { describeFields } from "../../config/describe.ts";
import { isObject } from "../../config/shape.ts";
import { readFilter } from "../../core/filter/read.ts";
import { Fault, isFault } from "../../core/fault.ts";
import { chooseProfile, describeProfile, type Profile } from "../../engine/profile.ts";
import type { Draft } from "../contract/draft.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { place } from "./settings.ts";

/** Unsaved settings, with the secrets that are stored nowhere: dotted path below the root → text. */
export interface Drafted {
  readonly name: string;
  readonly config: ProfileConfig;
  readonly all: Config;
  readonly given: ReadonlyMap<string, string>;
}

/** The settings that a draft comes to, for whatever only looks. Nothing is saved. Fault: the first thing wrong with it. */
export const draftedSettings = async (
  dependencies: HandlerDependencies,
  asked: string | undefined,
  draft: Draft,
): Promise<Drafted> => {
  const name = await draftedName(dependencies, asked, draft, false);
  const { configuration, faults } = await judgeDraft(dependencies, name, draft);
  const [fault] = faults;
  if (fault !== undefined) throw fault;
  const config = usableProfile(configuration, name);
  const given = new Map(Object.entries(draft.secrets ?? {}).map(([path, text]) => [`profiles.${name}.${path}`, text]));
  for (const secret of given.values()) dependencies.secrets.remember(secret);
  return { name, config, all: configuration.config, given };
};

/** The same as a profile, for a plan; Fault `organization.unknown` while there is no organization. */
export const draftedProfile = async (
  dependencies: HandlerDependencies,
  asked: string | undefined,
  draft: Draft,
): Promise<{ readonly profile: Profile; readonly given: ReadonlyMap<string, string> }> => {
  const { name, config, all, given } = await draftedSettings(dependencies, asked, draft);
  return { profile: describeProfile(all, name, config), given };
};

/** A profile that can be used; Fault: why not. */
export const usableProfile = ({ config, broken }: Configuration, name: string): ProfileConfig => {
  const profile = config.profiles[name];
  if (profile !== undefined) return profile;
  throw broken.get(name) ?? new Fault("profile.unknown", { profile: name, known: Object.keys(config.profiles) });
};

/** Everything wrong with one profile of a draft, its filters included. */
export const judgeDraft = async (
  { configuration, judgeFilters }: HandlerDependencies,
  name: string,
  draft: Draft,
): Promise<Preview> => {
  const preview = await configuration.preview((content) => applyDraft(content, name, draft, () => ({ sealed: true })));
  // The directory may come before the organization is logged in to.
  const isEarly = Object.keys(preview.configuration.config.organizations).length === 0;
  const early = isEarly ? `profiles.${name}.organization` : undefined;
  const own = preview.faults.filter((fault) => concerns(fault, name) && fault.params["field"] !== early);
  const profile = preview.configuration.config.profiles[name];
  if (profile === undefined) return { ...preview, faults: own };
  const kind = profile.directory.kind;
  const filters = await Promise.all(
    (["userFilter", "groupFilter"] as const).map((setting) =>
      filterFault(async () => {
        const subject = setting === "userFilter" ? "people" : "groups";
        const { query } = readFilter(profile.sync[setting], { subject, setting, directory: kind });
        if (query !== undefined)
          await judgeFilters(kind, setting === "userFilter" ? { users: query } : { groups: query });
      }),
    ),
  );
  return { ...preview, faults: [...own, ...filters.flat()] };
};

const filterFault = async (judge: () => Promise<void>): Promise<Fault[]> => {
  try {
    await judge();
    return [];
  } catch (error) {
    if (!isFault(error, "filter.syntax", "directory.filter_unsupported")) throw error;
    return [error];
  }
};

const concerns = ({ params }: Fault, name: string): boolean => {
  const field = params["field"];
  return typeof field === "string" && (field === "none" || `${field}.`.startsWith(`profiles.${name}.`));
};

/**
 * Puts a draft's changes into the files' content; `reference` says where a typed secret is. Another kind of directory
 * begins with nothing of the one before. Fault `config.unknown_key` for what is no setting of a profile.
 */
export const applyDraft = (
  content: ConfigDraft,
  name: string,
  { changes, secrets = {}, create }: Draft,
  reference: (path: string) => unknown,
): void => {
  const fresh = create === undefined ? {} : { organization: create };
  const profile: Record<string, unknown> = structuredClone(content.profiles[name] ?? fresh);
  const kind = changes["directory.kind"];
  const before = profile["directory"];
  if (typeof kind === "string" && isObject(before) && before["kind"] !== kind) profile["directory"] = { kind };
  for (const [path, value] of Object.entries(changes)) {
    refuseUnknown(path);
    if (value === null) remove(profile, path.split("."));
    else place(profile, path, value);
  }
  for (const path of Object.keys(secrets)) {
    refuseUnknown(path);
    place(profile, path, reference(path));
  }
  content.profiles[name] = profile;
};

const refuseUnknown = (path: string): void => {
  if (path !== "id" && known().has(path)) return;
  throw new Fault("config.unknown_key", { field: path, suggestion: "none" });
};

let paths: ReadonlySet<string> | undefined;
const known = (): ReadonlySet<string> => (paths ??= new Set(describeFields(ProfileConfig).map(({ path }) => path)));

/** Takes a value away, and the objects that held nothing else. */
const remove = (object: Record<string, unknown>, [key = "", ...rest]: readonly string[]): void => {
  const inner = object[key];
  if (rest.length > 0 && isObject(inner)) {
    remove(inner, rest);
    if (Object.keys(inner).length > 0) return;
  }
  if (rest.length === 0 || isObject(inner)) delete object[key];
};

/**
 * Which profile a draft is of, whether or not it can be used as it is; a new one needs a name that is free. Faults
 * `profile.exists`, `profile.none`, `profile.unknown`.
 */
export const draftedName = async (
  { configuration }: HandlerDependencies,
  asked: string | undefined,
  { create }: Pick<Draft, "create">,
  changing: boolean,
): Promise<string> => {
  const known = await configuration.read();
  if (create === undefined) return chooseProfile(known, asked, changing);
  const name = asked ?? "main";
  if (name in known.config.profiles || known.broken.has(name)) throw new Fault("profile.exists", { profile: name });
  return name;
};
