/** A tale that is told to its end again and again, each time with a process that is killed somewhere else. */
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dialect, State } from "../../src/organizations/sandbox/sandbox.ts";
import { groupsOf, membersOf, startOfTime, startTestSandbox } from "../../src/organizations/sandbox/testing.ts";
import type { DirectoryContent } from "../scenarios/directory.ts";
import { complaints, twice, type Ended } from "./complaints.ts";
import type { Tale } from "./tales.ts";
import type { Done, Job, Point, Task } from "./talk.ts";
import { startWorker } from "./worker.ts";

const hour = 3_600_000;

export interface Story extends AsyncDisposable {
  /** What each point is, `after POST /public/organization/import`; the k-th kill is at the k-th. */
  readonly points: readonly string[];
  /** What the run that nobody kills changes, as `done invite p13@firm.test`. */
  readonly changes: readonly string[];
  /** Points of the run that takes over from one that was killed at a point. */
  pointsAfter(point: number): Promise<readonly string[]>;
  /**
   * Kills at a point, counted from 1, then whoever takes over at a point of theirs, and so on; a run that gets to its
   * end before its point is left alone. Gives what is wrong after the last one took over.
   */
  kill(...points: readonly number[]): Promise<string[]>;
}

export const createStory = async (dialect: Dialect, tale: Tale): Promise<Story> => {
  const folder = await mkdtemp(join(tmpdir(), "kill-"));
  const cache = join(folder, "cache");
  await mkdir(cache);
  // One stays and takes over; the others are killed, and the next one gets ready meanwhile.
  const heir = startWorker(cache);
  let next = startWorker(cache);
  const sandbox = await startTestSandbox({
    dialect,
    ...(dialect === "vaultwarden" ? { organization: { mailEnabled: true } } : {}),
  });
  const { url, clientId, clientSecret, state, control } = sandbox;
  const common = { server: url, clientId, clientSecret, tells: false };
  const at = (hours: number): number => (sandbox.clock.now = startOfTime + hours * hour);
  const base = join(folder, "base.db");
  const step = async (what: Task, directory: DirectoryContent, hours: number): Promise<void> => {
    const done = await heir.run({ ...common, what, store: base, directory, now: at(hours) });
    if (done === undefined || done.fault !== undefined) throw new Error(`the story does not begin: ${done?.fault}`);
  };
  await tale.begin(step, sandbox);
  state.mails.length = 0;
  const saved = structuredClone(state);

  let cases = 0;
  const play = async (kills: readonly number[]): Promise<Ended> => {
    restore(state, saved);
    cases += 1;
    const store = join(folder, `${cases}.db`);
    await copyFile(base, store);
    const job: Job = { ...common, what: tale.what, store, directory: tale.directory, now: at(2), tells: true };
    const record = createRecord();
    const lives: Ended["lives"][number][] = [];
    for (const [index, kill] of kills.entries()) {
      const worker = next;
      next = startWorker(cache);
      const points: string[] = [];
      const arrive = async (name: string): Promise<boolean> => {
        points.push(name);
        if (points.length === kill) await worker.kill();
        return points.length === kill;
      };
      control.onRequest = async (when, { method, path }) => {
        const isKilled = await arrive(`${when} ${method} ${path}`);
        if (isKilled && when === "before") throw new Error("the request died with its sender");
      };
      const life = { ...job, ...(index === 0 ? {} : { what: tale.next }), now: at(2 + index / 10) };
      const done = await worker.run(life, async (point) => {
        record.take(point);
        await arrive(`${point.when} ${point.call}`);
      });
      control.onRequest = undefined;
      await worker.kill();
      lives.push({ points, done });
    }
    const follow = async (what: Task, hours: number, directory = tale.directory): Promise<Done | undefined> =>
      heir.run({ ...job, what, directory, now: at(hours), tells: false });
    const open = record.open();
    const second = await follow(tale.next, 3);
    // What nobody had accepted by then somebody has to accept; what was done by then is not done again.
    const reviewed =
      isStopped(second, "guard.first", "baseline.needed") && !record.accepted
        ? await follow(tale.what, 3.5)
        : isStopped(second, "plan.overtaken") && open.size === 0
          ? await follow("sync", 3.5)
          : second;
    const third = await follow("plan", 4);
    const { people, groups } = tale.directory;
    const fourth = await follow("sync", 5, { people: [...people, "later"], groups });
    for (const suffix of ["", "-wal", "-shm"]) await rm(`${store}${suffix}`, { force: true });
    return {
      again: tale.next === "apply",
      lives,
      second,
      reviewed,
      third,
      fourth,
      open,
      organization: organizationOf(state, saved),
      mailedTwice: twice(state.mails.filter(({ kind }) => kind === "invitation").map(({ to }) => to)),
    };
  };

  const expected = await play([0]);
  const [unkilled] = expected.lives;
  const wrong = complaints(expected, expected);
  if (wrong.length > 0 || unkilled?.done?.outcome !== "done")
    throw new Error(`without a kill: ${unkilled?.done?.fault} ${wrong.join("; ")}`);
  return {
    points: unkilled.points,
    changes: unkilled.done.changes,
    pointsAfter: async (point) => (await play([point, 0])).lives[1]?.points ?? [],
    kill: async (...points) => {
      const found = await play(points);
      const [first] = found.lives;
      if (first?.done !== undefined) return [`it was never killed: there were ${first.points.length} points`];
      return complaints(found, expected);
    },
    [Symbol.asyncDispose]: async () => {
      await heir.kill();
      await next.kill();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** What the killed ones surely wrote down: which runs they left open, with the rows that are done, and an acceptance. */
const createRecord = () => {
  const open = new Map<number, Set<number>>();
  let accepted = false;
  return {
    take: ({ when, call, run, done, accepts, ends }: Point): void => {
      if (when !== "after" || run === undefined) return;
      if (call === "beginRun") open.set(run, new Set());
      for (const row of done) open.get(run)?.add(row);
      if (ends) open.delete(run);
      accepted ||= accepts;
    },
    open: (): ReadonlyMap<number, ReadonlySet<number>> => open,
    get accepted() {
      return accepted;
    },
  };
};

const isStopped = (done: Done | undefined, ...codes: readonly string[]): boolean =>
  codes.some((code) => done?.fault?.startsWith(`${code} `) === true);

/** Members and groups in short, and which of the old rows are still there: whoever is removed and invited anew has lost all. */
const organizationOf = (state: State, saved: State): string[] => [
  ...membersOf(state),
  ...groupsOf(state),
  ...[...saved.members.values()].filter(({ id }) => state.members.has(id)).map(({ email }) => `still ${email}`),
  ...[...saved.groups.values()].filter(({ id }) => state.groups.has(id)).map(({ name }) => `still group ${name}`),
  `${state.members.size} members, ${state.groups.size} groups`,
];

/** The same server goes on with what it held before: its address is part of what a profile knows. */
const restore = (state: State, saved: State): void => {
  const copy = structuredClone(saved);
  state.organization = copy.organization;
  for (const name of ["members", "groups", "accounts"] as const) state[name].clear();
  for (const [id, member] of copy.members) state.members.set(id, member);
  for (const [id, one] of copy.groups) state.groups.set(id, one);
  for (const [email, account] of copy.accounts) state.accounts.set(email, account);
  state.events.splice(0, state.events.length, ...copy.events);
  state.mails.splice(0, state.mails.length, ...copy.mails);
};
