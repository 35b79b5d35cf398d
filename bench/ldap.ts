/**
 * Reading an OpenLDAP directory and keeping an organization equal to it, beside `ldapsearch`, which prints the same
 * entries and does nothing with them (the limit of what a full read can be), and beside a bare script on a library.
 * All take turns for several rounds; the best of each counts. Prints Markdown tables.
 * `npm run bench -- ldap [M] [L] [--rounds n] [--tls] [--executable file]`
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { builtExecutable } from "../tests/executable/built.ts";
import { generateDirectory, type Size } from "../tests/servers/openldap/generate.ts";
import { missingOpenLdap, startOpenLdap, type OpenLdap } from "../tests/servers/openldap/openldap.ts";
import { createInstallation } from "./ldap/installation.ts";
import { best, measure, type Command, type Measured } from "./ldap/measure.ts";
import { changePeople } from "./ldap/change-people.ts";
import { createDelay } from "./ldap/delay.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    tls: { type: "boolean", default: false },
    executable: { type: "string" },
  },
});

const sizes: Readonly<Record<string, Size>> = {
  M: { users: 10_000, groups: 1002, averageMembers: 184, bigGroups: 2 },
  L: { users: 100_000, groups: 5004, averageMembers: 50, bigGroups: 2 },
};

const missing = missingOpenLdap();
if (missing !== undefined) throw new Error(missing);
const executable = values.executable === undefined ? builtExecutable() : resolve(values.executable);
for (const [name, size] of Object.entries(sizes))
  if (positionals.length === 0 || positionals.includes(name)) await compare(name, size);

/** Starts a server with a generated directory and lets all take turns. */
async function compare(name: string, size: Size): Promise<void> {
  const { ldif, members } = generateDirectory(size, "dc=firm,dc=test");
  await using server = await startOpenLdap({ ldif, overlays: ["overlay syncprov", "syncprov-sessionlog 1000"] });
  console.log(`\n${name}: ${size.users} people, ${size.groups + size.bigGroups} groups, ${members} member values\n`);
  const rounds = new Map<string, Measured[]>();
  const take = async (what: string, ...commands: readonly Command[]): Promise<void> => {
    const taken = await measure(commands, server.pid);
    rounds.set(what, [...(rounds.get(what) ?? []), taken]);
  };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    await take("ldapsearch", ...searches(server));
    await take("read, JS floor", floor("read", server));
    await take("read, ours", reader(server));
    {
      await using other = await createInstallation(executable, server, { tls: values.tls });
      const { url, clientId, clientSecret } = other.organization;
      await take("first sync, JS floor", floor("sync", server, url, clientId, clientSecret));
    }
    await using own = await createInstallation(executable, server, { tls: values.tls });
    await take("first sync, ours", own.sync);
    await take("ldapsearch", ...searches(server));
    await take("the run after it, ours", own.sync);
    await own.set("sync.fullReadEvery", "1");
    // The first run after a changed setting compares everything.
    await measure([own.sync], server.pid);
    await take("nothing changed, full read, ours", own.sync);
    await own.set("sync.fullReadEvery", "1000");
    await measure([own.sync], server.pid);
    await take("nothing changed, changes only, ours", own.sync);
  }
  print(rounds);
  await measureLatency(server);
  await measureBytes(server);
}

function print(rounds: ReadonlyMap<string, readonly Measured[]>): void {
  console.log("| | seconds | × ldapsearch | CPU | memory MB | the server's CPU |\n|---|--:|--:|--:|--:|--:|");
  const limit = best(rounds.get("ldapsearch") ?? []);
  for (const [what, measured] of rounds) {
    const { seconds, cpu, megabytes, server } = best(measured);
    const ratio = (seconds / limit.seconds).toFixed(1);
    console.log(
      `| ${what} | ${seconds.toFixed(2)} | ${ratio} | ${cpu.toFixed(2)} | ${Math.round(megabytes)} | ${server.toFixed(2)} |`,
    );
  }
}

/** What the way to the server costs: the same reads through 10 ms for every question and its answer. */
async function measureLatency(server: OpenLdap): Promise<void> {
  await using delay = await createDelay(values.tls ? server.tlsPort : server.port, 5);
  const far = {
    ...server,
    url: `ldap://127.0.0.1:${delay.port}`,
    tlsUrl: `ldaps://127.0.0.1:${delay.port}`,
  };
  console.log("\n| 10 ms away | seconds |\n|---|--:|");
  for (const [what, commands] of [
    ["ldapsearch", searches(far)],
    ["read, JS floor", [floor("read", far)]],
    ["read, ours", [reader(far)]],
  ] as const) {
    const { seconds } = best([await measure(commands, server.pid), await measure(commands, server.pid)]);
    console.log(`| ${what} | ${seconds.toFixed(2)} |`);
  }
  await using own = await createInstallation(executable, far, { tls: values.tls });
  await measure([own.sync, own.sync], server.pid);
  const { seconds } = best([await measure([own.sync], server.pid), await measure([own.sync], server.pid)]);
  console.log(`| nothing changed, changes only, ours | ${seconds.toFixed(2)} |`);
}

/** What is sent after ten people came, and after ten were disabled. */
async function measureBytes(server: OpenLdap): Promise<void> {
  await using own = await createInstallation(executable, server, { tls: values.tls, counting: true });
  console.log("\n| sent | requests | bytes of bodies | with headers |\n|---|--:|--:|--:|");
  for (const what of ["everything", "nothing changed", "ten people came", "ten people disabled"] as const) {
    if (what === "ten people came" || what === "ten people disabled") await changePeople(server, what);
    await measure([own.sync], server.pid);
    const { requests, body, all } = own.sent();
    console.log(`| ${what} | ${requests} | ${body} | ${all} |`);
  }
}

function searches(server: OpenLdap): Command[] {
  const { dn, password } = server.reader;
  const url = values.tls ? server.tlsUrl : server.url;
  const search = (filter: string, ...attributes: string[]): Command => ({
    program: "/usr/bin/ldapsearch",
    args: ["-LLL", "-x", "-H", url, "-D", dn, "-w", password, "-E", "pr=1000/noprompt", "-b", server.suffix].concat(
      filter,
      attributes,
    ),
    env: { LDAPTLS_CACERT: server.authority.caFile },
  });
  return [
    search("(objectClass=inetOrgPerson)", "mail", "entryUUID"),
    search("(objectClass=groupOfNames)", "cn", "entryUUID", "member"),
  ];
}

function script(name: string, server: OpenLdap, ...args: readonly string[]): Command {
  const { dn, password } = server.reader;
  const url = values.tls ? server.tlsUrl : server.url;
  return {
    program: process.execPath,
    args: [resolve(import.meta.dirname, "ldap", name), ...args, url, dn, password, server.authority.caFile],
  };
}

function reader(server: OpenLdap): Command {
  return script("read.ts", server);
}

function floor(task: "read" | "sync", server: OpenLdap, ...organization: readonly string[]): Command {
  const { program, args } = script("floor.ts", server, task);
  return { program, args: [...args, ...organization] };
}
