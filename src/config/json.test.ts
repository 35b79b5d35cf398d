import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFault } from "../core/fault.ts";
import { parseJson } from "./json.ts";

const failure = (text: string): string => {
  try {
    parseJson(text, "config.json");
  } catch (error) {
    if (isFault(error, "config.invalid"))
      return `${error.params["reason"]} ${error.params["line"]}:${error.params["column"]}`;
    throw error;
  }
  return "parsed";
};

describe("a JSON text", () => {
  test("gives what JSON.parse gives", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseJson(text, "config.json").value).toEqual(JSON.parse(text));
      }),
    );
  });

  test("is refused exactly where JSON.parse refuses it", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b',
      '"\\u12"',
      "1",
      "-",
      "01",
      "1.e3",
      "true",
      "nul",
      " ",
      "\n",
      "/",
      "'",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(failure(text) === "parsed").toBe(isJson);
      }),
      { numRuns: 2_000 },
    );
  });

  test("may begin with a byte order mark, which counts as nothing", () => {
    const { value, locate } = parseJson('\uFEFF{"a": 1}', "config.json");
    expect(value).toEqual({ a: 1 });
    expect(locate(["a"])).toEqual({ line: 1, column: 7 });
  });

  test("knows where each value and each key stands", () => {
    const { locate } = parseJson('{\r\n  "a": { "b": [10,\n    20] }\n}', "config.json");
    expect(locate(["a", "b"], "key")).toEqual({ line: 2, column: 10 });
    expect(locate(["a", "b", 1])).toEqual({ line: 3, column: 5 });
    expect(locate(["a", "missing", "deeper"])).toEqual({ line: 2, column: 8 });
  });

  test("tells of keys that stand twice, and keeps the name __proto__ a name", () => {
    const { value, repeated } = parseJson('{"x": {"a": 1,\n "a": 2}, "__proto__": 3}', "config.json");
    expect(repeated).toEqual([{ path: ["x", "a"], line: 2, column: 2 }]);
    expect(Object.keys(Object(value))).toEqual(["x", "__proto__"]);
  });
});

describe("what is not JSON is named with its place:", () => {
  test.each([
    ['{\n  // why\n  "a": 1}', "json_comment 2:3"],
    ['{"a": 1 /* why */}', "json_comment 1:9"],
    ['{"a": 1,\n}', "json_trailing_comma 2:1"],
    ["[1,]", "json_trailing_comma 1:4"],
    ["{a: 1}", "json_quotes 1:2"],
    ["{'a': 1}", "json_quotes 1:2"],
    ["{\"a\": 'b'}", "json_quotes 1:7"],
    ['{"a": 1', "json_ended 1:8"],
    ['{"a', "json_ended 1:4"],
    ["", "json_ended 1:1"],
    ['{"a": "b\n"}', "json_line_break 1:9"],
    ['{"a": "C:\\Users"}', "json_escape 1:7"],
    ['{"a": 1 "b": 2}', "json_unexpected 1:9"],
    ['{"a": nope}', "json_unexpected 1:7"],
    ['{"a": 1} 2', "json_unexpected 1:10"],
    ["[".repeat(5_000), "json_nested 1:102"],
  ])("%j", (text, expected) => {
    expect(failure(text)).toBe(expected);
  });
});
