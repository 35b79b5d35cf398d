import { describe, expect, it } from "vitest";
import { createMatcher, type Candidate, type Verdict } from "./evaluate.ts";
import { readFilter } from "./read.ts";

const person: Candidate = (field) =>
  ({
    email: [" Ana@Firm.test "],
    domain: ["firm.test"],
    name: ["Ana Costa"],
    id: ["17"],
    externalId: [undefined],
    group: ["g1", "G1-External", "Sales"],
  })[field];

const judge = (text: string, candidate: Candidate = person): Verdict | undefined => {
  const { filter } = readFilter(text, { subject: "people", setting: "userFilter", directory: "file" });
  return filter === undefined ? undefined : createMatcher(filter)(candidate);
};
const selects = (text: string): boolean | undefined => judge(text)?.selected;

describe("a filter evaluated", () => {
  it.each([
    ["include: ana@firm.test", true],
    ["include: bo@firm.test", false],
    ["exclude: ana@firm.test", false],
    ["exclude: bo@firm.test", true],
    ["include: *@firm.test", false],
    ['include email:"*@firm.test"', true],
    ['include email:"ana*"', true],
    ['include email:"*n*@*.te*"', true],
    ['include email:"*firm*firm*"', false],
    ['include email:"ana@firm.test*ana@firm.test"', false],
    ['include domain:"firm.test"', true],
    ['include id:"17"', true],
    ['include name:"ana costa"', true],
    ['include name:"ana"', false],
    ['include group:"g1"', true],
    ['include group:"sales"', true],
    ['include group:"g1-ext*"', true],
    ['include group:"other"', false],
    ['include name:"*"', true],
  ])("given %j, then Ana Costa is selected: %s", (text, expected) => {
    expect(selects(text)).toBe(expected);
  });

  it("given include and exclude together, then whoever is excluded is out although included", () => {
    expect(selects('include email:"*@firm.test"; exclude name:"Ana *"')).toBe(false);
    expect(selects('exclude name:"Bo *"; include email:"*@firm.test"')).toBe(true);
    expect(selects('exclude name:"Bo *"; include email:"*@other.test"')).toBe(false);
  });

  it("given several include clauses, then one of them is enough", () => {
    expect(selects('include id:"1"; include id:"17"')).toBe(true);
  });

  it("given only exclude clauses, then everybody else is in", () => {
    expect(selects('exclude id:"1"')).toBe(true);
  });

  it("given a value the entry has none of, then it reads as two dashes, as in the original", () => {
    expect(selects('include externalId:"--"')).toBe(true);
    expect(selects('include externalId:"a"')).toBe(false);
  });

  it("given somebody excluded, then the verdict names clause, condition and place", () => {
    expect(judge('include id:"17";\n exclude id:"1", name:"ana*"')).toMatchObject({
      selected: false,
      clause: 2,
      condition: { field: "name", texts: ["ana", ""] },
      position: { line: 2, column: 18 },
    });
  });

  it("given somebody no clause includes, then the verdict names the first include clause", () => {
    expect(judge('exclude id:"1"; include id:"2"; include id:"3"')).toEqual({
      selected: false,
      clause: 2,
      position: { line: 1, column: 17 },
    });
  });

  it("given somebody included, then the verdict names the clause that did it", () => {
    expect(judge('include id:"2"; include id:"17"')).toMatchObject({ selected: true, clause: 2 });
  });
});
