import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseMarkdown, type Block, type Span } from "./markdown.ts";

const kinds = ["entra", "file", "google", "ldap", "okta", "onelogin"];
const read = (kind: string): readonly Block[] =>
  parseMarkdown(readFileSync(`src/directories/${kind}/readme.md`, "utf8"));
const spansOf = (block: Block): readonly Span[] => {
  switch (block.kind) {
    case "code":
      return [{ text: block.text, as: "code" }];
    case "list":
      return block.items.flat();
    case "table":
      return [...block.head, ...block.rows.flat()].flat();
    default:
      return block.text;
  }
};

describe("a readme as it is shown beside the form", () => {
  it("given headings, lists, tables, code and links, then each is what it is", () => {
    const text =
      "# T\n\nOne `a` **b**\nline.\n\n- x\n  goes on\n- y\n\n| a | b |\n|---|---|\n| 1 | [l](https://x.test/) |\n\n```\ncode\n```\n";
    expect(parseMarkdown(text)).toEqual([
      { kind: "heading", level: 1, text: [{ text: "T" }] },
      {
        kind: "text",
        text: [
          { text: "One " },
          { text: "a", as: "code" },
          { text: " " },
          { text: "b", as: "strong" },
          { text: " line." },
        ],
      },
      { kind: "list", items: [[{ text: "x goes on" }], [{ text: "y" }]] },
      {
        kind: "table",
        head: [[{ text: "a" }], [{ text: "b" }]],
        rows: [[[{ text: "1" }], [{ text: "l", as: "link", href: "https://x.test/" }]]],
      },
      { kind: "code", text: "code" },
    ]);
  });

  it.each(kinds)("given that of %s, then no mark is left over in its text", (kind) => {
    const left = read(kind)
      .flatMap(spansOf)
      .filter(({ text, as }) => as !== "code" && /^#|\*\*|`|\]\(|^\|/u.test(text));
    expect(left).toEqual([]);
  });

  it("given a link to a file of the sources, or to anything but a web page, then it is text", () => {
    expect(
      parseMarkdown("[a](../b.md) [c](javascript:alert(1))")
        .flatMap(spansOf)
        .filter(({ href }) => href !== undefined),
    ).toEqual([]);
  });
});
