/** `npm run check`: types, lint, our own rules, format, dead code. One line a step, the tool's output where it fails, exit code 1 then. */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

interface Step {
  readonly name: string;
  /** Arguments of this Node: a tool's own script, so that no shell and no other Node is involved. */
  readonly run: readonly string[];
}

const steps: readonly Step[] = [
  { name: "types", run: ["node_modules/typescript/bin/tsc", "--project", ".", "--noEmit"] },
  { name: "dead code", run: ["node_modules/knip/bin/knip.js", "--no-progress", "--no-config-hints"] },
  {
    name: "lint",
    run: ["node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings", "--report-unused-disable-directives"],
  },
  { name: "own rules", run: ["tools/lint.ts"] },
  {
    name: "page",
    run: [
      "node_modules/svelte-check/bin/svelte-check",
      "--workspace",
      "ui",
      "--tsconfig",
      "./tsconfig.json",
      "--output",
      "human",
      "--fail-on-warnings",
    ],
  },
  {
    name: "page format",
    run: ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "ui/**/*.svelte"],
  },
  { name: "format", run: ["node_modules/oxfmt/bin/oxfmt", "--check"] },
];

const waiting = [...steps];
let failed = 0;
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
process.exitCode = failed === 0 ? 0 : 1;

/** Takes one step after another until none is left. */
async function work(): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const started = performance.now();
    const { code, output } = await runQuietly(step.run);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${code === 0 ? "ok    " : "FAILED"}  ${step.name.padEnd(11)} ${seconds} s`);
    if (code !== 0) failed += 1;
    if (code !== 0 || output.includes("warning:")) console.log(output.trimEnd());
  }
}

function runQuietly(args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
