/** What the bench knows of each vendor: a tenant of any size under the vendor's own limits, and how a small script asks for it. */
import { createSign } from "node:crypto";
import { z } from "zod";
import type { CloudServer } from "../../tests/servers/cloud/server.ts";
import { startEntra } from "../../tests/servers/entra/entra.ts";
import { startGoogle } from "../../tests/servers/google/google.ts";
import { startOkta } from "../../tests/servers/okta/okta.ts";
import { startOneLogin } from "../../tests/servers/onelogin/onelogin.ts";

/** People and groups by number; `members` are numbers of people. */
export interface Tenant {
  readonly people: number;
  readonly groups: readonly { readonly members: readonly number[] }[];
}

export interface Vendor {
  /** The limits that its server keeps, for whoever reads the table. */
  readonly limits: string;
  readonly start: (tenant: Tenant) => Promise<Started>;
  readonly script: Script;
}

export interface Started {
  readonly server: CloudServer;
  /** `directory` of a profile, its secrets resolved. */
  readonly config: { readonly kind: string };
  /** What the script logs in with. */
  readonly key: readonly string[];
}

/** One request after another, with the largest pages and nothing else: what is fair to compare with. */
export interface Script {
  readonly login: (root: string, key: readonly string[]) => Promise<string>;
  readonly lists: { readonly users: string; readonly groups: string };
  readonly members: (group: string) => string;
  /** Milliseconds from the start of one request for members to that of the next, at least. */
  readonly pause?: number;
  readonly rows: (body: unknown) => readonly { readonly id: string | number }[];
  readonly next: (answer: Response, body: unknown, url: URL) => string | undefined;
}

export const vendors: Readonly<Record<string, Vendor>> = {
  entra: {
    limits: "8,000 units in 10 s",
    start: async ({ people, groups }) => {
      const server = await startEntra({
        units10s: 8_000,
        users: numbered(people, (at) => ({ id: id("u", at), displayName: `Person ${at}`, mail: mail(at) })),
        groups: groups.map(({ members }, at) => ({
          id: id("g", at),
          displayName: `Group ${at}`,
          members: members.map((member) => id("u", member)),
        })),
      });
      const { tenant, clientId, secret: clientSecret, url } = server;
      const config = { kind: "entra", tenant, clientId, clientSecret, authority: url, graph: url };
      return {
        server,
        config: Object.assign(config, { cloud: "global", guests: "exclude" }),
        key: [tenant, clientId, clientSecret],
      };
    },
    script: {
      login: async (root, [tenant = "", clientId = "", clientSecret = ""]) =>
        bearer(`${root}/${tenant}/oauth2/v2.0/token`, {
          grant_type: "client_credentials",
          client_id: clientId,
          client_secret: clientSecret,
          scope: `${root}/.default`,
        }),
      lists: {
        users: "/v1.0/users?$select=id,displayName,mail,userPrincipalName,accountEnabled&$top=999",
        groups: "/v1.0/groups?$select=id,displayName&$top=999",
      },
      members: (group) => `/v1.0/groups/${group}/members?$select=id&$top=999`,
      rows: (body) => z.object({ value: Rows }).parse(body).value,
      next: (_answer, body) => z.object({ "@odata.nextLink": z.string().optional() }).parse(body)["@odata.nextLink"],
    },
  },
  google: {
    limits: "2,400 requests a minute",
    start: async ({ people, groups }) => {
      const server = await startGoogle({
        perMinute: 2_400,
        users: numbered(people, (at) => ({ id: id("u", at), primaryEmail: mail(at), fullName: `Person ${at}` })),
        groups: groups.map(({ members }, at) => ({
          id: id("g", at),
          name: `Group ${at}`,
          members: members.map((member) => id("u", member)),
        })),
      });
      const { key, adminUser, url, tokenAddress } = server;
      const config = { kind: "google", serviceAccountKey: key, adminUser, people: "all" };
      return {
        server,
        config: Object.assign(config, { address: url, loginAddress: tokenAddress }),
        key: [key, adminUser],
      };
    },
    script: {
      login: async (root, [key = "", admin = ""]) =>
        bearer(`${root}/token`, {
          grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
          assertion: signGoogle(`${root}/token`, key, admin),
        }),
      lists: {
        users:
          "/admin/directory/v1/users?customer=my_customer&maxResults=500&fields=nextPageToken,users(id,primaryEmail,suspended)",
        groups: "/admin/directory/v1/groups?customer=my_customer&maxResults=200&fields=nextPageToken,groups(id,name)",
      },
      members: (group) =>
        `/admin/directory/v1/groups/${group}/members?maxResults=200&fields=nextPageToken,members(id,type)`,
      rows: (body) => Object.values(z.record(z.string(), z.unknown()).parse(body)).flatMap(rowsOf),
      next: (_answer, body, url) => {
        const { nextPageToken } = z.object({ nextPageToken: z.string().optional() }).parse(body);
        return nextPageToken === undefined ? undefined : withParameter(url, "pageToken", nextPageToken);
      },
    },
  },
  okta: {
    limits: "1,000 requests a minute for each kind of request",
    start: async ({ people, groups }) => {
      const server = await startOkta({
        perMinute: 1_000,
        everyone: true,
        users: numbered(people, (at) => ({
          id: id("u", at),
          status: "ACTIVE",
          displayName: `Person ${at}`,
          email: mail(at),
        })),
        groups: groups.map(({ members }, at) => ({
          id: id("g", at),
          name: `Group ${at}`,
          type: "OKTA_GROUP",
          members: members.map((member) => id("u", member)),
        })),
      });
      const config = { kind: "okta", url: server.url, token: server.token, staged: false, partialView: false };
      return { server, config, key: [server.token] };
    },
    script: {
      login: (_root, [token = ""]) => Promise.resolve(`SSWS ${token}`),
      lists: { users: "/api/v1/users?limit=200", groups: "/api/v1/groups?limit=200" },
      members: (group) => `/api/v1/groups/${group}/users?limit=1000`,
      pause: 500,
      rows: (body) => Rows.parse(body),
      next: (answer) => /<([^>]*)>; rel="next"/u.exec(answer.headers.get("link") ?? "")?.[1],
    },
  },
  onelogin: {
    limits: "5,000 requests an hour",
    start: async ({ people, groups }) => {
      const server = await startOneLogin({
        perHour: 5_000,
        users: numbered(people, (at) => ({ id: at + 1, email: mail(at), username: `person${at}` })),
        roles: groups.map(({ members }, at) => ({
          id: at + 1,
          name: `Group ${at}`,
          users: members.map((member) => member + 1),
        })),
      });
      const { url, clientId, clientSecret } = server;
      return {
        server,
        config: Object.assign({ kind: "onelogin" }, { url, clientId, clientSecret, groupsFrom: "roles" }),
        key: [clientId, clientSecret],
      };
    },
    script: {
      login: async (root, [clientId = "", clientSecret = ""]) => {
        const answer = await fetch(`${root}/auth/oauth2/v2/token`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
          },
          body: JSON.stringify({ grant_type: "client_credentials" }),
        });
        return `bearer ${Token.parse(await answer.json()).access_token}`;
      },
      lists: { users: "/api/2/users?limit=50", groups: "/api/2/roles?limit=50" },
      members: (group) => `/api/2/roles/${group}/users?limit=50`,
      rows: (body) => Rows.parse(body),
      next: (answer, _body, url) => {
        const cursor = answer.headers.get("after-cursor");
        return cursor === null ? undefined : withParameter(url, "cursor", cursor);
      },
    },
  },
};

const Rows = z.array(z.object({ id: z.union([z.string(), z.number()]) }));
const Token = z.object({ access_token: z.string() });

function rowsOf(value: unknown): z.infer<typeof Rows> {
  const read = Rows.safeParse(value);
  return read.success ? read.data : [];
}

function numbered<Entry>(count: number, make: (at: number) => Entry): Entry[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

/** As long as the vendors' own. */
function id(kind: string, at: number): string {
  return `${kind}0000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
}

function mail(at: number): string {
  return `person${at}@firm.test`;
}

async function bearer(url: string, form: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(form) });
  return `Bearer ${Token.parse(await answer.json()).access_token}`;
}

function withParameter(url: URL, name: string, value: string): string {
  const next = new URL(url);
  next.searchParams.set(name, value);
  return next.href;
}

function signGoogle(audience: string, file: string, admin: string): string {
  const key = z
    .object({ client_email: z.string(), private_key: z.string(), private_key_id: z.string() })
    .parse(JSON.parse(file));
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const scope = ["user", "group"]
    .map((name) => `https://www.googleapis.com/auth/admin.directory.${name}.readonly`)
    .join(" ");
  const claims = { iss: key.client_email, sub: admin, aud: audience, iat: now, exp: now + 3600, scope };
  const text = `${part({ alg: "RS256", typ: "JWT", kid: key.private_key_id })}.${part(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(key.private_key, "base64url")}`;
}
