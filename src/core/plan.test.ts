import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, makePlan, type PlanFacts } from "./make-plan.ts";
import { canonicalLine, isChange, isLocal, numberRows, type Change } from "./plan.ts";
import { parsePlan, printPlan } from "./plan-file.ts";

const change = (more: Partial<Change> & { readonly id?: string } = {}): Change => {
  const { id = "ana", ...rest } = more;
  return {
    action: "revoke",
    subject: { kind: "person", id, name: "Ana", email: "ana@firm.test", externalId: id },
    before: { email: "ana@firm.test", status: "confirmed" },
    after: { email: "ana@firm.test", status: "revoked" },
    because: { code: "leaver.disabled" },
    ...rest,
  };
};
const facts: PlanFacts = {
  profile: "5f0c7f7e-0000-4000-8000-000000000000",
  profileName: "main",
  organization: "o",
  made: "2026-11-24T12:00:00.000Z",
  directory: "dc=firm",
  selection: "s",
  generation: 3,
  complete: true,
  applicable: true,
  totals: {
    unchangedPeople: 1,
    unchangedGroups: 2,
    leftOut: 3,
    strangers: 4,
    linkedPeople: 5,
    linkedGroups: 6,
    memberships: 7,
    people: 8,
    groups: 9,
  },
};
const digest = (...changes: Change[]): string => digestOf(numberRows(changes));

describe("plan order", () => {
  it("takes access before it needs seats, brings people before groups, and sorts by id in code units", () => {
    const rows = numberRows([
      change({ action: "keep" }),
      change({ action: "create-group", subject: { kind: "group", id: "g" } }),
      change({ action: "invite", id: "b" }),
      change({ action: "invite", id: "B" }),
      change({ action: "invite", id: "é" }),
      change({ action: "revoke" }),
      change({ action: "adopt", subject: { kind: "group", id: "x" } }),
      change({ action: "adopt", id: "x" }),
    ]);
    expect(rows.map((row) => `${row.row} ${row.action} ${row.subject.kind} ${row.subject.id}`)).toEqual([
      "0 adopt person x",
      "1 adopt group x",
      "2 revoke person ana",
      "3 invite person B",
      "4 invite person b",
      "5 invite person é",
      "6 create-group group g",
      "7 keep person ana",
    ]);
  });

  it("is the same whatever order the changes came in", () => {
    const changes = ["a", "b", "c", "d"].flatMap((id) => [change({ id }), change({ id, action: "adopt" })]);
    fc.assert(
      fc.property(fc.shuffledSubarray(changes, { minLength: changes.length }), (mixed) => {
        expect(numberRows(mixed)).toEqual(numberRows(changes));
      }),
    );
  });
});

describe("the digest", () => {
  it("covers what is done to whom: action, id, addresses, states, ids and memberships", () => {
    const base = digest(change());
    const others = [
      change({ action: "remove" }),
      change({ id: "bo" }),
      change({ before: { email: "other@firm.test", status: "confirmed" } }),
      change({ before: { email: "ana@firm.test", status: "invited" } }),
      change({ after: { email: "ana@firm.test", status: "revoked", externalId: "x" } }),
      change({ add: ["x"] }),
      change({ remove: ["x"] }),
      change({ removeByEmail: ["x"] }),
    ];
    expect(new Set([base, ...others.map((other) => digest(other))]).size).toBe(others.length + 1);
  });

  it("covers no display names, reasons, sizes or notes in row form", () => {
    const base = change();
    const same = [
      change({ subject: { ...base.subject, name: "Another name", organizationId: "m-1" } }),
      change({ because: { code: "gone.not_found", params: { x: 1 } } }),
      change({ before: { ...base.before, size: 7 } }),
    ];
    for (const other of same) expect(digest(other)).toBe(digest(base));
    expect(digest(base, change({ action: "keep", id: "bo" }))).toBe(digest(base));
  });

  it("does not depend on the order of keys or of memberships", () => {
    expect(canonicalLine(change({ before: { status: "confirmed", email: "ana@firm.test" }, add: ["b", "a"] }))).toBe(
      canonicalLine(change({ before: { email: "ana@firm.test", status: "confirmed" }, add: ["a", "b"] })),
    );
  });
});

describe("a plan", () => {
  it("counts rows by action, and changes without notes in row form", () => {
    const { header } = makePlan(
      [
        change(),
        change({ action: "keep", id: "bo" }),
        change({
          action: "change-members",
          subject: { kind: "group", id: "g" },
          add: ["a", "b"],
          remove: ["c"],
          removeByEmail: ["d"],
        }),
      ],
      [],
      facts,
    );
    expect(header.counts).toMatchObject({
      byAction: { revoke: 1, keep: 1, "change-members": 1 },
      changes: 2,
      membershipsAdded: 2,
      membershipsRemoved: 2,
      leftOut: 3,
      people: 8,
    });
  });

  it("tells what is a change, and what only concerns our own record", () => {
    expect(isChange(change({ action: "keep" }))).toBe(false);
    const local = (action: Change["action"], code: string) => isLocal(change({ action, because: { code } }));
    expect(local("adopt", "adopt.same_id")).toBe(true);
    expect(local("readdress", "address.theirs_to_change")).toBe(true);
    expect(local("readdress", "address.arrived")).toBe(true);
    expect(local("readdress", "address.invited_anew")).toBe(false);
    expect(local("readdress", "address.replaced")).toBe(false);
    expect(local("revoke", "leaver.disabled")).toBe(false);
  });
});

describe("a plan as a file", () => {
  const plan = makePlan(
    [change(), change({ id: "bo", action: "keep" })],
    [{ code: "stranger", severity: "info" }],
    facts,
  );
  const lines = (): string[] => [...printPlan(plan)];
  const damage = async (text: readonly string[]): Promise<unknown> => {
    try {
      await parsePlan(text, "p.jsonl");
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it("reads what it wrote", async () => {
    expect(await parsePlan(lines(), "p.jsonl")).toEqual(plan);
  });

  it("reads it whole or not at all: any line taken away, repeated or moved is damage", async () => {
    const whole = lines();
    for (const at of whole.keys()) {
      const without = whole.filter((_, index) => index !== at);
      expect(await damage(without)).toMatchObject({ code: "plan.damaged" });
      expect(await damage([...whole.slice(0, at + 1), ...whole.slice(at)])).toMatchObject({ code: "plan.damaged" });
    }
    expect(await damage(whole.toReversed())).toMatchObject({ code: "plan.damaged" });
    expect(await damage([])).toMatchObject({ code: "plan.damaged" });
  });

  it("notices every change to a change", async () => {
    const edited = lines().map((line) => line.replace('"status":"revoked"', '"status":"invited"'));
    expect(await damage(edited)).toMatchObject({ code: "plan.damaged", params: { path: "p.jsonl" } });
  });

  it.each(["not json", "{}", '{"change":{}}', '{"plan":{"version":2}}', '{"note":{"code":1}}'])(
    "given the line %s, then it is damage that names the line",
    async (text) => {
      const [first = "", ...rest] = lines();
      expect(await damage([first, text, ...rest])).toMatchObject({ code: "plan.damaged", params: { line: 2 } });
    },
  );
});
