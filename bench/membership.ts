/**
 * `npm run bench`: how long flattening nested groups takes, for shapes that defeat naive ways. Prints a Markdown table;
 * the figure is the minimum of several rounds in one process, the first one included as it is what a run pays.
 */
import { flattenGroups, type GroupLinks } from "../src/core/membership.ts";

const rounds = 9;

/** Every group has one person of its own, so that nothing can be shared. */
const group = (person: number, groups: readonly number[]): GroupLinks => ({ people: [person], groups });
const below = (children: readonly number[], count: number): number[] => children.filter((child) => child < count);

const shapes: Readonly<Record<string, readonly GroupLinks[]>> = {
  "a chain of 2,000": Array.from({ length: 2_000 }, (_, at) => group(at, below([at + 1], 2_000))),
  "a binary tree of 4,095": Array.from({ length: 4_095 }, (_, at) => group(at, below([2 * at + 1, 2 * at + 2], 4_095))),
  "cycles of 5, 2,905 groups": Array.from({ length: 2_905 }, (_, at) => group(at, [at % 5 === 4 ? at - 4 : at + 1])),
  "a lattice of diamonds, 2,000 groups": Array.from({ length: 2_000 }, (_, at) => {
    const level = at - (at % 2);
    return group(at, below([level + 2, level + 3], 2_000));
  }),
};
const everything = join(Object.values(shapes));

console.log("| nested groups | groups | links | people in them | steps | first | best |");
console.log("|---|---|---|---|---|---|---|");
for (const [name, groups] of [["all of them at once", everything] as const, ...Object.entries(shapes)])
  measure(name, groups);

function measure(name: string, groups: readonly GroupLinks[]): void {
  const times: number[] = [];
  let steps = 0;
  let output = 0;
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    const flattened = flattenGroups(groups, groups.length, true);
    times.push(performance.now() - started);
    steps = flattened.steps;
    output = flattened.members.reduce((sum, people) => sum + people.length, 0);
  }
  const links = groups.reduce((sum, one) => sum + one.groups.length, 0);
  const figures = [groups.length, links, output, steps].map((figure) => figure.toLocaleString("en"));
  const shown = [times[0] ?? 0, Math.min(...times)].map((time) => `${time.toFixed(1)} ms`);
  console.log(`| ${[name, ...figures, ...shown].join(" | ")} |`);
}

/** Puts shapes side by side: 11,000 groups in one directory. */
function join(parts: readonly (readonly GroupLinks[])[]): GroupLinks[] {
  const all: GroupLinks[] = [];
  for (const part of parts) {
    const offset = all.length;
    for (const { people, groups } of part)
      all.push({ people: people.map((at) => at + offset), groups: groups.map((at) => at + offset) });
  }
  return all;
}
