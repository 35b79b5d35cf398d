import type { RunSummary } from "../../../src/rpc/contract.ts";
import type { PlanSection } from "../../../src/rpc/contract/plan-lists.ts";

type Hit = RunSummary["guards"][number];

/** Which of several speaks first: what takes something away, then what cannot be done, then what only has to be looked at. */
const order = [
  "guard.access-lost",
  "guard.directory",
  "guard.seats",
  "guard.groups",
  "guard.identity",
  "guard.selection",
  "guard.age",
  "guard.invitations",
  "guard.first",
];

export const bySeriousness = (hits: readonly Hit[]): readonly Hit[] =>
  hits.toSorted((one, other) => order.indexOf(one.code) - order.indexOf(other.code));

/** What a guard is about, where its list is. */
export const sectionOf = ({ code, params }: Hit): PlanSection => {
  switch (code) {
    case "guard.invitations":
    case "guard.first":
    case "guard.seats":
      return "invited";
    case "guard.identity":
      return "changed";
    case "guard.groups":
      return params["what"] === "members" ? "memberships" : "groups";
    default:
      return "loses-access";
  }
};

/** The number to be typed: of whom the guard speaks in this plan, else of all changes. */
export const numberOf = ({ code, params }: Hit, changes: number): number => {
  const of = (name: string): number | undefined => {
    const value = params[name];
    return typeof value === "number" && value > 0 ? value : undefined;
  };
  switch (code) {
    case "guard.access-lost":
    case "guard.invitations":
    case "guard.identity":
      return of("now") ?? changes;
    case "guard.seats":
      return of("need") ?? changes;
    default:
      return of("n") ?? changes;
  }
};

/** Where the settings are that most likely led to it. */
export const correctionOf = (code: string): "directory" | "people" | "leavers" => {
  switch (code) {
    case "guard.directory":
      return "directory";
    case "guard.seats":
    case "guard.age":
      return "leavers";
    default:
      return "people";
  }
};
