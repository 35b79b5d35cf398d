/** Everybody is linked; then one of everything changes, and the process that carries it out is killed. */
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dialect, State } from "../../src/organizations/sandbox/sandbox.ts";
import { groupsOf, membersOf, startOfTime, startTestSandbox } from "../../src/organizations/sandbox/testing.ts";
import { disabled, group, many, person, type DirectoryContent } from "../scenarios/directory.ts";
import type { Done, Job, Point } from "./talk.ts";
import { startWorker, type Worker } from "./worker.ts";

const hour = 3_600_000;

export interface Story extends AsyncDisposable {
  readonly dialect: Dialect;
  /** What each point is, `after POST /public/organization/import`; the k-th kill is at the k-th. */
  readonly points: readonly string[];
  /** What the run that nobody kills changes, as `done invite p13@firm.test`. */
  readonly changes: readonly string[];
  /** Kills at a point, counted from 1, and goes on; gives what is wrong afterwards. */
  kill(point: number): Promise<string[]>;
}

const before: DirectoryContent = {
  people: many(12),
  groups: [group("sales", "p1", "p2", "p3"), group("it", "p4"), group("old", "p5", "p6"), group("all", "p7", "p12")],
};
/** `p12` is gone: whoever was missing once is removed the second time. */
const missing: DirectoryContent = { people: many(11), groups: before.groups };
/** An invitation, a stamp, a revocation, a removal, a new name, a new address of somebody only invited, memberships. */
const after: DirectoryContent = {
  people: [disabled("p1"), "p2", person("p3", { email: "three@firm.test" }), ...many(11).slice(3), "p13", "known"],
  groups: [
    { id: "sales", name: "Sales", members: ["p2", "p3", "p5", "p13"] },
    group("it", "p4", "known"),
    group("old", "p6"),
    group("all", "p7", "p8"),
  ],
};

/** What a run that ended, or was cut short, leaves for the next. */
interface Ended {
  readonly points: readonly string[];
  readonly first: Done | undefined;
  readonly second: Done | undefined;
  readonly third: Done | undefined;
  /** Rows that were surely written down as done before the end, and whether the run was begun and not ended. */
  readonly done: ReadonlySet<number>;
  readonly open: boolean;
  readonly organization: readonly string[];
  readonly mailedTwice: readonly string[];
}

export const createStory = async (dialect: Dialect): Promise<Story> => {
  const folder = await mkdtemp(join(tmpdir(), "kill-"));
  const cache = join(folder, "cache");
  await mkdir(cache);
  // One stays and takes over; the other is killed, and its successor gets ready meanwhile.
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
  const step = async (what: Job["what"], directory: DirectoryContent, hours: number): Promise<void> => {
    const done = await heir.run({ ...common, what, store: base, directory, now: at(hours) });
    if (done === undefined || done.fault !== undefined) throw new Error(`the story does not begin: ${done?.fault}`);
  };
  await step("accept", before, 0);
  for (const who of many(12).filter((one) => one !== "p3")) {
    sandbox.byHand.accept(`${who}@firm.test`);
    sandbox.byHand.confirm(`${who}@firm.test`);
  }
  sandbox.byHand.addMember({ email: "known@firm.test" });
  await step("sync", missing, 1);
  state.mails.length = 0;
  const saved = structuredClone(state);

  let cases = 0;
  const play = async (kill: number): Promise<Ended> => {
    restore(state, saved);
    cases += 1;
    const store = join(folder, `${cases}.db`);
    await copyFile(base, store);
    const worker: Worker = next;
    next = startWorker(cache);
    const points: string[] = [];
    const done = new Set<number>();
    let begun = false;
    let ended = false;
    const arrive = async (name: string): Promise<boolean> => {
      points.push(name);
      if (points.length === kill) await worker.kill();
      return points.length === kill;
    };
    control.onRequest = async (when, { method, path }) => {
      const isKilled = await arrive(`${when} ${method} ${path}`);
      if (isKilled && when === "before") throw new Error("the request died with its sender");
    };
    const onPoint = async (point: Point): Promise<void> => {
      if (point.when === "after") {
        for (const row of point.done) done.add(row);
        begun ||= point.call === "beginRun";
        ended ||= point.ends;
      }
      await arrive(`${point.when} ${point.call}`);
    };
    const job: Job = { ...common, what: "sync", store, directory: after, now: at(2), tells: true };
    const first = await worker.run(job, onPoint);
    control.onRequest = undefined;
    await worker.kill();
    const follow = async (what: Job["what"], hours: number): Promise<Done | undefined> =>
      heir.run({ ...job, what, now: at(hours), tells: false });
    const second = await follow("sync", 3);
    const third = await follow("plan", 4);
    for (const suffix of ["", "-wal", "-shm"]) await rm(`${store}${suffix}`, { force: true });
    return {
      points,
      first,
      second,
      third,
      done,
      open: begun && !ended,
      organization: organizationOf(state, saved),
      mailedTwice: twice(state.mails.filter(({ kind }) => kind === "invitation").map(({ to }) => to)),
    };
  };

  const expected = await play(0);
  const wrong = complaints(expected, expected);
  if (wrong.length > 0 || expected.first?.outcome !== "done")
    throw new Error(`without a kill: ${expected.first?.fault} ${wrong.join("; ")}`);
  return {
    dialect,
    points: expected.points,
    changes: expected.first.changes,
    kill: async (point) => {
      const found = await play(point);
      if (found.first !== undefined) return [`it was never killed: there were ${found.points.length} points`];
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

/** What must hold once somebody took over; empty when all of it does. */
const complaints = (found: Ended, expected: Ended): string[] => {
  const { second, third, done, open } = found;
  if (second === undefined || third === undefined) return ["whoever took over died"];
  const said = second.recovered
    .map(({ surelyDone, left, changes }) => `${surelyDone}+${left} of ${changes}`)
    .join(", ");
  const [recovered] = second.recovered;
  return [
    ...(second.fault === undefined ? [] : [`the second run failed: ${second.fault}`]),
    ...(open === (recovered !== undefined) && second.recovered.length < 2 ? [] : [`recovered: ${said || "nothing"}`]),
    ...(recovered === undefined ||
    (recovered.surelyDone >= done.size && recovered.surelyDone + recovered.left === recovered.changes)
      ? []
      : [`${done.size} changes were surely done, the second run says ${said}`]),
    ...(recovered === undefined || recovered.changes === 0 || recovered.left === second.changes.length
      ? []
      : [`the second run says ${said}, and has ${second.changes.length} to do: ${second.changes.join(", ")}`]),
    ...(third.fault === undefined ? [] : [`the plan after it failed: ${third.fault}`]),
    ...(third.changes.length === 0 ? [] : [`the plan after it has ${third.changes.join(", ")}`]),
    ...(found.mailedTwice.length === 0 ? [] : [`invited twice: ${found.mailedTwice.join(", ")}`]),
    ...found.organization.filter((one) => !expected.organization.includes(one)).map((one) => `there is ${one}`),
    ...expected.organization.filter((one) => !found.organization.includes(one)).map((one) => `there is no ${one}`),
    ...twice(found.organization).map((one) => `twice: ${one}`),
  ];
};

/** Members and groups in short, and which of the old rows are still there: whoever is removed and invited anew has lost all. */
const organizationOf = (state: State, saved: State): string[] => [
  ...membersOf(state),
  ...groupsOf(state),
  ...[...saved.members.values()].filter(({ id }) => state.members.has(id)).map(({ email }) => `still ${email}`),
  ...[...saved.groups.values()].filter(({ id }) => state.groups.has(id)).map(({ name }) => `still group ${name}`),
  `${state.members.size} members, ${state.groups.size} groups`,
];

const twice = (names: readonly string[]): string[] => names.filter((name, index) => names.indexOf(name) !== index);

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
