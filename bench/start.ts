/**
 * `npm run bench`: how long the executable takes to start and how much memory, beside bare Node and beside the smallest
 * executable that can be made. Prints a Markdown table. Options: `--rounds <n>`, `--executable <file>`.
 * All take turns for several rounds, so that a busy machine slows all alike; the minimum is the figure to compare.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { putTogether } from "../tools/build/put-together.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "21" },
    executable: { type: "string", default: "dist/directory-connector" },
  },
});
const timeProgram = "/usr/bin/time";
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), "directory-connector-bench-"));
const env = { ...process.env, DIRECTORY_CONNECTOR_HOME: join(folder, "home") };

interface Candidate {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Milliseconds from the start to the end of the process. */
  readonly times: number[];
  /** Largest resident set in kB. */
  readonly memory: number[];
}

try {
  if (existsSync(values.executable)) compare(resolve(values.executable));
  else {
    console.error(`${values.executable} is not here: run npm run build first.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compare(executable: string): void {
  makeHome();
  const ours = (line: string): Candidate => candidate(line, executable, line.split(" "));
  const candidates = [
    candidate("node -e 0", process.execPath, ["-e", "0"]),
    candidate("an executable of one line", makeOneLine(), []),
    ours("--version"),
    ours("config get profiles.main.sync.users"),
    ours("data-file"),
    ours("last-sync"),
  ];
  for (const each of candidates) requireSuccess(each);
  for (let round = 0; round < rounds; round += 1)
    for (const each of candidates) {
      const started = performance.now();
      spawnSync(each.file, each.args, { stdio: "ignore", env });
      each.times.push(performance.now() - started);
    }
  if (existsSync(timeProgram))
    for (let round = 0; round < 5; round += 1) for (const each of candidates) each.memory.push(memoryOf(each));
  print(candidates);
}

function candidate(name: string, file: string, args: readonly string[]): Candidate {
  return { name, file, args, times: [], memory: [] };
}

/** A configuration with one profile, as somebody who runs it every hour has. */
function makeHome(): void {
  const profile = {
    id: "6f0d3c0e-5d54-4d4f-9c57-6a3f2f1f7b10",
    organization: "firm",
    directory: { kind: "file", path: resolve("samples/company.ldif") },
  };
  const organization = {
    server: "https://vault.firm.test",
    clientId: "organization.5f6d1f0e-3b7a-4f58-9a55-1f6f0f3b7a10",
    clientSecret: { env: "SECRET" },
  };
  mkdirSync(join(folder, "home"), { mode: 0o700 });
  writeFileSync(
    join(folder, "home", "config.json"),
    JSON.stringify({ version: 1, organizations: { firm: organization }, profiles: { main: profile } }),
    { mode: 0o600 },
  );
}

function makeOneLine(): string {
  const output = join(folder, "one-line");
  writeFileSync(join(folder, "main.cjs"), 'process.stdout.write("0\\n");\n');
  putTogether({ folder, main: "main.cjs", assets: {}, output });
  return output;
}

/** Also reads everything into the file cache once. */
function requireSuccess({ name, file, args }: Candidate): void {
  const result = spawnSync(file, args, { encoding: "utf8", env });
  if (result.status !== 0) throw new Error(`${name} ended with ${result.status}: ${result.stderr}`);
}

function memoryOf({ file, args }: Candidate): number {
  const result = spawnSync(timeProgram, ["-f", "%M", file, ...args], { encoding: "utf8", env });
  return Number(result.stderr.trim().split("\n").at(-1));
}

function print(candidates: readonly Candidate[]): void {
  const [node, oneLine] = candidates;
  console.log(
    `Node ${process.version}, ${process.platform}-${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${rounds} rounds\n`,
  );
  console.log("| command | minimum ms | median ms | × node | memory MB | × one line |\n|---|--:|--:|--:|--:|--:|");
  for (const { name, times, memory } of candidates) {
    const cells = [
      least(times).toFixed(0),
      median(times).toFixed(0),
      (least(times) / least(node?.times)).toFixed(2),
      memory.length === 0 ? "?" : (least(memory) / 1024).toFixed(0),
      memory.length === 0 ? "?" : (least(memory) / least(oneLine?.memory)).toFixed(2),
    ];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
  if (!existsSync(timeProgram)) console.log(`\nMemory needs ${timeProgram} (Debian package time).`);
}

function least(numbers: readonly number[] = []): number {
  return Math.min(...numbers);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
