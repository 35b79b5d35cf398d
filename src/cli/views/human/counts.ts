import type { RunSummary } from "../../../rpc/contract.ts";
import type { Words } from "../../words.ts";

type Counts = NonNullable<RunSummary["counts"]>;

/** Each kind of change with its number, the gravest first; kinds without any are not named. */
export const changeParts = (counts: Counts, words: Words): string[] => {
  const of = (...actions: (keyof Counts["byAction"])[]): number =>
    actions.reduce((sum, action) => sum + (counts.byAction[action] ?? 0), 0);
  return parts(words, [
    ["loses_access", of("revoke", "remove")],
    ["invitations", of("invite")],
    ["staged", of("stage")],
    ["restored", of("restore")],
    ["addresses", of("readdress")],
    ["stamped", of("stamp")],
    ["adopted", of("adopt")],
    ["groups", of("create-group", "rename-group", "empty-group", "remove-group")],
    ["memberships", counts.membershipsAdded + counts.membershipsRemoved],
  ]);
};

/** `47 people unchanged, 2 left out, 1 stranger` */
export const unchangedParts = (counts: Counts, words: Words): string =>
  [
    words.format("cli.count.unchanged", { people: counts.unchangedPeople, groups: counts.unchangedGroups }),
    ...parts(words, [
      ["kept", counts.byAction.keep ?? 0],
      ["left_out", counts.leftOut],
      ["strangers", counts.strangers],
    ]),
  ].join(", ");

/** What a run did, in the past tense, from how many rows of each action are done. */
export const doneParts = (done: Readonly<Record<string, number>>, words: Words): string[] =>
  parts(words, Object.entries(done), "done");

const parts = (words: Words, counted: readonly (readonly [string, number])[], kind = "count"): string[] =>
  counted.flatMap(([name, count]) => (count > 0 ? [words.format(`cli.${kind}.${name}`, { count })] : []));
