import type { Output, RunSummary, ShownRow } from "../rpc/contract.ts";
import type { Note } from "./sections.ts";
import type { Answers } from "./testing.ts";

/** A firm of fifty as the engine tells of it: answers for the tests of this folder. */

const digest = "7f3c19ab".padEnd(64, "0");

const person = (
  action: ShownRow["action"],
  row: number,
  name: string,
  email: string,
  because: ShownRow["because"],
): ShownRow => ({
  row,
  action,
  subject: { kind: "person", id: `id-${row}`, name, email },
  before: action === "revoke" ? { email, status: "confirmed" } : {},
  after: action === "revoke" ? { email, status: "revoked" } : { email, status: "invited" },
  because,
  state: "planned",
});

export const rows: readonly ShownRow[] = [
  person("revoke", 0, "Tom de Wit", "tom@firm.test", { code: "leaver.disabled" }),
  person("invite", 1, "Ana Costa", "ana@firm.test", { code: "joiner.new" }),
  person("invite", 2, "Bo Li", "bo@firm.test", { code: "joiner.new" }),
  person("invite", 3, "Jürgen Groß", "j.gross@firm.test", { code: "joiner.new" }),
  {
    row: 4,
    action: "create-group",
    subject: { kind: "group", id: "g-1", name: "Field service" },
    before: {},
    after: { name: "Field service" },
    because: { code: "group.new" },
    added: 12,
  },
  {
    row: 5,
    action: "rename-group",
    subject: { kind: "group", id: "g-2", name: "Sales & Service" },
    before: { name: "Sales" },
    after: { name: "Sales & Service" },
    because: { code: "group.renamed" },
  },
  {
    row: 6,
    action: "change-members",
    subject: { kind: "group", id: "g-2", name: "Sales & Service" },
    before: { size: 9 },
    after: { size: 10 },
    because: { code: "group.members" },
    added: 2,
    removed: 1,
    addNames: ["Ana Costa", "Bo Li"],
    removeNames: ["Kim Pol"],
  },
  {
    ...person("keep", 7, "Mia Vos", "mia@firm.test", { code: "keep.owner", params: { reason: "leaver.disabled" } }),
    before: {},
    after: {},
  },
];

export const notes: readonly Note[] = [
  { code: "left_out.no_address", severity: "warning", subject: { kind: "person", id: "p-1", name: "Eva Blom" } },
  {
    code: "left_out.same_address",
    severity: "warning",
    subject: { kind: "person", id: "p-2", name: "Kim Pol", email: "kim@firm.test" },
    params: { value: "kim@firm.test", count: 2, others: ["Kim Pol-Vos (p-3)"] },
  },
  {
    code: "left_out.same_address",
    severity: "warning",
    subject: { kind: "person", id: "p-3", name: "Kim Pol-Vos", email: "kim@firm.test" },
    params: { value: "kim@firm.test", count: 2, others: ["Kim Pol (p-2)"] },
  },
  { code: "stranger", severity: "info", subject: { kind: "person", id: "m-9", email: "guest@other.test" } },
  { code: "unselected.people", severity: "info", params: { reason: "unselected.excluded", count: 4 } },
];

const counts = {
  byAction: { revoke: 1, invite: 3, "create-group": 1, "rename-group": 1, "change-members": 1, keep: 1 },
  changes: 7,
  membershipsAdded: 14,
  membershipsRemoved: 1,
  unchangedPeople: 47,
  unchangedGroups: 12,
  leftOut: 3,
  strangers: 1,
  linkedPeople: 49,
  linkedGroups: 13,
  memberships: 120,
  people: 52,
  groups: 14,
};

const header = {
  version: 1,
  profile: "0b6f3b1e-0000-4000-8000-000000000001",
  profileName: "main",
  organization: "3f2c0000-0000-4000-8000-000000000001",
  made: "2026-11-14T14:02:00.000Z",
  directory: "dir",
  selection: "sel",
  generation: 3,
  counts,
  digest,
  complete: true,
  applicable: true,
  seats: { total: 50, used: 49, needs: 3, frees: 1, short: 1 },
} satisfies RunSummary["header"];

export const planned: RunSummary = {
  run: 12,
  kind: "plan",
  profile: "main",
  directory: "ldap dc=firm,dc=test",
  organization: "acme",
  server: "https://vault.bitwarden.eu",
  startedAt: "2026-11-14T14:02:00.000Z",
  endedAt: "2026-11-14T14:02:01.000Z",
  outcome: "planned",
  header,
  counts,
  guards: [{ code: "guard.seats", params: { need: 3, have: 2, short: 1, total: 50 } }],
  tally: { readMilliseconds: 312, people: 52, groups: 14 },
  compared: "organization",
};

const nothing = {
  ...counts,
  byAction: {},
  changes: 0,
  membershipsAdded: 0,
  membershipsRemoved: 0,
  unchangedPeople: 52,
  unchangedGroups: 14,
  leftOut: 0,
  strangers: 0,
};

export const unchanged: RunSummary = {
  ...planned,
  outcome: "unchanged",
  header: { ...header, counts: nothing, seats: { total: 50, used: 49, needs: 0, frees: 0, short: 0 } },
  counts: nothing,
  guards: [],
};

/** The record of a run, asked in pages. */
export const recorded: Answers = {
  "runs.changes": ({ actions, states, limit = 100, cursor = 0 }) => {
    const found = rows.filter(
      (row) => (actions?.includes(row.action) ?? true) && (states?.includes(row.state ?? "planned") ?? true),
    );
    const next = cursor + limit;
    return { rows: found.slice(cursor, next), total: found.length, ...(next < found.length ? { next } : {}) };
  },
  "runs.notes": ({ limit = 100, cursor = 0 }) => {
    const next = cursor + limit;
    return { rows: notes.slice(cursor, next), total: notes.length, ...(next < notes.length ? { next } : {}) };
  },
  "plan.text": ({ cursor }) =>
    cursor === undefined
      ? { text: `{"plan":${JSON.stringify(planned.header)}}\n{"change":${JSON.stringify(row0)}}\n{"no`, next: "2" }
      : { text: `te":${JSON.stringify(notes[0])}}\n{"end":{"rows":1,"notes":1,"digest":"${digest}"}}\n` },
};
const { state: _state, ...row0 } = rows[0] ?? person("invite", 0, "", "", { code: "joiner.new" });

export const findings: Output<"directory.check"> = {
  name: "ldap dc=firm,dc=test",
  findings: [
    { code: "check.directory.reached", severity: "ok", params: { host: "dc1.firm.test", milliseconds: 4 } },
    { code: "check.directory.logged_in", severity: "ok", params: { user: "svc@firm.test" } },
    { code: "check.directory.plain", severity: "warning", params: { host: "dc1.firm.test" } },
  ],
};
