import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flattenGroups, type GroupLinks } from "./membership.ts";

const group = (people: number[], groups: number[] = []): GroupLinks => ({ people, groups });
const flatten = (groups: readonly GroupLinks[], nested = true, peopleCount = groups.length + 10): number[][] =>
  flattenGroups(groups, peopleCount, nested).members.map((members) => Array.from(members).toSorted((a, b) => a - b));

describe("nested groups", () => {
  it("given a group inside a group inside a group, then each holds everybody below it", () => {
    expect(flatten([group([0], [1]), group([1], [2]), group([2])])).toEqual([[0, 1, 2], [1, 2], [2]]);
  });

  it("given a person reachable two ways, then they are counted once", () => {
    expect(flatten([group([0], [1, 2]), group([5], [3]), group([6], [3]), group([5, 7, 7])])).toEqual([
      [0, 5, 6, 7],
      [5, 7],
      [5, 6, 7],
      [5, 7],
    ]);
  });

  it("given groups on a cycle, then all of them hold the same people, those below included", () => {
    expect(flatten([group([0], [1]), group([1], [2]), group([2], [0, 3]), group([3])])).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
      [0, 1, 2, 3],
      [3],
    ]);
  });

  it("given a group that contains itself, then its own people and nobody else", () => {
    expect(flatten([group([4], [0])])).toEqual([[4]]);
  });

  it("given a cycle that enters another one, then the upper holds the people of both and the lower only its own", () => {
    expect(flatten([group([0], [1]), group([1], [0, 2]), group([2], [3]), group([3], [2])])).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
      [2, 3],
      [2, 3],
    ]);
  });

  it("given that nesting is off, then only direct members count, each once", () => {
    expect(flatten([group([0, 0], [1]), group([1], [0])], false)).toEqual([[0], [1]]);
  });

  it("given no groups, then nothing", () => {
    expect(flatten([])).toEqual([]);
  });

  it("given a chain of 50,000 groups with one person at its end, then all hold that person", () => {
    const depth = 50_000;
    const chain = Array.from({ length: depth }, (_, index) =>
      index === depth - 1 ? group([3]) : group([], [index + 1]),
    );
    const members = flattenGroups(chain, 4, true).members;
    expect(members.every((people) => people.length === 1 && people[0] === 3)).toBe(true);
  });

  it("given any groups, then each holds exactly the people that following its links finds", () => {
    fc.assert(
      fc.property(anyGroups, (groups) => {
        expect(flatten(groups, true, 12)).toEqual(
          groups.map((_, index) => [...reach(groups, index)].toSorted(ascending)),
        );
      }),
    );
  });

  it.each([
    ["a chain with a person in each", (n: number) => chainOf(n)],
    ["a binary tree", (n: number) => treeOf(n)],
    ["cycles of seven, one after another", (n: number) => cyclesOf(n)],
    ["a lattice of diamonds, whose paths double at every level", (n: number) => latticeOf(n)],
  ])("given %s, then the cost stays within three times groups, links and output", (_, make) => {
    for (const count of [500, 1000, 2000]) {
      const groups = make(count);
      const { members, steps } = flattenGroups(groups, count, true);
      const links = groups.reduce((sum, one) => sum + one.groups.length + one.people.length, 0);
      const output = new Set(members).values().reduce((sum, people) => sum + people.length, 0);
      expect(steps).toBeLessThanOrEqual(3 * (groups.length + links + output));
    }
  });
});

const ascending = (left: number, right: number): number => left - right;

/** The definition: everybody in a group or in a group reachable from it. */
const reach = (groups: readonly GroupLinks[], start: number): Set<number> => {
  const seen = new Set([start]);
  for (const index of seen) for (const child of groups[index]?.groups ?? []) seen.add(child);
  return new Set([...seen].flatMap((index) => groups[index]?.people ?? []));
};

const anyGroups = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.array(
    fc.record({
      people: fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 4 }),
      groups: fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 3 }),
    }),
    { minLength: count, maxLength: count },
  ),
);

const chainOf = (count: number): GroupLinks[] =>
  Array.from({ length: count }, (_, index) => group([index], index + 1 < count ? [index + 1] : []));
const treeOf = (count: number): GroupLinks[] =>
  Array.from({ length: count }, (_, index) =>
    group(
      [index],
      [2 * index + 1, 2 * index + 2].filter((child) => child < count),
    ),
  );
const cyclesOf = (count: number): GroupLinks[] =>
  Array.from({ length: count }, (_, index) => {
    const start = index - (index % 7);
    return group([index], [index + 1 < Math.min(start + 7, count) ? index + 1 : start]);
  });
const latticeOf = (count: number): GroupLinks[] =>
  Array.from({ length: count }, (_, index) => {
    const level = index - (index % 2);
    return group(
      [index],
      [level + 2, level + 3].filter((child) => child < count),
    );
  });
