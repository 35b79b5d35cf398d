import type { SourceGroup, SourceUser } from "../../src/core/entry.ts";
import type { GroupLink, PersonLink } from "../../src/core/link.ts";
import type { PlanHeader, PlanRow } from "../../src/core/plan.ts";
import type { Lease, LeaseRequest, NewRun, Store, StoredRow } from "../../src/store/store.ts";

/** What a store brings to be tested. */
export interface StoreHarness {
  readonly name: string;
  /** An empty place of its own. */
  readonly place: () => Promise<StorePlace>;
}

/** Opening it twice is what two processes do. */
export interface StorePlace extends AsyncDisposable {
  readonly open: () => Promise<Store>;
  /** The place as a kill at this moment would leave it, while others go on with theirs. */
  readonly copy: () => Promise<StorePlace>;
}

export const organization = "44b3d1a5-39d0-4cf0-9d1d-15ac5ff9ba7b";
export const profile = `8d0e6bcd-34a8-4c4b-94ee-0a1dfcfa4d54/${organization}`;
export const otherProfile = `1f2a9d53-2a9c-4a0f-8f0b-0d4c6c5a1d11/${organization}`;
export const elsewhere = "8d0e6bcd-34a8-4c4b-94ee-0a1dfcfa4d54/7a1c1a9e-0000-4000-8000-000000000000";

/** Noon of a day, in milliseconds since 1970. */
export const noon = 1_769_000_400_000;
export const day = 86_400_000;

export const user = (name: string, more: Partial<SourceUser> = {}): SourceUser => ({
  id: `id-${name}`,
  externalId: `id-${name}`,
  email: `${name}@example.test`,
  name: `Name of ${name}`,
  state: "enabled",
  selected: true,
  ...more,
});

export const group = (name: string, members: readonly string[], more: Partial<SourceGroup> = {}): SourceGroup => ({
  id: `id-${name}`,
  externalId: `id-${name}`,
  name,
  selected: true,
  members: members.map((member) => ({ id: `id-${member}` })),
  ...more,
});

export const personLink = (name: string, more: Partial<PersonLink> = {}): PersonLink => ({
  id: `id-${name}`,
  externalId: `id-${name}`,
  email: `${name}@example.test`,
  directoryEmail: `${name}@example.test`,
  ...more,
});

export const groupLink = (name: string, members: readonly string[], more: Partial<GroupLink> = {}): GroupLink => ({
  id: `id-${name}`,
  externalId: `id-${name}`,
  name,
  writtenBy: "import",
  members,
  ...more,
});

export const invite = (row: number, name: string, more: Partial<PlanRow> = {}): PlanRow => ({
  row,
  action: "invite",
  subject: { kind: "person", id: `id-${name}`, externalId: `id-${name}`, name, email: `${name}@example.test` },
  before: {},
  after: { email: `${name}@example.test`, externalId: `id-${name}`, status: "invited" },
  because: { code: "joiner" },
  ...more,
});

export const changeMembers = (row: number, name: string, add: string[], remove: string[] = []): PlanRow => ({
  row,
  action: "change-members",
  subject: { kind: "group", id: `id-${name}`, externalId: `id-${name}`, name },
  before: { name, size: 1 },
  after: { name, size: 2 },
  because: { code: "members.differ", params: { n: 1 } },
  add: add.map((one) => `id-${one}`),
  remove: remove.map((one) => `id-${one}`),
});

export const header = (digest: string): PlanHeader => ({
  version: 1,
  profile: profile.slice(0, 36),
  profileName: "main",
  organization,
  made: new Date(noon).toISOString(),
  directory: "d",
  selection: "s",
  generation: 0,
  counts: {
    byAction: { invite: 2 },
    changes: 2,
    membershipsAdded: 0,
    membershipsRemoved: 0,
    unchangedPeople: 0,
    unchangedGroups: 0,
    leftOut: 0,
    strangers: 0,
    linkedPeople: 0,
    linkedGroups: 0,
    memberships: 0,
    people: 2,
    groups: 0,
  },
  digest,
  complete: true,
  applicable: true,
});

export const newRun = (more: Partial<NewRun> = {}): NewRun => ({
  profile,
  organization,
  kind: "sync",
  startedAt: noon,
  who: "somebody",
  host: "host",
  ...more,
});

export const staleMs = 30_000;
export const request = (now: number, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  name: "profile:main",
  holder: { what: "sync", who: "somebody", host: "host", pid: 7 },
  now,
  staleMs,
  ...more,
});

/** The lease; a holder fails the test. */
export const take = async (store: Store, now = noon, more: Partial<LeaseRequest> = {}): Promise<Lease> => {
  const answer = await store.acquire(request(now, more));
  if ("heldBy" in answer) throw new Error(`held by ${answer.heldBy.who}`);
  return answer;
};

/** A run of the profile with these rows, and what became of them. */
export const recordedRun = async (
  store: Store,
  rows: readonly PlanRow[],
  options: {
    readonly run?: Partial<NewRun>;
    readonly done?: readonly number[];
    readonly at?: number;
    readonly accepted?: boolean;
    readonly end?: boolean;
  } = {},
): Promise<number> => {
  const at = options.at ?? noon;
  const run = await store.beginRun(newRun({ startedAt: at, ...options.run }));
  await store.saveRows(run, rows);
  const done = options.done ?? [];
  if (done.length > 0)
    await store.journal(run, { rows: done, state: "done", at, accepted: options.accepted ?? false }, undefined);
  if (options.end !== false)
    await store.updateRun(run, { endedAt: at, outcome: done.length > 0 ? "done" : "unchanged" });
  return run;
};

export const rowsOf = async (store: Store, run: number): Promise<readonly StoredRow[]> => (await store.rows(run)).rows;
