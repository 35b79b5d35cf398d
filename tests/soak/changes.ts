import type { Resolved } from "../../src/config/field.ts";
import { applyChanges, findDrift, passTime, type Read } from "../../src/core/changes.ts";
import type { DirectoryDependencies } from "../../src/directories/directory.ts";
import type { LdapConfig } from "../../src/directories/ldap/config.ts";
import { ldapDirectory } from "../../src/directories/ldap/index.ts";
import { collect, collectSince } from "../../src/engine/collect.ts";
import type { Runtime } from "../../src/engine/dependencies.ts";

/** What a profile keeps of its directory from one run to the next, held against a full read each time. */
export interface Keeper {
  /** Reads what changed and everything; gives the ids that differ between what is kept and what is there. */
  read(): Promise<{
    readonly how: "changes" | "full" | "unchanged";
    readonly drift: readonly string[];
    readonly kept: Read;
  }>;
}

const runtime: Runtime = { signal: new AbortController().signal, progress: () => {}, onWait: () => {} };

export function createKeeper(config: Resolved<LdapConfig>, dependencies: DirectoryDependencies): Keeper {
  let kept: Read = { users: [], groups: [] };
  let cursor: string | undefined;
  const open = () => ldapDirectory.open(config, dependencies);
  const readSince = async () => {
    await using directory = await open();
    return cursor === undefined
      ? { full: await collect(directory, runtime) }
      : await collectSince(directory, runtime, { cursor, stored: async () => kept });
  };
  return {
    read: async () => {
      const read = await readSince();
      let how: "changes" | "full" | "unchanged" = "full";
      if ("full" in read) {
        kept = read.full;
        cursor = read.full.cursor;
      } else {
        const { changes } = read;
        const count = changes.users.length + changes.groups.length + changes.gone.length + changes.members.length;
        how = count === 0 ? "unchanged" : "changes";
        const { users, groups } = applyChanges(kept, changes);
        kept = { users: passTime(users, dependencies.now.now()), groups };
        ({ cursor } = changes);
      }
      await using directory = await open();
      const whole = await collect(directory, runtime);
      const drift = how === "full" ? [] : findDrift(kept, whole);
      if (how === "full" && findDrift(kept, whole).length > 0) throw new Error("two full reads differ");
      return { how, drift, kept };
    },
  };
}
