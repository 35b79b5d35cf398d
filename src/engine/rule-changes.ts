import type { RuleChange } from "../core/explain/rules.ts";
import type { AuditEntry, AuditQuery, ProfileState, Store } from "../store/store.ts";
import type { EngineDependencies } from "./dependencies.ts";
import { changedSettings, type Profile } from "./profile.ts";

type Audits = Pick<Store, "audits">;

/** Of each setting of a profile its last recorded change; one that nobody is known to have changed is not there. */
export const lastChanges = async (
  store: Audits,
  profile: string,
  settings: readonly string[],
): Promise<RuleChange[]> => {
  const names = await namesOf(store, profile);
  const changes: RuleChange[] = [];
  for (const setting of settings) {
    const newest = await newestChange(store, names, setting);
    if (newest !== undefined) changes.push(changeOf(setting, newest, newest.what === noticed ? "noticed" : "changed"));
  }
  return changes;
};

/** For settings that nobody is known to have changed: who added the profile, and when. */
export const addedBy = async (store: Audits, profile: string, settings: readonly string[]): Promise<RuleChange[]> => {
  if (settings.length === 0) return [];
  const names = await namesOf(store, profile);
  const added = await newest(store, names, () => ({ what: ["profile.add", "profile.load"] }));
  return added === undefined ? [] : settings.map((setting) => changeOf(setting, added, "added"));
};

/**
 * Keeps that settings differ from the last good run's although nobody changed them through the program: somebody wrote
 * them into a file, set the environment or gave an option. Each such change once.
 */
export const noteChangedSettings = async (
  { store, clock, actor }: EngineDependencies,
  profile: Profile,
  state: Pick<ProfileState, "settings">,
): Promise<void> => {
  const changed = changedSettings(state.settings, profile.settings);
  if (changed.length === 0) return;
  const names = await namesOf(store, profile.name);
  for (const setting of changed) {
    const after = `→ ${profile.settings[setting] ?? ""}`.trim();
    const known = await newestChange(store, names, setting);
    if (known?.detail?.endsWith(after) === true) continue;
    const detail = `${pathOf(profile.name, setting)}${state.settings?.[setting] ?? ""} ${after}`;
    await store.audit({ at: clock.now(), who: actor.who, what: noticed, profile: profile.name, detail });
  }
};

const noticed = "config.noticed";

/** A name a profile bore, and when: the same name may have been another profile's before and after. */
interface BorneName {
  readonly name: string;
  readonly from?: number;
  readonly until?: number;
}

/** The present name first, then those before it. */
const namesOf = async (store: Audits, profile: string): Promise<readonly BorneName[]> => {
  const names: BorneName[] = [];
  let [name, until]: [string, number | undefined] = [profile, undefined];
  while (names.length < mostNames) {
    const [began] = await store.audits({
      profile: name,
      what: ["profile.rename", "profile.add"],
      limit: 1,
      ...(until === undefined ? {} : { until }),
    });
    names.push({
      name,
      ...(began === undefined ? {} : { from: began.at }),
      ...(until === undefined ? {} : { until }),
    });
    if (began?.what !== "profile.rename" || began.detail === undefined) break;
    [name, until] = [began.detail, began.at];
  }
  return names;
};

/** Names of one moment could lead round in a circle. */
const mostNames = 20;

/** The newest entry of the newest name that has one. */
const newest = async (
  store: Audits,
  names: readonly BorneName[],
  query: (name: string) => Omit<AuditQuery, "profile" | "limit">,
): Promise<AuditEntry | undefined> => {
  for (const { name, from, until } of names) {
    const [entry] = await store.audits({
      ...query(name),
      profile: name,
      limit: 1,
      ...(until === undefined ? {} : { until }),
    });
    if (entry !== undefined && (from === undefined || entry.at >= from)) return entry;
  }
  return undefined;
};

const newestChange = (store: Audits, names: readonly BorneName[], setting: string): Promise<AuditEntry | undefined> =>
  newest(store, names, (name) => ({ detail: pathOf(name, setting) }));

/** What the audit of a changed setting begins with. */
const pathOf = (name: string, setting: string): string => `profiles.${name}.${setting}: `;

const changeOf = (setting: string, { who, at }: AuditEntry, how: RuleChange["how"]): RuleChange => ({
  setting,
  who,
  at: new Date(at).toISOString(),
  how,
});
