/** A first sync of 10,000 people and 1,000 groups into a server that cannot be read, killed again and again. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  groupsOf,
  membersOf,
  repeatableRandom,
  startOfTime,
  startTestSandbox,
} from "../../src/organizations/sandbox/testing.ts";
import { group, many, type DirectoryContent } from "../scenarios/directory.ts";
import type { Done, Task } from "./talk.ts";
import { startWorker } from "./worker.ts";

const people = many(10_000);
const directory: DirectoryContent = {
  people,
  groups: Array.from({ length: 1_000 }, (_item, at) =>
    group(`g${at + 1}`, ...Array.from({ length: 20 }, (_member, one) => people[(at * 31 + one * 97) % 10_000] ?? "")),
  ),
};

/** What is there in the end, and what it took. */
interface Outcome {
  readonly organization: readonly string[];
  readonly mails: readonly string[];
  readonly points: number;
  /** Where it was killed. */
  readonly killed: readonly string[];
  /** How the last run went, and the plan after it. */
  readonly last: Done | undefined;
  readonly after: Done | undefined;
  readonly seconds: number;
}

/** True when a sync killed that often at random ends as one that nobody killed; prints what was found. */
export const killLarge = async (kills: number, seed: number): Promise<boolean> => {
  const whole = await syncWith(0, seed, 0);
  print("killed never", whole);
  const killed = await syncWith(kills, seed, whole.points);
  print(`killed ${killed.killed.length} times`, killed);
  for (const name of killed.killed) console.log(`  at ${name}`);
  const wrong = [
    ...differences(whole.organization, killed.organization),
    ...differences(whole.mails, killed.mails).map((one) => `mail: ${one}`),
    ...[whole, killed].flatMap(({ last, after }) => [...unless(last, "done", 0), ...unless(after, "unchanged", 0)]),
    ...(killed.killed.length === kills ? [] : [`it was to be killed ${kills} times`]),
  ];
  for (const one of wrong.slice(0, 20)) console.log(`  ${one}`);
  console.log(wrong.length === 0 ? "both organizations are equal" : `${wrong.length} differences`);
  return wrong.length === 0;
};

const unless = (done: Done | undefined, outcome: string, changes: number): string[] =>
  done?.fault === undefined && done?.outcome === outcome && (outcome === "done" || done.changes.length === changes)
    ? []
    : [`${done?.outcome ?? "died"} instead of ${outcome}: ${done?.fault ?? `${done?.changes.length} changes`}`];

const syncWith = async (kills: number, seed: number, points: number): Promise<Outcome> => {
  const folder = await mkdtemp(join(tmpdir(), "kill-large-"));
  const cache = join(folder, "cache");
  await mkdir(cache);
  const sandbox = await startTestSandbox({ dialect: "vaultwarden", organization: { mailEnabled: true } });
  const { url: server, clientId, clientSecret, state, control, clock } = sandbox;
  const random = repeatableRandom(seed);
  const start = performance.now();
  const killed: string[] = [];
  let seen = 0;
  let accepted = false;
  let last: Done | undefined;
  try {
    const run = async (what: Task, kill: number): Promise<Done | undefined> => {
      const worker = startWorker(cache);
      let reached = 0;
      const arrive = async (name: string): Promise<boolean> => {
        reached += 1;
        seen += 1;
        if (reached !== kill) return false;
        killed.push(
          `point ${reached}, ${name}, with ${state.members.size - 1} people and ${state.groups.size} groups there`,
        );
        await worker.kill();
        return true;
      };
      control.onRequest = async (when, { method, path }) => {
        if ((await arrive(`${when} ${method} ${path}`)) && when === "before")
          throw new Error("the request died with its sender");
      };
      // A quarter of an hour lies between two runs.
      clock.now += 900_000;
      const store = join(folder, "state.db");
      const job = { what, store, server, clientId, clientSecret, directory, now: clock.now, tells: true };
      const done = await worker.run(job, async (point) => {
        if (point.when === "after" && point.accepts) accepted = true;
        await arrive(`${point.when} ${point.call}`);
      });
      control.onRequest = undefined;
      await worker.kill();
      return done;
    };
    clock.now = startOfTime;
    // Until somebody's acceptance is written down they give the command again; from then on runs are unattended.
    const next = (): Task => (accepted ? "sync" : "accept");
    for (let tried = 0; tried < kills; tried += 1) last = await run(next(), 1 + Math.floor((random() * points) / 4));
    last = last?.outcome === "done" ? last : await run(next(), 0);
    const after = await run("plan", 0);
    return {
      organization: [...membersOf(state), ...groupsOf(state)].toSorted(),
      mails: state.mails.map(({ kind, to }) => `${kind} ${to}`).toSorted(),
      points: seen,
      killed,
      last,
      after,
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
};

const print = (name: string, { organization, mails, seconds }: Outcome): void =>
  console.log(`${name}: ${organization.length} members and groups, ${mails.length} mails, ${seconds.toFixed(1)} s`);

const differences = (one: readonly string[], other: readonly string[]): string[] => {
  const count = (names: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  };
  const [ones, others] = [count(one), count(other)];
  return [...new Set([...one, ...other])]
    .filter((name) => ones.get(name) !== others.get(name))
    .map((name) => `${name}: ${ones.get(name) ?? 0} and ${others.get(name) ?? 0} times`);
};
