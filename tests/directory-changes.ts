/** Reading on from an earlier read, beside a whole read of the same moment: the two have to say the same. */
import * as fc from "fast-check";
import type { Resolved } from "../src/config/field.ts";
import { applyChanges, findDrift, type Read, type ReadChanges } from "../src/core/changes.ts";
import type { DirectoryId } from "../src/core/entry.ts";
import type { Directory, DirectoryDependencies, Page } from "../src/directories/directory.ts";
import { readWhole } from "./directory-world.ts";

/** A read with the cursor that its End page gave. */
export interface Stored extends Read {
  readonly cursor: string;
}

export interface ReadOn {
  readonly pages: readonly Page[];
  /** Whether the directory was read whole instead. */
  readonly isFull: boolean;
  /** The earlier read with what came since. */
  readonly stored: Stored;
  /** Who differs from a whole read of this moment. */
  readonly drift: readonly DirectoryId[];
}

export const readFirst = async <Config>(
  directory: Directory<Config>,
  config: Resolved<Config>,
  dependencies: DirectoryDependencies,
): Promise<Stored> => {
  const { users, groups, pages } = await readWhole(directory, config, dependencies);
  return { users, groups, cursor: cursorOf(pages) };
};

/** `afterwards` is called when it has been read, before the whole read to compare with. */
export const readOn = async <Config>(
  directory: Directory<Config>,
  config: Resolved<Config>,
  dependencies: DirectoryDependencies,
  from: Stored,
  afterwards: () => void = () => {},
): Promise<ReadOn> => {
  await using open = await directory.open(config, dependencies);
  const pages: Page[] = [];
  for await (const page of open.read({ cursor: from.cursor, stored: async () => from })) pages.push(page);
  const isFull = pages.some((page) => "end" in page && page.end === "full");
  const changes: ReadChanges = {
    users: pages.flatMap((page) => ("users" in page ? page.users : [])),
    groups: pages.flatMap((page) => ("groups" in page ? page.groups : [])),
    gone: pages.flatMap((page) => ("gone" in page ? page.gone : [])),
    members: pages.flatMap((page) => ("members" in page ? page.members : [])),
  };
  const read = isFull ? changes : applyChanges(from, changes);
  afterwards();
  const whole = await readWhole(directory, config, dependencies);
  const { users, groups } = read;
  return { pages, isFull, stored: { users, groups, cursor: cursorOf(pages) }, drift: findDrift(read, whole) };
};

/** Reads whole, then on after each of some moments, which `change` makes true on the server. */
export const readThrough = async <Config, User>(
  directory: Directory<Config>,
  config: Resolved<Config>,
  dependencies: DirectoryDependencies,
  later: readonly Moment<User>[],
  change: (moment: Moment<User>) => void,
): Promise<Pick<ReadOn, "isFull" | "drift">[]> => {
  const reads: Pick<ReadOn, "isFull" | "drift">[] = [];
  let stored = await readFirst(directory, config, dependencies);
  for (const moment of later) {
    change(moment);
    await dependencies.now.sleep(moment.minutes * 60_000);
    const { isFull, drift, stored: next } = await readOn(directory, config, dependencies, stored);
    reads.push({ isFull, drift });
    stored = next;
  }
  return reads;
};

const cursorOf = (pages: readonly Page[]): string => {
  const end = pages.at(-1);
  return (end !== undefined && "end" in end ? end.cursor : undefined) ?? "";
};

/** Who and what is there at one moment, by short names; members name people and groups that are there. */
export interface Moment<User> {
  readonly users: readonly (User & { readonly id: string })[];
  readonly groups: readonly { readonly id: string; readonly name: string; readonly members: readonly string[] }[];
  /** Minutes since the moment before. */
  readonly minutes: number;
}

/** How a directory is at first, and how it is later. */
export interface Story<User> {
  readonly first: Moment<User>;
  readonly later: readonly Moment<User>[];
}

/**
 * A few moments of one directory, each following from the one before by anything: people and groups that come, go, change
 * and come back, members of every kind (`nested`: groups too).
 */
export const stories = <User>(user: fc.Arbitrary<User>, nested: boolean): fc.Arbitrary<Story<User>> => {
  const someone = fc.constantFrom("u1", "u2", "u3", "u4", "u5", "u6");
  const team = fc.constantFrom("g1", "g2", "g3", "g4");
  const anything = fc.record({
    users: fc.uniqueArray(fc.tuple(someone, user), { selector: ([id]) => id }),
    groups: fc.uniqueArray(
      fc.record({
        id: team,
        name: fc.constantFrom("Sales", "Board"),
        members: fc.uniqueArray(nested ? fc.oneof(someone, team) : someone),
      }),
      { selector: ({ id }) => id },
    ),
    minutes: fc.constantFrom(0, 1, 30),
  });
  const moment = anything.map(({ users, groups, minutes }): Moment<User> => {
    const there = new Set([...users.map(([id]) => id), ...groups.map(({ id }) => id)]);
    return {
      users: users.map(([id, one]) => ({ ...one, id })),
      groups: groups.map((group) => ({ ...group, members: group.members.filter((id) => there.has(id)) })),
      minutes,
    };
  });
  return fc.record({ first: moment, later: fc.array(moment, { minLength: 1, maxLength: 3 }) });
};
