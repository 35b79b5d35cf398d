import type { RuleChange } from "../core/explain/rules.ts";
import type { AuditEntry, ProfileState } from "../store/store.ts";
import type { EngineDependencies } from "./dependencies.ts";
import { changedSettings, type Profile } from "./profile.ts";

/** Of each setting its last recorded change; one that nobody is known to have changed is not there. */
export const lastChanges = async (
  { store }: EngineDependencies,
  profile: Profile,
  settings: readonly string[],
): Promise<RuleChange[]> => {
  const changes: RuleChange[] = [];
  for (const setting of settings) {
    const [newest] = await store.audits({ profile: profile.name, detail: `${pathOf(profile, setting)}: `, limit: 1 });
    if (newest !== undefined) changes.push(changeOf(setting, newest, newest.what === noticed ? "noticed" : "changed"));
  }
  return changes;
};

/** For settings that nobody is known to have changed: who added the profile, and when. */
export const addedBy = async (
  { store }: EngineDependencies,
  profile: Profile,
  settings: readonly string[],
): Promise<RuleChange[]> => {
  const [added] = await store.audits({ profile: profile.name, what: ["profile.add", "profile.load"], limit: 1 });
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
  for (const setting of changedSettings(state.settings, profile.settings)) {
    const path = pathOf(profile, setting);
    const after = `→ ${profile.settings[setting] ?? ""}`.trim();
    const [newest] = await store.audits({ profile: profile.name, detail: `${path}: `, limit: 1 });
    if (newest?.detail?.endsWith(after) === true) continue;
    const detail = `${path}: ${state.settings?.[setting] ?? ""} ${after}`;
    await store.audit({ at: clock.now(), who: actor.who, what: noticed, profile: profile.name, detail });
  }
};

const noticed = "config.noticed";

const pathOf = (profile: Profile, setting: string): string => `profiles.${profile.name}.${setting}`;

const changeOf = (setting: string, { who, at }: AuditEntry, how: RuleChange["how"]): RuleChange => ({
  setting,
  who,
  at: new Date(at).toISOString(),
  how,
});
