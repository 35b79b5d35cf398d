import type { Diagnostic } from "./diagnostic.ts";
import type { DirectoryId } from "./entry.ts";
import type { Because } from "./plan.ts";

/** What the directory and the settings ask for: the result of normalise, resolve and select; the input of diff. */
export interface Desired {
  /** Selected people with a valid address, by directory id. */
  readonly people: ReadonlyMap<DirectoryId, DesiredPerson>;
  readonly groups: ReadonlyMap<DirectoryId, DesiredGroup>;
  /** In the directory, but left out (bad or double address …) or not selected: id → why. */
  readonly leftOut: ReadonlyMap<DirectoryId, Because>;
  /** Left out for their address alone, and disabled: whoever is linked among them is a leaver like anybody disabled. */
  readonly leftOutDisabled?: ReadonlySet<DirectoryId>;
  readonly unselected: ReadonlyMap<DirectoryId, Because>;
  /** Groups that are in the directory but not selected or left out. */
  readonly otherGroups: ReadonlyMap<DirectoryId, Because>;
  /** External ids of everybody in the directory, whether they take part or not; deleted people are not there. */
  readonly externalIds: ReadonlySet<string>;
  readonly notes: readonly Diagnostic[];
}

export interface DesiredPerson {
  readonly id: DirectoryId;
  /** What we propose to the organization for somebody new. */
  readonly externalId: string;
  /** Trimmed, lower case, valid. */
  readonly email: string;
  readonly name?: string;
  readonly state: "enabled" | "disabled";
}

export interface DesiredGroup {
  readonly id: DirectoryId;
  readonly externalId: string;
  readonly name: string;
  /** Directory ids of its people, nested groups expanded; may name people that are not desired. */
  readonly members: readonly DirectoryId[];
  /** Members that it, or a group inside that counts, names and that nobody of the read bears. */
  readonly unresolved?: number;
}
