import { describe, expect, it } from "vitest";
import { createFormat } from "./format.ts";

const format = createFormat(
  {
    plain: "Nothing to do.",
    host: "{host} cannot be reached: {reason}.",
    people: "{count, plural, one {# person} other {# people}} of {total, number}",
    where: "{path}{line, plural, =0 {} other {, line #}}",
    hint: "No {field}.{suggestion, select, none {} other { Did you mean {suggestion}?}}",
    tags: "<none> of {list}",
    broken: "{count, plural, ",
  },
  "en",
);

describe("the words for a key", () => {
  it("given all values, then they are filled in, numbers in the language's way and lists joined", () => {
    expect(format("plain")).toBe("Nothing to do.");
    expect(format("host", { host: "dc1", reason: "refused" })).toBe("dc1 cannot be reached: refused.");
    expect(format("people", { count: 1, total: 12_000 })).toBe("1 person of 12,000");
    expect(format("people", { count: 1200, total: 2 })).toBe("1,200 people of 2");
    expect(format("tags", { list: ["a", "b"] })).toBe("<none> of a, b");
    expect(format("hint", { field: "x", suggestion: "y" })).toBe("No x. Did you mean y?");
    expect(format("hint", { field: "x", suggestion: [] })).toBe("No x.");
  });

  it("given a missing value, then the rest is still said", () => {
    expect(format("host", { host: "dc1", reason: undefined })).toBe("dc1 cannot be reached: ?.");
    expect(format("people", { total: 3 })).toBe("? people of 3");
    expect(format("people", { count: 1 })).toBe("1 person of ?");
    expect(format("where", { path: "config.json" })).toBe("config.json");
    expect(format("where", { path: "config.json", line: 4 })).toBe("config.json, line 4");
    expect(format("hint", { field: "x" })).toBe("No x.");
  });

  it("given no words or broken ones, then the key and its params are shown", () => {
    expect(format("absent")).toBe("absent");
    expect(format("absent", { host: "dc1", list: ["a", "b"] })).toBe('absent {"host":"dc1","list":"a, b"}');
    expect(format("broken", { count: 2 })).toBe('broken {"count":2}');
    expect(format("toString")).toBe("toString");
  });
});
