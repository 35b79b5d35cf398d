import type { SourceGroup, SourceUser } from "../core/entry.ts";
import { isFault, type Fault } from "../core/fault.ts";
import type { GroupLink, PersonLink } from "../core/link.ts";
import type { Found } from "../directories/directory.ts";
import type { Links, StoredSnapshot } from "../store/store.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import type { Profile } from "./profile.ts";

/** Whom a text means: an entry of the last read, whom we manage, and what the directory says of it now, where it was asked. */
export interface Whom {
  readonly user?: SourceUser | undefined;
  readonly link?: PersonLink | undefined;
  readonly group?: SourceGroup | undefined;
  readonly groupLink?: GroupLink | undefined;
  readonly found?: Found | undefined;
}

/**
 * People before groups, addresses, names and ids alike. The directory is asked about whom the last read did not hold, or
 * held without selecting: it alone knows why.
 */
export const findWhom = async (
  known: { readonly read: StoredSnapshot; readonly links: Links },
  text: string,
  ask: (text: string) => Promise<Found | undefined>,
): Promise<Whom> => {
  const whom = knownAs(known, text);
  const entry = whom.user ?? whom.group;
  if (entry !== undefined) return entry.selected ? whom : { ...whom, found: await ask(entry.ref ?? entry.id) };
  const id = whom.link?.id ?? whom.groupLink?.id;
  const found = (await ask(text)) ?? (id === undefined ? undefined : await ask(id));
  if (found === undefined || id !== undefined) return { ...whom, found };
  // Another address or name of somebody who was read under the first one.
  const meant = knownAs(known, found.id);
  return meant.user === undefined && meant.group === undefined && meant.link === undefined ? { found } : meant;
};

const knownAs = ({ read, links }: { readonly read: StoredSnapshot; readonly links: Links }, asked: string): Whom => {
  const text = asked.trim().toLowerCase();
  const is = (...names: readonly (string | undefined)[]): boolean => names.some((name) => name?.toLowerCase() === text);
  const user = read.users.find((one) => is(one.email?.trim(), one.id, one.externalId, one.ref, one.name));
  const link = links.people.find(
    (one) => one.id === user?.id || is(one.email, one.directoryEmail, one.externalId, one.id, one.name),
  );
  if (user !== undefined || link !== undefined)
    // Somebody who has another address or name by now.
    return { user: user ?? read.users.find((one) => one.id === link?.id), link };
  const group = read.groups.find((one) => is(one.name, one.id, one.externalId, one.ref));
  const groupLink = links.groups.find((one) => one.id === group?.id || is(one.name, one.externalId, one.id));
  return { group: group ?? read.groups.find((one) => one.id === groupLink?.id), groupLink };
};

/** Asks the directory about somebody; one that cannot answer is no reason to say nothing, and is told itself. */
export const createLookUp = (
  dependencies: EngineDependencies,
  profile: Profile,
  runtime: Runtime,
): { readonly ask: (text: string) => Promise<Found | undefined>; readonly failure: () => Fault | undefined } => {
  let failure: Fault | undefined;
  const ask = async (text: string): Promise<Found | undefined> => {
    try {
      await using directory = await dependencies.openDirectory(profile.name, profile.config, runtime);
      return await directory.lookup?.(text);
    } catch (error) {
      runtime.signal.throwIfAborted();
      if (!isFault(error)) throw error;
      failure = error;
      return undefined;
    }
  };
  return { ask, failure: () => failure };
};
