/** For tests: a sandbox with a fixed clock and a repeatable random source, the calls a client makes, and its state in short notation. */
import { startSandbox } from "./sandbox.ts";
import type { Member, Sandbox, SandboxOptions, State } from "./sandbox.ts";

export const startOfTime = Date.UTC(2026, 0, 5, 9, 0, 0);

export interface TestSandbox extends Sandbox {
  readonly clock: { now: number };
}

/** A sandbox whose time stands still until the test moves `clock.now`. */
export async function startTestSandbox(
  options: Omit<SandboxOptions, "now" | "random"> & { readonly randomSeed?: number },
): Promise<TestSandbox> {
  const clock = { now: startOfTime };
  const sandbox = await startSandbox({
    ...options,
    now: () => clock.now,
    random: repeatableRandom(options.randomSeed ?? 1),
  });
  return Object.assign(sandbox, { clock });
}

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function repeatableRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is empty or something else. */
  readonly json: unknown;
}

/** A call with the organization's token; a body that is not text or bytes goes as JSON. */
export async function call(
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const raw =
    body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(`${sandbox.apiUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${sandbox.issueToken()}`,
      accept: "application/json",
      ...(raw === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    redirect: "manual",
    ...(raw === undefined ? {} : { body: raw }),
  });
  return readAnswer(response);
}

export interface ImportBody {
  readonly members?: unknown;
  readonly groups?: unknown;
  readonly [name: string]: unknown;
}

/** An import with the fields a careful client always sends; `body` replaces any of them. */
export function sendImport(sandbox: Sandbox, body: ImportBody): Promise<Answer> {
  return call(sandbox, "POST", "/public/organization/import", {
    groups: [],
    members: [],
    overwriteExisting: false,
    largeImport: false,
    ...body,
  });
}

/** The token request of a careful client; undefined leaves a field out. */
export async function askToken(
  sandbox: Sandbox,
  fields: Readonly<Record<string, string | undefined>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const all = {
    grant_type: "client_credentials",
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
    scope: "api.organization",
    deviceIdentifier: "7f2c",
    deviceName: "test",
    deviceType: "8",
    ...fields,
  };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== undefined) form.set(name, value);
  const response = await fetch(`${sandbox.identityUrl}/connect/token`, {
    method: "POST",
    body: form,
    headers: { accept: "application/json", ...headers },
  });
  return readAnswer(response);
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}

const statusNames: Readonly<Record<Member["status"], string>> = {
  [-1]: "revoked",
  0: "invited",
  1: "accepted",
  2: "confirmed",
  3: "staged",
};
const typeNames: Readonly<Record<Member["type"], string>> = { 0: "owner", 1: "admin", 2: "user", 4: "custom" };

/** Members but the seeded Owner as `email/externalId/status/type`, sorted; `-` is no externalId, the type `user` is left out. */
export function membersOf(state: State): string[] {
  return [...state.members.values()]
    .filter((member) => member.email !== "owner@sandbox.test")
    .map((member) => {
      const type = typeNames[member.type];
      return `${member.email}/${member.externalId ?? "-"}/${statusNames[member.status]}${type === "user" ? "" : `/${type}`}`;
    })
    .toSorted();
}

/** Groups as `name/externalId{emails}`, sorted. */
export function groupsOf(state: State): string[] {
  return [...state.groups.values()]
    .map((group) => {
      const emails = Array.from(group.memberIds, (id) => state.members.get(id)?.email ?? "nobody").toSorted();
      return `${group.name}/${group.externalId ?? "-"}{${emails.join(",")}}`;
    })
    .toSorted();
}
