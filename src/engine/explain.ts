import type { Diagnostic } from "../core/diagnostic.ts";
import { explain, type Explanation } from "../core/explain.ts";
import { membershipsOf } from "../core/explain/memberships.ts";
import { nearMatches } from "../core/explain/near.ts";
import { explainSelection, select } from "../core/select.ts";
import type { Change } from "../core/plan.ts";
import type { StoredSnapshot } from "../store/store.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { changedSettings, selectSettings, type Profile } from "./profile.ts";

/**
 * Why somebody, or a group, is where they are: from the newest recorded plan and the last complete read; whom that did not
 * hold is looked up in the directory.
 */
export const explainWho = async (
  dependencies: EngineDependencies,
  profile: Profile,
  who: string,
  runtime: Runtime,
): Promise<Explanation> => {
  const { store } = dependencies;
  const text = who.trim().toLowerCase();
  const [snapshot, links, state] = await Promise.all([
    store.snapshot(profile.key),
    store.links(profile.key),
    store.state(profile.key),
  ]);
  const read: StoredSnapshot = snapshot ?? { readAt: 0, users: [], groups: [] };
  const is = (...names: readonly (string | undefined)[]): boolean => names.some((name) => name?.toLowerCase() === text);
  const user = read.users.find((one) => is(one.email?.trim(), one.id, one.externalId, one.ref, one.name));
  const link = links.people.find(
    (one) => one.id === user?.id || is(one.email, one.directoryEmail, one.externalId, one.id, one.name),
  );
  const group =
    user === undefined && link === undefined
      ? read.groups.find((one) => is(one.name, one.id, one.externalId, one.ref))
      : undefined;
  const groupLink =
    link === undefined
      ? links.groups.find((one) => one.id === group?.id || (user === undefined && is(one.name, one.externalId)))
      : undefined;
  const id = user?.id ?? link?.id ?? group?.id ?? groupLink?.id;
  const linked = {
    people: new Set(links.people.map((one) => one.id)),
    groups: new Set(links.groups.map((one) => one.id)),
  };
  const desired = select(read, selectSettings(profile), {
    person: (one) => linked.people.has(one),
    group: (one) => linked.groups.has(one),
  });
  const recorded = await recordedAbout(dependencies, profile, text, id);
  const isKnown = id !== undefined;
  const changed = changedSettings(state.settings, profile.settings).filter(
    (key) => key.startsWith("sync.") || key.startsWith("directory."),
  );
  return explain({
    who,
    user,
    group,
    ...(snapshot === undefined ? {} : { readAt: new Date(snapshot.readAt).toISOString() }),
    found: user === undefined && group === undefined ? await lookUp(dependencies, profile, who, runtime) : undefined,
    leftOut:
      id === undefined
        ? undefined
        : (desired.leftOut.get(id) ?? (group === undefined ? undefined : desired.otherGroups.get(id))),
    unselected: id === undefined ? undefined : desired.unselected.get(id),
    link,
    groupLink,
    ...recorded,
    selectedBy: user === undefined ? undefined : explainSelection(user, read, selectSettings(profile)),
    memberships:
      user === undefined && link === undefined
        ? []
        : membershipsOf({
            id: user?.id ?? link?.id ?? "",
            read,
            desired,
            nested: profile.config.sync.nested,
            link,
            groupLinks: links.groups,
            changes: recorded.changes,
          }),
    near: isKnown || recorded.notes.length > 0 ? [] : nearMatches(who, namesIn(read)),
    leftOutSince: id === undefined ? undefined : await leftOutSince(dependencies, profile, id),
    changedSettings: changed,
    changedBy: await changedBy(dependencies, profile, changed),
  });
};

/** Rows and notes of the newest plan about one person or group. */
const recordedAbout = async (
  { store }: EngineDependencies,
  profile: Profile,
  text: string,
  id: string | undefined,
): Promise<{ changes: Change[]; notes: Diagnostic[] }> => {
  const { rows: runs } = await store.runs({ profile: profile.key, limit: 20 });
  const run = runs.find((one) => one.header !== undefined);
  if (run === undefined) return { changes: [], notes: [] };
  const stored = id === undefined ? [] : (await store.rows(run.id, { subject: id, limit: 20 })).rows;
  const changes = stored.filter((row) => row.state === "planned" || row.state === "skipped" || row.action === "keep");
  const all = await store.notes(run.id, id === undefined ? { search: text } : { subject: id });
  const mine = all.filter(
    ({ code, subject }) =>
      !code.startsWith("left_out.") &&
      subject !== undefined &&
      [subject.id, subject.email, subject.name].some(
        (name) => name !== undefined && (name === id || name.toLowerCase() === text),
      ),
  );
  return { changes, notes: mine };
};

/** Start of the oldest of the newest runs that all left it out; undefined when the newest one did not. */
const leftOutSince = async (
  { store }: EngineDependencies,
  profile: Profile,
  id: string,
): Promise<string | undefined> => {
  const { rows: runs } = await store.runs({ profile: profile.key, limit: 200 });
  let since: number | undefined;
  for (const run of runs) {
    if (run.header === undefined) continue;
    const notes = await store.notes(run.id, { subject: id });
    if (!notes.some(({ code }) => code.startsWith("left_out."))) break;
    since = run.startedAt;
  }
  return since === undefined ? undefined : new Date(since).toISOString();
};

/** Of each setting its last change through the program; one made in the file by hand has no author. */
const changedBy = async (
  { store }: EngineDependencies,
  profile: Profile,
  settings: readonly string[],
): Promise<{ setting: string; who: string; at: string }[]> => {
  if (settings.length === 0) return [];
  const audits = await store.audits({ profile: profile.name, limit: 200 });
  return settings.flatMap((setting) => {
    const found = audits.find(
      ({ what, detail }) =>
        what.startsWith("config.") && detail?.startsWith(`profiles.${profile.name}.${setting}:`) === true,
    );
    return found === undefined ? [] : [{ setting, who: found.who, at: new Date(found.at).toISOString() }];
  });
};

/** The directory is asked about somebody the last read did not hold; one that cannot answer is no reason to say nothing. */
const lookUp = async (
  dependencies: EngineDependencies,
  profile: Profile,
  who: string,
  runtime: Runtime,
): Promise<{ where: string; state: string } | undefined> => {
  try {
    await using directory = await dependencies.openDirectory(profile.name, profile.config, runtime);
    const found = await directory.lookup?.(who);
    return found === undefined ? undefined : { where: found.where, state: found.state };
  } catch (error) {
    runtime.signal.throwIfAborted();
    dependencies.log.warn("the directory could not be asked about somebody", { reason: String(error) });
    return undefined;
  }
};

function* namesIn({ users, groups }: StoredSnapshot): Generator<string> {
  for (const user of users) {
    if (user.email !== undefined) yield user.email;
    if (user.name !== undefined) yield user.name;
  }
  for (const group of groups) yield group.name;
}
