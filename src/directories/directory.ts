import type { z } from "zod";
import type { Resolved } from "../config/field.ts";
import type { Clock } from "../core/clock.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { DirectoryId, Ref, SourceGroup, SourceUser } from "../core/entry.ts";
import type { Log } from "../core/log.ts";
import type { Because } from "../core/plan.ts";
import type { Progress } from "../core/progress.ts";
import type { Http } from "../http/request.ts";
import type { Network } from "../http/network.ts";

/** Whether a directory can do a thing; `no` is a note code that says why not. */
export type Ability = "yes" | { readonly no: string };

export interface Abilities {
  readonly nestedGroups: Ability;
  readonly deletedUsers: Ability;
  readonly changes: Ability;
}

/** What a reader may use: everything with an effect on the world arrives here. */
export interface DirectoryDependencies {
  readonly http: Http;
  readonly network: Network;
  readonly log: Log;
  readonly progress: Progress;
  readonly now: Clock;
  readonly signal: AbortSignal;
  /** Told each finding of `check` as it is made, and of `open` what went well before a step that fails. */
  readonly found?: (finding: Diagnostic) => void;
  /** The profile's own selection in the directory's query language, handed through as typed; empty or absent selects all. */
  readonly filters?: NativeFilters;
}

/** For LDAP the whole text of `sync.userFilter` and `sync.groupFilter` (RFC 4515); a malformed one is Fault `filter.syntax`. */
export interface NativeFilters {
  readonly users?: string;
  readonly groups?: string;
  /** For Entra ID: groups are taken, or left out, by the administrative units they are in; ids as typed. */
  readonly administrativeUnits?: { readonly mode: "include" | "exclude"; readonly ids: readonly string[] };
}

/** A kind of directory. Adding one is a folder, a line in `configs.ts` and a line in `registry.ts`. */
export interface Directory<Config> {
  readonly id: string;
  readonly config: z.ZodType<Config>;
  readonly abilities: Abilities;
  /** Reads the profile's own selection as `open` will, without asking anybody; Fault `filter.syntax`. Absent where only the directory can tell. */
  readonly judgeFilters?: (filters: NativeFilters) => void;
  /** Connects and logs in; a Fault says what is wrong and what to do. */
  open(config: Resolved<Config>, dependencies: DirectoryDependencies): Promise<OpenDirectory>;
}

export interface OpenDirectory extends AsyncDisposable {
  /** What makes this directory this one (naming context, AD domain GUID, file path, tenant); never a host name. */
  identity(): Promise<string>;
  /** Can we log in, may we read what we need: one finding a step, in order. Never changes anything. */
  check(): Promise<Diagnostic[]>;
  /**
   * Pages of users, then of groups, last the End page. No End page = the read failed, whatever the loop did. With `since`
   * perhaps only what changed: the End page says which of both it was.
   */
  read(since?: Since): AsyncIterable<Page>;
  /** One entry without our filters, by address, name, id or what the directory calls it; for explain. */
  lookup?(text: string): Promise<Found | undefined>;
}

/** Opaque text of the vendor; one that no longer fits is answered with a full read. */
export type Cursor = string;

/** A complete read to go on from. */
export interface Since {
  readonly cursor: Cursor;
  /** What it read; loaded when it is first asked for. */
  stored(): Promise<StoredRead>;
}

export interface StoredRead {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
}

/**
 * Users and groups are whole entries; of a changes read each replaces the stored one of its id. `gone` and `members` are
 * of a changes read only. Its notes are all there are, not only the new ones.
 */
export type Page =
  | { readonly users: readonly SourceUser[] }
  | { readonly groups: readonly SourceGroup[] }
  | { readonly gone: readonly DirectoryId[] }
  | { readonly members: readonly MemberDelta[] }
  | { readonly notes: readonly Diagnostic[] }
  | { readonly end: "full" | "changes"; readonly cursor?: Cursor };

/** What a changes read says about one group's members, after its whole entry if that came too; removals come first. */
export interface MemberDelta {
  readonly group: DirectoryId;
  readonly add: readonly Ref[];
  readonly remove: readonly Ref[];
}

export interface Found {
  readonly kind: "person" | "group";
  readonly id: DirectoryId;
  /** What the directory calls it (a DN, a file and line …), for a person to read. */
  readonly where: string;
  readonly name?: string;
  readonly email?: string;
  readonly state: "enabled" | "disabled" | "deleted";
  /** Why a read does not take it, as far as the profile's own selection decides it; absent where it does. */
  readonly outside?: Because;
}

/** Keeps the config's type while the registry sees every directory alike. */
export const defineDirectory = <Config>(directory: Directory<Config>): Directory<Config> => directory;
