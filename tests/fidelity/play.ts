/** Plays a case and compares, after every run, what the organization holds with what the run's plan foretold. */
import type { PersonFacts, PlanRow } from "../../src/core/plan.ts";
import { allRows } from "../../src/engine/recover.ts";
import type { Account } from "../../src/organizations/sandbox/state.ts";
import type { StoredRow } from "../../src/store/store.ts";
import type { Group, Person } from "../scenarios/directory.ts";
import { minutes, openWorld, type Told, type World } from "../scenarios/open-world.ts";
import type { Case, Round } from "./case.ts";
import { act, populate } from "./hands.ts";
import { faultsToExpect } from "./faults.ts";
import { heldBy, linesOf, predict, type Held } from "./predict.ts";
import { predictVaultwarden, type Ledger } from "./vaultwarden.ts";

/** What playing a case came to. */
export interface Played {
  /** Nothing where everything was as foretold; else what was not, in words. */
  readonly differences: readonly string[];
  /** Changes that were compared. */
  readonly compared: number;
  /** What happened, by kind, so that one sees what a set of cases covers. */
  readonly seen: ReadonlyMap<string, number>;
}

export const play = async (given: Case): Promise<Played> => {
  await using world = await openWorld({
    dialect: given.dialect,
    ...(given.teamsStarter ? { plan: "teams-starter" as const } : {}),
    ...(given.teamsStarter ? {} : { seats: given.seats }),
    organization: {
      stagedFlag: given.flag,
      findsPendingByEmail: given.findsPending || given.dialect !== "official-selfhost",
      mailEnabled: given.mail,
      twoFactorPolicy: given.twoFactor,
    },
    organizationSettings: {
      ...(given.owners === undefined ? {} : { owners: given.owners }),
      ...(given.tellsSeats && given.seats !== null && !given.teamsStarter ? { seats: given.seats } : {}),
    },
    directory: { people: given.directory.people, groups: given.directory.groups },
    settings: {
      sync: given.sync,
      protect: given.protect,
      onGuard: given.hold ? "hold" : "stop",
      ...(given.buy === undefined ? {} : { guards: { seats: { buy: given.buy } } }),
    },
  });
  const telling: Telling = {
    world,
    given,
    differences: [],
    compared: 0,
    seen: new Map(),
    ledger: new Map(),
    accounts: new Map(),
    sync: given.sync,
  };
  populate(world.sandbox, given);

  for (const [index, round] of given.rounds.entries()) {
    await playRound(telling, round, index);
    if (telling.differences.length > 0) break;
  }
  return telling;
};

/** A case while it is played. */
interface Telling {
  readonly world: World;
  readonly given: Case;
  readonly differences: string[];
  compared: number;
  readonly seen: Map<string, number>;
  /** Vaultwarden: what our runs put into groups. */
  readonly ledger: Ledger;
  /** Vaultwarden: who was registered before the run. */
  accounts: ReadonlyMap<string, Account>;
  sync: Case["sync"];
}

const playRound = async (telling: Telling, round: Round, index: number): Promise<void> => {
  const { world } = telling;
  prepareRound(telling, round);
  if (round.adopt.length > 0 && (await world.plan()).run > 0) await mark(telling, round);
  for (const who of round.restore) await orNothing(() => world.restore(who));
  telling.accounts = structuredClone(world.sandbox.state.accounts);
  const before = heldBy(world.sandbox.state);
  const planned = round.way === "sync" ? undefined : await world.plan({ full: round.full });
  if (planned !== undefined && planned.run === 0) return count(telling, `no plan: ${planned.fault?.code}`);
  if (planned !== undefined) unchanged(telling, before, `round ${index + 1}, plan`);
  const run = await runOf(telling, round, planned);
  await compare(telling, before, run, `round ${index + 1}, ${round.way}`, planned);
  const isWhole = run.outcome === "done" && run.guards.length === 0;
  const moved = isWhole ? await nothingLeft(telling, round, index, run) : false;
  const canUndo = !moved && run.states.some((state) => state.startsWith("done "));
  if (round.undo && canUndo) await undo(telling, run, index);
};

/** Time, hands, the directory and the settings move on. */
const prepareRound = (telling: Telling, round: Round): void => {
  const { world } = telling;
  world.pass(round.minutes * minutes);
  for (const hand of round.hands) act(world.sandbox, hand);
  const { directory } = world;
  directory.people = changed(
    directory.people.map((one): Person => (typeof one === "string" ? { id: one } : one)),
    round.people,
  );
  directory.groups = changed<Group>(directory.groups, round.groups);
  if (Object.keys(round.sync).length === 0) return;
  telling.sync = { ...telling.sync, ...round.sync };
  world.set({ sync: telling.sync });
};

const changed = <Entry extends { readonly id: string }>(
  entries: readonly Entry[],
  changes: Readonly<Record<string, Entry | "gone">>,
): Entry[] => {
  const put = Object.values(changes).filter((change): change is Entry => change !== "gone");
  return [...entries.filter(({ id }) => changes[id] === undefined), ...put];
};

const mark = async ({ world }: Telling, { adopt }: Round): Promise<void> => {
  const names = ["a", "b", "c", "d", "a2", "b2"];
  await orNothing(() =>
    world.adopt({
      sameAddress: adopt.includes("same address"),
      groups: adopt.includes("groups"),
      gone: adopt.includes("gone"),
      addresses: adopt.includes("everybody by name") ? names : [],
    }),
  );
};

/** Commands that a person types; a refusal of theirs is no run. */
const orNothing = async (command: () => Promise<unknown>): Promise<void> => {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "Fault") throw error;
  }
};

const runOf = async ({ world, given }: Telling, round: Round, planned: Told | undefined): Promise<Told> => {
  if (planned === undefined) return world.sync({ full: round.full });
  // Where nothing can be read the first run is accepted by what it sends.
  const first = given.dialect === "vaultwarden" && !(await hasApplied(world));
  if (first) return world.sync({ accept: planned.digest, baseline: "send" });
  return round.way === "apply" ? world.apply(planned) : world.sync({ full: round.full, accept: planned.digest });
};

const hasApplied = async (world: World): Promise<boolean> =>
  (await world.store.state((await world.profile()).key)).firstApplied !== undefined;

/** The organization is as the rows say that the record calls done; what is not done has a reason. */
const compare = async (
  telling: Telling,
  before: Held,
  run: Told,
  where: string,
  planned: Told | undefined,
): Promise<void> => {
  const { world, given } = telling;
  const rows = run.run === 0 ? [] : await allRows(world.engine, run.run);
  const after = heldBy(world.sandbox.state);
  const foretold =
    given.dialect === "vaultwarden"
      ? predictVaultwarden(before, doneOf(rows), { ...given, accounts: telling.accounts }, telling.ledger)
      : predict(before, carriedOut(rows, before, after));
  differ(telling, where, linesOf(after, before), linesOf(foretold, before));
  if (given.dialect === "vaultwarden") sayUnknown(telling, before, run, rows, where);
  const stopped = run.fault?.code ?? run.outcome ?? "nothing";
  count(telling, `${where.split(", ")[1]}: ${stopped}`);
  for (const row of rows) if (row.state === "done") count(telling, `${row.action} ${row.because.code}`);
  telling.compared += rows.filter(({ state }) => state === "done").length;
  const unexpected = faultsToExpect({ given, before, run, planned, rows, sync: telling.sync });
  if (unexpected !== undefined) telling.differences.push(`${where}: ${unexpected}`);
};

/** Where a leaver is not found, or is the last owner, nothing happens; a plan that revokes says that nobody can know. */
const sayUnknown = (telling: Telling, before: Held, run: Told, rows: readonly StoredRow[], where: string): void => {
  const missed = doneOf(rows).filter(
    ({ action, before: { email } }: { action: string; before: PersonFacts }) =>
      action === "revoke" && !before.members.some((member) => member.email === email),
  );
  if (missed.length > 0 && !run.plan.notes.some(({ code }) => code === "leaver.found_by_address"))
    telling.differences.push(`${where}: nobody has the address of ${missed[0]?.subject.id}, and the plan is silent`);
};

/** Rows that the record calls done; whoever was not adopted is not put into groups either. */
const doneOf = (rows: readonly StoredRow[]): PlanRow[] => {
  const skipped = new Set(
    rows.flatMap(({ action, state, subject }) =>
      action === "adopt" && state === "skipped" && subject.kind === "person" ? [subject.externalId] : [],
    ),
  );
  return rows.flatMap((row): PlanRow[] =>
    row.state !== "done"
      ? []
      : [row.add === undefined ? row : { ...row, add: row.add.filter((id) => !skipped.has(id)) }],
  );
};

/** Of a changed address that got no further than its first request only that request is done. */
const carriedOut = (rows: readonly StoredRow[], before: Held, after: Held): PlanRow[] => {
  const isThere = ({ members }: Held, { subject }: PlanRow): boolean =>
    members.some(({ id }) => id === subject.organizationId);
  const begun = rows.filter(
    (row) => row.action === "readdress" && row.state !== "done" && isThere(before, row) && !isThere(after, row),
  );
  return [...doneOf(rows), ...begun.map((row): PlanRow => ({ ...row, action: "remove" }))];
};

/** Planning touches nothing. */
const unchanged = (telling: Telling, before: Held, where: string): void =>
  differ(telling, where, linesOf(heldBy(telling.world.sandbox.state), before), linesOf(before, before));

/**
 * Right after a run that got to its end there is nothing to do, but for those of whom its plan says that they wait for it.
 * Gives whether there was.
 */
const nothingLeft = async (telling: Telling, round: Round, index: number, run: Told): Promise<boolean> => {
  const { world } = telling;
  const { full } = round;
  const next = round.way === "apply" ? await world.plan({ full }) : await world.sync({ full });
  if (next.changes.length === 0) return false;
  const waiting = waitingIn(run);
  const left = next.plan.rows.filter((row) => row.action !== "keep" && !isAbout(row, waiting));
  if (left.length > 0)
    telling.differences.push(`round ${index + 1}, the next plan is not empty: ${next.changes.join("; ")}`);
  return true;
};

/** Whom a plan holds back or leaves to the next one, by their ids of either side. */
const waitingIn = ({ plan }: Told): ReadonlySet<string> => {
  const rows = plan.rows.filter(
    ({ because: { code } }) => code.startsWith("held.") || code === "keep.same_address_new_id",
  );
  const notes = plan.notes.filter(({ code }) => code.startsWith("held.") || leftToNext.has(code));
  const noted = new Set(notes.flatMap(({ subject }) => subject?.id ?? []));
  // A note does not tell the external id, by which groups hold the person; the rows about the same one do.
  const about = [...rows, ...plan.rows.filter(({ subject: { kind, id } }) => kind === "person" && noted.has(id))];
  return new Set([...noted, ...about.flatMap(({ subject: { id, externalId } }) => [id, externalId ?? id])]);
};

/** Notes that say of somebody that the next plan goes on with them. */
const leftToNext: ReadonlySet<string> = new Set(["address.after_restore", "leaver.other_membership"]);

/** About one of them, or a membership of theirs and of nobody else. */
const isAbout = ({ subject, add = [], remove = [], removeByEmail = [] }: PlanRow, who: ReadonlySet<string>): boolean =>
  who.has(subject.id) ||
  (removeByEmail.length === 0 &&
    add.length + remove.length > 0 &&
    [...add, ...remove].every((externalId) => who.has(externalId)));

const undo = async (telling: Telling, run: Told, index: number): Promise<void> => {
  const { world } = telling;
  telling.accounts = structuredClone(world.sandbox.state.accounts);
  const before = heldBy(world.sandbox.state);
  const { plan } = await world.undo(run.run);
  if (plan.rows.length === 0) return;
  const undone = await world.apply(plan);
  await compare(telling, before, undone, `round ${index + 1}, undo`, undefined);
  await world.store.saveState((await world.profile()).key, { paused: undefined });
};

const differ = (telling: Telling, where: string, is: readonly string[], foretold: readonly string[]): void => {
  const missing = foretold.filter((line) => !is.includes(line));
  const more = is.filter((line) => !foretold.includes(line));
  if (missing.length + more.length === 0 && is.length === foretold.length) return;
  telling.differences.push(
    [
      `${where}: the organization is not as foretold`,
      ...missing.map((line) => `  foretold ${line}`),
      ...more.map((line) => `  is       ${line}`),
    ].join("\n"),
  );
};

const count = ({ seen }: Telling, what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
