/**
 * Our read of an OpenLDAP directory beside `ldapsearch`, which prints the same entries and does nothing with them: the
 * limit of what a full read can be, and beside the library our requests are encoded with. Rounds are interleaved; the best of each counts. `--large` takes 100,000 people.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { Client } from "ldapts";
import { loadDirectory } from "../src/directories/registry.ts";
import { createWorld } from "../tests/directory-world.ts";
import { generateDirectory, type Size } from "../tests/servers/openldap/generate.ts";
import { missingOpenLdap, startOpenLdap, type OpenLdap } from "../tests/servers/openldap/openldap.ts";

const sizes = {
  medium: { users: 10_000, groups: 1000, averageMembers: 184, bigGroups: 2 },
  large: { users: 100_000, groups: 5000, averageMembers: 50, bigGroups: 2 },
} as const satisfies Record<string, Size>;

const [task, ...given] = process.argv.slice(2);
if (task === "read") await readOnce(given);
else if (task === "library") await readByLibrary(given);
else await compare(process.argv.includes("--large") ? "large" : "medium", process.argv.includes("--tls"));

/** Starts a server with a generated directory and lets both read it in turns. */
async function compare(name: keyof typeof sizes, tls: boolean): Promise<void> {
  const missing = missingOpenLdap();
  if (missing !== undefined) throw new Error(missing);
  const size = sizes[name];
  const { ldif, members } = generateDirectory(size, "dc=firm,dc=test");
  await using server = await startOpenLdap({ ldif });
  process.stdout.write(
    `${size.users} people, ${size.groups + size.bigGroups} groups, ${members} member values${tls ? ", LDAPS" : ""}\n`,
  );
  const found: Record<string, Measured[]> = { ldapsearch: [], ldapts: [], ours: [] };
  const cpu: Record<string, number[]> = { ldapsearch: [], ldapts: [], ours: [] };
  for (let round = 0; round < 5; round += 1)
    for (const [who, run] of [
      ["ldapsearch", () => runLdapsearch(server, tls)],
      ["ldapts", () => runNode("library", server, tls)],
      ["ours", () => runNode("read", server, tls)],
    ] as const) {
      const before = await processorTime(server.pid);
      found[who]?.push(await run());
      cpu[who]?.push((await processorTime(server.pid)) - before);
    }
  for (const [who, rounds] of Object.entries(found)) {
    const best = (pick: (round: Measured) => number): number => Math.min(...rounds.map(pick));
    process.stdout.write(
      `${who.padEnd(11)} ${format(best((round) => round.seconds))} s, whole process ${format(best((round) => round.wall))} s, ` +
        `${Math.round(best((round) => round.megabytes))} MB, server ${format(Math.min(...(cpu[who] ?? [])))} s of CPU\n`,
    );
  }
  const ratio =
    Math.min(...(found["ours"] ?? []).map((each) => each.seconds)) /
    Math.min(...(found["ldapsearch"] ?? []).map((each) => each.seconds));
  process.stdout.write(`ours is ${ratio.toFixed(2)} × ldapsearch\n`);
}

interface Measured {
  /** Reading alone; of ldapsearch both processes. */
  readonly seconds: number;
  readonly wall: number;
  readonly megabytes: number;
}

async function runLdapsearch(server: OpenLdap, tls: boolean): Promise<Measured> {
  const search = async (filter: string, attributes: readonly string[]): Promise<void> => {
    const login = [
      "-LLL",
      "-x",
      "-H",
      tls ? server.tlsUrl : server.url,
      "-D",
      server.reader.dn,
      "-w",
      server.reader.password,
    ];
    const sink = await open("/dev/null", "w");
    const child = spawn(
      "/usr/bin/ldapsearch",
      [...login, "-E", "pr=1000/noprompt", "-b", server.suffix, filter, ...attributes],
      {
        stdio: ["ignore", sink.fd, "inherit"],
        env: { LDAPTLS_CACERT: server.authority.caFile },
      },
    );
    const [code] = await once(child, "close");
    await sink.close();
    if (code !== 0) throw new Error(`ldapsearch ended with ${code}`);
  };
  const started = performance.now();
  await search("(objectClass=inetOrgPerson)", ["mail", "entryUUID"]);
  await search("(objectClass=groupOfNames)", ["cn", "entryUUID", "member"]);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, wall: seconds, megabytes: 8 };
}

async function runNode(how: "read" | "library", server: OpenLdap, tls: boolean): Promise<Measured> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      import.meta.filename,
      how,
      tls ? server.tlsUrl : server.url,
      server.reader.dn,
      server.reader.password,
      server.authority.caFile,
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const said: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${how} ended with ${code}`);
  const [seconds, megabytes] = Buffer.concat(said).toString().split(" ").map(Number);
  return { seconds: seconds ?? 0, megabytes: megabytes ?? 0, wall: (performance.now() - started) / 1000 };
}

/** In a process of its own: logs in, reads everything and keeps it, as a run does; prints seconds and the peak of memory. */
async function readOnce([url, bindDn, password, caFile]: readonly string[]): Promise<void> {
  const directory = await loadDirectory("ldap");
  const { dependencies } = createWorld();
  const config = directory.config.parse({
    kind: "ldap",
    url,
    startTls: false,
    allowPlain: true,
    bindDn,
    caFile,
    baseDn: "dc=firm,dc=test",
  });
  const started = performance.now();
  await using connected = await directory.open({ ...config, password } as typeof config, dependencies);
  let people = 0;
  const kept: unknown[] = [];
  for await (const page of connected.read()) {
    kept.push(page);
    if ("users" in page) people += page.users.length;
  }
  const seconds = (performance.now() - started) / 1000;
  if (people === 0 || kept.length === 0) throw new Error("nobody was read");
  process.stdout.write(`${seconds} ${process.resourceUsage().maxRSS / 1024}`);
}

/** The same by the library alone, paged and kept: no checks, no canonical names, no states. */
async function readByLibrary([url = "", bindDn = "", password = "", caFile = ""]: readonly string[]): Promise<void> {
  const started = performance.now();
  const ca = await readFile(caFile);
  const client = new Client({ url, ...(url.startsWith("ldaps:") ? { tlsOptions: { ca } } : {}) });
  await client.bind(bindDn, password);
  const kept: unknown[] = [];
  const questions = [
    ["(objectClass=inetOrgPerson)", ["mail", "entryUUID", "displayName", "cn", "pwdAccountLockedTime", "shadowExpire"]],
    ["(objectClass=groupOfNames)", ["cn", "entryUUID", "member"]],
  ] as const;
  for (const [filter, attributes] of questions) {
    const pages = client.searchPaginated("dc=firm,dc=test", {
      filter,
      attributes: [...attributes],
      paged: { pageSize: 1000 },
      timeLimit: 0,
    });
    for await (const page of pages) kept.push(page.searchEntries);
  }
  const seconds = (performance.now() - started) / 1000;
  await client.unbind();
  if (kept.length === 0) throw new Error("nobody was read");
  process.stdout.write(`${seconds} ${process.resourceUsage().maxRSS / 1024}`);
}

/** Seconds of CPU a process has used (proc(5), clock ticks of 10 ms). */
async function processorTime(pid: number): Promise<number> {
  const file = await open(`/proc/${pid}/stat`);
  const text = await file.readFile("utf8");
  await file.close();
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function format(seconds: number): string {
  return seconds.toFixed(3);
}
