/**
 * A whole Bitwarden-compatible organization server in one process: for trying the program out without touching a real
 * organization, and the double every test of ours speaks to. It answers real HTTP on 127.0.0.1 in one of three dialects
 * (the official cloud, the official self-hosted server, Vaultwarden), makes their partial effects and error bodies, and
 * has a knob for everything that can go wrong. It shares no code with the rest of the program, so that an agreement
 * between the two means something.
 *
 *     const sandbox = await startSandbox({ dialect: "official-cloud", plan: "teams-starter", now, random });
 *     sandbox.byHand.addMember({ email: "ann@example.test" });
 *     sandbox.control.faults.push({ path: "/public/organization/import", at: 2, fault: { kind: "close", when: "after" } });
 *     …
 *     await sandbox.close();
 */
import { createByHand } from "./by-hand.ts";
import type { ByHand, NewGroup, NewMember } from "./by-hand.ts";
import { createHttpServer } from "./http.ts";
import { defaultControl } from "./knobs.ts";
import type { Control } from "./knobs.ts";
import { planRules } from "./plans.ts";
import type { Plan } from "./plans.ts";
import { newGuid, newSecret } from "./random.ts";
import type { Random } from "./random.ts";
import { createRateLimiter } from "./rate-limit.ts";
import type { Context } from "./reply.ts";
import { createRequestLog } from "./request-log.ts";
import type { RequestRecord } from "./request-log.ts";
import { memberType } from "./state.ts";
import type { Dialect, Organization, State } from "./state.ts";
import { createSaver, loadState } from "./store-file.ts";
import { issueToken } from "./tokens.ts";
import type { TokenWishes } from "./tokens.ts";

export type { Control, Fault, FaultRule } from "./knobs.ts";
export type { RequestRecord } from "./request-log.ts";
export { memberStatus, memberType } from "./state.ts";
export type { Dialect, Member, Organization, State } from "./state.ts";

export interface SandboxOptions {
  readonly dialect: Dialect;
  /** `enterprise` when left out; it means nothing to Vaultwarden. */
  readonly plan?: Plan;
  /** Instead of the plan's seats; null is unlimited. */
  readonly seats?: number | null;
  /** 0 or left out is any free port. */
  readonly port?: number;
  /** Where the server lives below its host, e.g. `/vw`; nothing when left out. */
  readonly basePath?: string;
  readonly latencyMs?: number;
  /** Read at the start if it exists (then plan, seats and seed are not looked at), written after every change. */
  readonly stateFile?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: Random;
  /** What the organization holds beside its Owner. */
  readonly seed?: { readonly members?: readonly NewMember[]; readonly groups?: readonly NewGroup[] };
  /** Overrides of a new organization, whatever its plan says. */
  readonly organization?: Partial<Organization>;
  /** How many requests the log keeps; 1,000 when left out. */
  readonly keptRequests?: number;
}

export interface Sandbox {
  readonly url: string;
  readonly apiUrl: string;
  readonly identityUrl: string;
  readonly organizationId: string;
  readonly clientId: string;
  /** The present one: it changes with `byHand.rotateKey()`. */
  readonly clientSecret: string;
  /** Live: read it for assertions, change it as you like. */
  readonly state: State;
  readonly control: Control;
  readonly requests: readonly RequestRecord[];
  readonly byHand: ByHand;
  /** A token without asking for one: expired, of another scope, of another organization … */
  readonly issueToken: (wishes?: TokenWishes) => string;
  /** Writes the state file now, for changes made by hand; nothing without one. */
  readonly save: () => Promise<void>;
  /** Ends every connection, waiting ones too, and frees the port. */
  readonly close: () => Promise<void>;
}

/** Starts a server; throws when the port is taken or the state file is of another dialect. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const stored = options.stateFile === undefined ? undefined : await loadState(options.stateFile);
  if (stored !== undefined && stored.dialect !== options.dialect) {
    throw new Error(`The state file holds an organization of the dialect ${stored.dialect}, not ${options.dialect}.`);
  }
  const state = stored ?? newState(options);
  const save = options.stateFile === undefined ? () => Promise.resolve() : createSaver(options.stateFile, state);
  const control: Control = { ...defaultControl(options.dialect), latencyMs: options.latencyMs ?? 0 };
  const basePath = (options.basePath ?? "").replace(/\/+$/, "");
  const limiter = createRateLimiter();
  const log = createRequestLog(options.keptRequests ?? 1000);
  const closing = new AbortController();

  let url = "";
  const context = (): Context => ({
    state,
    control,
    clock: () => options.now() + control.clockSkewMs,
    random: options.random,
    limiter,
    url,
  });
  const server = createHttpServer({ context, basePath, log, save, closing: closing.signal });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The sandbox has no port.");
  url = `http://127.0.0.1:${address.port}${basePath}`;
  await save();

  return {
    url,
    apiUrl: `${url}/api`,
    identityUrl: `${url}/identity`,
    organizationId: state.organization.id,
    clientId: `organization.${state.organization.id}`,
    get clientSecret() {
      return state.organization.apiKey;
    },
    state,
    control,
    requests: log.records,
    byHand: createByHand(state, options.random),
    issueToken: (wishes) => issueToken(context(), wishes),
    save,
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
      await save();
    },
  };
}

/** A new organization with a key of its own and one confirmed Owner. */
function newState(options: SandboxOptions): State {
  const { random } = options;
  const vaultwarden = options.dialect === "vaultwarden";
  const rules = planRules(options.plan ?? "enterprise");
  const organization: Organization = {
    id: newGuid(random),
    name: "Sandbox",
    apiKey: newSecret(random),
    apiKeyRow: newGuid(random),
    enabled: true,
    ...(vaultwarden ? { ...planRules("enterprise"), useEvents: false } : rules),
    ...(options.seats === undefined || vaultwarden ? {} : { seats: options.seats }),
    maxAutoscaleSeats: null,
    planMaxAdditionalSeats: null,
    hasPayment: true,
    hasSubscription: true,
    subscriptionCancelled: false,
    provider: "none",
    sponsorships: 0,
    stagedFlag: false,
    findsPendingByEmail: true,
    mailEnabled: false,
    twoFactorPolicy: false,
    ...options.organization,
  };
  const state: State = {
    dialect: options.dialect,
    organization,
    members: new Map(),
    groups: new Map(),
    events: [],
    mails: [],
    accounts: new Map(),
    signingKey: undefined,
  };
  const byHand = createByHand(state, random);
  byHand.addMember({ email: "owner@sandbox.test", type: memberType.owner, name: "Owner" });
  for (const member of options.seed?.members ?? []) byHand.addMember(member);
  for (const group of options.seed?.groups ?? []) byHand.addGroup(group);
  return state;
}
