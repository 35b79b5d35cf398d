import type { Output } from "../rpc/contract.ts";
import type { Session } from "./session.ts";

export type Person = Output<"directory.people">["rows"][number];
export type Group = Output<"directory.groups">["rows"][number];

/** What the directory held at the last complete read, as far as a person wants to read it. */
export interface DirectoryPicture {
  readonly people: readonly Person[];
  readonly peopleTotal: number;
  readonly groups: readonly Group[];
  readonly groupsTotal: number;
  readonly states: Readonly<Record<Person["state"], number>>;
}

/** Counts everybody, keeps the first `most` of each kind. */
export const readTest = async (
  session: Session,
  profile: { readonly profile: string },
  most: number,
): Promise<DirectoryPicture> => {
  const people: Person[] = [];
  const groups: Group[] = [];
  const states = { enabled: 0, disabled: 0, deleted: 0 };
  let [peopleTotal, groupsTotal] = [0, 0];
  for await (const person of allPeople(session, profile)) {
    peopleTotal += 1;
    states[person.state] += 1;
    if (person.selected && people.length < most) people.push(person);
  }
  for await (const group of allGroups(session, profile)) {
    groupsTotal += 1;
    if (group.selected && groups.length < most) groups.push(group);
  }
  return { people, peopleTotal, groups, groupsTotal, states };
};

export const allPeople = (session: Session, profile: { readonly profile: string }): AsyncGenerator<Person> =>
  pages((cursor) => session.call("directory.people", { ...profile, ...cursor, limit: 500 }));

export const allGroups = (session: Session, profile: { readonly profile: string }): AsyncGenerator<Group> =>
  pages((cursor) => session.call("directory.groups", { ...profile, ...cursor, limit: 500 }));

async function* pages<Row>(
  ask: (cursor: { cursor?: number }) => Promise<{ readonly rows: readonly Row[]; readonly next?: number | undefined }>,
): AsyncGenerator<Row> {
  let cursor: number | undefined;
  do {
    const page = await ask(cursor === undefined ? {} : { cursor });
    yield* page.rows;
    cursor = page.next;
  } while (cursor !== undefined);
}
