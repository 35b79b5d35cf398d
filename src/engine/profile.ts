import { flattenSettings, selectionFingerprint } from "../config/fingerprint.ts";
import type { Config, OrganizationConfig, ProfileConfig } from "../config/schema.ts";
import type { DiffSettings } from "../core/diff/input.ts";
import { Fault } from "../core/fault.ts";
import type { SelectSettings } from "../core/select.ts";
import type { EngineDependencies } from "./dependencies.ts";

/** A profile with what hangs on it. */
export interface Profile {
  readonly name: string;
  readonly config: ProfileConfig;
  readonly organizationName: string;
  readonly organization: OrganizationConfig;
  /** The organization's GUID, from its client id. */
  readonly organizationId: string;
  /** What the store keeps state under: another organization has its own links. */
  readonly key: string;
  readonly selection: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Finds a profile by name, or the only or current one. Faults name the choices; that of a broken profile is its own. */
export const findProfile = async (
  dependencies: Pick<EngineDependencies, "configuration">,
  name: string | undefined,
  changing: boolean,
): Promise<Profile> => {
  const found = await findSettings(dependencies, name, changing);
  return describeProfile(found.all, found.name, found.config);
};

/** The same of its settings alone, for whatever needs no organization: there may be none yet. */
export const findSettings = async (
  { configuration }: Pick<EngineDependencies, "configuration">,
  name: string | undefined,
  changing: boolean,
): Promise<{ readonly name: string; readonly config: ProfileConfig; readonly all: Config }> => {
  const { config: all, broken } = await configuration();
  const chosen = chooseProfile({ config: all, broken }, name, changing);
  const fault = broken.get(chosen);
  if (fault !== undefined) throw fault;
  const config = all.profiles[chosen];
  if (config === undefined) throw unknownProfile(chosen, all, broken);
  return { name: chosen, config, all };
};

/** Finds the profile that state is kept under a key for; undefined when the configuration no longer has it. */
export const profileOfKey = async (
  { configuration }: Pick<EngineDependencies, "configuration">,
  key: string,
): Promise<Profile | undefined> => {
  const { config } = await configuration();
  for (const [name, profile] of Object.entries(config.profiles))
    if (key.startsWith(`${profile.id}/`) && config.organizations[profile.organization] !== undefined)
      return describeProfile(config, name, profile);
  return undefined;
};

/** What people call the profiles, by the id their state is kept under. */
export const profileNames = async ({
  configuration,
}: Pick<EngineDependencies, "configuration">): Promise<ReadonlyMap<string, string>> => {
  const { config } = await configuration();
  return new Map(Object.entries(config.profiles).map(([name, { id }]) => [id, name]));
};

/** Puts a profile's configuration, its organization and the store's key together. */
export const describeProfile = (config: Config, name: string, profile: ProfileConfig): Profile => {
  const organization = config.organizations[profile.organization];
  if (organization === undefined)
    throw new Fault("organization.unknown", { name: profile.organization, known: Object.keys(config.organizations) });
  const organizationId = organizationIdOf(organization);
  return {
    name,
    config: profile,
    organizationName: profile.organization,
    organization,
    organizationId,
    key: `${profile.id}/${organizationId}`,
    selection: selectionFingerprint(profile),
    settings: flattenSettings(profile),
  };
};

/** The organization's GUID, which is the larger part of its client id. */
export const organizationIdOf = ({ clientId }: Pick<OrganizationConfig, "clientId">): string =>
  clientId.replace(/^organization\./iu, "").toLowerCase();

/** Which profile is meant, whether or not it can be used; one that changes things is never guessed among several. */
export const chooseProfile = (
  { config, broken }: { readonly config: Config; readonly broken: ReadonlyMap<string, Fault> },
  name: string | undefined,
  changing: boolean,
): string => {
  const names = [...Object.keys(config.profiles), ...broken.keys()].sort();
  if (name !== undefined) {
    if (names.includes(name)) return name;
    throw unknownProfile(name, config, broken);
  }
  const [only, ...others] = names;
  if (only === undefined) throw new Fault("profile.none", {});
  if (others.length === 0) return only;
  if (!changing && config.currentProfile !== undefined) return config.currentProfile;
  throw new Fault("profile.ambiguous", { count: names.length, known: names });
};

const unknownProfile = (name: string, config: Config, broken: ReadonlyMap<string, Fault>): Fault =>
  new Fault("profile.unknown", { profile: name, known: [...Object.keys(config.profiles), ...broken.keys()].sort() });

/** The profile's options in the form select wants them; every kind of server must be able to take the addresses. */
export const selectSettings = ({ config }: Profile): SelectSettings => ({
  directory: config.directory.kind,
  userFilter: config.sync.userFilter,
  groupFilter: config.sync.groupFilter,
  nested: config.sync.nested,
  narrow: config.sync.narrow,
});

/** The profile's options in the form diff wants them. */
export const diffSettings = ({ config }: Profile): DiffSettings => ({
  users: config.sync.users,
  groups: config.sync.groups,
  joiners: config.sync.joiners,
  leavers: config.sync.leavers,
  groupsGone: config.sync.groupsGone,
  keepManualMembers: config.sync.keepManualMembers,
  addressChange: config.sync.addressChange,
  protect: new Set(config.protect.map((address) => address.trim().toLowerCase())),
});

/** Addresses of the organization's owners as the settings name them; undefined = not given. */
export const ownersOf = ({ organization: { owners } }: Profile): ReadonlySet<string> | undefined =>
  owners === undefined ? undefined : new Set(owners.map((address) => address.trim().toLowerCase()));

/** `60m` → milliseconds. */
export const durationMs = (text: string): number =>
  Number.parseInt(text, 10) * ({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[text.at(-1) ?? "m"] ?? 60_000);

/** Which settings are not what they were at the last good run, as dotted keys. */
export const changedSettings = (
  before: Readonly<Record<string, string>> | undefined,
  now: Readonly<Record<string, string>>,
): string[] =>
  before === undefined
    ? []
    : [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((key) => before[key] !== now[key]).sort();
