import { setTimeout as wait } from "node:timers/promises";
import type { Resolved } from "../../src/config/field.ts";
import type { NativeFilters } from "../../src/directories/directory.ts";
import type { LdapConfig } from "../../src/directories/ldap/config.ts";
import { createWorld } from "../directory-world.ts";
import type { Writer } from "../servers/writer.ts";
import { createKeeper } from "./changes.ts";
import type { createOperations } from "./operations.ts";

/** A server with random changes to be made there. */
export interface Story {
  readonly config: Resolved<LdapConfig>;
  readonly filters: NativeFilters;
  readonly operations: ReturnType<typeof createOperations>;
  readonly server: AsyncDisposable & { writer(): Promise<Writer>; restart(): Promise<void> };
  /** Milliseconds a server takes to carry out what follows from a change, such as the names of members. */
  readonly settles?: number;
  /** Keeps a copy of everything; what is given back puts it in place again. */
  backUp(): Promise<() => Promise<void>>;
}

export interface Told {
  readonly operations: number;
  /** Those that the server would not carry out. */
  readonly refused: number;
  readonly reads: Readonly<Record<"changes" | "full" | "unchanged", number>>;
  readonly people: number;
  readonly memberships: number;
  /** What was done since the last read that agreed, and whom the two reads differ in. */
  readonly wrong?: { readonly done: readonly string[]; readonly drift: readonly string[] };
}

/**
 * Changes a directory at random and reads it in between: what is kept together with the changes has to be what a full
 * read gives, each time. Now and then the server is started anew, or a backup of it put back.
 */
export async function tell(story: Story, count: number, random: () => number): Promise<Told> {
  const { operations, server } = story;
  const keeper = createKeeper(story.config, { ...createWorld().dependencies, filters: story.filters });
  const reads = { changes: 0, full: 0, unchanged: 0 };
  let people = 0;
  let memberships = 0;
  let backup: { readonly restore: () => Promise<void>; readonly forget: () => void } | undefined;
  let writer = await server.writer();
  await operations.populate(writer);
  let done: string[] = [];
  let refused = 0;
  const interrupt = async (work: () => Promise<unknown>): Promise<void> => {
    await writer[Symbol.asyncDispose]();
    await work();
    writer = await server.writer();
  };
  try {
    for (let at = 0; at < count; at += 1) {
      const chance = random();
      if (chance < 0.01) await interrupt(() => server.restart()).then(() => done.push("restart"));
      else if (chance < 0.02)
        await interrupt(async () => {
          if (backup === undefined) backup = { restore: await story.backUp(), forget: operations.save() };
          else {
            await backup.restore();
            backup.forget();
            backup = undefined;
          }
        }).then(() => done.push(backup === undefined ? "backup put back" : "backup"));
      else done.push(await operations.next(writer));
      if (done.at(-1)?.startsWith("refused") === true) refused += 1;
      if (random() > 0.35 && at < count - 1) continue;
      // A server's clock counts seconds where it says when an entry was made.
      if (random() < 0.05) await wait(1_000);
      else if (story.settles !== undefined) await wait(story.settles);
      const { how, drift, kept } = await keeper.read();
      reads[how] += 1;
      people = Math.max(people, kept.users.length);
      memberships = Math.max(
        memberships,
        kept.groups.reduce((sum, group) => sum + group.members.length, 0),
      );
      if (drift.length > 0) return { operations: at + 1, refused, reads, people, memberships, wrong: { done, drift } };
      done = [];
    }
  } finally {
    await writer[Symbol.asyncDispose]();
  }
  return { operations: count, refused, reads, people, memberships };
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
