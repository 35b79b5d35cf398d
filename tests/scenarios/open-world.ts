/**
 * A world for scenarios: a directory in memory, an organization's server over real HTTP, a real store and the real
 * engine, and a clock that moves when the story says so. Tests read "given a directory and an organization, then …".
 */
import { access, constants, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Config } from "../../src/config/schema.ts";
import type { Clock } from "../../src/core/clock.ts";
import { isFault, type Fault } from "../../src/core/fault.ts";
import type { Plan, PlanRow } from "../../src/core/plan.ts";
import { applyPlan } from "../../src/engine/apply-plan.ts";
import { defaultLimits, type EngineDependencies, type Runtime } from "../../src/engine/dependencies.ts";
import { adopt, restore, type AdoptOptions, type Return } from "../../src/engine/people.ts";
import { planRun, type PlanOptions } from "../../src/engine/plan-run.ts";
import { findProfile, type Profile } from "../../src/engine/profile.ts";
import { allRows } from "../../src/engine/recover.ts";
import { sync, type RunResult, type SyncOptions } from "../../src/engine/sync.ts";
import { undoPlan, type UndoPlan } from "../../src/engine/undo.ts";
import type { Sandbox, SandboxOptions } from "../../src/organizations/sandbox/sandbox.ts";
import { groupsOf, membersOf } from "../../src/organizations/sandbox/testing.ts";
import { openSqliteStore } from "../../src/store/sqlite/index.ts";
import type { RunOutcome, Store, StoredRow } from "../../src/store/store.ts";
import { createOrganizationWorld } from "../organization-world.ts";
import { openDirectoryOf, type DirectoryContent } from "./directory.ts";

export const minutes = 60_000;
export const hours = 60 * minutes;
export const days = 24 * hours;

/** Settings of a profile as its file has them, without what the world gives. */
export type Settings = Readonly<Record<string, unknown>>;

export interface WorldOptions extends Omit<SandboxOptions, "now" | "random" | "dialect"> {
  readonly dialect?: SandboxOptions["dialect"];
  readonly directory?: DirectoryContent;
  readonly settings?: Settings;
  /** Of the organization in the configuration: `owners`, `seats`. */
  readonly organizationSettings?: Settings;
}

/** How a run went, in short lines. */
export interface Told {
  readonly run: number;
  readonly outcome: RunOutcome | undefined;
  /** `invite ann@firm.test`, `change-members Sales +ann -bob`, in plan order. */
  readonly changes: readonly string[];
  /** `keep.missing_once ann@firm.test` */
  readonly kept: readonly string[];
  /** `left_out.no_address ann`: severity left out, once each. */
  readonly notes: readonly string[];
  readonly guards: readonly string[];
  readonly fault: Fault | undefined;
  readonly digest: string;
  /** Changes with what became of them: `done invite ann@firm.test`. */
  readonly states: readonly string[];
  readonly plan: Plan;
  readonly recovered: RunResult["recovered"];
}

/** One profile of the world. */
export interface Play {
  readonly name: string;
  /** What its directory holds; change it as the story goes. */
  readonly directory: DirectoryContent;
  profile(): Promise<Profile>;
  /** Replaces settings, top level keys. */
  set(settings: Settings): void;
  plan(options?: Partial<Omit<PlanOptions, "wait">>): Promise<Told>;
  sync(options?: Partial<SyncOptions>, runtime?: Partial<Runtime>): Promise<Told>;
  apply(plan: Plan | Told, runtime?: Partial<Runtime>): Promise<Told>;
  /** Plans and applies it, as somebody does who read it. */
  review(options?: Partial<Omit<PlanOptions, "wait">>): Promise<Told>;
  undo(run: number | Told | { readonly run: number; readonly row: number }): Promise<UndoPlan>;
  adopt(options: Partial<AdoptOptions>): Promise<void>;
  restore(who: string): Promise<Return>;
}

export interface World extends Play {
  readonly sandbox: Sandbox;
  readonly store: Store;
  readonly engine: EngineDependencies;
  /** Members but the owner as `email/externalId/status`; groups as `name/externalId{emails}`. */
  members(): string[];
  groups(): string[];
  pass(milliseconds: number): void;
  now(): number;
  /** Requests to the organization since the last call, as `GET /public/members`. */
  requests(): string[];
  /** Another profile of the same store and organization. */
  addProfile(name: string, directory: DirectoryContent, settings?: Settings): Play;
}

/** A world that is closed with what it opened; usable without a test around it. */
export const openWorld = async (options: WorldOptions = {}): Promise<World & AsyncDisposable> => {
  const opened = new AsyncDisposableStack();
  const {
    directory,
    settings = {},
    organizationSettings = {},
    dialect = "official-cloud",
    ...sandboxOptions
  } = options;
  const organization = await createOrganizationWorld({ dialect, ...sandboxOptions });
  opened.use(organization);
  const folder = await mkdtemp(join(await scratch(), "scenario-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const store = await openSqliteStore({ path: join(folder, "state.db"), version: "1.0.0" });
  opened.use(store);

  const { sandbox, dependencies } = organization;
  const contents = new Map<string, DirectoryContent>();
  const profiles: Record<string, Settings> = {};
  const engine: EngineDependencies = {
    store,
    configuration: async () => ({ config: readConfig(sandbox, organizationSettings, profiles), broken: new Map() }),
    openDirectory: async (name) => openDirectoryOf(contents.get(name) ?? { people: [], groups: [] }),
    openOrganization: (_name, _config, runtime) => organization.open({}, runtime),
    clock: storyClock(dependencies.clock),
    log: dependencies.log,
    actor: { who: "jan", host: "here", pid: 1 },
    limits: defaultLimits,
    redact: (text) => text,
  };
  const addProfile = (name: string, content: DirectoryContent, given: Settings = {}): Play => {
    contents.set(name, content);
    profiles[name] = { id: `00000000-0000-4000-8000-00000000000${contents.size}`, ...given };
    return createPlay(engine, name, content, (changed) => {
      profiles[name] = { ...profiles[name], ...changed };
    });
  };
  const main = addProfile("main", directory ?? { people: [], groups: [] }, settings);
  let seen = 0;
  return {
    ...main,
    sandbox,
    store,
    engine,
    members: () => membersOf(sandbox.state),
    groups: () => groupsOf(sandbox.state),
    pass: (milliseconds) => {
      sandbox.clock.now += milliseconds;
    },
    now: () => sandbox.clock.now,
    requests: () => {
      const fresh = sandbox.requests.slice(seen).map(({ method, path }) => `${method} ${path}`);
      seen = sandbox.requests.length;
      return fresh;
    },
    addProfile,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
};

/** Where a story's store is: in memory where the system has a folder for that, since waiting for a disk tells it nothing. */
const scratch = async (): Promise<string> => {
  const memory = "/dev/shm";
  return access(memory, constants.W_OK).then(
    () => memory,
    () => tmpdir(),
  );
};

const readConfig = (sandbox: Sandbox, organization: Settings, profiles: Readonly<Record<string, Settings>>): Config =>
  Config.parse({
    version: 1,
    organizations: {
      firm: { server: sandbox.url, clientId: sandbox.clientId, clientSecret: { env: "SECRET" }, ...organization },
    },
    profiles: Object.fromEntries(
      Object.entries(profiles).map(([name, settings]) => [
        name,
        { organization: "firm", directory: { kind: "file", path: `${name}.json` }, ...settings },
      ]),
    ),
  });

const createPlay = (
  engine: EngineDependencies,
  name: string,
  directory: DirectoryContent,
  set: (settings: Settings) => void,
): Play => {
  const profile = (): Promise<Profile> => findProfile(engine, name, true);
  const runtime: Runtime = { signal: new AbortController().signal, progress: () => {}, onWait: () => {} };
  const told = (run: () => Promise<RunResult>): Promise<Told> => tell(engine, run);
  const plan: Play["plan"] = (options) =>
    told(async () => planRun(engine, await profile(), { kind: "plan", full: false, wait: false, ...options }, runtime));
  const apply: Play["apply"] = (given, other) =>
    told(async () =>
      applyPlan(
        engine,
        await profile(),
        "plan" in given ? given.plan : given,
        { wait: false },
        { ...runtime, ...other },
      ),
    );
  return {
    name,
    directory,
    profile,
    set,
    plan,
    apply,
    sync: (options, other) =>
      told(async () =>
        sync(engine, await profile(), { full: false, wait: false, ...options }, { ...runtime, ...other }),
      ),
    review: async (options) => apply(await plan(options)),
    undo: async (run) =>
      undoPlan(engine, await profile(), typeof run === "number" || "row" in run ? run : run.run, runtime),
    adopt: async (options) => {
      const nothing = { addresses: [], sameAddress: false, groups: false, gone: false };
      await adopt(engine, await profile(), { ...nothing, ...options });
    },
    restore: async (who) => restore(engine, await profile(), who),
  };
};

/** What a run did and left in the record; a Fault it threw is told like one it gives back. */
const tell = async (engine: EngineDependencies, run: () => Promise<RunResult>): Promise<Told> => {
  const { store } = engine;
  let result: RunResult | undefined;
  let fault: Fault | undefined;
  const before = await newestRun(store);
  try {
    result = await run();
    ({ fault } = result);
  } catch (error) {
    if (!isFault(error)) throw error;
    fault = error;
  }
  const id = result?.run ?? (await newestRun(store));
  const isNew = result !== undefined || id !== before;
  const recorded = isNew ? await store.run(id) : undefined;
  const rows = recorded === undefined ? [] : await allRows(engine, id);
  const notes = recorded === undefined ? [] : await store.notes(id);
  return {
    run: isNew ? id : 0,
    outcome: recorded?.outcome,
    changes: rows.filter(({ action }) => action !== "keep").map(lineOf),
    kept: rows.filter(({ action }) => action === "keep").map((row) => `${row.because.code} ${nameOf(row)}`),
    notes: [...new Set(notes.map(({ code, subject }) => `${code} ${subject?.email ?? subject?.name ?? ""}`.trim()))],
    guards: (recorded?.guards ?? []).map(({ code }) => code),
    fault,
    digest: recorded?.header?.digest ?? "",
    states: rows.filter(({ action }) => action !== "keep").map((row) => `${row.state} ${lineOf(row)}`),
    get plan() {
      if (recorded?.header === undefined) throw new Error(`there is no plan: ${String(fault)}`);
      return { header: recorded.header, rows: rows.map(planRow), notes };
    },
    recovered: result?.recovered ?? [],
  };
};

const planRow = ({
  state: _state,
  detail: _detail,
  accepted: _accepted,
  undoneBy: _undone,
  ...row
}: StoredRow): PlanRow => row;

const newestRun = async (store: Store): Promise<number> => (await store.runs({ limit: 1 })).rows[0]?.id ?? 0;

const nameOf = ({ subject }: PlanRow): string =>
  (subject.kind === "person" ? subject.email : subject.name) ?? subject.name ?? subject.id;

const lineOf = (row: PlanRow): string => {
  const { add = [], remove = [], removeByEmail = [] } = row;
  const gone = [...remove, ...removeByEmail];
  return [
    `${row.action} ${nameOf(row)}`,
    ...(add.length > 0 ? [`+${add.join(",")}`] : []),
    ...(gone.length > 0 ? [`-${gone.join(",")}`] : []),
  ].join(" ");
};

/** Sleeps cost no time, but two: a heartbeat would beat without end, and whoever waits for a lease waits for real work. */
const storyClock = (clock: Clock): Clock => ({
  now: () => clock.now(),
  sleep: (milliseconds, signal) => {
    if (milliseconds === defaultLimits.heartbeat)
      return new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
      );
    if (milliseconds === defaultLimits.leasePoll) return delay(5, undefined, signal === undefined ? {} : { signal });
    return clock.sleep(milliseconds, signal);
  },
});
