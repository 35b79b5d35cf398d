import type { Diagnostic } from "../core/diagnostic.ts";
import type { DirectoryId, SourceGroup, SourceUser } from "../core/entry.ts";
import type { GroupLink, Mark, PersonLink } from "../core/link.ts";
import type { Action, Because, Change, PlanHeader, PlanRow } from "../core/plan.ts";
import type { Schedule } from "../core/schedule.ts";

/**
 * Everything that outlives a run. Asynchronous and in batches, so that a store for fleets can stand behind it.
 * Times are milliseconds since 1970 and arrive as arguments. Every write inside a run carries the run's lease and
 * fails with Fault `lease.lost` when that lease is no longer held.
 */
export interface Store extends AsyncDisposable {
  /** Version of the layout, and where it lives, for `data-file` and `doctor`. */
  describe(): Promise<{ readonly layout: number; readonly location: string }>;

  /** Takes the lease or says who holds it. `staleMs`: a holder without a heartbeat that long is taken over. */
  acquire(request: LeaseRequest): Promise<Lease | { readonly heldBy: LeaseHolder }>;
  holder(name: string, now: number, staleMs: number): Promise<LeaseHolder | undefined>;
  /** Asks whoever holds the lease to stop, in whatever process; false when nobody does. `Lease.isAskedToStop` tells them. */
  askToStop(name: string): Promise<boolean>;

  state(profile: string): Promise<ProfileState>;
  /** Keys given as undefined are forgotten, those not given stay. */
  saveState(profile: string, change: StateChange, lease?: Lease): Promise<void>;
  /**
   * Forgets cursors, the last read and what was read of the organization; never links, marks, runs, guards' history, or
   * what groups called whom.
   */
  clearCache(profile: string): Promise<void>;
  forgetProfile(profile: string): Promise<void>;

  links(profile: string): Promise<Links>;
  /** Mail domains of the directory's addresses of everybody the profile manages. */
  domains(profile: string): Promise<readonly string[]>;
  /** One transaction; `gone` ends links. */
  saveLinks(profile: string, change: LinkChange, lease?: Lease): Promise<void>;
  /** People's names, else addresses, by external id: whom the profile manages or the last read held. */
  names(profile: string, externalIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Which other profile of this store manages a person of the same organization: external id → that profile. */
  owners(organization: string, exceptProfile: string): Promise<ReadonlyMap<string, Owner>>;

  marks(profile: string): Promise<readonly Mark[]>;
  saveMarks(profile: string, add: readonly Mark[], drop: readonly Mark[]): Promise<void>;

  snapshot(profile: string): Promise<StoredSnapshot | undefined>;
  /** Of the stored snapshot's people and groups in the order they were read. */
  fingerprint(profile: string): Promise<string | undefined>;
  /**
   * Writes only what differs from the stored one; returns how many rows that were. In the same transaction the state gets
   * the cursor that belongs to this read, or loses the one of another, and `quiet` is forgotten. The first one of a
   * profile, under a lease, is written in parts that let other work in between, and is there when all of it is.
   */
  saveSnapshot(profile: string, snapshot: StoredSnapshot & ReadCursor, lease?: Lease): Promise<number>;
  /**
   * Whom references meant that the last read's entries bear, or that entries of reads before it bore last: reference →
   * immutable id; those never borne are left out. Outlives a changed read and a cleared cache.
   */
  earlierNames(profile: string, references: readonly string[]): Promise<ReadonlyMap<string, DirectoryId>>;
  /** The directory still is what the stored read holds: only its time and its cursor are new. */
  confirmSnapshot(profile: string, read: { readonly readAt: number } & ReadCursor, lease?: Lease): Promise<void>;

  /** What the profile's settings make of the stored read; kept until the next one or `clearCache`. */
  saveVerdicts(profile: string, verdicts: Verdicts, lease?: Lease): Promise<void>;
  /** People of the stored read, by name. Whoever has no verdict of their own takes part. */
  listPeople(profile: string, query: PeopleQuery): Promise<Listed<ReadPerson>>;
  /** Groups of the stored read, by name. */
  listGroups(profile: string, query: ListQuery): Promise<Listed<ReadGroup>>;
  /** When the stored read ended. */
  readAt(profile: string): Promise<number | undefined>;

  beginRun(run: NewRun, lease?: Lease): Promise<number>;
  /** Keeps a plan's rows and notes with its run, in batches. */
  saveRows(run: number, rows: readonly PlanRow[], lease?: Lease): Promise<void>;
  saveNotes(run: number, notes: readonly Diagnostic[], lease?: Lease): Promise<void>;
  updateRun(run: number, change: RunUpdate, lease?: Lease): Promise<void>;
  /**
   * The journal. `intent` before a request, the outcome after it, and the links it settles in the same transaction,
   * so that a kill between any two steps loses nothing. Several entries are one transaction.
   */
  journal(
    run: number,
    entry: JournalEntry | readonly JournalEntry[],
    links: { profile: string; change: LinkChange } | undefined,
    lease?: Lease,
  ): Promise<void>;

  run(id: number): Promise<Run | undefined>;
  runs(query: RunQuery): Promise<{ readonly rows: readonly Run[]; readonly next?: number; readonly total: number }>;
  rows(
    run: number,
    query?: RowQuery,
  ): Promise<{ readonly rows: readonly StoredRow[]; readonly next?: number; readonly total: number }>;
  notes(run: number, query?: { readonly search?: string; readonly subject?: string }): Promise<readonly Diagnostic[]>;
  /** Rows of a run as people look through them: by name. */
  listRows(run: number, query: RowListQuery): Promise<Listed<StoredRow>>;
  /** Notes about people and groups, by name; `codes`: those, or with a dot at the end all that begin so. */
  listNotes(run: number, query: ListQuery & { readonly codes: readonly string[] }): Promise<Listed<Diagnostic>>;
  /** How many rows of each action and state a run has. */
  countRows(
    run: number,
  ): Promise<readonly { readonly action: Action; readonly state: RowState; readonly count: number }[]>;
  /**
   * Rows of every run of the profile that changed something about one person, newest first, those of groups they were
   * put in or taken out of included, with nobody else in `add` and `remove`. `who`: directory id, external id or address.
   */
  history(
    profile: string,
    who: string,
    limit: number,
  ): Promise<readonly (StoredRow & { readonly run: number; readonly at: number })[]>;
  /** Runs that a kill left open: begun, not ended, and no live lease. */
  openRuns(profile: string): Promise<readonly Run[]>;
  /** People whom the profile manages or ever changed something of, by part of a name, an address or an id; those managed first. */
  find(profile: string, search: string, limit: number): Promise<readonly FoundPerson[]>;
  /** How the profile grew since a time, by day, and whom and how many groups it manages now. Days on which nothing ran are not there. */
  numbers(
    profile: string,
    since: number,
  ): Promise<{ readonly days: readonly DayNumbers[]; readonly people: number; readonly groups: number }>;
  /** Changes done since `since` that nobody accepted or undid: what the guards add to a plan. */
  recentChanges(profile: string, since: number): Promise<readonly Change[]>;
  markUndone(run: number, rows: readonly number[], byRun: number): Promise<void>;
  /** The newest recorded plan whose digest starts with these characters (6 at least). */
  planByDigest(profile: string, digest: string): Promise<Run | undefined>;
  /**
   * Drops runs with changes that ended before `changed`, and thins those that changed nothing and ended before
   * `unchanged` to the newest of a day and outcome. Plans that nothing was applied of keep their rows while they are
   * among the newest.
   */
  prune(profile: string, limits: { readonly changed: number; readonly unchanged: number }): Promise<void>;

  /** Sealed text by key (access tokens, the installation's id). */
  value(key: string): Promise<string | undefined>;
  saveValue(key: string, value: string | undefined): Promise<void>;

  audit(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  audits(query: AuditQuery): Promise<readonly AuditEntry[]>;
}

export interface LeaseRequest {
  /** `profile:<id>` or `organization:<id>` */
  readonly name: string;
  readonly holder: Omit<LeaseHolder, "since" | "seen" | "progress">;
  readonly now: number;
  readonly staleMs: number;
}

export interface LeaseHolder {
  /** What it does: `sync`, `apply`, `test`, `clear-cache` … */
  readonly what: string;
  readonly who: string;
  readonly host: string;
  readonly pid: number;
  readonly since: number;
  /** The last heartbeat. */
  readonly seen: number;
  /** How far it is, as it said last. */
  readonly progress?: RunProgress;
}

/** A held lease. `fence` grows with every acquisition and is compared before each request and commit. */
export interface Lease {
  readonly name: string;
  readonly fence: number;
  /** Heartbeat; Fault `lease.lost` when somebody else took it over. */
  renew(now: number): Promise<void>;
  /** Throws Fault `lease.lost` unless still held. */
  check(): Promise<void>;
  /** Keeps how far the holder is. */
  report(progress: RunProgress): Promise<void>;
  /** Whether somebody asked the holder to stop. */
  isAskedToStop(): Promise<boolean>;
  release(): Promise<void>;
}

/** What hangs on a profile besides links and runs. */
export interface ProfileState {
  /** Counts the runs that changed something; part of every plan. */
  readonly generation: number;
  /** Fingerprints of the ends and of the selection at the last good run. */
  readonly directory?: string;
  readonly organization?: string;
  readonly selection?: string;
  /** The configuration's keys of the last good run, flattened, secrets as references: tells what changed since. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where a read of changes goes on from: belongs to the stored snapshot. */
  readonly cursor?: string;
  /** The selection and the directory it is for. */
  readonly cursorFor?: string;
  /** Reads of changes since the last full read. */
  readonly changesReads?: number;
  /** The newest complete read led to a plan without a row, and says when the same read leads to it again. */
  readonly quiet?: Quiet;
  readonly lastGoodRun?: number;
  readonly lastUsersRun?: number;
  readonly lastGroupsRun?: number;
  /** Last reading of the whole organization (drift check). */
  readonly lastFullRead?: number;
  readonly firstApplied?: number;
  readonly paused?: { readonly at: number; readonly by: string; readonly why?: string };
  /** Mail domains this profile has had. */
  readonly domains?: readonly string[];
  readonly failures?: { readonly count: number; readonly since: number; readonly code: string };
  /** Polling, while it is on. */
  readonly schedule?: Schedule;
}

/** What has to be as it was for an unchanged directory to need no new comparison. */
export interface Quiet {
  /** The run whose plan and notes hold still. */
  readonly run: number;
  readonly generation: number;
  /** A digest of the configuration and of the reader's notes, as far as a plan depends on them. */
  readonly settings: string;
  /** When time alone may change something. */
  readonly until?: number;
}

export type StateChange = { readonly [Key in keyof ProfileState]?: ProfileState[Key] | undefined };

/** Who manages a person: the profile's id, and whether it only recorded them as sent before (`PersonLink.recorded`). */
export interface Owner {
  readonly profile: string;
  readonly recorded: boolean;
}

export interface Links {
  readonly people: readonly PersonLink[];
  readonly groups: readonly GroupLink[];
}

export interface LinkChange {
  readonly people?: readonly PersonLink[];
  readonly groups?: readonly GroupLink[];
  readonly gonePeople?: readonly DirectoryId[];
  readonly goneGroups?: readonly DirectoryId[];
}

/** The last complete read; `readAt` is when it ended. */
export interface StoredSnapshot {
  readonly readAt: number;
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
  /** `fingerprintOf` its people and groups, where somebody took it already. */
  readonly fingerprint?: string;
}

/** The cursor that belongs to a read; absent where its directory cannot tell what changes. */
export interface ReadCursor {
  readonly cursor?: { readonly text: string; readonly for: string; readonly changesReads: number };
}

export type RunKind = "test" | "plan" | "apply" | "sync" | "undo";
export type RunOutcome =
  | "unchanged"
  | "planned"
  | "done"
  | "incomplete"
  | "guard"
  | "failed"
  | "interrupted"
  | "refused";

export interface NewRun {
  readonly profile: string;
  readonly organization: string;
  readonly kind: RunKind;
  readonly startedAt: number;
  readonly who: string;
  readonly host: string;
}

export interface Run extends NewRun {
  readonly id: number;
  readonly endedAt?: number;
  readonly outcome?: RunOutcome;
  readonly header?: PlanHeader;
  /** Who accepted it and how (`apply file`, `--accept`, a button). */
  /** `since`: how long it has been accepted, when what somebody looked at was made (milliseconds since 1970). */
  readonly accepted?: { readonly by: string; readonly how: string; readonly since?: number };
  readonly guards?: readonly { readonly code: string; readonly params: Readonly<Record<string, string | number>> }[];
  readonly fault?: { readonly code: string; readonly params: Readonly<Record<string, unknown>> };
  /** People read, groups read, done, refused …; for the headline. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Of an undo: the run it reverses. */
  readonly undoes?: number;
}
export type RunUpdate = Partial<Omit<Run, "id" | "profile" | "organization" | "kind" | "startedAt" | "who" | "host">>;

export interface FoundPerson {
  /** The directory's. */
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  /** `former`: no longer managed. */
  readonly state: "managed" | "revoked" | "former";
}

/** One day of a profile, `2026-11-25` in this computer's time. */
export interface DayNumbers {
  readonly day: string;
  /** Managed, the revoked ones too, before the day's first plan; absent where that day had none. */
  readonly people?: number;
  readonly groups?: number;
  /** People whose access changed that day, and those of them who lost it. */
  readonly changed: number;
  readonly lost: number;
}

/** `skipped` = held by a guard or no longer applicable; `undone` names the run that took it back. */
export type RowState = "planned" | "intent" | "done" | "refused" | "unknown" | "skipped";
export interface StoredRow extends PlanRow {
  readonly state: RowState;
  readonly detail?: string;
  /** Accepted by a person: not counted by the guards later. */
  readonly accepted: boolean;
  readonly undoneBy?: number;
}

export interface JournalEntry {
  readonly rows: readonly number[];
  /** `planned` takes an intent back: the request was surely not carried out. */
  readonly state: RowState;
  readonly at: number;
  readonly detail?: string;
  readonly accepted?: boolean;
}

export interface RunQuery {
  readonly profile?: string;
  readonly limit: number;
  readonly before?: number;
  readonly changedOnly?: boolean;
}
export interface RowQuery {
  /** 500 unless given. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: number;
  /** Part of a name, address or directory id, without regard to letter case. */
  readonly search?: string;
  readonly actions?: readonly string[];
  /** The whole directory id, external id or address. */
  readonly subject?: string;
  readonly states?: readonly RowState[];
}

/** A part of a list, wherever it lies in it. */
export interface ListQuery {
  /** As in `RowQuery`. */
  readonly search?: string;
  /** Position of the first one, from 0. */
  readonly offset: number;
  readonly limit: number;
}
export interface Listed<Row> {
  readonly rows: readonly Row[];
  /** Of the whole list. */
  readonly total: number;
}
export interface RowListQuery extends ListQuery {
  readonly actions: readonly Action[];
}
export interface PeopleQuery extends ListQuery {
  readonly states?: readonly SourceUser["state"][];
  /** Whether they take part; both when absent. */
  readonly selected?: boolean;
  /** Leaves out whom this run has a row about. */
  readonly withoutRun?: number;
}

/** What settings make of a read: people who do not take part, and all groups. */
export interface Verdicts {
  readonly people: ReadonlyMap<DirectoryId, Because>;
  readonly groups: readonly GroupVerdict[];
}
export interface GroupVerdict {
  readonly id: DirectoryId;
  /** Why it does not take part. */
  readonly because?: Because;
  readonly members: number;
  /** Of its first members. */
  readonly names: readonly string[];
}

export interface ReadPerson extends Pick<SourceUser, "id" | "email" | "name" | "state"> {
  readonly because?: Because;
}
/** Members as the directory has them where nothing is known of those that count. */
export interface ReadGroup extends Pick<SourceGroup, "id" | "name">, Omit<GroupVerdict, "id"> {
  readonly selected: boolean;
}

export interface RunProgress {
  readonly stage: string;
  readonly done: number;
  readonly total?: number;
}

export interface AuditQuery {
  readonly profile?: string;
  /** One of these. */
  readonly what?: readonly string[];
  /** What `detail` begins with. */
  readonly detail?: string;
  /** Not later than this. */
  readonly until?: number;
  readonly limit: number;
}

export interface AuditEntry {
  readonly at: number;
  readonly who: string;
  /** `config.set`, `secret.set`, `login`, `run.accepted` … */
  readonly what: string;
  readonly profile?: string;
  readonly detail?: string;
}
