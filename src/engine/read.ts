import { applyChanges, findDrift, passTime, type Read } from "../core/changes.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { Fault } from "../core/fault.ts";
import type { OpenDirectory, Since } from "../directories/directory.ts";
import type { ReadCursor } from "../store/store.ts";
import { collect, collectSince, readDirectory, type Collected, type CollectedChanges } from "./collect.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import type { Profile } from "./profile.ts";

/** A complete read: everything, or what was stored with the changes since then. */
export interface Reading extends ReadCursor {
  readonly identity: string;
  readonly startedAt: number;
  readonly readAt: number;
  /** The directory says that nothing changed since the stored read, or a full read shows it. */
  readonly isUnchanged: boolean;
  /** Of the reader. */
  readonly notes: readonly Diagnostic[];
  /** What it comes to; an unchanged one is loaded when it is asked for. */
  collected(): Promise<Collected>;
}

/**
 * Reads a profile's directory: what changed since the stored read where the directory can tell, else everything. Every
 * n-th time (setting `sync.fullReadEvery`) it does both, and a difference between them is noted; the full read counts.
 */
export const readProfile = async (
  dependencies: EngineDependencies,
  profile: Profile,
  { full, runtime }: { readonly full: boolean; readonly runtime: Runtime },
): Promise<Reading> => {
  const { store, clock } = dependencies;
  const startedAt = clock.now();
  const { cursor, cursorFor, changesReads = 0 } = await store.state(profile.key);
  const open = (): Promise<OpenDirectory> => dependencies.openDirectory(profile.name, profile.config, runtime);
  return readDirectory(open, runtime, async (directory, identity) => {
    const fits = `${profile.selection} ${identity}`;
    const base = { identity, startedAt };
    const since =
      full || profile.config.sync.fullReadEvery === 1 || cursor === undefined || cursorFor !== fits
        ? undefined
        : sinceOf(dependencies, profile, cursor);
    const read = since === undefined ? undefined : await collectSince(directory, runtime, since);
    const cursorOf = (text: string | undefined, reads: number): ReadCursor =>
      text === undefined ? {} : { cursor: { text, for: fits, changesReads: reads } };
    const whole = async (collected: Collected): Promise<Reading> => ({
      ...base,
      readAt: clock.now(),
      isUnchanged:
        collected.fingerprint !== undefined && collected.fingerprint === (await store.fingerprint(profile.key)),
      notes: collected.notes,
      collected: async () => collected,
      ...cursorOf(collected.cursor, 0),
    });
    if (since === undefined || read === undefined) return whole(await collect(directory, runtime));
    if ("full" in read) return whole(read.full);
    const { changes } = read;
    if (changesReads + 1 >= profile.config.sync.fullReadEvery) {
      const collected = await collect(directory, runtime);
      const before = await since.stored();
      return whole({
        ...collected,
        notes: [...collected.notes, ...noteDrift(merge(before, changes, clock.now()), collected)],
      });
    }
    const readAt = clock.now();
    return {
      ...base,
      readAt,
      isUnchanged: isNothing(changes),
      notes: changes.notes,
      collected: async () => ({ ...merge(await since.stored(), changes, readAt), notes: changes.notes }),
      ...cursorOf(changes.cursor, changesReads + 1),
    };
  });
};

/** The stored read, loaded once and only when somebody needs it. */
const sinceOf = ({ store }: EngineDependencies, profile: Profile, cursor: string): Since => {
  let loading: Promise<Read> | undefined;
  const load = async (): Promise<Read> => {
    const stored = await store.snapshot(profile.key);
    if (stored === undefined) throw new Fault("internal.defect", { reason: "a cursor without the read it belongs to" });
    return stored;
  };
  return { cursor, stored: () => (loading ??= load()) };
};

const isNothing = ({ users, groups, gone, members }: CollectedChanges): boolean =>
  users.length + groups.length + gone.length + members.length === 0;

const merge = (stored: Read, changes: CollectedChanges, now: number): Read => {
  const { users, groups } = isNothing(changes) ? stored : applyChanges(stored, changes);
  return { users: passTime(users, now), groups };
};

/** What reading changes would have got wrong: never silently, since the next time nobody might look. */
const noteDrift = (merged: Read, collected: Collected): Diagnostic[] => {
  const ids = findDrift(merged, collected);
  if (ids.length === 0) return [];
  const names = new Map([...collected.users, ...collected.groups].map(({ id, name }) => [id, name ?? id]));
  const examples = ids.slice(0, 5).map((id) => names.get(id) ?? id);
  return [{ code: "changes.drift", severity: "warning", params: { count: ids.length, examples } }];
};
