import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSource } from "../tools/lint/source.ts";

describe("what the page takes from the program's sources", () => {
  it("needs nothing of Node's, however far it leads", () => {
    const chains: string[] = [];
    const waiting = [
      "rpc/contract.ts",
      "rpc/peer.ts",
      "rpc/links/link.ts",
      "config/describe.ts",
      "config/schema.ts",
    ].map((path) => [`src/${path}`]);
    const seen = new Set<string>();
    for (let chain = waiting.shift(); chain !== undefined; chain = waiting.shift()) {
      const [file = ""] = chain;
      if (seen.has(file)) continue;
      seen.add(file);
      for (const { specifier, typeOnly } of readSource(readFileSync(file, "utf8")).imports) {
        if (typeOnly) continue;
        if (specifier.startsWith("node:")) chains.push([specifier, ...chain].join(" for "));
        if (specifier.startsWith(".")) waiting.push([join(dirname(file), specifier).replaceAll("\\", "/"), ...chain]);
      }
    }
    expect(seen.size).toBeGreaterThan(20);
    expect(chains).toEqual([]);
  });
});
