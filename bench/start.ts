/**
 * `npm run bench`: how long the executable takes to start, beside bare Node. Prints a Markdown table.
 * The commands take turns for several rounds, so that a busy machine slows all alike; the minimum is the figure to compare.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    executable: { type: "string", default: "dist/directory-connector" },
  },
});
const executable = resolve(values.executable);
const commands: readonly (readonly [name: string, file: string, args: readonly string[]])[] = [
  ["node -e 0", process.execPath, ["-e", "0"]],
  ["--version", executable, ["--version"]],
  ["config get version", executable, ["config", "get", "version"]],
  ["data-file", executable, ["data-file"]],
];

if (existsSync(executable)) measure();
else {
  console.error(`${values.executable} is not here: run npm run build first.`);
  process.exitCode = 1;
}

function measure(): void {
  const home = mkdtempSync(join(tmpdir(), "directory-connector-bench-"));
  const times = commands.map((): number[] => []);
  for (let round = 0; round <= Number(values.rounds); round += 1)
    for (const [index, [, file, args]] of commands.entries()) {
      const started = performance.now();
      spawnSync(file, args, { stdio: "ignore", env: { ...process.env, DIRECTORY_CONNECTOR_HOME: home } });
      // The first round only warms the file cache.
      if (round > 0) times[index]?.push(performance.now() - started);
    }
  rmSync(home, { recursive: true, force: true });
  print(times);
}

function print(times: readonly (readonly number[])[]): void {
  const floor = Math.min(...(times[0] ?? []));
  console.log(
    `Node ${process.version}, ${process.platform}-${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${values.rounds} rounds\n`,
  );
  console.log("| command | minimum ms | median ms | × node |\n|---|--:|--:|--:|");
  for (const [index, [name]] of commands.entries()) {
    const sorted = (times[index] ?? []).toSorted((a, b) => a - b);
    const minimum = sorted[0] ?? Number.NaN;
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    console.log(`| ${name} | ${minimum.toFixed(0)} | ${median.toFixed(0)} | ${(minimum / floor).toFixed(2)} |`);
  }
}
