import type { Diagnostic } from "../core/diagnostic.ts";
import type { SourceGroup, SourceUser } from "../core/entry.ts";
import { Fault, isFault } from "../core/fault.ts";
import { createFingerprint } from "../core/fingerprint.ts";
import type { ReadChanges } from "../core/changes.ts";
import type { OpenDirectory, Since } from "../directories/directory.ts";
import type { Runtime } from "./dependencies.ts";

/** A complete read. There is no other kind: anything else throws. */
export interface Collected {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
  readonly notes: readonly Diagnostic[];
  readonly cursor?: string;
  /** Of its people and groups; absent where they were put together from a stored read. */
  readonly fingerprint?: string;
}

/** What changed since another complete read, and all the notes there are now. */
export interface CollectedChanges extends ReadChanges {
  readonly notes: readonly Diagnostic[];
  readonly cursor?: string;
}

/**
 * Opens a directory and reads it. When it refuses, in the middle of the read, the log-in it had accepted, it is opened
 * once more with its secrets resolved anew, and read from the start.
 */
export const readDirectory = async <Result>(
  open: () => Promise<OpenDirectory>,
  runtime: Runtime,
  work: (directory: OpenDirectory, identity: string) => Promise<Result>,
): Promise<Result> => {
  const read = async (): Promise<{ result: Result } | { refused: Fault }> => {
    await using directory = await open();
    try {
      return { result: await work(directory, await directory.identity()) };
    } catch (error) {
      if (isFault(error, "directory.auth_failed") && !runtime.signal.aborted) return { refused: error };
      throw error;
    }
  };
  const first = await read();
  const second = "refused" in first ? await read() : first;
  if ("refused" in second) throw second.refused;
  return second.result;
};

/** Reads a directory whole. A read that does not reach its End page is Fault `directory.truncated`, however the loop ended. */
export const collect = async (directory: OpenDirectory, runtime: Runtime): Promise<Collected> => {
  const { end, ...pages } = await collectPages(directory, runtime, undefined);
  if (end === "changes")
    throw new Fault("directory.truncated", { what: "people", count: pages.users.length, reason: "no_end" });
  const { users, groups, notes, cursor, fingerprint } = pages;
  return { users, groups, notes, fingerprint, ...(cursor === undefined ? {} : { cursor }) };
};

/** Reads what changed; the directory may answer with everything instead. The rest as `collect`. */
export const collectSince = async (
  directory: OpenDirectory,
  runtime: Runtime,
  since: Since,
): Promise<{ readonly full: Collected } | { readonly changes: CollectedChanges }> => {
  const { end, ...pages } = await collectPages(directory, runtime, since);
  return end === "full" ? { full: pages } : { changes: pages };
};

const collectPages = async (
  directory: OpenDirectory,
  runtime: Runtime,
  since: Since | undefined,
): Promise<CollectedChanges & { readonly end: "full" | "changes"; readonly fingerprint: string }> => {
  const users: SourceUser[] = [];
  const groups: SourceGroup[] = [];
  const fingerprint = createFingerprint();
  const notes: Diagnostic[] = [];
  const gone: ReadChanges["gone"][number][] = [];
  const members: ReadChanges["members"][number][] = [];
  let end: { end: "full" | "changes"; cursor?: string } | undefined;
  for await (const page of directory.read(since)) {
    runtime.signal.throwIfAborted();
    if (end !== undefined) throw new Fault("internal.defect", { reason: "the reader gave a page after the end" });
    if ("users" in page) {
      for (const user of page.users) users.push(user);
      fingerprint.users(page.users);
      runtime.progress({ stage: "reading-people", done: users.length });
    } else if ("groups" in page) {
      for (const group of page.groups) groups.push(group);
      fingerprint.groups(page.groups);
      runtime.progress({ stage: "reading-groups", done: groups.length });
    } else if ("notes" in page) notes.push(...page.notes);
    else if ("gone" in page) gone.push(...page.gone);
    else if ("members" in page) members.push(...page.members);
    else end = page;
  }
  runtime.signal.throwIfAborted();
  if (end === undefined)
    throw new Fault("directory.truncated", { what: "people", count: users.length, reason: "no_end" });
  if (end.end === "full" && gone.length + members.length > 0)
    throw new Fault("internal.defect", { reason: "the reader gave changes in a full read" });
  const { cursor } = end;
  return {
    end: end.end,
    users,
    groups,
    gone,
    members,
    notes,
    fingerprint: fingerprint.end(),
    ...(cursor === undefined ? {} : { cursor }),
  };
};
