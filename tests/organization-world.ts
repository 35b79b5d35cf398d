/** An organization server, a client of it and the links between, for tests: real HTTP, a clock that costs no time. */
import { settings as defaults } from "../src/core/testing.ts";
import type { Desired, DesiredPerson } from "../src/core/desired.ts";
import type { Diagnostic } from "../src/core/diagnostic.ts";
import { diff } from "../src/core/diff/diff.ts";
import type { DiffSettings } from "../src/core/diff/input.ts";
import type { GroupLink, Mark, PersonLink } from "../src/core/link.ts";
import type { Log, LogFields } from "../src/core/log.ts";
import type { OrganizationGroup, OrganizationState } from "../src/core/organization-state.ts";
import { isChange, isLocal, numberRows, type PlanRow } from "../src/core/plan.ts";
import { settle } from "../src/core/settle.ts";
import { createKnown } from "../src/engine/known.ts";
import { createNetwork } from "../src/http/network.ts";
import { createTokenMemory } from "../src/http/token.ts";
import type {
  OpenOrganization,
  OrganizationDependencies,
  OrganizationSettings,
  SendResult,
  Step,
} from "../src/organizations/organization.ts";
import { openOrganization } from "../src/organizations/registry.ts";
import type { SandboxOptions } from "../src/organizations/sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../src/organizations/sandbox/testing.ts";

export interface OrganizationWorld extends AsyncDisposable {
  readonly sandbox: TestSandbox;
  readonly settings: OrganizationSettings;
  readonly dependencies: OrganizationDependencies;
  /** Everything logged, as JSON lines. */
  readonly lines: readonly string[];
  readonly waits: readonly { readonly seconds: number; readonly reason: string }[];
  /** Milliseconds slept on purpose. */
  readonly sleeps: readonly number[];
  /** A client of the server; the same one as long as it is not reopened. */
  readonly open: (
    settings?: Partial<OrganizationSettings>,
    dependencies?: Partial<OrganizationDependencies>,
  ) => Promise<OpenOrganization>;
}

export async function createOrganizationWorld(
  options: Omit<SandboxOptions, "now" | "random">,
): Promise<OrganizationWorld> {
  const sandbox = await startTestSandbox(options);
  const network = await createNetwork({ env: {} });
  const lines: string[] = [];
  const waits: { seconds: number; reason: string }[] = [];
  const sleeps: number[] = [];
  const opened: OpenOrganization[] = [];
  const write =
    (level: string) =>
    (message: string, fields?: LogFields): void =>
      void lines.push(JSON.stringify({ level, message, ...fields }));
  const log: Log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  const dependencies: OrganizationDependencies = {
    network,
    log,
    progress: () => {},
    clock: {
      now: () => sandbox.clock.now,
      sleep: (milliseconds, signal) => {
        if (signal?.aborted === true) return Promise.reject(signal.reason);
        sleeps.push(milliseconds);
        sandbox.clock.now += milliseconds;
        return Promise.resolve();
      },
    },
    random: () => 0.5,
    signal: new AbortController().signal,
    installation: "7f2c4c1e-0000-4000-8000-000000000001",
    platform: "linux",
    version: "1.2.3",
    tokens: createTokenMemory(),
    timeouts: { read: 2_000, write: 2_000 },
    onWait: (wait) => waits.push(wait),
  };
  const settings = {
    server: sandbox.url,
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
  };
  return {
    sandbox,
    settings,
    dependencies,
    lines,
    waits,
    sleeps,
    open: async (otherSettings = {}, otherDependencies = {}) => {
      const organization = await openOrganization(
        { ...settings, ...otherSettings },
        { ...dependencies, ...otherDependencies },
      );
      opened.push(organization);
      return organization;
    },
    [Symbol.asyncDispose]: async () => {
      for (const organization of opened) await organization[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
}

/** What a directory asks for, in short. */
export interface Wish {
  readonly people: readonly { readonly id: string; readonly email: string; readonly state?: "enabled" | "disabled" }[];
  readonly groups?: readonly { readonly id: string; readonly name: string; readonly members: readonly string[] }[];
}

export interface Applied {
  readonly steps: readonly Step[];
  readonly results: readonly SendResult[];
  /** Rows that a step settled. */
  readonly done: readonly number[];
}

/** A profile without a store: what it knows of the people and groups it manages. */
export interface Links {
  readonly people: Map<string, PersonLink>;
  readonly groups: Map<string, GroupLink>;
}

export interface Syncer {
  readonly links: Links;
  plan(wish: Wish, options?: { marks?: readonly Mark[] }): Promise<{ rows: PlanRow[]; notes: readonly Diagnostic[] }>;
  /** Sends until something other than done; the outcomes tell. */
  apply(rows: readonly PlanRow[]): Promise<Applied>;
}

/** Plans with the real difference and applies with the real client, links kept in memory; everybody missing counts as gone at once. */
export function createSyncer(
  organization: OpenOrganization,
  settings: Partial<DiffSettings> = {},
  now = Date.UTC(2026, 0, 5, 9),
): Syncer {
  const links: Links = { people: new Map(), groups: new Map() };
  const { abilities } = organization;
  const read = async (): Promise<OrganizationState | undefined> => organization.read?.("all");
  const plan: Syncer["plan"] = async (wish, options = {}) => {
    const known = [...links.people.values()].map((link) => ({ missingSince: now - 3_600_000, ...link }));
    const knownGroups = [...links.groups.values()].map((link) => ({ missingSince: now - 3_600_000, ...link }));
    const result = diff({
      desired: desiredOf(wish),
      people: known,
      groups: knownGroups,
      organization: await read(),
      marks: options.marks ?? [],
      settings: { ...defaults, ...settings },
      server: {
        readable: abilities.read === "yes",
        remove: abilities.remove === "yes",
        renameGroup: abilities.renameGroup === "yes",
        removeGroup: abilities.removeGroup === "yes",
        owners: new Set(["owner@sandbox.test"]),
      },
      now,
      secondReadAfter: 0,
      selectionChanged: false,
      directoryChanged: false,
      elsewhere: new Map(),
    });
    for (const link of result.updates.people) if (links.people.has(link.id)) links.people.set(link.id, found(link));
    for (const link of result.updates.groups) if (links.groups.has(link.id)) links.groups.set(link.id, found(link));
    return { rows: numberRows(result.changes).filter(isChange), notes: result.notes };
  };
  const take = (rows: readonly PlanRow[]): void => {
    const change = settle(rows, tableOf(links), now);
    for (const id of change.gonePeople) links.people.delete(id);
    for (const id of change.goneGroups) links.groups.delete(id);
    for (const link of change.people) links.people.set(link.id, link);
    for (const link of change.groups) links.groups.set(link.id, link);
  };
  const apply: Syncer["apply"] = async (rows) => {
    take(rows.filter(isLocal));
    const sent = rows.filter((row) => !isLocal(row));
    const known = createKnown({
      rows: sent,
      table: tableOf(links),
      adopted: () => false,
      users: true,
      state: await read(),
      keepManual: settings.keepManualMembers ?? true,
      seats: undefined,
    });
    const steps: Step[] = [];
    const results: SendResult[] = [];
    const done: number[] = [];
    for await (const step of organization.encode(sent, known)) {
      steps.push(step);
      const result = await organization.send(step);
      results.push(result);
      if (result.outcome !== "done") break;
      done.push(...step.rows);
      take(sent.filter((row) => step.rows.includes(row.row)));
    }
    return { steps, results, done };
  };
  return { links, plan, apply };
}

const found = <Link extends { readonly missingSince?: number }>({ missingSince: _missing, ...link }: Link) => link;

const tableOf = ({ people, groups }: Links) => ({
  people,
  groups,
  holderOf: new Map([...people.values()].map((link) => [link.externalId, link.id])),
  holderOfMember: new Map(
    [...people.values()].flatMap((link) =>
      link.organizationId === undefined ? [] : [[link.organizationId, link.id] as const],
    ),
  ),
});

const desiredOf = ({ people, groups = [] }: Wish): Desired => ({
  people: new Map(
    people.map(({ id, email, state = "enabled" }): [string, DesiredPerson] => [
      id,
      { id, externalId: id, email, name: email, state },
    ]),
  ),
  groups: new Map(groups.map(({ id, name, members }) => [id, { id, externalId: id, name, members }])),
  leftOut: new Map(),
  unselected: new Map(),
  otherGroups: new Map(),
  externalIds: new Set(people.map(({ id }) => id)),
  notes: [],
});

/** Nobody asked: the groups whose memberships a test wants read. */
export const none = (_group: OrganizationGroup): boolean => false;
