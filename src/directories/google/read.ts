import type { Ref, SourceUser } from "../../core/entry.ts";
import { inParallel } from "../../http/in-parallel.ts";
import type { Page } from "../directory.ts";
import { ahead, readGroups, readMembers, readUsers, toGroup } from "./lists.ts";
import { createOutside, kindOf, type Outside } from "./outside.ts";
import type { Session } from "./session.ts";
import type { Member } from "./shapes.ts";

/** Everybody, then every group with its members; the End page only when all of it arrived. */
export async function* readDirectory(session: Session): AsyncGenerator<Page> {
  const { progress } = session;
  // Both lists are one page after another, so they are read beside each other.
  const reading = readGroups(session);
  // It may fail while people are still being read; whoever waits for it hears of it.
  reading.catch(() => {});
  const everybody: SourceUser[] = [];
  for await (const users of readUsers(session)) {
    everybody.push(...users);
    progress({ stage: "reading-people", done: everybody.length });
    yield { users };
  }
  const groups = await reading;
  const known = new Set([...everybody, ...groups].map(({ id }) => id));
  const outside = createOutside();
  let done = 0;
  for await (const { group, members } of inParallel(groups, ahead, (one) => readMembers(session, one))) {
    done += 1;
    progress({ stage: "reading-groups", done, total: groups.length });
    yield { groups: [toGroup(group, refsOf(members, everybody, known, outside), true)] };
  }
  yield* outside.notes();
  yield { end: "full" };
}

/** Who a group's members are: a member of the kind CUSTOMER is everybody of the organization. */
const refsOf = (
  members: readonly Member[],
  everybody: readonly SourceUser[],
  known: ReadonlySet<string>,
  outside: Outside,
): Ref[] => {
  const ids = new Set<string>();
  for (const member of members) {
    const kind = kindOf(member);
    const id = member.id ?? "";
    if (kind === "CUSTOMER") {
      for (const user of everybody) if (user.state !== "deleted" && user.selected) ids.add(user.id);
    } else if ((kind === "USER" || kind === "GROUP") && known.has(id)) ids.add(id);
    else outside.count(member);
  }
  return Array.from(ids, (id) => ({ id }));
};
