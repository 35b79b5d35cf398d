import type { Diagnostic } from "../core/diagnostic.ts";
import { explain, type AskedGroup, type Explanation } from "../core/explain.ts";
import { containing, membershipsOf } from "../core/explain/memberships.ts";
import { nearMatches } from "../core/explain/near.ts";
import { rulesBehind } from "../core/explain/rules.ts";
import { explainSelection } from "../core/select.ts";
import type { Change } from "../core/plan.ts";
import type { Links, StoredSnapshot } from "../store/store.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { selectRead } from "./desired.ts";
import { changedSettings, selectSettings, type Profile } from "./profile.ts";
import { addedBy, lastChanges } from "./rule-changes.ts";
import { createLookUp, findWhom } from "./whom.ts";

/**
 * Why somebody, or a group, is where they are: from the newest recorded plan and the last complete read; whom that did not
 * hold is looked up in the directory. `inGroup`: why they are in that group, or are not.
 */
export const explainWho = async (
  dependencies: EngineDependencies,
  profile: Profile,
  { who, inGroup }: { readonly who: string; readonly inGroup?: string | undefined },
  runtime: Runtime,
): Promise<Explanation> => {
  const { store } = dependencies;
  const [snapshot, links, state] = await Promise.all([
    store.snapshot(profile.key),
    store.links(profile.key),
    store.state(profile.key),
  ]);
  const stored: StoredSnapshot = snapshot ?? { readAt: 0, users: [], groups: [] };
  const { read, desired } = await selectRead(store, profile, stored, links);
  const { ask, failure } = createLookUp(dependencies, profile, runtime);
  const whom = await findWhom({ read, links }, who, ask);
  const { user, link, group, groupLink, found } = whom;
  const id = user?.id ?? link?.id ?? group?.id ?? groupLink?.id;
  const settings = selectSettings(profile);
  const recorded = await recordedAbout(dependencies, profile, who.trim().toLowerCase(), id);
  const because =
    id === undefined
      ? undefined
      : (desired.leftOut.get(id) ??
        desired.unselected.get(id) ??
        (group === undefined ? undefined : desired.otherGroups.get(id)));
  const isLeftOut = because?.code.startsWith("left_out.") === true;
  // Of whom the directory itself does not select it was asked why.
  const unselected = isLeftOut
    ? undefined
    : because?.code === "unselected.vendor"
      ? (found?.outside ?? because)
      : because;
  const { nested } = profile.config.sync;
  const memberships =
    user === undefined && link === undefined
      ? []
      : membershipsOf({
          id: user?.id ?? link?.id ?? "",
          read,
          desired,
          nested,
          link,
          groupLinks: links.groups,
          changes: recorded.changes,
        });
  const deciding = rulesBehind([because, unselected, found?.outside]);
  const differing = changedSettings(state.settings, profile.settings).filter(
    (key) => key.startsWith("sync.") || key.startsWith("directory."),
  );
  const others = rulesBehind([...recorded.changes, ...memberships].map((one) => one.because));
  const changes = await lastChanges(store, profile.name, [...new Set([...deciding, ...others, ...differing])]);
  const unchanged = deciding.filter((setting) => !changes.some((change) => change.setting === setting));
  return explain({
    ...whom,
    who,
    unanswered: failure(),
    ...(snapshot === undefined ? {} : { readAt: new Date(snapshot.readAt).toISOString() }),
    leftOut: isLeftOut ? because : undefined,
    unselected,
    ...recorded,
    selectedBy: user === undefined ? undefined : explainSelection(user, read, settings),
    memberships,
    ...(inGroup === undefined ? {} : { asked: askedGroup(inGroup, read, links) }),
    containing: group === undefined || !nested ? [] : containing(group, read, desired),
    near:
      id !== undefined || found !== undefined || recorded.notes.length > 0
        ? []
        : nearMatches(who, namesIn(read, links)),
    leftOutSince: id === undefined ? undefined : await leftOutSince(dependencies, profile, id),
    changedSettings: differing,
    changedBy: [...changes, ...(await addedBy(store, profile.name, unchanged))],
  });
};

const askedGroup = (text: string, read: StoredSnapshot, links: Links): AskedGroup => {
  const wanted = text.trim().toLowerCase();
  const groups = [...read.groups, ...links.groups];
  const found = groups.find((one) => [one.name, one.id, one.externalId].some((name) => name.toLowerCase() === wanted));
  const names = new Set(groups.map((one) => one.name));
  return found === undefined
    ? { group: text, isKnown: false, near: nearMatches(text, names) }
    : { group: found.name, isKnown: true, near: [] };
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

function* namesIn({ users, groups }: StoredSnapshot, links: Links): Generator<string> {
  for (const one of [...users, ...links.people]) {
    if (one.email !== undefined) yield one.email;
    if (one.name !== undefined) yield one.name;
  }
  for (const group of [...groups, ...links.groups]) yield group.name;
}
