import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFault } from "../fault.ts";
import { printFilter } from "./print.ts";
import { nativeFilters, readFilter, valuesIn, type FilterParts } from "./read.ts";
import { fieldsOf, type Filter, type FilterSubject } from "./tree.ts";

const users = (text: string, directory = "okta"): FilterParts =>
  readFilter(text, { subject: "people", setting: "userFilter", directory });
const groups = (text: string, directory = "okta"): FilterParts =>
  readFilter(text, { subject: "groups", setting: "groupFilter", directory });
const printed = (parts: FilterParts): string | undefined =>
  parts.filter === undefined ? undefined : printFilter(parts.filter);

describe("a filter as the original writes it", () => {
  it.each([
    ["include: Ana@Firm.test , bo@firm.test", 'include email:"ana@firm.test", email:"bo@firm.test"'],
    ["  EXCLUDE :a@firm.test", 'exclude email:"a@firm.test"'],
    ["include:", 'include email:""'],
    ["include: a,,b", 'include email:"a", email:"", email:"b"'],
    ['include: *@firm.test, "q"@x', String.raw`include email:"\*@firm.test", email:"\"q\"@x"`],
    ["include:a\nexclude", 'include email:"a\nexclude"'],
  ])("given %j for people, then its values are addresses, whole and in lower case", (text, expected) => {
    expect(printed(users(text))).toBe(expected);
  });

  it("given a set for groups, then its values are names", () => {
    expect(printed(groups("exclude: Sales, Temp *"))).toBe(String.raw`exclude name:"sales", name:"temp \*"`);
  });

  it("given a query behind the set, then the set is the core's and the query the reader's", () => {
    const parts = users('include: a@firm.test | profile.city eq "Ghent" ');
    expect(printed(parts)).toBe('include email:"a@firm.test"');
    expect(parts.query).toBe('profile.city eq "Ghent"');
  });

  it("given a leading pipe, then there is a query and no set", () => {
    expect(users("| orgUnitPath=/Sales", "google")).toEqual({ query: "orgUnitPath=/Sales" });
  });

  it("given a second pipe, then what follows is ignored, and said", () => {
    expect(users("include: a | q | r | s")).toMatchObject({ query: "q", ignored: "r | s" });
  });

  it.each([["include: a |"], ["include: a"], ["|"], ["  "], [""]])("given %j, then there is no query", (text) => {
    expect(users(text).query).toBeUndefined();
  });

  it("given nothing at all, then nobody is left out and nothing is asked", () => {
    expect(users("")).toEqual({});
    expect(users(" \n ")).toEqual({});
  });
});

describe("a filter for LDAP", () => {
  it("given text that begins with a parenthesis, then all of it is the reader's, pipes too, as typed", () => {
    const text = " (|(mail=a*)(mail=b*))";
    expect(users(text, "ldap")).toEqual({ query: text });
  });

  it("given a set of ours and an LDAP filter behind a pipe, then each gets its part", () => {
    const parts = users('exclude name:"Temp *" | (|(l=Ghent)(l=Aalst))', "ldap");
    expect(printed(parts)).toBe('exclude name:"temp *"');
    expect(parts.query).toBe("(|(l=Ghent)(l=Aalst))");
  });

  it("given an LDAP filter for a directory that has none, then it is an error", () => {
    expect(faultOf(() => users("(mail=*)", "okta"))).toMatchObject({ line: 1, column: 1, found: '"("' });
  });

  it("given both settings, then the reader receives their native parts", () => {
    expect(nativeFilters({ userFilter: "(mail=*)", groupFilter: 'include name:"x"' }, "ldap")).toEqual({
      users: "(mail=*)",
    });
  });
});

describe("a filter for Entra ID as the original writes it", () => {
  it("given includeGroup and what takes people away again, then all of it counts", () => {
    const parts = users("includeGroup: AA, ,bb | excludeGroup: cc | exclude: Eva@firm.test", "entra");
    expect(printed(parts)).toBe('include group:"aa", group:"bb"; exclude group:"cc"; exclude email:"eva@firm.test"');
    expect(valuesIn(parts.filter, "group")).toEqual(["aa", "bb", "cc"]);
  });

  it.each([
    ["exclude: a@firm.test | excludeGroup: cc", 'exclude email:"a@firm.test"'],
    ["excludeGroup: cc | exclude: a", 'exclude group:"cc"'],
  ])("given %j, then only the first clause counts, and the rest is said to be ignored", (text, expected) => {
    const parts = users(text, "entra");
    expect(printed(parts)).toBe(expected);
    expect(parts.ignored).toBe(text.slice(text.indexOf("|") + 2));
  });

  it("given administrative units, then their ids go to the reader as typed", () => {
    expect(groups("IncludeAdministrativeUnit: A1,b2", "entra")).toEqual({
      administrativeUnits: { mode: "include", ids: [" A1", "b2"] },
    });
  });

  it.each([["includeGroup: "], ["excludeGroup:,"], ["includeGroup: a | include: b"], ["includeGroup: a | nonsense"]])(
    "given %j, then it is an error",
    (text) => {
      expect(faultOf(() => users(text, "entra"))).toMatchObject({ filter: "userFilter", line: 1 });
    },
  );

  it("given its keywords for another directory, then they are an error", () => {
    expect(faultOf(() => users("includeGroup: a", "okta"))).toMatchObject({ column: 1, found: '"includeGroup"' });
  });
});

describe("a filter in our own form", () => {
  it.each([
    [
      'include email:"*@Firm.test", id:"17"; exclude name:"Temp *"',
      'include email:"*@firm.test", id:"17"; exclude name:"temp *"',
    ],
    ['INCLUDE Domain : "firm.test" ;', 'include domain:"firm.test"'],
    ['exclude\n  externalid:"a",\n  group:"Leavers"', 'exclude externalId:"a", group:"leavers"'],
    [String.raw`include name:"a\*b\"c\\d"`, String.raw`include name:"a\*b\"c\\d"`],
    ['include name:" a ** b "', 'include name:"a * b"'],
    ['include name:"x | y: z, w; (v)"', 'include name:"x | y: z, w; (v)"'],
    ['include name:"*"', 'include name:"*"'],
  ])("given %j, then it reads %j", (text, expected) => {
    expect(printed(users(text))).toBe(expected);
  });

  it("given a query behind it, then all of the rest is the query, further pipes included", () => {
    expect(users('include id:"1"; | a | b')).toMatchObject({ query: "a | b" });
  });

  it("given any filter, then printing and reading it gives the same filter", () => {
    fc.assert(
      fc.property(subjectAndFilter, ({ subject, filter }) => {
        const again = readFilter(printFilter(filter), { subject, setting: "userFilter", directory: "file" });
        expect(withoutPositions(again.filter)).toEqual(withoutPositions(filter));
      }),
    );
  });

  it("given any text the original accepts as a set, then it is never read as ours", () => {
    fc.assert(
      fc.property(fc.constantFrom("include", "Exclude"), fc.string(), (keyword, rest) => {
        fc.pre(!rest.includes(":"));
        const text = `${keyword}:${rest}`;
        const values = (text.split("|")[0] ?? "").slice(keyword.length + 1).split(",");
        expect(valuesIn(users(text).filter, "email")).toEqual(values.map((value) => value.trim().toLowerCase()));
      }),
    );
  });
});

describe("a malformed filter", () => {
  it.each([
    ["alice@firm.test", 1, 1, '"alice"'],
    ["orgUnitPath=/Sales", 1, 1, '"orgUnitPath"'],
    ["exclude alice@firm.test", 1, 9, '"alice"'],
    ["include: a:b", 1, 11, '":"'],
    ["included: a", 1, 1, '"included"'],
    ["include", 1, 8, "the end"],
    ["include email", 1, 14, "the end"],
    ["include email:", 1, 15, "the end"],
    ["include email:a@firm.test", 1, 15, '"a"'],
    ['include email:"a', 1, 17, "the end"],
    ['include email:"a" id:"b"', 1, 19, '"id"'],
    ['include email:"a",', 1, 19, "the end"],
    ['include email:"a"; drop id:"b"', 1, 20, '"drop"'],
    ['include color:"a"', 1, 9, '"color"'],
    [String.raw`include email:"a\n"`, 1, 18, '"n"'],
    ['exclude id:"1";\n include email "x"', 2, 16, '"""'],
    ["; include: a", 1, 1, '";"'],
  ])(
    "given %j, then the error points at line %i, column %i and says what stands there",
    (text, line, column, found) => {
      expect(faultOf(() => users(text))).toMatchObject({ filter: "userFilter", line, column, found });
    },
  );

  it("given a field that only people have, then a group filter says which there are", () => {
    expect(faultOf(() => groups('include email:"a"'))).toMatchObject({
      filter: "groupFilter",
      expected: '"name:", "id:", "externalId:"',
    });
  });

  it("given a query for a directory without queries, then it is an error", () => {
    expect(faultOf(() => users("include: a | b", "file"))).toMatchObject({ column: 12, found: '"|"' });
    expect(faultOf(() => users("| b", "entra"))).toMatchObject({ column: 1, found: '"|"' });
  });

  it("given any text, then it is a filter or an error that says where", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'include exclude:;,|"\\*()\n@ab '.split("")) }), (text) => {
        const params = faultOf(() => users(text));
        const lines = text.split("\n");
        if (params === undefined) return;
        expect(params["line"]).toBeLessThanOrEqual(lines.length);
        expect(params["column"]).toBeLessThanOrEqual((lines[Number(params["line"]) - 1]?.length ?? 0) + 1);
      }),
    );
  });

  it("given 20,000 values on as many lines, then it is read in one pass", () => {
    const text = `include: ${Array.from({ length: 20_000 }, (_, at) => `p${at}@firm.test`).join(",\n")}`;
    expect(users(text).filter?.clauses[0]?.conditions.at(-1)?.position).toEqual({ line: 20_000, column: 1 });
  });
});

const faultOf = (read: () => unknown): Readonly<Record<string, unknown>> | undefined => {
  try {
    read();
  } catch (error) {
    if (isFault(error, "filter.syntax")) return error.params;
    throw error;
  }
  return undefined;
};

const withoutPositions = (filter: Filter | undefined): unknown =>
  filter?.clauses.map((clause) => ({
    mode: clause.mode,
    conditions: clause.conditions.map(({ field, texts }) => ({ field, texts })),
  }));

const origin = { line: 1, column: 1 };
const texts = fc
  .array(fc.string({ unit: fc.constantFrom(...'aé *\\"|;,:\n'.split("")) }), { minLength: 1, maxLength: 4 })
  .map((all) =>
    all
      .map((text, at) => (at === 0 ? text.trimStart() : text))
      .map((text, at) => (at === all.length - 1 ? text.trimEnd() : text))
      .filter((text, at) => text !== "" || at === 0 || at === all.length - 1),
  );
const subjectAndFilter = fc.constantFrom<FilterSubject>("people", "groups").chain((subject) =>
  fc
    .array(
      fc.record({
        mode: fc.constantFrom("include" as const, "exclude" as const),
        conditions: fc.array(
          fc.record({ field: fc.constantFrom(...fieldsOf[subject]), texts, position: fc.constant(origin) }),
          { minLength: 1, maxLength: 3 },
        ),
        position: fc.constant(origin),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((clauses) => ({ subject, filter: { clauses } })),
);
