import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultOf } from "../../../tests/organization-contract/stage.ts";
import { actions, numberRows, type Change } from "../../core/plan.ts";
import type { Known, KnownGroup, Step } from "../organization.ts";
import { encodeRows } from "./encode.ts";

const facts = { server: "vault.test", staging: true };

const someone = (action: Change["action"], id: string, more: Partial<Change> = {}): Change => ({
  action,
  subject: { kind: "person", id, externalId: id, email: `${id}@new.test`, organizationId: `guid-${id}` },
  before: { email: `${id}@old.test`, externalId: id },
  after: { email: `${id}@new.test`, externalId: id },
  because: { code: "because" },
  ...more,
});
const some = (action: Change["action"], id: string, more: Partial<Change> = {}): Change => ({
  action,
  subject: { kind: "group", id, externalId: id, name: id },
  before: { externalId: id, name: id },
  after: { externalId: id, name: id },
  because: { code: "because" },
  ...more,
});
const groupOf = (id: string, more: Partial<KnownGroup> = {}): KnownGroup => ({
  externalId: id,
  name: id,
  members: [],
  writtenBy: "import",
  manual: [],
  ...more,
});
const knowing = (groups: readonly KnownGroup[], more: Partial<Known> = {}): Known => ({
  group: (id) => groups.find((group) => group.externalId === id),
  memberCount: 10,
  overfull: false,
  ...more,
});
const encode = (changes: readonly Change[], known = knowing([])): Step[] =>
  encodeRows(numberRows(changes), known, facts);
const summary = (step: Step): string => {
  switch (step.kind) {
    case "import":
      return `${step.invite ? "import" : "stage"} ${[...step.members.map(({ email }) => email), ...step.groups.map((group) => `${group.name}/${group.externalId}[${group.memberExternalIds.join(",")}]`)].join(" ")}`;
    case "group-members":
      return `put ${step.group.name}: ${step.members.join(",")}`;
    case "remove-group":
      return `remove-group ${step.group.name}`;
    default:
      return `${step.kind} ${step.member.email}`;
  }
};

describe("the order of requests", () => {
  it("takes access first, then gives it, people before groups, unions last", () => {
    const steps = encode(
      [
        some("remove-group", "r"),
        some("change-members", "m", { add: ["i"] }),
        some("create-group", "c", { add: ["i"] }),
        someone("stage", "st"),
        someone("invite", "i"),
        someone("stamp", "s"),
        someone("restore", "b"),
        someone("remove", "d"),
        someone("revoke", "v"),
        someone("adopt", "a"),
        someone("keep", "k"),
      ],
      knowing([groupOf("m", { writtenBy: "member-ids", organizationId: "guid-m" })]),
    );
    expect(steps.map(summary)).toEqual([
      "revoke v@old.test",
      "remove d@old.test",
      "restore b@old.test",
      "import s@new.test i@new.test",
      "stage st@new.test",
      "import c/c[i]",
      "put m: i",
      "remove-group r",
    ]);
  });

  it("settles every row that is sent, once", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...actions), fc.nat(30)), { maxLength: 60 }), (wishes) => {
        const ids = new Set<string>();
        const changes = wishes.flatMap(([action, number]) => {
          const isGroup = action.includes("group") || action === "change-members";
          const id = `${isGroup ? "g" : "p"}${number}`;
          if (ids.has(id)) return [];
          ids.add(id);
          return [isGroup ? some(action, id) : someone(action, id)];
        });
        const rows = numberRows(changes);
        const steps = encodeRows(rows, knowing(rows.map(({ subject }) => groupOf(subject.id))), facts);
        const settled = steps.flatMap((step) => step.rows).toSorted((a, b) => a - b);
        const sent = rows.filter(({ action }) => action !== "adopt" && action !== "keep").map(({ row }) => row);
        expect(settled).toEqual(sent);
      }),
    );
  });
});

describe("people", () => {
  it("are named as the organization knows them, and as it shall know them", () => {
    const [revoke, invite] = encode([someone("revoke", "v"), someone("invite", "i")]);
    expect(revoke).toMatchObject({
      member: { email: "v@old.test", externalId: "v", organizationId: "guid-v" },
      rows: [0],
    });
    expect(invite).toMatchObject({ members: [{ email: "i@new.test", externalId: "i", deleted: false }], rows: [1] });
  });

  it("with a new address, only invited: taken out where they still are, then invited anew", () => {
    const because = { code: "address.invited_anew" };
    const steps = encode([someone("readdress", "r", { because })]);
    expect(steps).toEqual([
      {
        kind: "remove",
        member: { email: "r@old.test", externalId: "r", organizationId: "guid-r" },
        onlyIf: "pending",
        rows: [],
        begins: [0],
      },
      expect.objectContaining({
        kind: "import",
        members: [{ email: "r@new.test", externalId: "r", deleted: false }],
        invite: true,
        rows: [0],
      }),
    ]);
    const after = { email: "r@new.test", externalId: "r", status: "staged" as const };
    expect(encode([someone("readdress", "r", { because, after })])[1]).toMatchObject({ invite: false });
  });

  it.each(["address.theirs_to_change", "address.arrived"])("with a new address that needs no request: %s", (code) => {
    expect(encode([someone("readdress", "r", { because: { code } })])).toEqual([]);
  });

  it("are staged by one first, then the others", () => {
    const steps = encode(["a", "b", "c"].map((id) => someone("stage", id)));
    expect(steps.map(summary)).toEqual(["stage a@new.test", "stage b@new.test c@new.test"]);
  });

  it("are not staged by a server that cannot", async () => {
    const rows = numberRows([someone("stage", "a"), someone("revoke", "b")]);
    const fault = await faultOf(Promise.try(() => encodeRows(rows, knowing([]), { ...facts, staging: false })));
    expect(fault).toMatchObject({ code: "organization.no_staging", params: { server: "vault.test", reason: "flag" } });
  });

  it("say largeImport as soon as there is more than one import", () => {
    const large = (count: number) =>
      encode(Array.from({ length: count }, (_, index) => someone("invite", `p${index}`))).map(
        (step) => step.kind === "import" && step.largeImport,
      );
    expect(large(2_000)).toEqual([false]);
    expect(large(2_001)).toEqual([true, true]);
  });
});

describe("groups", () => {
  it("go with their whole membership and all their changes in one", () => {
    const steps = encode(
      [
        some("rename-group", "g", { after: { name: "New", externalId: "g" } }),
        some("change-members", "g", { add: ["c", "d"], remove: ["a"] }),
      ],
      knowing([groupOf("g", { name: "Old", members: ["a", "b", "c"] })]),
    );
    expect(steps.map(summary)).toEqual(["import New/g[b,c,d]"]);
    expect(steps[0]?.rows).toEqual([0, 1]);
  });

  it("are renamed with the members they have, emptied of those that are ours", () => {
    const groups = knowing([groupOf("r", { members: ["x"] }), groupOf("e", { members: ["a", "b", "z"] })]);
    const steps = encode(
      [some("rename-group", "r", { after: { name: "R" } }), some("empty-group", "e", { remove: ["a", "b"] })],
      groups,
    );
    expect(steps.map(summary)).toEqual(["import R/r[x] e/e[z]"]);
  });

  it("holding others are written by a union, never by import, and keep their name", () => {
    const groups = knowing([
      groupOf("g", {
        name: "Old",
        members: ["a", "b"],
        manual: ["guid-hand"],
        writtenBy: "member-ids",
        organizationId: "guid-g",
      }),
    ]);
    const steps = encode(
      [
        some("rename-group", "g", { after: { name: "New" } }),
        some("change-members", "g", { add: ["c"], remove: ["a"], removeByEmail: ["gone@x.test"] }),
      ],
      groups,
    );
    expect(steps).toEqual([
      {
        kind: "group-members",
        group: { externalId: "g", name: "Old", organizationId: "guid-g" },
        members: ["b", "c"],
        remove: ["a"],
        removeByEmail: ["gone@x.test"],
        rows: [1],
      },
    ]);
  });

  it("of an over-full organization go by endpoint where they are known, since an import would need seats", () => {
    const groups = knowing(
      [groupOf("k", { organizationId: "guid-k" }), groupOf("u"), groupOf("n", { organizationId: "guid-n" })],
      { overfull: true },
    );
    const steps = encode(
      [
        some("change-members", "k", { add: ["a"] }),
        some("change-members", "u", { add: ["a"] }),
        some("rename-group", "n", { after: { name: "N" } }),
        some("create-group", "c", { add: ["a"] }),
      ],
      groups,
    );
    expect(steps.map(summary)).toEqual(["import c/c[a] N/n[] u/u[a]", "put k: a"]);
  });

  it("that are removed are only removed", () => {
    const groups = knowing([groupOf("g", { organizationId: "guid-g", members: ["a"] })]);
    expect(encode([some("remove-group", "g")], groups)).toEqual([
      { kind: "remove-group", group: { externalId: "g", name: "g", organizationId: "guid-g" }, rows: [0] },
    ]);
  });

  it("nobody knows are a defect, not an empty group", async () => {
    const fault = await faultOf(Promise.try(() => encode([some("change-members", "g", { add: ["a"] })])));
    expect(fault).toMatchObject({ code: "internal.defect" });
  });
});
