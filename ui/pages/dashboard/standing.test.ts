import { expect, it } from "vitest";
import { standingOf } from "./standing.ts";

const counts = {
  people: 44,
  groups: 21,
  leftOut: 0,
  strangers: 0,
  linkedPeople: 3,
  linkedGroups: 1,
  memberships: 10,
  unchangedPeople: 0,
  unchangedGroups: 0,
  changes: 50,
  byAction: { invite: 41, revoke: 1 },
  membershipsAdded: 92,
  membershipsRemoved: 2,
};
const run = { counts, tally: { membersInvited: 1, membersAccepted: 2, membersConfirmed: 3 } };

it("given a run that did what it planned, then what is there is what it read and what it did", () => {
  expect(standingOf({ ...run, outcome: "done" })).toEqual({
    memberships: 100,
    seats: undefined,
    inside: 3,
    waiting: 2,
    invited: 42,
  });
});

it("given one that sent nothing, then what is there is what it read", () => {
  expect(standingOf({ ...run, outcome: "planned" })).toMatchObject({ memberships: 10, invited: 1 });
});
