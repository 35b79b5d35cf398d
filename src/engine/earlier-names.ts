import { danglingReferences, type EarlierNames } from "../core/references.ts";
import type { Read } from "../core/changes.ts";
import type { Store } from "../store/store.ts";

/**
 * A complete read with what is known of references in it that nobody bears: some directories leave a group's members
 * under their old names when an entry is renamed or moved, and whoever stays keeps their groups.
 */
export const withEarlierNames = async <One extends Read>(
  store: Pick<Store, "earlierNames">,
  profile: string,
  read: One,
): Promise<One & { readonly earlier: EarlierNames }> => ({
  ...read,
  earlier: await store.earlierNames(profile, danglingReferences(read)),
});
