/**
 * Reading a cloud directory whose vendor answers after 50 ms and keeps its limits, beside a script that asks for the
 * members of one group after another: `npm run bench -- clouds [vendor …] [--people 10000] [--groups 2000]
 * [--memberships 100000] [--latency 50] [--script 100]`. The server, our reader and the script are processes of their
 * own, and each reading has a fresh server, so that neither finds a limit used up. `--script` is the number of groups
 * the script asks for; what all of them take follows from it. Exit code 1 where something was read wrongly, the vendor
 * had to refuse, or more than 300 MB were taken.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { createHttp } from "../src/http/request.ts";
import { createNetwork } from "../src/http/network.ts";
import { systemClock } from "../src/main/clock.ts";
import { directoryKinds, loadDirectory, type DirectoryKind } from "../src/directories/registry.ts";
import { createWorld } from "../tests/directory-world.ts";
import { vendors, type Tenant, type Vendor } from "./clouds/vendors.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: "string", default: "10000" },
    groups: { type: "string", default: "2000" },
    memberships: { type: "string", default: "100000" },
    latency: { type: "string", default: "50" },
    script: { type: "string", default: "100" },
    share: { type: "string" },
    as: { type: "string" },
  },
});
/** The most megabytes that reading may take. */
const mostMegabytes = 300;
const [people, groups, memberships] = [Number(values.people), Number(values.groups), Number(values.memberships)];

const Server = z.object({ url: z.string(), config: z.looseObject({ kind: z.string() }), key: z.array(z.string()) });
type Server = z.infer<typeof Server>;
const Counts = z.object({ requests: z.number(), refused: z.number(), atOnce: z.number(), milliseconds: z.number() });
const Read = z.object({
  people: z.number(),
  groups: z.number(),
  memberships: z.number(),
  seconds: z.number(),
  cpu: z.number(),
  megabytes: z.number(),
});
type Read = z.infer<typeof Read>;

const chosen = positionals.length > 0 ? positionals : Object.keys(vendors);
if (values.as === "server") await serve(vendorOf(chosen[0]));
else if (values.as === "reader") await readAll(await readInput());
else if (values.as === "script") await askOneByOne(vendorOf(chosen[0]), await readInput());
else await compare();

async function compare(): Promise<void> {
  console.log(`${people} people, ${groups} groups, ${memberships} memberships, ${values.latency} ms latency\n`);
  console.log(
    "| | limits | requests | at once | refused | seconds | CPU s | the server's CPU s | memory MB | script, seconds | × |",
  );
  console.log("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
  for (const name of chosen) {
    const ours = await measure(name, "reader");
    const script = await measure(name, "script");
    const part = Math.min(groups, Number(values.script)) / groups;
    // Everything but the members is asked for once, whatever the part.
    const { milliseconds } = script.counts;
    const slow = part === 0 ? Number.NaN : script.read.seconds / part;
    console.log(
      `| ${name} | ${vendorOf(name).limits} | ${ours.counts.requests} | ${ours.counts.atOnce} | ${ours.counts.refused} | ` +
        `${ours.read.seconds.toFixed(1)} | ${ours.read.cpu.toFixed(1)} | ${(ours.counts.milliseconds / 1000).toFixed(1)} | ` +
        `${Math.round(ours.read.megabytes)} | ` +
        `${slow.toFixed(0)} | ${(slow / ours.read.seconds).toFixed(1)} |`,
    );
    const wrong = [
      ours.read.people === people ? "" : `${ours.read.people} people`,
      ours.read.groups === groups ? "" : `${ours.read.groups} groups`,
      ours.read.memberships === memberships ? "" : `${ours.read.memberships} memberships`,
      ours.counts.refused === 0 ? "" : `${ours.counts.refused} refusals`,
      ours.read.megabytes <= mostMegabytes ? "" : `${Math.round(ours.read.megabytes)} MB`,
      Number.isNaN(milliseconds) ? "no figure of the server" : "",
    ].filter((text) => text !== "");
    if (wrong.length > 0) {
      process.exitCode = 1;
      console.log(`\n${name}: ${wrong.join(", ")}\n`);
    }
  }
}

/** One reading of a fresh server. */
async function measure(
  name: string,
  as: "reader" | "script",
): Promise<{ readonly read: Read; readonly counts: z.infer<typeof Counts> }> {
  const child = spawn(process.execPath, [...itself(), name, "--as", "server"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const [told]: unknown[] = await once(child, "message");
    const reader = spawn(process.execPath, [...itself(), name, "--as", as], { stdio: ["pipe", "pipe", "inherit"] });
    let stdout = "";
    reader.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    reader.stdin.end(JSON.stringify(told));
    const [code]: unknown[] = await once(reader, "close");
    if (code !== 0) throw new Error(`${as} of ${name} ended with ${String(code)}`);
    child.send("counts");
    const [counts]: unknown[] = await once(child, "message");
    return { read: Read.parse(JSON.parse(stdout)), counts: Counts.parse(counts) };
  } finally {
    if (child.exitCode === null) {
      const ended = once(child, "close");
      child.kill("SIGKILL");
      await ended;
    }
  }
}

function itself(): string[] {
  const given = Object.entries(values).flatMap(([name, value]) => (name === "as" ? [] : [`--${name}`, value]));
  return [fileURLToPath(import.meta.url), ...given];
}

/** The vendor's server with the real clock; told to, it says what was asked of it. */
async function serve(vendor: Vendor): Promise<void> {
  const { server, config, key } = await vendor.start(tenantOf());
  server.setLatency(Number(values.latency));
  const before = process.cpuUsage();
  process.on("message", () => {
    const { user, system } = process.cpuUsage(before);
    const refused = [...server.statuses].reduce((sum, [status, count]) => (status >= 400 ? sum + count : sum), 0);
    const milliseconds = Math.round((user + system) / 1000);
    process.send?.({ requests: server.requests.length, refused, atOnce: server.atOnce(), milliseconds });
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.({
    url: server.url,
    config: values.share === undefined ? config : { ...config, share: Number(values.share) },
    key,
  });
}

/** Every 200th group has 1,000 members or as many as there are, the others share what is left evenly. */
function tenantOf(): Tenant {
  const big = (at: number): boolean => at % 200 === 0;
  const bigSize = Math.min(people, 1_000, Math.floor((memberships / groups) * 20));
  const bigGroups = Math.ceil(groups / 200);
  const left = memberships - bigGroups * bigSize;
  const [small, extra] = [Math.floor(left / (groups - bigGroups)), left % (groups - bigGroups)];
  let ordinary = 0;
  return {
    people,
    groups: Array.from({ length: groups }, (_, at) => {
      const count = big(at) ? bigSize : small + (ordinary++ < extra ? 1 : 0);
      return { members: Array.from({ length: count }, (__, member) => (at * 31 + member) % people) };
    }),
  };
}

/** Our reader alone: logs in, reads everything and keeps it, as a run does. */
async function readAll({ config }: Server): Promise<void> {
  const kind = directoryKinds.find((one): one is DirectoryKind => one === config.kind);
  if (kind === undefined) throw new Error(`there is no directory ${config.kind}`);
  await using network = await createNetwork({ env: {} });
  const http = createHttp({ network, clock: systemClock, random: Math.random });
  const { dependencies } = createWorld({ http: () => http, network });
  const started = performance.now();
  const directory = await loadDirectory(kind);
  const log = { debug: () => {}, info: console.error, warn: console.error, error: console.error };
  await using open = await directory.open(config, { ...dependencies, now: systemClock, log, progress: () => {} });
  const pages: unknown[] = [];
  const [persons, found] = [new Set<string>(), new Set<string>()];
  let links = 0;
  for await (const page of open.read()) {
    pages.push(page);
    if ("users" in page) for (const { id } of page.users) persons.add(id);
    if ("groups" in page)
      for (const { id, members } of page.groups) {
        found.add(id);
        links += new Set(members.map((member) => ("id" in member ? member.id : member.ref))).size;
      }
  }
  report({ people: persons.size, groups: found.size, memberships: links, started });
}

/** What a small script does, each request after the last. */
async function askOneByOne({ script }: Vendor, { url, key }: Server): Promise<void> {
  const authorization = await script.login(url, key);
  const list = async (path: string): Promise<readonly { readonly id: string | number }[]> => {
    const rows: { readonly id: string | number }[] = [];
    for (let next: string | undefined = `${url}${path}`; next !== undefined;) {
      const at: URL = new URL(next);
      const answer = await fetch(at, { headers: { authorization } });
      if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
      const body: unknown = await answer.json();
      rows.push(...script.rows(body));
      next = script.next(answer, body, at);
    }
    return rows;
  };
  const begun = performance.now();
  const persons = await list(script.lists.users);
  const all = await list(script.lists.groups);
  const lists = performance.now() - begun;
  const part = all.slice(0, Number(values.script));
  const started = performance.now();
  let links = 0;
  for (const { id } of part) {
    const before = performance.now();
    links += (await list(script.members(String(id)))).length;
    const rest = (script.pause ?? 0) - (performance.now() - before);
    if (rest > 0) await sleep(rest);
  }
  // The lists count by the part too, so that the part of the groups stands for the whole of everything.
  report({
    people: persons.length,
    groups: all.length,
    memberships: links,
    started: started - (lists * part.length) / Math.max(1, all.length),
  });
}

function report({
  started,
  ...counts
}: Omit<Read, "seconds" | "cpu" | "megabytes"> & { readonly started: number }): void {
  const peak = /VmHWM:\s*(\d+) kB/u.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ ...counts, seconds, cpu: (user + system) / 1e6, megabytes: Number(peak) / 1024 }));
}

async function readInput(): Promise<Server> {
  let text = "";
  for await (const part of process.stdin) text += String(part);
  return Server.parse(JSON.parse(text));
}

function vendorOf(name = ""): Vendor {
  const vendor = vendors[name];
  if (vendor === undefined) throw new Error(`${name} is none of ${Object.keys(vendors).join(", ")}`);
  return vendor;
}
