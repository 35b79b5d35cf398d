/** A OneLogin account in this process: users, roles, groups, its token endpoint and its hourly limit as the vendor documents them. */
import { z } from "zod";
import { loadDescription } from "../cloud/description.ts";
import { startCloud, type CloudReply, type CloudRequest, type CloudServer, type Route } from "../cloud/server.ts";

export interface OneLoginUser {
  readonly id: number;
  readonly email?: string;
  readonly username?: string;
  readonly firstname?: string;
  readonly lastname?: string;
  readonly status?: number;
  readonly state?: number;
  readonly group?: number;
}
export interface OneLoginRole {
  readonly id: number;
  readonly name: string;
  readonly users: readonly number[];
}
type Right = "users" | "roles" | "groups";

export interface OneLoginSettings {
  readonly users: readonly OneLoginUser[];
  readonly roles: readonly OneLoginRole[];
  readonly groups?: readonly { readonly id: number; readonly name: string }[];
  /** Entries of one page, whatever larger `limit` is asked for. */
  readonly pageSize?: number;
  /** What the key may read: all of it with Read Users, nothing with Authentication Only. */
  readonly rights?: readonly Right[];
  /** Which of the paging headers are sent. */
  readonly paging?: "all" | "cursors" | "none";
  /** The list of roles does not take `fields=users`. */
  readonly plainRoles?: boolean;
  /** Token replies in the envelope of the older endpoint. */
  readonly wrapped?: boolean;
  /** The administrator who made the key was deleted. */
  readonly orphaned?: boolean;
  /** Token replies tell no account. */
  readonly noAccount?: boolean;
  /** Calls an hour for the whole account. */
  readonly perHour?: number;
  /** Milliseconds since 1970; the server's own clock. */
  readonly now?: () => number;
}

export interface OneLogin extends CloudServer {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Tokens handed out so far, the same one counted once. */
  readonly logins: () => number;
  /** Requests for a token so far. */
  readonly tokenRequests: () => number;
  revoke(right: Right): void;
  /** The token handed out until now ends. */
  expireTokens(): void;
  /** Other people from now on. */
  change(edit: (users: readonly OneLoginUser[]) => readonly OneLoginUser[]): void;
}

const life = 36_000;

export const startOneLogin = async (settings: OneLoginSettings): Promise<OneLogin> => {
  const [clientId, clientSecret] = ["7e1fclient", "onelogin-secret-93c"];
  const now = settings.now ?? Date.now;
  const rights = new Set<Right>(settings.rights ?? ["users", "roles", "groups"]);
  const state = { users: settings.users };
  const perHour = settings.perHour ?? 5000;
  let token: { readonly text: string; readonly createdAt: number } | undefined;
  let [logins, tokenRequests] = [0, 0];
  let hour = { start: now(), used: 0 };

  /** The same key gets the same token until that ends. */
  const currentToken = () => {
    if (token === undefined || now() >= token.createdAt + life * 1000) {
      logins += 1;
      token = { text: `onelogin-token-${logins}-a8`, createdAt: now() };
    }
    return token;
  };
  const may = (right: Right): CloudReply | undefined => (rights.has(right) ? undefined : unauthorized);
  /** A part of a list by its number; the cursor is that number in another dress. */
  const page = <Item>(request: CloudRequest, items: readonly Item[], show: (item: Item) => unknown): CloudReply => {
    const cursor = new URLSearchParams(Buffer.from(request.query.get("cursor") ?? "", "base64").toString());
    const asked = Number(cursor.get("limit") ?? request.query.get("limit") ?? 50);
    const limit = Math.min(asked, settings.pageSize ?? 100);
    const number = Number(cursor.get("page") ?? request.query.get("page") ?? 1);
    const shown = items.slice((number - 1) * limit, number * limit);
    const pages = Math.ceil(items.length / limit);
    const to = (other: number): string => Buffer.from(`limit=${limit}&page=${other}`).toString("base64");
    const cursors = {
      "total-count": String(items.length),
      ...(number < pages ? { "after-cursor": to(number + 1) } : {}),
      ...(number > 1 ? { "before-cursor": to(number - 1) } : {}),
    };
    const numbers = { "current-page": String(number), "page-items": String(limit), "total-pages": String(pages) };
    const headers = { all: { ...cursors, ...numbers }, cursors, none: {} }[settings.paging ?? "all"];
    return { status: 200, headers, body: shown.map(show) };
  };
  const findUser = (id: string | undefined): OneLoginUser | undefined =>
    state.users.find((user) => String(user.id) === id);
  const rolesById = new Map(settings.roles.map((role) => [String(role.id), role]));
  const findRole = (id: string | undefined): OneLoginRole | undefined => rolesById.get(id ?? "");

  const routes: Route[] = [
    {
      method: "POST",
      path: "/auth/oauth2/v2/token",
      answer: (request) => {
        tokenRequests += 1;
        const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
        const body = Grant.safeParse(jsonOf(request.body));
        if (request.headers["content-type"] !== "application/json" || !body.success)
          return failure(400, "bad request", "grant_type is incorrect/absent");
        if (settings.orphaned === true) return failure(500, "Internal Server Error", "Internal Server Error");
        if (request.headers["authorization"] !== `Basic ${basic}`)
          return failure(401, "Unauthorized", "Authentication Failure");
        const { text, createdAt } = currentToken();
        const bare = {
          access_token: text,
          created_at: new Date(createdAt).toISOString(),
          expires_in: life,
          token_type: "bearer",
          ...(settings.noAccount === true ? {} : { account_id: 4711 }),
        };
        if (settings.wrapped !== true) return { status: 200, body: bare };
        const status = { error: false, code: 200, type: "success", message: "Success" };
        return { status: 200, text: JSON.stringify({ status, data: [bare] }) };
      },
    },
    {
      method: "GET",
      path: "/api/2/users",
      answer: (request) =>
        may("users") ??
        page(
          request,
          ["user_ids", ...searched].some((name) => request.query.has(name))
            ? state.users.filter((user) => isWanted(user, request.query))
            : state.users,
          (user) => showUser(user, request.query.get("fields") ?? undefined),
        ),
    },
    {
      method: "GET",
      path: "/api/2/users/{id}",
      answer: ({ path }) => {
        const user = findUser(path["id"]);
        return may("users") ?? (user === undefined ? missing : { status: 200, body: showUser(user) });
      },
    },
    {
      method: "GET",
      path: "/api/2/roles",
      answer: (request) => {
        const withUsers = request.query.get("fields") === "users" && settings.plainRoles !== true;
        const name = request.query.get("role_name");
        const roles = settings.roles.filter((role) => name === null || isLike(role.name, name));
        return (
          may("roles") ??
          page(request, roles, ({ id, name: called, users }) => ({ id, name: called, ...(withUsers ? { users } : {}) }))
        );
      },
    },
    {
      method: "GET",
      path: "/api/2/roles/{id}",
      answer: ({ path }) => {
        const role = findRole(path["id"]);
        return may("roles") ?? (role === undefined ? missing : { status: 200, body: { id: role.id, name: role.name } });
      },
    },
    {
      method: "GET",
      path: "/api/2/roles/{id}/users",
      answer: (request) => {
        const role = findRole(request.path["id"]);
        return may("roles") ?? (role === undefined ? missing : page(request, role.users, (id) => ({ id })));
      },
    },
    {
      method: "GET",
      path: "/api/1/groups",
      answer: (request) => {
        const groups = settings.groups ?? [];
        const start = Number(request.query.get("after_cursor") ?? 0);
        const limit = settings.pageSize ?? 50;
        const next = start + limit < groups.length ? { after_cursor: String(start + limit) } : { after_cursor: null };
        const status = { error: false, code: 200, type: "success", message: "Success" };
        const body = { status, pagination: next, data: groups.slice(start, start + limit) };
        return may("groups") ?? { status: 200, body };
      },
    },
  ];
  const server = await startCloud({
    routes,
    description: loadDescription("onelogin", { links: ["after_cursor"] }),
    missing: failure(404, "not found", "No Route Exists"),
    before: (request, route) => {
      if (route.method === "POST") return undefined;
      if (token === undefined || request.headers["authorization"] !== `bearer ${token.text}`) return unauthorized;
      if (now() >= token.createdAt + life * 1000) return unauthorized;
      if (now() >= hour.start + 3_600_000) hour = { start: now(), used: 0 };
      hour.used += 1;
      return hour.used > perHour ? failure(429, "Too Many Requests", "Rate limit exceeded") : undefined;
    },
    after: (_request, reply, route) =>
      route.method === "POST"
        ? { ...reply, headers: { ...reply.headers, date: new Date(now()).toUTCString() } }
        : {
            ...reply,
            headers: {
              ...reply.headers,
              date: new Date(now()).toUTCString(),
              "x-ratelimit-limit": String(perHour),
              "x-ratelimit-remaining": String(Math.max(0, perHour - hour.used)),
              "x-ratelimit-reset": String(Math.ceil((hour.start + 3_600_000 - now()) / 1000)),
            },
          },
  });
  return Object.assign(server, {
    clientId,
    clientSecret,
    logins: () => logins,
    tokenRequests: () => tokenRequests,
    revoke: (right: Right) => void rights.delete(right),
    expireTokens: () => {
      token = undefined;
    },
    change: (edit: (users: readonly OneLoginUser[]) => readonly OneLoginUser[]) => {
      state.users = edit(state.users);
    },
  });
};

const Grant = z.strictObject({ grant_type: z.literal("client_credentials") });
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Errors of the first version; the second's are plain. */
const failure = (status: number, type: string, message: string): CloudReply => ({
  status,
  text: JSON.stringify({ status: { error: true, code: status, type, message } }),
});
const plain = (status: number, name: string, message: string): CloudReply => ({
  status,
  body: { statusCode: status, code: status, name, message },
});
const unauthorized = plain(401, "UnauthorizedError", "Unauthorized");
const missing = plain(404, "NotFoundError", "Not Found");

/** Of a list the fields that are asked for; in the vendor's answers a field without a value is null, in its description absent. */
const showUser = (user: OneLoginUser, fields?: string): unknown => {
  const { id, group, status = 1, state = 1, ...texts } = user;
  const whole = { id, ...texts, status, state, ...(group === undefined ? {} : { group_id: group }) };
  const asked = fields?.split(",");
  return Object.fromEntries(Object.entries(whole).filter(([name]) => asked === undefined || asked.includes(name)));
};

const searched = ["email", "username", "firstname", "lastname"] as const;

const isWanted = (user: OneLoginUser, query: URLSearchParams): boolean =>
  (query.get("user_ids")?.split(",").includes(String(user.id)) ?? true) &&
  searched.every((name) => {
    const wanted = query.get(name);
    return wanted === null || isLike(user[name] ?? "", wanted);
  });

/** Whole and without case, `*` standing for anything. */
const isLike = (text: string, wanted: string): boolean =>
  new RegExp(
    `^${wanted
      .split("*")
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`))
      .join(".*")}$`,
    "iu",
  ).test(text);
