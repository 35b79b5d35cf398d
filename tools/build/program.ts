import { statSync } from "node:fs";
import { newestIn } from "./newest.ts";
import { runStep } from "./put-together.ts";
import { buildWindow } from "./window.ts";

const suffix = process.platform === "win32" ? ".exe" : "";
/** The command line's program, which is also the window's engine. */
export const engineProgram = `dist/directory-connector${suffix}`;
const page = "dist/ui/index.html";
const shared = ["src", "locales", "package-lock.json"];

/** Builds the page, the engine and the window in dist, each where what it is made of is newer. */
export function buildProgram(): void {
  if (isOlder(page, [...shared, "ui"])) {
    console.error("Building the page…");
    runStep("the page", process.execPath, ["node_modules/vite/bin/vite.js", "build", "--logLevel", "error", "ui"]);
  }
  if (isOlder(engineProgram, [...shared, "tools/build.ts", "tools/build", "samples", page])) {
    console.error("Building the engine…");
    runStep("the engine", process.execPath, ["tools/build.ts"]);
  }
  buildWindow();
}

function isOlder(made: string, sources: readonly string[]): boolean {
  return (statSync(made, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= newestIn(sources);
}
