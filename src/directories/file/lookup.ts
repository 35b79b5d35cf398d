import { canonicalDn } from "../../core/dn.ts";
import type { Found } from "../directory.ts";
import type { Item } from "./content.ts";

/**
 * The entry somebody means: by id, by what the file calls it (a DN), by address, else by name, however it is spelled in
 * upper and lower case. The file is read to its end, since a better match may stand further down.
 */
export async function findEntry(items: AsyncIterable<readonly Item[]>, text: string): Promise<Found | undefined> {
  const wanted = text.trim();
  const folded = wanted.toLowerCase();
  const dn = canonicalDn(wanted);
  let best: { readonly rank: number; readonly found: Found } | undefined;
  for await (const some of items)
    for (const item of some) {
      if (item.kind === "note") continue;
      const { entry } = item;
      const email = "email" in entry ? entry.email : undefined;
      const matches = [
        entry.id === wanted || entry.externalId === wanted,
        dn !== undefined && dn !== "" && entry.ref === dn,
        email?.trim().toLowerCase() === folded,
        entry.name?.toLowerCase() === folded,
      ];
      const rank = matches.indexOf(true);
      if (rank === -1 || (best !== undefined && best.rank <= rank)) continue;
      best = { rank, found: describe(item) };
    }
  return best?.found;
}

function describe(item: Exclude<Item, { kind: "note" }>): Found {
  const { entry, kind, path, place } = item;
  const where = `${path}:${place}`;
  if (kind === "group") return { kind, id: entry.id, where, name: entry.name, state: "enabled" };
  const { id, name, email, state } = entry;
  return {
    kind,
    id,
    where,
    state,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}
