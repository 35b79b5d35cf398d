/** The project's own rules, over the files named or all: `node tools/lint.ts [path…]`. Exit code 1 where one is broken. */
import { globSync, readFileSync } from "node:fs";
import { isTest, refusal, roomPath } from "./lint/rooms.ts";
import { readSource, type Finding } from "./lint/source.ts";

const longFile = 300;
const { errors, warnings, files } = lint(process.argv.slice(2));
for (const line of [...warnings, ...errors]) console.log(line);
console.log(`${files} files, ${errors.length} errors, ${warnings.length} warnings`);
process.exitCode = errors.length > 0 ? 1 : 0;

function lint(paths: readonly string[]): { errors: string[]; warnings: string[]; files: number } {
  const all = globSync(["{src,ui,locales,tests,tools,bench}/**/*.ts", "ui/**/*.svelte"]).map((path) =>
    path.replaceAll("\\", "/"),
  );
  const files = all.filter((file) => paths.length === 0 || paths.some((path) => file.startsWith(path))).toSorted();
  const errors: string[] = [];
  const warnings: string[] = [];
  for (const file of files) {
    const code = readFileSync(file, "utf8");
    const lines = code.split("\n").length - 1;
    if (lines > longFile && file.startsWith("src/"))
      warnings.push(`${file}:1 warning: ${lines} lines; more than one idea?`);
    for (const { line, message } of findingsIn(file, code)) errors.push(`${file}:${line} ${message}`);
  }
  return { errors, warnings, files: files.length };
}

/**
 * Everything wrong with one file. The rules about surroundings hold in `src`, outside `src/main` and tests; the one about
 * hooks in what test files import.
 */
function findingsIn(file: string, code: string): Finding[] {
  const facts = readSource(file.endsWith(".svelte") ? scriptOf(code) : code);
  const imports = facts.imports.flatMap((imported) => {
    const message = refusal(file, imported);
    return message === undefined ? [] : [{ line: imported.line, message }];
  });
  if (file.endsWith(".test.ts")) return imports;
  const found = [...imports, ...facts.moduleHooks];
  if (!file.startsWith("src/") || isTest(roomPath(file))) return found;
  const surroundings = file.startsWith("src/main/") ? [] : facts.surroundings;
  return [...found, ...surroundings, ...facts.doubleCasts];
}

/** The script of a component, on the lines it has there. */
function scriptOf(code: string): string {
  const [, before = "", script = ""] = /^([\s\S]*?<script lang="ts"[^>]*>)([\s\S]*?)<\/script>/u.exec(code) ?? [];
  return before.replaceAll(/[^\n]/gu, " ") + script;
}
