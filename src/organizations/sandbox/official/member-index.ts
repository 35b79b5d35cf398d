/** Members as every import looks them up, kept from one import to the next, since a first sync sends dozens. */
import { isBlank } from "../state.ts";
import type { Member, State } from "../state.ts";
import { serverError } from "./errors.ts";

export interface MemberIndex {
  readonly known: Map<string, Member>;
  /** Members without an externalId, in the order they came. */
  readonly unlinked: Member[];
  /** By their address in lower case. */
  readonly byAddress: ReadonlyMap<string, readonly Member[]>;
}

/** The members an index was made of, each with the externalId and the address it had then. */
interface Kept extends MemberIndex {
  readonly byAddress: Map<string, Member[]>;
  readonly members: Member[];
  readonly ids: (string | null)[];
  readonly addresses: string[];
}

const kept = new WeakMap<State, Kept>();

/**
 * Whoever uses the index may add to `known`, or take out of it, what they do to the members. It is taken up again only
 * where the members still are those it was made of, under the same ids and addresses, with new ones behind them, and it
 * holds nobody else; anything else makes a new one. Two rows with one externalId break every import until somebody
 * repairs them.
 */
export function indexMembers(state: State): MemberIndex {
  const before = kept.get(state);
  kept.delete(state);
  const index = before !== undefined && extend(state, before) && isWhole(before) ? before : newIndex(state);
  kept.set(state, index);
  return index;
}

function newIndex(state: State): Kept {
  const index: Kept = { known: new Map(), unlinked: [], byAddress: new Map(), members: [], ids: [], addresses: [] };
  if (!extend(state, index)) throw serverError();
  return index;
}

/** Everybody is in it, so one more means somebody who was added and is gone again. */
const isWhole = ({ known, unlinked, members }: Kept): boolean => known.size + unlinked.length === members.length;

/** Adds those who came since; false where somebody is not as they were, or somebody else has the id of one. */
function extend(state: State, index: Kept): boolean {
  const { members, ids, addresses } = index;
  const count = members.length;
  if (count > state.members.size) return false;
  let place = 0;
  for (const member of state.members.values()) {
    if (place >= count) {
      if (!add(index, member)) return false;
    } else if (members[place] !== member || ids[place] !== member.externalId || addresses[place] !== member.email)
      return false;
    place += 1;
  }
  return true;
}

/** The one whom an import adds is in the index by then, as itself. */
function add(index: Kept, member: Member): boolean {
  const { externalId, email } = member;
  if (externalId === null || isBlank(externalId)) index.unlinked.push(member);
  else {
    if ((index.known.get(externalId) ?? member) !== member) return false;
    index.known.set(externalId, member);
  }
  const address = email.toLowerCase();
  const others = index.byAddress.get(address);
  if (others === undefined) index.byAddress.set(address, [member]);
  else others.push(member);
  index.members.push(member);
  index.ids.push(externalId);
  index.addresses.push(email);
  return true;
}
