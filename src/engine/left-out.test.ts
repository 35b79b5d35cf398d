import { describe, expect, it } from "vitest";
import { numberRows, type Change } from "../core/plan.ts";
import { withoutThose } from "./left-out.ts";

const person = (action: Change["action"], id: string): Change => ({
  action,
  subject: { kind: "person", id, externalId: `x-${id}` },
  before: {},
  after: { externalId: `x-${id}` },
  because: { code: "because" },
});
const group = (action: Change["action"], id: string, add: string[], remove: string[] = []): Change => ({
  action,
  subject: { kind: "group", id, externalId: id },
  before: {},
  after: {},
  because: { code: "because" },
  add,
  remove,
});
const told = (changes: Change[], leftOut: string[]) => {
  const result = withoutThose(numberRows(changes), (row) => leftOut.includes(row.subject.id));
  const line = (row: Change) => [row.subject.id, ...(row.add ?? [])].join(" ");
  return { rows: result.rows.map(line), leftOut: result.leftOut.map(line) };
};

describe("rows without those that are left out", () => {
  it("given somebody is not invited, staged or stamped, then no group takes them in", () => {
    expect(
      told(
        [
          person("invite", "a"),
          person("stage", "b"),
          person("stamp", "c"),
          person("invite", "d"),
          group("change-members", "g", ["x-a", "x-b", "x-c", "x-d"]),
        ],
        ["a", "b", "c"],
      ),
    ).toEqual({ rows: ["d", "g x-d"], leftOut: ["c", "a", "b"] });
  });

  it("given nothing is left of a group's row, then it is left out too, unless it takes somebody out or makes the group", () => {
    expect(
      told(
        [
          person("invite", "a"),
          group("change-members", "g1", ["x-a"]),
          group("change-members", "g2", ["x-a"], ["x-z"]),
          group("create-group", "g3", ["x-a"]),
          group("change-members", "g4", [], ["x-z"]),
        ],
        ["a"],
      ),
    ).toEqual({ rows: ["g3", "g2", "g4"], leftOut: ["a", "g1 x-a"] });
  });

  it("given somebody or a group is not adopted, then nothing else is done with them, and no group takes them in", () => {
    const changes = [
      person("adopt", "a"),
      person("revoke", "a"),
      group("adopt", "g", []),
      group("change-members", "g", ["x-c"]),
      group("change-members", "h", ["x-a", "x-c"]),
    ];
    expect(
      withoutThose(numberRows(changes), ({ action }) => action === "adopt").rows.map((row) => [row.action, row.add]),
    ).toEqual([["change-members", ["x-c"]]]);
  });

  it("given somebody is not revoked or restored, then groups go on as planned", () => {
    const changes = [person("revoke", "a"), person("restore", "b"), group("change-members", "g", ["x-a", "x-b"])];
    expect(told(changes, ["a", "b"])).toEqual({ rows: ["g x-a x-b"], leftOut: ["a", "b"] });
  });
});
