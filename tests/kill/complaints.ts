/** What must hold once somebody took over from a process that was killed. */
import type { Done } from "./talk.ts";

/** What runs that ended, or were cut short, leave behind. */
export interface Ended {
  /** Whoever took over applied the same plan again, which is recorded whole, with what is done already. */
  readonly again: boolean;
  /** Each process with the points it came by, and how its job went unless it was killed over it. */
  readonly lives: readonly { readonly points: readonly string[]; readonly done: Done | undefined }[];
  /** Who took over from the last one. */
  readonly second: Done | undefined;
  /** The same, or what somebody accepted after it had asked for that. */
  readonly reviewed: Done | undefined;
  /** A plan after all that. */
  readonly third: Done | undefined;
  /** An unattended run, somebody having been hired. */
  readonly fourth: Done | undefined;
  /** Runs that were begun and not ended by then, with rows that were surely written down as done. */
  readonly open: ReadonlyMap<number, ReadonlySet<number>>;
  readonly organization: readonly string[];
  readonly mailedTwice: readonly string[];
}

/** Empty when all is well. `expected` is how it ends when nobody is killed. */
export const complaints = (found: Ended, expected: Ended): string[] => {
  const { second, reviewed, third, fourth } = found;
  if (second === undefined || reviewed === undefined || third === undefined || fourth === undefined)
    return ["whoever took over died"];
  return [
    ...(reviewed.fault === undefined ? [] : [`who took over failed: ${reviewed.fault}`]),
    ...toldWrong(found, second, reviewed),
    ...(third.fault === undefined ? [] : [`the plan after it failed: ${third.fault}`]),
    ...(third.changes.length === 0 ? [] : [`the plan after it has ${third.changes.join(", ")}`]),
    ...(third.recovered.length === 0 ? [] : ["the plan after it still finds a run open"]),
    ...(fourth.outcome === "done" && fourth.changes.length === 1
      ? []
      : [`an invitation later: ${fourth.fault ?? fourth.outcome}, ${fourth.changes.join(", ")}`]),
    ...(found.mailedTwice.length === 0 ? [] : [`invited twice: ${found.mailedTwice.join(", ")}`]),
    ...found.organization.filter((one) => !expected.organization.includes(one)).map((one) => `there is ${one}`),
    ...expected.organization.filter((one) => !found.organization.includes(one)).map((one) => `there is no ${one}`),
    ...twice(found.organization).map((one) => `twice: ${one}`),
  ];
};

/** It says which runs were cut short, no more done than is done, no less than was written down, and does what was left. */
const toldWrong = ({ open, again }: Ended, second: Done, reviewed: Done): string[] => {
  const { changes } = reviewed;
  const recovered = [...new Map([...second.recovered, ...reviewed.recovered].map((one) => [one.run, one])).values()];
  const runs = (numbers: Iterable<number>): string => [...numbers].toSorted((a, b) => a - b).join(", ") || "none";
  const told = runs(recovered.map(({ run }) => run));
  if (told !== runs(open.keys())) return [`open were the runs ${runs(open.keys())}, told of were ${told}`];
  return recovered.flatMap(({ run, surelyDone, left, changes: planned }) => {
    const said = `run ${run}: ${surelyDone}+${left} of ${planned}`;
    const done = open.get(run)?.size ?? 0;
    return [
      ...(surelyDone >= done && surelyDone + left === planned ? [] : [`${done} changes were surely done, but ${said}`]),
      ...(planned === 0 || (again ? planned : left) === changes.length
        ? []
        : [`${said}, and there is to do: ${changes.join(", ")}`]),
    ];
  });
};

export const twice = (names: readonly string[]): string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);
