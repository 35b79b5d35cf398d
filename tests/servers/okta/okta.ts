/** An Okta organization in this process: users, groups, tokens and rate limits as the vendor documents them. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { jwtVerify } from "jose";
import { loadDescription } from "../cloud/description.ts";
import { startCloud, type CloudReply, type CloudRequest, type CloudServer, type Route } from "../cloud/server.ts";

export interface OktaUser {
  readonly id: string;
  readonly status: string;
  readonly email?: string | undefined;
  readonly login?: string;
  readonly displayName?: string;
  readonly lastUpdated?: string;
  /** In place of the profile that follows from the others. */
  readonly profile?: Readonly<Record<string, unknown>>;
}
export interface OktaGroup {
  readonly id: string;
  readonly name: string;
  readonly type: "OKTA_GROUP" | "APP_GROUP" | "BUILT_IN";
  readonly members: readonly string[];
  /** ISO 8601. */
  readonly lastMembershipUpdated?: string;
}

export interface OktaSettings {
  readonly users: readonly OktaUser[];
  readonly groups: readonly OktaGroup[];
  /** Entries of one page, whatever larger limit is asked for. */
  readonly pageSize?: number;
  /** Requests a minute for each bucket. */
  readonly perMinute?: number;
  /** Milliseconds since 1970; the server's own clock. */
  readonly now?: () => number;
  /** The app demands a proof of possession. */
  readonly dpop?: boolean;
  /** The scopes granted to the app; a token for others is refused. */
  readonly granted?: readonly string[];
  /** What the app or the administrator may read. */
  readonly rights?: readonly ("users" | "groups")[];
  /** The group Everyone exists, as in every real organization, without being one of `groups`. */
  readonly everyone?: boolean;
  /** The administrator sees some groups only, never Everyone. */
  readonly groupAdministrator?: boolean;
}

export interface Okta extends CloudServer {
  /** An API token of admin@acme.test. */
  readonly token: string;
  readonly app: { readonly clientId: string; readonly privateKey: string; readonly keyId: string };
  /** Tokens handed out so far. */
  readonly logins: () => number;
  /** From now on that is not allowed. */
  revoke(right: "users" | "groups"): void;
  /** Every token handed out until now ends. */
  expireTokens(): void;
  /** From now on that is who and what is there; a group with other members than before says that they changed now. */
  change(next: Partial<Pick<OktaSettings, "users" | "groups">>): void;
}

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

export const startOkta = async (settings: OktaSettings): Promise<Okta> => {
  const token = "00A-token-of-the-admin-4f1";
  const app = { clientId: "0oa1app", privateKey: keys.privateKey, keyId: "kid-1" };
  const now = settings.now ?? Date.now;
  const state = { users: settings.users, groups: settings.groups };
  const stamped = (group: OktaGroup): OktaGroup => {
    const before = state.groups.find(({ id }) => id === group.id);
    const isSame =
      before !== undefined && new Set(before.members).symmetricDifference(new Set(group.members)).size === 0;
    const at = isSame ? before.lastMembershipUpdated : new Date(now()).toISOString();
    return { ...group, ...(at === undefined ? {} : { lastMembershipUpdated: at }) };
  };
  const tokens = new Map<string, readonly string[]>();
  const rights = new Set(settings.rights ?? ["users", "groups"]);
  let logins = 0;
  const buckets = new Map<string, { readonly start: number; used: number }>();
  const sizes = { list: settings.pageSize ?? 200, members: settings.pageSize ?? 1_000 };
  const base = (): string => server.url;

  const visible = (): readonly OktaGroup[] =>
    settings.groupAdministrator === true ? state.groups.filter(({ type }) => type !== "BUILT_IN") : state.groups;
  const right = (request: CloudRequest, name: "users" | "groups"): CloudReply | undefined => {
    const scopes = tokens.get((request.headers["authorization"] ?? "").replace(/^Bearer /u, ""));
    if (!rights.has(name) || (scopes !== undefined && !scopes.includes(`okta.${name}.read`)))
      return failure(403, "E0000006", "You do not have permission to perform the requested action");
    return undefined;
  };
  const authorize = (request: CloudRequest): CloudReply | undefined => {
    const given = request.headers["authorization"] ?? "";
    if (given === `SSWS ${token}`) return undefined;
    if (given.startsWith("Bearer ") && tokens.has(given.slice(7))) return undefined;
    return failure(401, "E0000011", "Invalid token provided");
  };
  /** A part of a list and the link to the rest; the cursor is opaque to whoever follows it. */
  const page = <Item>(
    request: CloudRequest,
    items: readonly Item[],
    show: (item: Item) => unknown,
    most = sizes.list,
  ): CloudReply => {
    const limit = Math.min(Number(request.query.get("limit") ?? most), most);
    const start = Number(Buffer.from(request.query.get("after") ?? "MA", "base64url").toString());
    const links = [`<${base()}${request.url.pathname}${request.url.search}>; rel="self"`];
    if (start + limit < items.length) {
      const next = new URL(request.url);
      next.searchParams.set("after", Buffer.from(String(start + limit)).toString("base64url"));
      links.push(`<${base()}${next.pathname}${next.search}>; rel="next"`);
    }
    return { status: 200, headers: { link: links.join(", ") }, body: items.slice(start, start + limit).map(show) };
  };
  const routes: Route[] = [
    {
      method: "POST",
      path: "/oauth2/v1/token",
      undescribed: "the authorization server is described elsewhere",
      answer: async (request) => {
        const form = new URLSearchParams(request.body);
        if (settings.dpop === true) return oauth(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.");
        if (form.get("client_id") !== null && form.get("client_id") !== app.clientId)
          return oauth(401, "invalid_client", "Invalid value for 'client_id' parameter.");
        try {
          const { payload } = await jwtVerify(form.get("client_assertion") ?? "", createPublicKey(keys.publicKey), {
            currentDate: new Date(now()),
            audience: `${base()}/oauth2/v1/token`,
            issuer: app.clientId,
            subject: app.clientId,
          });
          if ((payload.exp ?? 0) > now() / 1000 + 3600)
            throw new Error("The client_assertion token has a lifetime of more than one hour.");
        } catch (error) {
          return oauth(401, "invalid_client", error instanceof Error ? error.message : "");
        }
        const scopes = (form.get("scope") ?? "").split(" ");
        if (
          scopes.length === 0 ||
          scopes.some((scope) => !(settings.granted ?? ["okta.users.read", "okta.groups.read"]).includes(scope))
        )
          return oauth(
            400,
            "invalid_scope",
            "One or more scopes are not configured for the authorization server resource.",
          );
        logins += 1;
        const given = `access-${logins}-7d2`;
        tokens.set(given, scopes);
        return {
          status: 200,
          body: { token_type: "Bearer", expires_in: 3600, access_token: given, scope: scopes.join(" ") },
        };
      },
    },
    {
      method: "GET",
      path: "/api/v1/users",
      answer: (request) => {
        const missing = right(request, "users");
        if (missing !== undefined) return missing;
        const filter = request.query.get("filter");
        const match = filter === null ? ({ status }: OktaUser) => status !== "DEPROVISIONED" : userFilter(filter);
        if (match === undefined)
          return failure(400, "E0000031", `Invalid filter '${filter ?? ""}': Unrecognized attribute`);
        return page(request, state.users.filter(match), showUser);
      },
    },
    {
      method: "GET",
      path: "/api/v1/users/{id}",
      answer: (request) => {
        const missing = right(request, "users");
        if (missing !== undefined) return missing;
        const wanted = request.path["id"] ?? "";
        if (wanted === "me")
          return (request.headers["authorization"] ?? "").startsWith("SSWS")
            ? { status: 200, body: showUser({ id: "00uadmin", status: "ACTIVE", email: "admin@acme.test" }) }
            : failure(404, "E0000007", "Not found: Resource not found: me (User)");
        const user = state.users.find(({ id, login, email }) => id === wanted || (login ?? email) === wanted);
        return user === undefined
          ? failure(404, "E0000007", `Not found: Resource not found: ${wanted} (User)`)
          : { status: 200, body: showUser(user) };
      },
    },
    {
      method: "GET",
      path: "/api/v1/groups",
      answer: (request) => {
        const missing = right(request, "groups");
        if (missing !== undefined) return missing;
        const filter = request.query.get("filter");
        const search = request.query.get("q")?.toLowerCase();
        const match = filter === null ? () => true : groupFilter(filter);
        if (match === undefined) return failure(400, "E0000031", `Invalid filter '${filter ?? ""}'`);
        // Whoever asks for the built-in group alone gets it, listed otherwise or not.
        const listed = settings.everyone === true && filter !== null ? [...visible(), builtIn] : visible();
        const found = listed.filter((group) => match(group) && group.name.toLowerCase().startsWith(search ?? ""));
        return page(request, found, showGroup);
      },
    },
    {
      method: "GET",
      path: "/api/v1/groups/{groupId}",
      answer: (request) => {
        const missing = right(request, "groups");
        if (missing !== undefined) return missing;
        const group = visible().find(({ id }) => id === request.path["groupId"]);
        return group === undefined ? notFound(request) : { status: 200, body: showGroup(group) };
      },
    },
    {
      method: "GET",
      path: "/api/v1/groups/{groupId}/users",
      answer: (request) => {
        const missing = right(request, "groups");
        if (missing !== undefined) return missing;
        const group = groupsById(visible()).get(request.path["groupId"] ?? "");
        if (group === undefined) return notFound(request);
        const users = usersById(state.users);
        return page(
          request,
          group.members,
          (id) => showUser(users.get(id) ?? { id, status: "DEPROVISIONED" }),
          sizes.members,
        );
      },
    },
  ];
  const perMinute = settings.perMinute ?? 100_000;
  /** A bucket for each kind of path, whole again a minute after its first request (Okta, "Rate limits"). */
  const bucketOf = (route: Route) => {
    const known = buckets.get(route.path);
    const bucket = known === undefined || now() >= known.start + 60_000 ? { start: now(), used: 0 } : known;
    buckets.set(route.path, bucket);
    return bucket;
  };
  const server = await startCloud({
    routes,
    description: loadDescription("okta"),
    missing: failure(404, "E0000022", "The endpoint does not support the provided HTTP method"),
    before: (request, route) => {
      if (route.method === "POST") return undefined;
      const refused = authorize(request);
      if (refused !== undefined) return refused;
      const bucket = bucketOf(route);
      bucket.used += 1;
      return bucket.used > perMinute
        ? failure(429, "E0000047", "API call exceeded rate limit due to too many requests.")
        : undefined;
    },
    after: (_request, reply, route) => {
      if (route.method === "POST") return reply;
      const { start, used } = bucketOf(route);
      return {
        ...reply,
        headers: {
          ...reply.headers,
          date: new Date(now()).toUTCString(),
          "x-rate-limit-limit": String(perMinute),
          "x-rate-limit-remaining": String(Math.max(0, perMinute - used)),
          "x-rate-limit-reset": String(Math.ceil((start + 60_000) / 1000)),
        },
      };
    },
  });
  return Object.assign(server, {
    token,
    app,
    logins: () => logins,
    revoke: (name: "users" | "groups") => void rights.delete(name),
    expireTokens: () => tokens.clear(),
    change: ({ users = state.users, groups = state.groups }: Partial<Pick<OktaSettings, "users" | "groups">>) =>
      void Object.assign(state, { users, groups: groups.map(stamped) }),
  });
};

/** The entries of a list by their ids; a list is replaced as a whole, never changed. */
const createIndex = <Entry extends { readonly id: string }>() => {
  const known = new WeakMap<readonly Entry[], ReadonlyMap<string, Entry>>();
  return (entries: readonly Entry[]): ReadonlyMap<string, Entry> => {
    const index = known.get(entries) ?? new Map(entries.map((entry) => [entry.id, entry]));
    known.set(entries, index);
    return index;
  };
};
const usersById = createIndex<OktaUser>();
const groupsById = createIndex<OktaGroup>();

const builtIn: OktaGroup = { id: "00geveryone", name: "Everyone", type: "BUILT_IN", members: [] };

const failure = (status: number, errorCode: string, errorSummary: string): CloudReply => ({
  status,
  body: { errorCode, errorSummary, errorLink: errorCode, errorId: "oae-1", errorCauses: [] },
});
const oauth = (status: number, error: string, description: string): CloudReply => ({
  status,
  body: { error, error_description: description },
});
const notFound = ({ path }: CloudRequest): CloudReply =>
  failure(404, "E0000007", `Not found: Resource not found: ${path["groupId"] ?? ""} (UserGroup)`);

const showUser = ({ id, status, email, login, displayName, lastUpdated, profile }: OktaUser): unknown => ({
  id,
  status,
  lastUpdated: lastUpdated ?? "2026-01-05T09:00:00.000Z",
  profile: profile ?? {
    firstName: null,
    lastName: null,
    ...(email === undefined ? {} : { email }),
    ...(displayName === undefined ? {} : { displayName }),
    login: login ?? email ?? `${id}@login.test`,
  },
  _links: { self: { href: `https://acme.okta.com/api/v1/users/${id}` } },
});
const showGroup = ({ id, name, type, lastMembershipUpdated }: OktaGroup): unknown => ({
  id,
  type,
  created: "2026-01-05T09:00:00.000Z",
  lastUpdated: "2026-01-05T09:00:00.000Z",
  lastMembershipUpdated: lastMembershipUpdated ?? "2026-01-05T09:00:00.000Z",
  objectClass: ["okta:user_group"],
  profile: { name, description: "" },
});

/** The part of Okta's filter language that the listed users understand: `eq` joined by `and` and `or`, in brackets. */
const userFilter = (filter: string): ((user: OktaUser) => boolean) | undefined =>
  readFilter(filter, (name, user: OktaUser) => {
    switch (name) {
      case "status":
        return user.status;
      case "id":
        return user.id;
      case "profile.email":
        return user.email ?? "";
      case "profile.login":
        return user.login ?? user.email ?? "";
      default:
        return undefined;
    }
  });
const groupFilter = (filter: string): ((group: OktaGroup) => boolean) | undefined =>
  readFilter(filter, (name, group: OktaGroup) => (name === "type" ? group.type : name === "id" ? group.id : undefined));

const readFilter = <Item>(
  filter: string,
  valueOf: (name: string, item: Item) => string | undefined,
): ((item: Item) => boolean) | undefined => {
  const tokens = [...filter.matchAll(/\(|\)|"[^"]*"|[\w.]+/gu)].map(([text]) => text);
  let at = 0;
  const either = (): ((item: Item) => boolean) | undefined => {
    let left = both();
    while (left !== undefined && tokens[at] === "or") {
      at += 1;
      const [one, right] = [left, both()];
      left = right === undefined ? undefined : (item) => one(item) || right(item);
    }
    return left;
  };
  const both = (): ((item: Item) => boolean) | undefined => {
    let left = single();
    while (left !== undefined && tokens[at] === "and") {
      at += 1;
      const [one, right] = [left, single()];
      left = right === undefined ? undefined : (item) => one(item) && right(item);
    }
    return left;
  };
  const single = (): ((item: Item) => boolean) | undefined => {
    if (tokens[at] === "(") {
      at += 1;
      const inner = either();
      return tokens[at++] === ")" ? inner : undefined;
    }
    const [name, operator, value] = tokens.slice(at, at + 3);
    at += 3;
    if (name === undefined || operator !== "eq" || value?.startsWith('"') !== true) return undefined;
    return (item) => valueOf(name, item) === value.slice(1, -1);
  };
  const match = either();
  return at === tokens.length ? match : undefined;
};
