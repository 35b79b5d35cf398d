/** Worked cases: what is there, what is asked, what comes of it, on the official server and on Vaultwarden. */
import { describe, expect, it } from "vitest";
import type { NewGroup, NewMember } from "./by-hand.ts";
import type { Dialect, Organization } from "./sandbox.ts";
import { groupsOf, membersOf, sendImport, startTestSandbox } from "./testing.ts";
import type { ImportBody } from "./testing.ts";

interface After {
  readonly status?: number;
  readonly members: readonly string[];
  readonly groups?: readonly string[];
  /** Event types in order; on Vaultwarden there are none ever. */
  readonly events?: readonly number[];
  readonly mails?: readonly string[];
  readonly message?: string;
}

interface Case {
  readonly given: string;
  readonly before?: readonly NewMember[];
  readonly groupsBefore?: readonly NewGroup[];
  readonly organization?: Partial<Organization>;
  readonly request: ImportBody;
  readonly official?: After;
  readonly vaultwarden?: After;
}

const owner = { type: 0 } as const;
const admin = { type: 1 } as const;
const invited = { status: 0 } as const;
const revoked = { status: -1 } as const;
const staged = { status: 3 } as const;
const add = (email: string, externalId: string) => ({ email, externalId, deleted: false });
const drop = (email: string | null, externalId: string) => ({ email, externalId, deleted: true });
const group = (name: string, externalId: string, ...memberExternalIds: string[]) => ({
  name,
  externalId,
  memberExternalIds,
});
const nineHands: readonly NewMember[] = Array.from({ length: 8 }, (_, index) => ({ email: `hand${index}@x` }));
const hands = nineHands.map((member) => `${member.email}/-/confirmed`);
const syncFailed =
  "Sync failed. To proceed, disable the 'Remove and re-add users during next sync' setting and try again.";

const cases: readonly Case[] = [
  {
    given: "1: a stranger",
    request: { members: [add("a@x", "1")] },
    official: { members: ["a@x/1/invited"], events: [1500], mails: ["a@x"] },
    vaultwarden: { members: ["a@x/1/invited"] },
  },
  {
    given: "2: a known member",
    before: [{ email: "a@x", externalId: "1" }],
    request: { members: [add("a@x", "1")] },
    official: { members: ["a@x/1/confirmed"] },
    vaultwarden: { members: ["a@x/1/confirmed"] },
  },
  {
    given: "3: a hand-made member, the address in capitals",
    before: [{ email: "a@x" }],
    request: { members: [add("A@X", "1")] },
    official: { members: ["a@x/1/confirmed"] },
    vaultwarden: { members: ["a@x/1/confirmed"] },
  },
  {
    given: "4: a hand-made Owner",
    before: [{ email: "o@x", ...owner }],
    request: { members: [add("o@x", "9")] },
    official: { members: ["o@x/9/confirmed/owner"] },
    vaultwarden: { members: ["o@x/9/confirmed/owner"] },
  },
  {
    given: "5: a known address with another id, in a group by the new id",
    before: [{ email: "a@x", externalId: "1" }],
    request: { members: [add("a@x", "2")], groups: [group("G", "g", "2")] },
    official: { members: ["a@x/1/confirmed"], groups: ["G/g{}"], events: [1400] },
    vaultwarden: { members: ["a@x/2/confirmed"], groups: ["G/g{a@x}"] },
  },
  {
    given: "6: a known id with another address",
    before: [{ email: "a@x", externalId: "1" }],
    request: { members: [add("b@x", "1")], groups: [group("G", "g", "1")] },
    official: { members: ["a@x/1/confirmed"], groups: ["G/g{a@x}"], events: [1400] },
    vaultwarden: { members: ["a@x/1/confirmed", "b@x/1/invited"], groups: ["G/g{a@x}"] },
  },
  {
    given: "7: a deletion",
    before: [{ email: "a@x", externalId: "1" }],
    request: { members: [drop("a@x", "1")] },
    official: { members: [], events: [1503] },
    vaultwarden: { members: ["a@x/1/revoked"] },
  },
  {
    given: "8: a deletion with another address",
    before: [{ email: "a@x", externalId: "1" }],
    request: { members: [drop("other@x", "1")] },
    official: { members: [], events: [1503] },
    vaultwarden: { members: ["a@x/1/confirmed"] },
  },
  {
    given: "9: a deletion of a hand-made member",
    before: [{ email: "a@x" }],
    request: { members: [drop("a@x", "1")] },
    official: { members: ["a@x/-/confirmed"] },
    vaultwarden: { members: ["a@x/1/revoked"] },
  },
  {
    given: "11: a deletion of one of two Owners",
    before: [{ email: "o@x", externalId: "9", ...owner }],
    request: { members: [drop("o@x", "9")] },
    official: { members: ["o@x/9/confirmed/owner"] },
    vaultwarden: { members: ["o@x/9/revoked/owner"] },
  },
  {
    given: "12: a deletion of an Admin",
    before: [{ email: "a@x", externalId: "1", ...admin }],
    request: { members: [drop("a@x", "1")] },
    official: { members: [], events: [1503] },
    vaultwarden: { members: ["a@x/1/revoked/admin"] },
  },
  {
    given: "13: a revoked member",
    before: [{ email: "a@x", externalId: "1", ...revoked, priorStatus: 1 }],
    request: { members: [add("a@x", "1")] },
    official: { members: ["a@x/1/revoked"] },
    vaultwarden: { members: ["a@x/1/accepted"] },
  },
  {
    given: "14: an overwrite with nobody, one member hand-made",
    before: [{ email: "a@x", externalId: "1" }, { email: "b@x" }],
    request: { overwriteExisting: true },
    official: { members: ["b@x/-/confirmed"], events: [1503] },
    vaultwarden: { members: ["b@x/-/confirmed"] },
  },
  {
    given: "15: an overwrite with a pending invitation to go",
    before: [{ email: "a@x", externalId: "1", ...invited }],
    request: { overwriteExisting: true },
    official: { status: 400, message: syncFailed, members: ["a@x/1/invited"] },
    vaultwarden: { members: [] },
  },
  {
    given: "16: an overwrite that deletes somebody without a password",
    before: [
      { email: "a@x", externalId: "1" },
      { email: "b@x", externalId: "2", ...invited },
    ],
    request: { overwriteExisting: true, members: [drop("b@x", "2")] },
    official: { status: 400, message: syncFailed, members: ["a@x/1/confirmed"], events: [] },
    vaultwarden: { members: ["b@x/2/revoked"] },
  },
  {
    given: "17: a synced group with a hand-made member and another name",
    before: [{ email: "a@x", externalId: "1" }, { email: "h@x" }],
    groupsBefore: [{ name: "Old", externalId: "g1", members: ["a@x", "h@x"] }],
    request: { groups: [group("New", "g1", "1")] },
    official: { members: ["a@x/1/confirmed", "h@x/-/confirmed"], groups: ["New/g1{a@x}"], events: [1401] },
    vaultwarden: { members: ["a@x/1/confirmed", "h@x/-/confirmed"], groups: ["Old/g1{a@x}"] },
  },
  {
    given: "18: a synced group that is not mentioned",
    groupsBefore: [{ name: "G", externalId: "g1" }],
    request: { groups: [] },
    official: { members: [], groups: ["G/g1{}"] },
    vaultwarden: { members: [], groups: ["G/g1{}"] },
  },
  {
    given: "19: a hand-made group of the same name",
    groupsBefore: [{ name: "X" }],
    request: { groups: [group("X", "g1")] },
    official: { members: [], groups: ["X/-{}", "X/g1{}"], events: [1400] },
    vaultwarden: { members: [], groups: ["X/-{}", "X/g1{}"] },
  },
  {
    given: "20: a staged member and an import that invites",
    before: [{ email: "a@x", externalId: "1", ...staged }],
    organization: { stagedFlag: true },
    request: { members: [add("a@x", "1")], inviteUsersAfterProvisioning: true },
    official: { members: ["a@x/1/staged"] },
  },
  {
    given: "21: a stranger not to be invited, staging switched on",
    organization: { stagedFlag: true, seats: 1 },
    request: { members: [add("a@x", "1")], inviteUsersAfterProvisioning: false },
    official: { members: ["a@x/1/staged"], events: [1523], mails: [] },
    vaultwarden: { members: ["a@x/1/invited"] },
  },
  {
    given: "22: a stranger not to be invited, staging switched off",
    request: { members: [add("a@x", "1")], inviteUsersAfterProvisioning: false },
    official: { members: ["a@x/1/invited"], events: [1500], mails: ["a@x"] },
    vaultwarden: { members: ["a@x/1/invited"] },
  },
  {
    given: "23: a full Teams Starter, one leaving and two coming",
    before: [...nineHands, { email: "g@x", externalId: "7" }],
    organization: { seats: 10, planAllowsMoreSeats: false },
    request: { members: [add("a@x", "1"), add("b@x", "2"), drop("g@x", "7")] },
    official: { status: 400, message: "Plan does not allow additional seats.", members: hands, events: [] },
  },
  {
    given: "23b: a full Teams Starter, one leaving and one coming",
    before: [...nineHands, { email: "g@x", externalId: "7" }],
    organization: { seats: 10, planAllowsMoreSeats: false },
    request: { members: [add("a@x", "1"), drop("g@x", "7")] },
    official: { members: ["a@x/1/invited", ...hands], events: [1500, 1503], mails: ["a@x"] },
  },
  {
    given: "24: two members with one id",
    before: [
      { email: "a@x", externalId: "1" },
      { email: "b@x", externalId: "1" },
    ],
    request: { members: [add("c@x", "3")], groups: [group("G", "g", "1")] },
    official: { status: 500, members: ["a@x/1/confirmed", "b@x/1/confirmed"] },
    vaultwarden: { members: ["a@x/1/confirmed", "b@x/1/confirmed", "c@x/3/invited"], groups: ["G/g{a@x}"] },
  },
  {
    given: "25: one address twice, and a deletion",
    before: [{ email: "d@x", externalId: "4" }],
    request: { members: [add("a@x", "1"), add("a@x", "2"), drop("d@x", "4")] },
    official: { status: 500, members: [] },
    vaultwarden: { members: ["a@x/2/invited", "d@x/4/revoked"] },
  },
];

const dialects: readonly Dialect[] = ["official-cloud", "official-selfhost", "vaultwarden"];

describe.each(dialects)("an import into %s, given", (dialect) => {
  const mine = cases.flatMap((entry) => {
    const after = dialect === "vaultwarden" ? entry.vaultwarden : entry.official;
    const forCloudOnly = entry.organization?.planAllowsMoreSeats === false;
    return after === undefined || (forCloudOnly && dialect === "official-selfhost") ? [] : [{ ...entry, after }];
  });

  it.each(mine)("$given", async ({ before, groupsBefore, organization, request, after }) => {
    const sandbox = await startTestSandbox({
      dialect,
      seed: { members: before ?? [], groups: groupsBefore ?? [] },
      ...(organization === undefined ? {} : { organization }),
    });
    try {
      const answer = await sendImport(sandbox, request);
      expect(answer.status).toBe(after.status ?? 200);
      expect(answer.text).toContain(after.message ?? "");
      expect(answer.text === "").toBe(answer.status === 200);
      expect(membersOf(sandbox.state)).toEqual(after.members);
      expect(groupsOf(sandbox.state)).toEqual(after.groups ?? []);
      expect(sandbox.state.events.map((event) => event.type)).toEqual(after.events ?? []);
      expect(sandbox.state.mails.map((mail) => mail.to)).toEqual(after.mails ?? []);
      expect(sandbox.requests.at(-1)?.defect).toBeUndefined();
    } finally {
      await sandbox.close();
    }
  });
});

describe("10: the only Owner of an organization", () => {
  it.each([
    { dialect: "official-cloud" as const, externalId: "9" },
    { dialect: "vaultwarden" as const, externalId: "8" },
  ])("stays one when $dialect is asked to delete them", async ({ dialect, externalId }) => {
    const sandbox = await startTestSandbox({ dialect });
    try {
      const only = sandbox.byHand.findMember("owner@sandbox.test");
      if (only !== undefined) only.externalId = "9";
      const answer = await sendImport(sandbox, {
        members: [drop("owner@sandbox.test", dialect === "vaultwarden" ? "8" : "9")],
      });
      expect(answer.status).toBe(200);
      expect(sandbox.byHand.findMember("owner@sandbox.test")).toMatchObject({ status: 2, type: 0, externalId });
    } finally {
      await sandbox.close();
    }
  });
});
