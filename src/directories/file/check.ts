import type { Diagnostic } from "../../core/diagnostic.ts";
import { checkFile } from "./blocks.ts";
import type { FileSource, Item } from "./content.ts";

/**
 * One finding for each file that can be read and one for what they hold, then what is to be said about it. Throws what
 * reading throws: a file that is not as its format demands has no content.
 */
export async function checkContent(source: FileSource, items: AsyncIterable<readonly Item[]>): Promise<Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const path of [source.path, source.groupsPath]) {
    if (path === undefined) continue;
    const { size, modified } = await checkFile(path);
    const days = Math.max(0, Math.floor((source.now - modified) / millisecondsOfDay));
    findings.push({ code: "file.readable", severity: "ok", params: { path, size, days } });
  }
  const { people, withAddress, groups, unstable, notes } = await count(items);
  findings.push({
    code: "file.content",
    severity: people === 0 ? "warning" : "ok",
    params: { people, groups, withAddress },
  });
  if (unstable > 0)
    findings.push({ code: "file.unstable_ids", severity: "warning", params: { count: unstable, people } });
  return [...findings, ...notes];
}

const millisecondsOfDay = 86_400_000;

async function count(items: AsyncIterable<readonly Item[]>) {
  const counts = { people: 0, withAddress: 0, groups: 0, unstable: 0 };
  const notes: Diagnostic[] = [];
  for await (const some of items)
    for (const item of some)
      if (item.kind === "note") notes.push(item.note);
      else if (item.kind === "group") counts.groups += 1;
      else {
        const { entry } = item;
        counts.people += 1;
        if (entry.email !== undefined) counts.withAddress += 1;
        // Known by a DN or an address, which change when somebody moves or marries.
        if (entry.id === entry.ref || entry.id === entry.email?.trim().toLowerCase()) counts.unstable += 1;
      }
  return { ...counts, notes };
}
