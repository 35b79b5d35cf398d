import type { Diagnostic } from "../../core/diagnostic.ts";
import type { SourceGroup, SourceUser } from "../../core/entry.ts";
import type { Progress } from "../../core/progress.ts";
import type { Page } from "../directory.ts";
import type { Item } from "./content.ts";

/** Pages of people, then of groups, then what is to be said about them, then the end; stops between two when aborted. */
export async function* toPages(
  items: AsyncIterable<readonly Item[]>,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
): AsyncGenerator<Page> {
  let users: SourceUser[] = [];
  const groups: SourceGroup[] = [];
  const notes: Diagnostic[] = [];
  let people = 0;
  for await (const some of items) {
    for (const item of some) {
      if (item.kind === "person") users.push(item.entry);
      else if (item.kind === "group") groups.push(item.entry);
      else notes.push(item.note);
      if (users.length < pageSize) continue;
      people += users.length;
      progress({ stage: "reading-people", done: people });
      yield { users };
      users = [];
      signal.throwIfAborted();
    }
  }
  if (users.length > 0) {
    progress({ stage: "reading-people", done: people + users.length });
    yield { users };
    signal.throwIfAborted();
  }
  for (let at = 0; at < groups.length; at += pageSize) {
    const page = groups.slice(at, at + pageSize);
    progress({ stage: "reading-groups", done: at + page.length, total: groups.length });
    yield { groups: page };
    signal.throwIfAborted();
  }
  if (notes.length > 0) yield { notes };
  signal.throwIfAborted();
  yield { end: "full" };
}

/** Entries of a page. */
export const pageSize = 1000;
