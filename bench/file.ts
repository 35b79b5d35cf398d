/**
 * Reading a directory kept as a file, beside reading the same bytes and doing nothing with them: `node bench/file.ts`.
 * Each read is a process of its own that keeps no entry, so that the memory shows what the reader itself needs.
 */
import { spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileDirectory } from "../src/directories/file/index.ts";
import { createWorld } from "../tests/directory-world.ts";
import { generateDirectory } from "../tests/servers/openldap/generate.ts";

const rounds = 5;
const sizes = {
  M: { users: 10_000, groups: 1000, averageMembers: 184, bigGroups: 2 },
  L: { users: 100_000, groups: 5000, averageMembers: 50, bigGroups: 2 },
} as const;

const [task, path = ""] = process.argv.slice(2);
if (task === "read") await readDirectory(path);
else if (task === "bytes") await readBytes(path);
else compare();

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), "directory-connector-bench-"));
  try {
    console.log("| file | MB | best ms | the bytes alone | memory MB | the bytes alone |\n|---|--:|--:|--:|--:|--:|");
    for (const [size, { users, ...shape }] of Object.entries(sizes)) {
      const ldif = join(folder, `${size}.ldif`);
      writeFileSync(ldif, generateDirectory({ users, ...shape }, "dc=firm,dc=test").ldif);
      const csv = join(folder, `${size}.csv`);
      writeFileSync(csv, csvOf(users));
      for (const file of [ldif, csv]) {
        const ours = best("read", file);
        const bytes = best("bytes", file);
        const name = `${size}, ${file === ldif ? "LDIF" : "CSV"}`;
        const cells = [name, (statSync(file).size / 1e6).toFixed(0), ours.ms, bytes.ms, ours.mb, bytes.mb];
        console.log(`| ${cells.join(" | ")} |`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function csvOf(users: number): string {
  const rows = Array.from(
    { length: users },
    (_, at) => `${at},person-${at}@firm.test,"Number ${at}, Person",true,Team ${at % 5000};Site ${at % 50}\n`,
  );
  return `id,email,name,enabled,groups\n${rows.join("")}`;
}

function best(task: "read" | "bytes", file: string): { readonly ms: string; readonly mb: string } {
  const found = Array.from({ length: rounds }, () => {
    const { stdout, status } = spawnSync(process.execPath, [import.meta.filename, task, file], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${task} ${file} ended with ${status}`);
    return stdout.split(" ").map(Number);
  });
  const least = (at: number): string => Math.min(...found.map((each) => each[at] ?? Number.NaN)).toFixed(0);
  return { ms: least(0), mb: least(1) };
}

async function readDirectory(file: string): Promise<void> {
  await report(async () => {
    await using open = await fileDirectory.open({ kind: "file", path: file }, createWorld().dependencies);
    for await (const _ of open.read());
  });
}

async function readBytes(file: string): Promise<void> {
  await report(async () => {
    for await (const _ of createReadStream(file, { highWaterMark: 256 * 1024 }));
  });
}

/** Prints milliseconds and the process's largest resident set in MB. */
async function report(work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await work();
  console.log(`${performance.now() - started} ${process.resourceUsage().maxRSS / 1024}`);
}
