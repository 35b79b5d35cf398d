/** What the parts of the writers' contract share: a server for one test, rows, and sending them. */
import { afterEach } from "vitest";
import english from "../../locales/en.json" with { type: "json" };
import { createMessages } from "../../locales/messages.ts";
import { isFault, type Fault } from "../../src/core/fault.ts";
import { numberRows, type Change, type PlanRow } from "../../src/core/plan.ts";
import type { Dialect, Known, OpenOrganization, SendResult, Step } from "../../src/organizations/organization.ts";
import type { SandboxOptions } from "../../src/organizations/sandbox/sandbox.ts";
import { createOrganizationWorld, type OrganizationWorld } from "../organization-world.ts";

/** What a kind of organization brings to be tested. */
export interface OrganizationHarness {
  readonly dialect: Dialect;
  /** The most people one import may hold. */
  readonly mostPeople: number;
}

export const importPath = "/public/organization/import";
export const nothingKnown: Known = { group: () => undefined, memberCount: 10, overfull: false };

export interface Stage {
  readonly start: (options?: Omit<SandboxOptions, "now" | "random" | "dialect">) => Promise<OrganizationWorld>;
}

/** A new server of the dialect for each test that starts one, closed after it. */
export function stageOf({ dialect }: OrganizationHarness): Stage {
  let world: OrganizationWorld | undefined;
  afterEach(async () => {
    await world?.[Symbol.asyncDispose]();
    world = undefined;
  });
  return {
    start: async (options = {}) => {
      world = await createOrganizationWorld({ dialect, ...options });
      return world;
    },
  };
}

export const invitation = (id: string, email: string): Change => ({
  action: "invite",
  subject: { kind: "person", id: `${id}-${email}`, externalId: id, email },
  before: {},
  after: { email, externalId: id },
  because: { code: "joiner.new" },
});
export const invitations = (count: number, prefix = "p"): Change[] =>
  Array.from({ length: count }, (_, index) => invitation(`${prefix}${index}`, `${prefix}${index}@x.test`));
export const inviteRows = (count: number, prefix = "p"): PlanRow[] => numberRows(invitations(count, prefix));

export const createGroup = (id: string, members: readonly string[]): Change => ({
  action: "create-group",
  subject: { kind: "group", id, externalId: id, name: id },
  before: {},
  after: { name: id, externalId: id },
  because: { code: "group.new" },
  add: members,
});

export const leaver = (email: string, externalId: string): Change => ({
  action: "revoke",
  subject: { kind: "person", id: externalId, externalId, email },
  before: { email, externalId },
  after: { email, externalId, status: "revoked" },
  because: { code: "leaver.disabled" },
});

export const manyIds = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`);

/** Sends a plan's steps until one is not done. */
export const send = async (organization: OpenOrganization, rows: readonly PlanRow[], known: Known = nothingKnown) => {
  const steps: Step[] = [];
  const results: SendResult[] = [];
  const settled: number[] = [];
  for await (const step of organization.encode(rows, known)) {
    steps.push(step);
    const result = await organization.send(step);
    results.push(result);
    if (result.outcome !== "done") break;
    settled.push(...step.rows);
  }
  return { steps, results, settled, outcomes: results.map(({ outcome }) => outcome) };
};

/** What it was refused with; a fault whose words lack a value is a failure of its own. */
export const faultOf = async (act: Promise<unknown>): Promise<Fault> => {
  try {
    await act;
  } catch (error) {
    if (!isFault(error)) throw error;
    const { what, remedy } = messages.fault(error.code, error.params);
    if (/[?{]/u.test(what + remedy)) throw new Error(`words with a gap: ${what} ${remedy}`, { cause: error });
    return error;
  }
  throw new Error("nothing was refused");
};

const messages = createMessages(english, "en");
