import type { Diagnostic } from "../core/diagnostic.ts";
import type { SourceGroup, SourceUser } from "../core/entry.ts";
import { Fault, isFault } from "../core/fault.ts";
import type { OpenDirectory } from "../directories/directory.ts";
import type { Runtime } from "./dependencies.ts";

/** A complete read. There is no other kind: anything else throws. */
export interface Collected {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
  readonly notes: readonly Diagnostic[];
  readonly cursor?: string;
}

/**
 * Opens a directory and reads it whole. When it refuses, in the middle of the read, the log-in it had accepted, it is
 * opened once more with its secrets resolved anew, and read from the start.
 */
export const readDirectory = async (
  open: () => Promise<OpenDirectory>,
  runtime: Runtime,
): Promise<{ readonly identity: string; readonly collected: Collected }> => {
  const read = async (): Promise<{ identity: string; collected: Collected } | { refused: Fault }> => {
    await using directory = await open();
    try {
      return { identity: await directory.identity(), collected: await collect(directory, runtime) };
    } catch (error) {
      if (isFault(error, "directory.auth_failed") && !runtime.signal.aborted) return { refused: error };
      throw error;
    }
  };
  const first = await read();
  const result = "refused" in first ? await read() : first;
  if ("refused" in result) throw result.refused;
  return result;
};

/** Reads a directory whole. A read that does not reach its End page is Fault `directory.truncated`, however the loop ended. */
export const collect = async (directory: OpenDirectory, runtime: Runtime): Promise<Collected> => {
  const users: SourceUser[] = [];
  const groups: SourceGroup[] = [];
  const notes: Diagnostic[] = [];
  let end: { end: "full" | "changes"; cursor?: string } | undefined;
  for await (const page of directory.read()) {
    runtime.signal.throwIfAborted();
    if (end !== undefined) throw new Fault("internal.defect", { reason: "the reader gave a page after the end" });
    if ("users" in page) {
      for (const user of page.users) users.push(user);
      runtime.progress({ stage: "reading-people", done: users.length });
    } else if ("groups" in page) {
      for (const group of page.groups) groups.push(group);
      runtime.progress({ stage: "reading-groups", done: groups.length });
    } else if ("notes" in page) notes.push(...page.notes);
    else if ("end" in page) end = page;
    else throw new Fault("internal.defect", { reason: "the reader gave changes in a full read" });
  }
  runtime.signal.throwIfAborted();
  if (end === undefined || end.end !== "full")
    throw new Fault("directory.truncated", { what: "people", count: users.length, reason: "no_end" });
  return { users, groups, notes, ...(end.cursor === undefined ? {} : { cursor: end.cursor }) };
};
