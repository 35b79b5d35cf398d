import * as fc from "fast-check";
import { BerWriter, FilterParser, type Filter } from "ldapts";
import { describe, expect, it } from "vitest";
import { Fault } from "../../core/fault.ts";
import { allOf, anyOf, attributesIn, equals, parseFilter, present } from "./filter.ts";

const bytes = (filter: Filter): string => {
  const writer = new BerWriter();
  filter.write(writer);
  return writer.buffer.toString("hex");
};
const attempt = (text: string): unknown => {
  try {
    return encoded(text);
  } catch (error) {
    return error;
  }
};
const encoded = (text: string): string => bytes(parseFilter(text, "userFilter"));

describe("a filter", () => {
  it.each([
    "(cn=Babs Jensen)",
    "(!(cn=Tim Howes))",
    "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
    "(o=univ*of*mich*)",
    "(mail=*)",
    "(cn>=a)",
    "(cn<=z)",
    "(cn~=ann)",
    "(memberOf:1.2.840.113556.1.4.1941:=CN=All,DC=ad,DC=test)",
    "(userAccountControl:1.2.840.113556.1.4.803:=2)",
    "(cn:caseExactMatch:=Fred Flintstone)",
    "(sn:dn:2.4.6.8.10:=Barney Rubble)",
    "(o:dn:=Ace Industry)",
    "(:1.2.3:=Wilma)",
    "(cn=*a)",
    "(cn=a*)",
    "(cn=\\2a\\28\\29)",
  ])("given %s, then it is sent as the library sends it", (text) => {
    expect(encoded(text)).toBe(bytes(FilterParser.parseString(text)));
  });

  it("given escaped bytes of a letter, then they are that letter", () => {
    expect(encoded(String.raw`(cn=Zo\c3\ab)`)).toBe(encoded("(cn=Zoë)"));
    expect(encoded(String.raw`(cn=Zo\C3\AB*)`)).toBe(encoded("(cn=Zoë*)"));
    expect(encoded("(cn=Zoë)")).toContain(Buffer.from("Zoë").toString("hex"));
  });

  it("given blanks between components and no outer parentheses, then it is the same", () => {
    expect(encoded(" ( & ( a=b )\n\t( ! (c=d) ) ) ")).toBe(encoded("(&( a=b )(!(c=d)))".replace("( a=b )", "(a=b )")));
    expect(encoded("mail=*")).toBe(encoded("(mail=*)"));
  });

  it("given options and object identifiers, then they are part of the attribute", () => {
    expect(encoded("(cn;lang-fr=x)")).toBe(bytes(equals("cn;lang-fr", "x")));
    expect(encoded("(2.5.4.3=*)")).toBe(bytes(present("2.5.4.3")));
  });

  it("given an empty set, then it is true or false (RFC 4526)", () => {
    expect(encoded("(&)")).toBe("a000");
    expect(encoded("(|)")).toBe("a100");
  });

  it.each([
    ["(cn=a", 1, 6, '")"', "the end"],
    ["(cn=a))", 1, 7, "the end", '")"'],
    ["cn=a)", 1, 5, "the end", '")"'],
    ["(&(a=b)\n(c))", 2, 3, '"=", ">=", "<=", "~=" or ":="', '")"'],
    ["(cn=a\\zz)", 1, 7, "two hexadecimal digits", '"z"'],
    ["(cn=a(b)", 1, 6, '")" or an escaped character', '"("'],
    ["(=a)", 1, 2, '"&", "|", "!" or an attribute', '"="'],
    ["((a=b))", 1, 2, '"&", "|", "!" or an attribute', '"("'],
    ["(a=b)(c=d)", 1, 6, "the end", '"("'],
    ["(!(a=b)(c=d))", 1, 8, '")"', '"("'],
    ["()", 1, 2, '"&", "|", "!" or an attribute', '")"'],
    ["(:=x)", 1, 4, "an attribute or a matching rule before it", '"x"'],
    ["(cn:=", 1, 6, '")"', "the end"],
  ])("given %j, then the place is line %i, column %i", (text, line, column, expected, found) => {
    expect(() => parseFilter(text, "userFilter")).toThrow(
      expect.objectContaining({
        code: "filter.syntax",
        params: { filter: "userFilter", line, column, expected, found, text: text.split("\n")[line - 1] },
      }),
    );
  });

  it("given any text, then it is read or refused with a place in it", () => {
    const piece = fc.constantFrom(
      "(",
      ")",
      "&",
      "|",
      "!",
      "=",
      "*",
      "\\",
      "\\41",
      "cn",
      ":",
      ":=",
      ">=",
      " ",
      "é",
      "\0",
      "\n",
      "1.2",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const text = pieces.join("");
        const result = attempt(text);
        const { line, column } = result instanceof Fault ? result.params : { line: 1, column: 1 };
        const lines = text.split("\n");
        expect(result instanceof Fault || /^[8a]/u.test(String(result))).toBe(true);
        expect(Number(line)).toBeLessThanOrEqual(lines.length);
        expect(Number(column)).toBeLessThanOrEqual((lines[Number(line) - 1] ?? "").length + 1);
      }),
      { numRuns: 2000 },
    );
  });

  it("given any value, then equality sends exactly its bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
        expect(encoded(`(cn=${escaped})`)).toBe(bytes(equals("cn", text)));
      }),
    );
  });

  it("given 100,000 parentheses, then it is refused, and no stack overflows", () => {
    expect(() => parseFilter("(!".repeat(100_000), "x")).toThrow(expect.objectContaining({ code: "filter.syntax" }));
  });

  it("tells which attributes it speaks of", () => {
    expect(attributesIn("(&(mail=*)(!(cn;lang-fr=a))(memberOf:1.2.3:=x)(mail=b)(:1.2:=c))", "x")).toEqual([
      "mail",
      "cn;lang-fr",
      "memberOf",
    ]);
  });

  it("given several, then all or any of them", () => {
    expect(bytes(allOf(present("a")))).toBe(bytes(present("a")));
    expect(bytes(allOf(present("a"), present("b")))).toBe(encoded("(&(a=*)(b=*))"));
    expect(bytes(anyOf(present("a"), equals("b", "c")))).toBe(encoded("(|(a=*)(b=c))"));
  });
});
