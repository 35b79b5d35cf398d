import { Fault } from "../../src/core/fault.ts";
import type { SourceGroup, SourceUser } from "../../src/core/entry.ts";
import type { OpenDirectory, Page, Since } from "../../src/directories/directory.ts";

/** A directory of the story. Entries are named by their ids. */
export interface DirectoryContent {
  people: readonly (string | Person)[];
  groups: readonly Group[];
  /** What makes it this directory; `the directory` unless given. */
  identity?: string;
  /** The read ends, or fails, after the people. */
  broken?: "no end" | "fails";
  /** How often it was read. */
  reads?: number;
  /** It tells what changed since a read; `blind` is whom it forgets to tell about. */
  tells?: { readonly blind?: readonly string[] };
  /** How its reads ended, in order. */
  ends?: ("full" | "changes")[];
}

/** `ann` stands for the id `ann`, the address `ann@firm.test` and the name `ann`. */
export interface Person {
  readonly id: string;
  /** Undefined = none. */
  readonly email?: string | undefined;
  readonly name?: string;
  readonly externalId?: string;
  readonly state?: SourceUser["state"];
  readonly disabledFrom?: number;
  readonly selected?: boolean;
}

export interface Group {
  readonly id: string;
  /** The id unless given. */
  readonly name?: string;
  readonly externalId?: string;
  /** Ids of people and groups. */
  readonly members: readonly string[];
  readonly selected?: boolean;
}

export const person = (id: string, more: Partial<Person> = {}): Person => ({ id, email: `${id}@firm.test`, ...more });
export const disabled = (id: string): Person => person(id, { state: "disabled" });
export const group = (id: string, ...members: readonly string[]): Group => ({ id, members });
/** `p1 … pn` */
export const many = (count: number, prefix = "p"): string[] =>
  Array.from({ length: count }, (_item, index) => `${prefix}${index + 1}`);

export const openDirectoryOf = (content: DirectoryContent): OpenDirectory => ({
  identity: async () => content.identity ?? "the directory",
  check: async () => [],
  read: (since) => pages(content, since),
  lookup: async () => undefined,
  [Symbol.asyncDispose]: async () => {},
});

async function* pages(content: DirectoryContent, since: Since | undefined): AsyncGenerator<Page> {
  content.reads = (content.reads ?? 0) + 1;
  const users = content.people.map((one) => userOf(typeof one === "string" ? person(one) : one));
  const cursor = JSON.stringify(
    [...users, ...content.groups.map(groupOf)].map((entry) => [entry.id, JSON.stringify(entry)]),
  );
  const tell = (end: "full" | "changes"): Page => {
    content.ends = [...(content.ends ?? []), end];
    return content.tells === undefined ? { end } : { end, cursor };
  };
  if (content.tells !== undefined && since !== undefined && content.broken === undefined) {
    const before = new Map<string, string>(JSON.parse(since.cursor));
    const isNew = (entry: SourceUser | SourceGroup): boolean =>
      before.get(entry.id) !== JSON.stringify(entry) && content.tells?.blind?.includes(entry.id) !== true;
    const now = new Set([...users, ...content.groups].map(({ id }) => id));
    yield { users: users.filter(isNew) };
    yield { groups: content.groups.map(groupOf).filter(isNew) };
    yield { gone: [...before.keys()].filter((id) => !now.has(id) && content.tells?.blind?.includes(id) !== true) };
    yield tell("changes");
    return;
  }
  for (let start = 0; start < users.length; start += 1_000) yield { users: users.slice(start, start + 1_000) };
  if (content.broken === "fails")
    throw new Fault("directory.unreachable", { host: "dc1.firm.test", reason: "ECONNRESET" });
  if (content.broken === "no end") return;
  yield { groups: content.groups.map(groupOf) };
  yield tell("full");
}

const userOf = ({
  id,
  email,
  name = id,
  externalId = id,
  state = "enabled",
  selected = true,
  disabledFrom,
}: Person): SourceUser => ({
  id,
  externalId,
  name,
  state,
  selected,
  ...(email === undefined ? {} : { email }),
  ...(disabledFrom === undefined ? {} : { disabledFrom }),
});

const groupOf = ({ id, name = id, externalId = id, members, selected = true }: Group): SourceGroup => ({
  id,
  externalId,
  name,
  selected,
  members: members.map((member) => ({ id: member })),
});
