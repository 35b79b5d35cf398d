/**
 * A plan against an official server that answers after 50 ms, beside a script that asks it for the same, one request
 * after another: `node bench/plan.ts [groups]`, 5,000 groups unless given. Exit code 1 when the plan takes longer than
 * wanted. The server is the sandbox in a process of its own, with the cloud's limits on requests.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startSandbox } from "../src/organizations/sandbox/sandbox.ts";
import { repeatableRandom } from "../src/organizations/sandbox/testing.ts";

const latencyMs = 50;
const people = 10_000;
const membersOfEach = 40;
/** The script asks for the members of so many groups; what all of them take is their multiple. */
const asked = 1_000;
/** Seconds that a plan may take with 5,000 groups, and as many less with fewer. */
const wanted = 60;

const Server = z.object({ url: z.string(), clientId: z.string(), clientSecret: z.string() });
const Token = z.object({ access_token: z.string() });
const Listed = z.object({ data: z.array(z.object({ id: z.string() })) });

const [task = "5000", count = "5000"] = process.argv.slice(2);
if (task === "serve") await serve(Number(count));
else if (task === "one-by-one") await askOneByOne();
else await compare(Number(task));

/** Both read the same organization, each in a process of its own, one after the other. */
async function compare(groups: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "plan-bench-"));
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "serve", String(groups)], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  try {
    const [told]: unknown[] = await once(child, "message");
    const server = Server.parse(told);
    const directory = join(folder, "directory.json");
    await writeFile(directory, JSON.stringify(directoryOf(groups)));
    const call = program(join(folder, "home"));
    const { url, clientId } = server;
    const login = ["login", "--server", url, "--client-id", clientId, "--client-secret-stdin"];
    await call(login, server.clientSecret);
    await call(["profile", "add", "main", "--directory", "file", "--path", directory]);
    console.log(`${people} people, ${groups} groups, ${groups * membersOfEach} memberships, ${latencyMs} ms latency`);
    const first = await call(["plan"]);
    console.log(`plan, the first one: ${describe(first)}`);
    const again = await call(["plan", "--full"]);
    console.log(`plan --full, again:  ${describe(again)}`);
    console.log(first.stdout.split("\n").slice(0, 3).join("\n"));
    const rival = await runProcess([fileURLToPath(import.meta.url), "one-by-one"], JSON.stringify(server));
    const share = Math.max(1, groups / asked);
    console.log(`one by one:          ${describe(rival)}; ${rival.stdout.trim()}`);
    const most = (wanted * groups) / 5_000;
    const slower = Math.max(first.seconds, again.seconds);
    console.log(`all of them one by one: ${(rival.seconds * share).toFixed(0)} s; wanted: within ${most} s`);
    console.log(`${(slower / (rival.seconds * share)).toFixed(3)} × one by one`);
    process.exitCode = slower <= most ? 0 : 1;
  } finally {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  }
}

/** An organization where each group lacks one of its members. */
async function serve(groups: number): Promise<void> {
  const sandbox = await startSandbox({
    dialect: "official-cloud",
    now: () => Date.now(),
    random: repeatableRandom(1),
    keptRequests: 0,
    organization: { seats: null },
  });
  const ids = Array.from(
    { length: people },
    (_, at) => sandbox.byHand.addMember({ email: emailOf(at), externalId: personOf(at) }).id,
  );
  for (let at = 0; at < groups; at += 1) {
    const group = sandbox.byHand.addGroup({ name: groupOf(at), externalId: groupOf(at) });
    for (const member of membersAt(at).slice(1)) group.memberIds.add(ids[member] ?? "");
  }
  sandbox.control.latencyMs = latencyMs;
  process.on("disconnect", () => process.exit(0));
  const { url, clientId, clientSecret } = sandbox;
  process.send?.({ url, clientId, clientSecret });
}

/** What a small script does: a token, members, groups, and the members of each group, each request after the last. */
async function askOneByOne(): Promise<void> {
  let input = "";
  for await (const part of process.stdin) input += String(part);
  const server = Server.parse(JSON.parse(input));
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    scope: "api.organization",
    client_id: server.clientId,
    client_secret: server.clientSecret,
  });
  const token = await fetch(`${server.url}/identity/connect/token`, { method: "POST", body: form });
  const { access_token: access } = Token.parse(await token.json());
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${server.url}/api/public${path}`, { headers: { authorization: `Bearer ${access}` } });
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
    return answer.json();
  };
  const members = Listed.parse(await get("/members"));
  const groups = Listed.parse(await get("/groups"));
  let memberships = 0;
  for (const { id } of groups.data.slice(0, asked))
    memberships += z.array(z.string()).parse(await get(`/groups/${id}/member-ids`)).length;
  const some = Math.min(asked, groups.data.length);
  console.log(
    `${members.data.length} members, ${groups.data.length} groups, ${memberships} memberships of ${some} of them`,
  );
}

interface Measured {
  readonly seconds: number;
  readonly stdout: string;
}

function program(home: string): (given: readonly string[], input?: string) => Promise<Measured> {
  const file = fileURLToPath(new URL("../src/main/cli.ts", import.meta.url));
  return (given, input = "") => runProcess([file, ...given, "--home", home], input);
}

async function runProcess(given: readonly string[], input: string): Promise<Measured> {
  const start = performance.now();
  const child = spawn(process.execPath, given, { stdio: ["pipe", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (stdout += part));
  child.stdin.end(input);
  const [code]: unknown[] = await once(child, "close");
  if (code !== 0) throw new Error(`${given.join(" ")} ended with ${String(code)}\n${stdout}`);
  return { seconds: (performance.now() - start) / 1000, stdout };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}

function describe({ seconds }: Measured): string {
  return `${seconds.toFixed(1)} s`;
}

function directoryOf(groups: number): unknown {
  return {
    users: Array.from({ length: people }, (_, at) => ({ id: personOf(at), email: emailOf(at) })),
    groups: Array.from({ length: groups }, (_, at) => ({
      id: groupOf(at),
      name: groupOf(at),
      members: membersAt(at).map(personOf),
    })),
  };
}

function personOf(at: number): string {
  return `person-${at}`;
}
function emailOf(at: number): string {
  return `person${at}@firm.test`;
}
function groupOf(at: number): string {
  return `group-${at}`;
}
function membersAt(at: number): number[] {
  return Array.from({ length: membersOfEach }, (_, member) => (at * membersOfEach + member) % people);
}
