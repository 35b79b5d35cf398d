/**
 * `npm run bench -- window`: how long the window takes from its start to the engine's first words on the screen, and what
 * all its processes take of the memory (PSS: what is shared counts for each by its part). Prints Markdown tables.
 * Options: `--rounds <n>`. Needs what `npm run test:desktop` needs.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { whyNoWindow } from "../tests/desktop/available.ts";
import { openScreen, title } from "../tests/desktop/screen.ts";
import { eventually } from "../tests/desktop/webdriver.ts";
import { buildProgram } from "../tools/build/program.ts";
import { windowProgram } from "../tools/build/window.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" } } });
const program = resolve(windowProgram);
const why = whyNoWindow();
if (why !== undefined) throw new Error(why);
buildProgram();
await using screen = await openScreen();
const times: number[] = [];
for (let round = 0; round < Number(values.rounds); round += 1) times.push(await timeOfStart());
const sorted = times.toSorted((left, right) => left - right);
console.log("| | best ms | median ms |\n|---|--:|--:|");
console.log(
  `| from the start to the engine's words | ${sorted[0]?.toFixed(0)} | ${sorted[sorted.length >> 1]?.toFixed(0)} |\n`,
);
const processes = await memory();
console.log("| process | PSS MB | of it the program's own files |\n|---|--:|--:|");
for (const { name, pss, files } of processes) console.log(`| ${name} | ${mega(pss)} | ${mega(files)} |`);
const total = (of: (each: Part) => number): string => mega(processes.reduce((sum, each) => sum + of(each), 0));
console.log(`| all | ${total(({ pss }) => pss)} | ${total(({ files }) => files)} |`);

interface Part {
  readonly name: string;
  /** kB. */
  readonly pss: number;
  /** kB of programs and libraries: pages the system takes back when it needs them. */
  readonly files: number;
}

/** Under the driver, which can ask the page when it painted. */
async function timeOfStart(): Promise<number> {
  const session = await screen.driver.open(program);
  await eventually(
    async () => (await session.run(`return performance.getEntriesByName("painted").length`)) !== 0,
    "nothing painted",
  );
  const painted = Number(
    await session.run(`return performance.timeOrigin + performance.getEntriesByName("painted")[0].startTime`),
  );
  const took = painted - startOf(session.pid);
  await session.close();
  return took;
}

/** By itself, and after it has come to rest. */
async function memory(): Promise<Part[]> {
  const window = spawn(program, [], { env: screen.env, stdio: "ignore" });
  await eventually(() => screen.windows().includes(title), "no window");
  await sleep(8000);
  const parts = treeOf(window.pid ?? 0).map(partOf);
  const ended = new Promise((done) => window.once("exit", done));
  screen.closeWindow(title);
  await ended;
  return parts;
}

/** Milliseconds since 1970; the kernel counts in hundredths of a second since it began (proc(5), /proc/pid/stat, field 22). */
function startOf(pid: number): number {
  const ticks = Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19]);
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return Date.now() - (uptime * 1000 - ticks * 10);
}

function treeOf(root: number): number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map(Number);
  const tree = [root];
  for (const pid of tree) tree.push(...all.filter((other) => Number(valueOf(`/proc/${other}/status`, "PPid")) === pid));
  return tree;
}

function partOf(pid: number): Part {
  const pss = Number(valueOf(`/proc/${pid}/smaps_rollup`, "Pss"));
  return {
    name: readFileSync(`/proc/${pid}/comm`, "utf8").trim(),
    pss,
    files: Number(valueOf(`/proc/${pid}/smaps_rollup`, "Pss_File")),
  };
}

function valueOf(file: string, name: string): string {
  try {
    return new RegExp(`^${name}:\\s+(\\d+)`, "mu").exec(readFileSync(file, "utf8"))?.[1] ?? "0";
  } catch {
    return "0";
  }
}

function mega(kilo: number): string {
  return (kilo / 1024).toFixed(0);
}
