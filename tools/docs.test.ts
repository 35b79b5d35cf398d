import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { anchorOf, readable } from "./docs/errors.ts";
import { pages } from "./docs/pages.ts";

describe("the generated files", () => {
  it.each(pages.map((page) => [page.path, page] as const))("%s is what `npm run docs` writes", async (path, page) => {
    const stale = (await page.render()) !== (await readFile(path, "utf8").catch(() => ""));
    expect(stale ? `${path} is stale: run npm run docs` : "fresh").toBe("fresh");
  });
});

describe("the page of errors", () => {
  it("gives every code an anchor of letters, digits and dashes", () => {
    expect(anchorOf("guard.access-lost")).toBe("guard-access-lost");
    expect(anchorOf("config.unknown_key")).toBe("config-unknown-key");
  });

  it("given choices in a message, then it shows the general case", () => {
    expect(readable("{n, plural, one {# day} other {# days}} since {at}; {m, number} of {path}")).toBe(
      "{n} days since {at}; {m} of {path}",
    );
    expect(readable("No {field}.{hint, select, none {} other { Did you mean {hint}?}}")).toBe(
      "No {field}. Did you mean {hint}?",
    );
    expect(readable("the directory''s")).toBe("the directory's");
  });
});
