/** The process that is killed: the real engine, store and client, which do what the parent says. */
import { Config } from "../../src/config/schema.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Log } from "../../src/core/log.ts";
import { isFault } from "../../src/core/fault.ts";
import { isChange, type Plan, type PlanRow } from "../../src/core/plan.ts";
import { applyPlan } from "../../src/engine/apply-plan.ts";
import { defaultLimits, type EngineDependencies, type Runtime } from "../../src/engine/dependencies.ts";
import { planRun } from "../../src/engine/plan-run.ts";
import { findProfile } from "../../src/engine/profile.ts";
import { allRows } from "../../src/engine/recover.ts";
import { sync, type RunResult } from "../../src/engine/sync.ts";
import { createNetwork } from "../../src/http/network.ts";
import { createTokenMemory } from "../../src/http/token.ts";
import { openOrganization } from "../../src/organizations/registry.ts";
import { openSqliteStore } from "../../src/store/sqlite/index.ts";
import type { Store } from "../../src/store/store.ts";
import { openDirectoryOf } from "../scenarios/directory.ts";
import type { Done, Job, Said, Told } from "./talk.ts";
import { telling } from "./telling.ts";

let goOn: () => void = () => {};
const say = (said: Said): void => void process.send?.(said);

process.on("message", (told: Told) => {
  if (told.kind === "go on") goOn();
  else void work(told.job).then(say, (error: unknown) => say(failed(error)));
});
process.on("disconnect", () => process.exit(0));
say({ kind: "ready" });

const failed = (error: unknown): Done => ({
  kind: "done",
  outcome: undefined,
  fault: isFault(error)
    ? `${error.code} ${JSON.stringify(error.params)}`
    : String(error instanceof Error ? error.stack : error),
  changes: [],
  recovered: [],
});

const work = async (job: Job): Promise<Done> => {
  await using real = await openSqliteStore({ path: job.store, version: "1.0.0" });
  const store = job.tells
    ? telling(real, (point) => {
        const answered = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        say(point);
        return answered;
      })
    : real;
  await using network = await createNetwork({ env: {} });
  const engine = engineOf(job, store, network);
  const profile = await findProfile(engine, "main", true);
  const runtime: Runtime = { signal: new AbortController().signal, progress: () => {}, onWait: () => {} };
  const plan = (full: boolean): Promise<RunResult> =>
    planRun(engine, profile, { kind: "plan", full, wait: false }, runtime);
  const unattended = { full: false, wait: false };
  if (job.what === "plan") return await describe(engine, await plan(true));
  if (job.what === "sync") return await describe(engine, await sync(engine, profile, unattended, runtime));
  if (job.what === "apply") {
    const made = await newestPlan(engine, profile.key);
    return await describe(engine, await applyPlan(engine, profile, made, { wait: false }, runtime));
  }
  const planned = await plan(false);
  const accept = await digestOf(engine, planned);
  const sent = await sync(engine, profile, { ...unattended, accept, baseline: "send" }, runtime);
  return await describe(engine, { ...sent, recovered: [...planned.recovered, ...sent.recovered] });
};

const digestOf = async ({ store }: EngineDependencies, { run }: RunResult): Promise<string | undefined> =>
  (await store.run(run))?.header?.digest;

/** As somebody has it in a file. */
const newestPlan = async (engine: EngineDependencies, profile: string): Promise<Plan> => {
  const { rows: runs } = await engine.store.runs({ profile, limit: 100 });
  const made = runs.find(({ kind, header }) => kind === "plan" && header !== undefined);
  if (made?.header === undefined) throw new Error("there is no plan to apply");
  const rows = (await allRows(engine, made.id)).map(
    ({ state: _state, detail: _detail, accepted: _accepted, undoneBy: _undone, ...row }): PlanRow => row,
  );
  return { header: made.header, rows, notes: await engine.store.notes(made.id) };
};

const describe = async (engine: EngineDependencies, { run, fault, recovered }: RunResult): Promise<Done> => ({
  kind: "done",
  outcome: (await engine.store.run(run))?.outcome,
  fault: fault === undefined ? undefined : failed(fault).fault,
  changes: (await allRows(engine, run))
    .filter(isChange)
    .map(({ action, subject, state }) => `${state} ${action} ${subject.email ?? subject.name ?? subject.id}`),
  recovered: await Promise.all(
    recovered.map(async ({ run: { id }, surelyDone, left }) => ({
      run: id,
      surelyDone,
      left,
      changes: (await allRows(engine, id)).filter(isChange).length,
    })),
  ),
});

const engineOf = (job: Job, store: Store, network: Awaited<ReturnType<typeof createNetwork>>): EngineDependencies => {
  const { server, clientId, clientSecret } = job;
  const clock = clockFrom(job.now);
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const tokens = createTokenMemory();
  return {
    store,
    configuration: async () => ({ config: configOf(job), broken: new Map() }),
    openDirectory: async () => openDirectoryOf(job.directory),
    openOrganization: (_name, _config, { signal, progress, onWait }) =>
      openOrganization(
        { server, clientId, clientSecret },
        {
          network,
          log,
          progress,
          clock,
          random: () => 0.5,
          signal,
          installation: "7f2c4c1e-0000-4000-8000-000000000001",
          platform: "linux",
          version: "1.2.3",
          tokens,
          onWait,
        },
      ),
    clock,
    log,
    actor: { who: "jan", host: "here", pid: process.pid },
    limits: defaultLimits,
    redact: (text) => text,
  };
};

/** Guards are wide open, since what they stop is told elsewhere; here everything that is planned is sent. */
const configOf = ({ server, clientId }: Job): Config =>
  Config.parse({
    version: 1,
    organizations: { firm: { server, clientId, clientSecret: { env: "SECRET" }, owners: ["owner@sandbox.test"] } },
    profiles: {
      main: {
        id: "00000000-0000-4000-8000-000000000001",
        organization: "firm",
        directory: { kind: "file", path: "main.json" },
        sync: { leavers: { gone: "remove" }, addressChange: "replace" },
        guards: {
          invitations: { percent: 100, most: 10_000 },
          identity: { percent: 100 },
          accessLost: { percent: 100 },
        },
      },
    },
  });

/** Sleeps cost no time, but for the heartbeat's, which would beat without end. */
const clockFrom = (start: number): Clock => {
  let now = start;
  return {
    now: () => now,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      if (milliseconds !== defaultLimits.heartbeat) {
        now += milliseconds;
        return;
      }
      await new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
  };
};
