/** Writes the generated pages: `node tools/docs.ts`; with `--check` it only names the stale ones, exit code 1. */
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { pages } from "./docs/pages.ts";

const isCheck = process.argv.includes("--check");
for (const page of pages) {
  const text = await page.render();
  if (current(page.path) === text) continue;
  console.log(`${page.path} ${isCheck ? "is stale: run npm run docs" : "written"}`);
  if (isCheck) process.exitCode = 1;
  else write(page.path, text);
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
