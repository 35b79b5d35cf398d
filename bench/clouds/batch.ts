/**
 * The members of Entra's groups in batches of twenty beside one request each: `node bench/clouds/batch.ts [groups]`. The
 * server answers a request, a batch as well, after 50 ms, and takes 8,000 resource units in ten seconds; a batch costs what its
 * parts cost. Each way has a fresh server and keeps to nine tenths of the units by itself, as our reader does.
 */
import { z } from "zod";
import { createHttp } from "../../src/http/request.ts";
import { createNetwork } from "../../src/http/network.ts";
import { inParallel } from "../../src/http/in-parallel.ts";
import { createPace } from "../../src/http/pace.ts";
import { systemClock } from "../../src/main/clock.ts";
import { startEntra, type Entra } from "../../tests/servers/entra/entra.ts";

const count = Number(process.argv[2] ?? 2_000);
const members = Array.from({ length: 50 }, (_, at) => `u${at}`);
const groups = Array.from({ length: count }, (_, at) => ({ id: `g${at}`, displayName: `Group ${at}`, members }));
const ids = groups.map(({ id }) => id);
const path = (id: string): string => `/groups/${id}/members?$select=id&$top=999`;

console.log(
  `${count} groups of 50, 50 ms, 8,000 units in 10 s\n\n| | at once | requests | refused | seconds |\n|---|--:|--:|--:|--:|`,
);
for (const atOnce of [4, 8, 16]) {
  await measure("batches of 20", atOnce, 20);
  await measure("single requests", atOnce, 1);
}

async function measure(name: string, atOnce: number, size: number): Promise<void> {
  await using server = await startEntra({ users: members.map((id) => ({ id })), groups, units10s: 8_000 });
  await using network = await createNetwork({ env: {} });
  const token = await login(server);
  server.setLatency(50);
  const limits = { source: "", concurrency: atOnce, window: { units: 8_000, seconds: 10 }, throttling: {} };
  const http = createHttp({ network, clock: systemClock, random: Math.random });
  const pace = await createPace({ http, limits, share: 0.9, clock: systemClock });
  const parts = Array.from({ length: Math.ceil(count / size) }, (_, at) => ids.slice(at * size, (at + 1) * size));
  const before = server.requests.length;
  const started = performance.now();
  const ask = async (some: readonly string[]): Promise<number> => {
    const [first = ""] = some;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify({ requests: some.map((id) => ({ id, method: "GET", url: path(id) })) });
    const reply = await pace.send(
      size === 1
        ? { url: new URL(`${server.url}/v1.0${path(first)}`), headers, repeat: "always" }
        : { url: new URL(`${server.url}/v1.0/$batch`), headers, method: "POST", body, repeat: "always" },
      2 * some.length,
    );
    if (reply.kind !== "answer" || reply.status !== 200) throw new Error(`${name}: ${JSON.stringify(reply)}`);
    reply.json();
    return some.length;
  };
  let done = 0;
  for await (const asked of inParallel(parts, atOnce, ask)) done += asked;
  if (done !== count) throw new Error(`${name}: ${done} groups of ${count}`);
  const seconds = (performance.now() - started) / 1000;
  const refused = [...server.statuses].reduce((sum, [status, found]) => (status >= 400 ? sum + found : sum), 0);
  console.log(`| ${name} | ${atOnce} | ${server.requests.length - before} | ${refused} | ${seconds.toFixed(2)} |`);
}

async function login({ url, tenant, clientId, secret }: Entra): Promise<string> {
  const answer = await fetch(`${url}/${tenant}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: secret,
      scope: `${url}/.default`,
    }),
  });
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
}
