import type { DirectoryId } from "./entry.ts";

/**
 * What we know of a person or group a profile manages (product: links). A link begins when we invite, stamp or adopt,
 * and ends when we removed the person or group. Only linked people and groups are ever taken anything away.
 */
export interface PersonLink {
  /** The directory's immutable id. */
  readonly id: DirectoryId;
  /** What the organization knows the person by; may differ from the directory's proposal for ever. */
  readonly externalId: string;
  /** The organization's address of the person, as last seen or sent. */
  readonly email: string;
  /** The directory's address as last accepted; another one in the directory is an address change. */
  readonly directoryEmail: string;
  readonly name?: string;
  /** The organization's GUID of the membership, where known. */
  readonly organizationId?: string;
  /** Set while they are revoked by us; a revocation by hand never sets it. */
  readonly revoked?: { readonly at: number; readonly cause: "disabled" | "gone" | "undo" | "readdress" };
  /** Milliseconds since 1970: the first complete read that did not find them. */
  readonly missingSince?: number;
  /** What the organization said at our last reading of it that stands against us: revoked, removed or restored by hand. */
  readonly byHand?: "revoked" | "removed" | "restored";
  /** Only recorded as sent before, by somebody's word: we have never sent them, so the organization may know them by another id. */
  readonly recorded?: true;
  /**
   * What a request whose answer was lost leaves open, where nobody can look: `invited`, the organization has them, or never
   * heard of them; `access`, they have access, or it is revoked; `readdressed`, the same at this address, and they may
   * have been invited at another.
   */
  readonly perhaps?: "invited" | "access" | "readdressed";
}

export interface GroupLink {
  readonly id: DirectoryId;
  readonly externalId: string;
  /** The organization's name of the group as last seen or sent. */
  readonly name: string;
  readonly organizationId?: string;
  /** Adopted without an external id, or holding members others put there: written by `PUT member-ids` only. */
  readonly writtenBy: "import" | "member-ids";
  /** External ids of the people we put in it, sorted by code unit. */
  readonly members: readonly string[];
  readonly missingSince?: number;
  /** What a request whose answer was lost may have changed, where nobody can look. */
  readonly perhaps?: PerhapsSent;
  /** Members that the last reads named and nobody of them bore, here or in groups inside. */
  readonly unresolved?: Unresolved;
  /** Left the selection because the selection changed: kept as it is until it is selected again. */
  readonly kept?: true;
}

export interface PerhapsSent {
  /** Whether the group is surely there; a lost answer to its creation leaves that open. */
  readonly there: boolean;
  /** External ids of people who are in it, or are not; none of them is in `members` unless a removal was lost. */
  readonly members: readonly string[];
}

export interface Unresolved {
  /** How many there were at the last read. */
  readonly count: number;
  /** Milliseconds since 1970: the read that first had as many. */
  readonly since: number;
}

/** A proposal that somebody accepted: the next plan carries it out. */
export interface Mark {
  readonly kind: "adopt" | "adopt-gone" | "restore" | "readdress";
  readonly subject: "person" | "group";
  /** Directory id for adopt, restore and readdress; the organization's GUID for adopt-gone. */
  readonly id: string;
  /** Who marked it. */
  readonly by: string;
  readonly at: number;
}
