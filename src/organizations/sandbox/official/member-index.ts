/** Members by externalId as every import needs them, kept from one import to the next, since a first sync sends dozens. */
import { isBlank } from "../state.ts";
import type { Member, State } from "../state.ts";
import { serverError } from "./errors.ts";

export interface MemberIndex {
  readonly known: Map<string, Member>;
  /** Members without an externalId, in the order they came. */
  readonly unlinked: Member[];
}

/** The members an index was made of, each with the externalId it had then. */
interface Kept extends MemberIndex {
  readonly members: Member[];
  readonly ids: (string | null)[];
}

const kept = new WeakMap<State, Kept>();

/**
 * Whoever uses the index may add to `known`, or take out of it, what they do to the members. It is taken up again only
 * where the members still are those it was made of, under the same ids, with new ones behind them, and it holds nobody
 * else; anything else makes a new one. Two rows with one externalId break every import until somebody repairs them.
 */
export function indexMembers(state: State): MemberIndex {
  const before = stillTrue(state, kept.get(state));
  kept.delete(state);
  const index = before !== undefined && extend(state, before) && isWhole(before) ? before : newIndex(state);
  kept.set(state, index);
  return index;
}

function newIndex(state: State): Kept {
  const index: Kept = { known: new Map(), unlinked: [], members: [], ids: [] };
  if (!extend(state, index)) throw serverError();
  return index;
}

/** Everybody is in it, so one more means somebody who was added and is gone again. */
const isWhole = ({ known, unlinked, members }: Kept): boolean => known.size + unlinked.length === members.length;

/** Adds those who came since; false where somebody else has the id of one. */
function extend(state: State, index: Kept): boolean {
  let place = 0;
  for (const member of state.members.values()) {
    place += 1;
    if (place > index.members.length && !add(index, member)) return false;
  }
  return true;
}

function stillTrue(state: State, index: Kept | undefined): Kept | undefined {
  if (index === undefined || index.members.length > state.members.size) return undefined;
  let place = 0;
  for (const member of state.members.values()) {
    if (place === index.members.length) break;
    if (index.members[place] !== member || index.ids[place] !== member.externalId) return undefined;
    place += 1;
  }
  return index;
}

/** The one whom an import adds is in the index by then, as itself. */
function add(index: Kept, member: Member): boolean {
  const { externalId } = member;
  if (externalId === null || isBlank(externalId)) index.unlinked.push(member);
  else {
    if ((index.known.get(externalId) ?? member) !== member) return false;
    index.known.set(externalId, member);
  }
  index.members.push(member);
  index.ids.push(externalId);
  return true;
}
