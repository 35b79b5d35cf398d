import type { Desired } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { DirectoryId } from "../entry.ts";
import type { GroupLink, Mark, PersonLink } from "../link.ts";
import type { OrganizationState } from "../organization-state.ts";
import type { Baseline, Change } from "../plan.ts";

/** The settings of a profile that decide what a difference leads to; product: rules of a sync. */
export interface DiffSettings {
  readonly users: boolean;
  readonly groups: boolean;
  readonly joiners: "invite" | "stage";
  readonly leavers: {
    readonly disabled: "keep" | "revoke" | "remove";
    readonly gone: "keep" | "revoke" | "remove";
    /** Days. */
    readonly wait: number;
    /** Days after a revocation; absent = never. */
    readonly removeAfter?: number | undefined;
  };
  readonly groupsGone: "keep" | "empty" | "remove";
  readonly keepManualMembers: boolean;
  readonly addressChange: "wait" | "replace";
  /** Addresses that are never revoked or removed, lower case. */
  readonly protect: ReadonlySet<string>;
}

/** What the server can do for us; a missing ability turns a change into a milder one or a note. */
export interface ServerAbilities {
  /** The organization can be read: official servers. Without it links are all we know. */
  readonly readable: boolean;
  readonly remove: boolean;
  readonly renameGroup: boolean;
  readonly removeGroup: boolean;
  /** Addresses of owners where they cannot be read; undefined = not given, so nobody is taken away. */
  readonly owners?: ReadonlySet<string> | undefined;
}

export interface DiffInput {
  readonly desired: Desired;
  readonly people: readonly PersonLink[];
  readonly groups: readonly GroupLink[];
  /** Absent: not read (nothing to ask, or not possible); links stand for it. */
  readonly organization?: OrganizationState | undefined;
  readonly marks: readonly Mark[];
  readonly settings: DiffSettings;
  readonly server: ServerAbilities;
  /** Milliseconds since 1970: when the read behind `desired` ended. */
  readonly now: number;
  /** How long after the first read that missed somebody a second one counts: 30 minutes, 0 for a plan that somebody reviews. */
  readonly secondReadAfter: number;
  /** Whose departure somebody accepted, as `person <id>` or `group <id>`: for them a second read counts at once. */
  readonly accepted?: ReadonlySet<string> | undefined;
  /** The selection or the directory is another one than at the last good run: groups that left it are kept. */
  readonly selectionChanged: boolean;
  /** Another directory than at the last good run: its ids mean nothing yet, so nobody is missing. */
  readonly directoryChanged: boolean;
  /** What somebody said about what is there already, where it cannot be read. */
  readonly baseline?: Baseline | undefined;
  /** External ids of people that another profile of this store manages in the same organization, and its name. */
  readonly elsewhere: ReadonlyMap<string, string>;
  /** Those of them whom it only recorded as sent before, so that the organization may know them by another id. */
  readonly unsentElsewhere?: ReadonlySet<string> | undefined;
}

/** Bookkeeping that no row carries: written with the run, whatever the guards say. */
export interface LinkUpdates {
  readonly people: PersonLink[];
  readonly groups: GroupLink[];
  /** Directory ids of links that end: gone from the directory in two complete reads, and from the organization. */
  readonly gonePeople: string[];
  readonly goneGroups: string[];
}

export interface DiffResult {
  readonly changes: Change[];
  readonly notes: Diagnostic[];
  readonly updates: LinkUpdates;
  readonly unchangedPeople: number;
  readonly unchangedGroups: number;
  readonly strangers: number;
}

/** What groups need to know of everybody: the outcome of the people's part. */
export interface Standing {
  /** Directory id → external id of everybody who is (or will be) in the organization and follows the directory's memberships. */
  readonly following: ReadonlyMap<DirectoryId, string>;
  /** External ids of linked people who keep the memberships last applied. */
  readonly staying: ReadonlySet<string>;
  /** External ids of people whose membership of the organization ends with this plan. */
  readonly leaving: ReadonlySet<string>;
  /** External ids that the organization may not know, since neither we nor this plan sent them: external id → name. */
  readonly unsent: ReadonlyMap<string, string>;
  /** The same of people without a link, by directory id. */
  readonly unsentPeople: ReadonlyMap<DirectoryId, string>;
  /** External ids of linked people who lost theirs in the organization: a group can neither take them in nor let them go. */
  readonly fixed: ReadonlySet<string>;
  /** External ids of linked people that were changed in the organization: as we knew it → as it is. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Linked members who lost their external id: GUID → the one we know them by. */
  readonly unnamed: ReadonlyMap<string, string>;
  /** GUIDs of those of them who stay without one: an import of a group would throw them out. */
  readonly nameless: ReadonlySet<string>;
}

export const day = 86_400_000;
