import type { Found } from "../directory.ts";
import { readOne } from "./lists.ts";
import type { Session } from "./session.ts";
import { Group, toUser, User } from "./shapes.ts";

/** One person by id or any address, or one group by id or address, whatever the profile selects. */
export const lookUp = async (session: Session, text: string): Promise<Found | undefined> => {
  const wanted = text.trim();
  if (!/^[\w.@+'-]+$/u.test(wanted)) return undefined;
  const user = await readOne(session, "users", wanted, User, "somebody");
  if (user !== undefined) {
    const { id, email, name, state } = toUser(user);
    return {
      kind: "person",
      id,
      where: email ?? id,
      state,
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
    };
  }
  const group = await readOne(session, "groups", wanted, Group, "somebody");
  return group === undefined
    ? undefined
    : { kind: "group", id: group.id, where: group.email ?? group.id, name: group.name ?? "", state: "enabled" };
};
