import { describe, expect, it } from "vitest";
import { compareAccepted } from "./acceptance.ts";
import { numberRows, type Change } from "./plan.ts";
import { tell } from "./testing.ts";

const person = (action: Change["action"], id: string, more: Partial<Change> = {}): Change => ({
  action,
  subject: { kind: "person", id },
  before: { status: "confirmed" },
  after: {},
  because: { code: "x" },
  ...more,
});
const members = (add: readonly string[], remove: readonly string[], more: Partial<Change> = {}): Change => ({
  action: "change-members",
  subject: { kind: "group", id: "g" },
  before: { size: 5 },
  after: {},
  because: { code: "group.members" },
  add,
  remove,
  ...more,
});
const compare = (fresh: readonly Change[], accepted: readonly Change[]) => {
  const rows = numberRows(fresh);
  const { accepted: seen, rest, unseen } = compareAccepted(rows, accepted);
  return { accepted: [...seen].map((at) => rows[at]?.subject.id), rest: rest.map(tell), unseen: unseen.map(tell) };
};

describe("a fresh plan beside an accepted one", () => {
  it("given the same changes, then all are accepted and nothing is left to judge", () => {
    const changes = [person("revoke", "a"), person("invite", "b"), members(["b"], ["a"])];
    expect(compare(changes, changes)).toEqual({ accepted: ["a", "b", "g"], rest: [], unseen: [] });
  });

  it("given one more hire, then it has to pass by itself, and the acceptance holds", () => {
    expect(compare([person("revoke", "a"), person("invite", "new")], [person("revoke", "a")])).toEqual({
      accepted: ["a"],
      rest: ["invite new because x"],
      unseen: [],
    });
  });

  it("given one more hire in a group that somebody leaves as accepted, then only the arrival is new", () => {
    expect(compare([members(["new", "b"], ["a"])], [members(["b"], ["a"])])).toEqual({
      accepted: [],
      rest: ["change-members g +new +b because group.members"],
      unseen: [],
    });
  });

  it("given one more departure in that group, then it is unseen", () => {
    const { unseen, rest } = compare([members([], ["a", "c"])], [members([], ["a"])]);
    expect(unseen).toEqual(["change-members g -a -c because group.members"]);
    expect(rest).toEqual(["change-members g -c because group.members"]);
  });

  it("given an accepted departure from another group, then it does not count here", () => {
    const elsewhere = members([], ["a"], { subject: { kind: "group", id: "h" } });
    expect(compare([members([], ["a"])], [elsewhere]).unseen).toHaveLength(1);
  });

  it.each(["revoke", "remove", "empty-group", "remove-group", "readdress"] as const)(
    "given a %s that nobody has seen, then the acceptance does not cover the plan",
    (action) => {
      expect(compare([person(action, "a")], [person("invite", "b")]).unseen).toHaveLength(1);
    },
  );

  it("given that an accepted person stands otherwise now, then the row is another one", () => {
    expect(
      compare([person("revoke", "a", { before: { status: "invited" } })], [person("revoke", "a")]).unseen,
    ).toHaveLength(1);
  });

  it("given notes in row form, then they are neither accepted nor judged", () => {
    expect(compare([person("keep", "a")], [])).toEqual({ accepted: [], rest: [], unseen: [] });
  });
});
