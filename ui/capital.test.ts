import { describe, expect, it } from "vitest";
import { capital } from "./capital.ts";

describe("the beginning of a line", () => {
  it.each([
    ["disabled in the directory", "Disabled in the directory"],
    ["", ""],
    ["bo.li@firm.test is managed here", "bo.li@firm.test is managed here"],
    ["uid=bli,ou=sales (disabled)", "uid=bli,ou=sales (disabled)"],
    ["directory-connector plan shows everything", "directory-connector plan shows everything"],
  ])("given %j, then %j", (text, shown) => expect(capital(text)).toBe(shown));
});
