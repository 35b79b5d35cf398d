import { request, createServer } from "node:http";
import { once } from "node:events";
import { z } from "zod";
import { createPlace } from "../../tests/executable/built.ts";
import type { OpenLdap } from "../../tests/servers/openldap/openldap.ts";
import type { Command } from "./measure.ts";

/** An organization server of its own and a home that is set up to synchronise a directory with it. */
export interface Installation extends AsyncDisposable {
  readonly organization: z.infer<typeof Organization>;
  /** `sync`, to be measured; runs may invite everybody. */
  readonly sync: Command;
  /** Sets a setting of the profile. */
  set(key: string, value: string): Promise<void>;
  /** What the client has sent since this was asked last: requests, and bytes of their bodies and of everything. */
  sent(): { readonly requests: number; readonly body: number; readonly all: number };
}

const Organization = z.object({ url: z.string(), clientId: z.string(), clientSecret: z.string() });

/** Disposed of, or where it cannot be set up, nothing of it goes on. */
export const createInstallation = async (
  executable: string,
  ldap: OpenLdap,
  options: { readonly tls: boolean; readonly counting?: boolean },
): Promise<Installation> => {
  await using opened = new AsyncDisposableStack();
  const place = createPlace(executable);
  opened.defer(() => place.end());
  const { stdout } = await place.start(["sandbox", "--json"], /\n/u);
  const organization = Organization.parse(JSON.parse(stdout.split("\n")[0] ?? ""));
  const counter = options.counting === true ? opened.use(await countRequests(organization.url)) : undefined;
  const run = async (args: readonly string[], input = ""): Promise<void> => {
    const ended = await place.run(args, { input });
    if (ended.code !== 0) throw new Error(`${args.join(" ")} ended with ${ended.code}: ${ended.stderr}`);
  };
  const url = counter?.url ?? organization.url;
  await run(
    ["login", "--server", url, "--client-id", organization.clientId, "--client-secret-stdin"],
    organization.clientSecret,
  );
  const settings = {
    url: options.tls ? ldap.tlsUrl : ldap.url,
    "base-dn": ldap.suffix,
    "bind-dn": ldap.reader.dn,
    "ca-file": ldap.authority.caFile,
  };
  await run([
    "profile",
    "add",
    "main",
    "--directory",
    "ldap",
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ...(options.tls ? [] : ["--allow-plain", "--no-start-tls"]),
  ]);
  await run(["config", "set", "profiles.main.directory.password", "env:LDAP_PASSWORD"]);
  for (const [guard, limit] of [
    ["first", '{"invite":1000000}'],
    ["invitations", '{"percent":100,"atLeast":1000000,"most":1000000}'],
  ] as const)
    await run(["config", "set", `profiles.main.guards.${guard}`, limit]);
  counter?.take();
  const all = opened.move();
  return {
    organization,
    sync: {
      program: executable,
      args: ["sync"],
      env: { DIRECTORY_CONNECTOR_HOME: `${place.home}/home`, LDAP_PASSWORD: ldap.reader.password },
    },
    set: (key, value) => run(["config", "set", `profiles.main.${key}`, value]),
    sent: () => counter?.take() ?? { requests: 0, body: 0, all: 0 },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
};

/** Hands requests on to the organization and counts them; never in the way of a run that is timed. */
const countRequests = async (to: string) => {
  let counted = { requests: 0, body: 0, all: 0 };
  const server = createServer((incoming, answer) => {
    const head = incoming.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
    counted.requests += 1;
    counted.all += head + `${incoming.method} ${incoming.url} HTTP/1.1\r\n\r\n`.length;
    incoming.on("data", (part: Buffer) => {
      counted.body += part.length;
      counted.all += part.length;
    });
    const outgoing = request(
      new URL(incoming.url ?? "/", to),
      { method: incoming.method ?? "GET", headers: incoming.headers },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      },
    );
    outgoing.on("error", () => answer.destroy());
    incoming.pipe(outgoing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the counting server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    take: () => {
      const taken = counted;
      counted = { requests: 0, body: 0, all: 0 };
      return taken;
    },
    [Symbol.dispose]: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
