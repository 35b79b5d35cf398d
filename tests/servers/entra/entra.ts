/** A tenant of Microsoft Entra ID in this process: its token endpoint, and the part of Microsoft Graph that reads people and groups. */
import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { decodeProtectedHeader, jwtVerify } from "jose";
import { z } from "zod";
import { loadDescription } from "../cloud/description.ts";
import {
  startCloud,
  toRequest,
  type CloudReply,
  type CloudRequest,
  type CloudServer,
  type Route,
} from "../cloud/server.ts";

export interface EntraUser {
  readonly id: string;
  readonly displayName?: string;
  readonly mail?: string;
  readonly userPrincipalName?: string;
  readonly proxyAddresses?: readonly string[];
  readonly otherMails?: readonly string[];
  readonly accountEnabled?: boolean;
  readonly userType?: "Member" | "Guest" | null;
}
export interface EntraGroup {
  readonly id: string;
  readonly displayName: string;
  /** Ids of people and groups, or a kind and an id (`device:17`). */
  readonly members: readonly string[];
  readonly groupTypes?: readonly string[];
  readonly mailEnabled?: boolean;
  readonly securityEnabled?: boolean;
  readonly visibility?: string;
  readonly mail?: string | null;
}
type Right = "User.Read.All" | "GroupMember.Read.All" | "AdministrativeUnit.Read.All" | "Member.Read.Hidden";

export interface EntraSettings {
  readonly users: readonly EntraUser[];
  readonly groups: readonly EntraGroup[];
  /** Administrative units: their id and the ids of their members. */
  readonly units?: Readonly<Record<string, readonly string[]>>;
  /** Entries of one page, whatever larger `$top` is asked for. */
  readonly pageSize?: number;
  /** Every second page has no entries, as the vendor allows itself. */
  readonly emptyPages?: boolean;
  readonly rights?: readonly Right[];
  /** People without `User.Read.All` are given with their ids only instead of being refused. */
  readonly idsOnly?: boolean;
  /** Resource units in ten seconds; what is beyond gets 429. */
  readonly units10s?: number;
  /** PEM of the certificate that was uploaded to the app. */
  readonly certificate?: string;
  /** The tenant is in another cloud than the log-in address. */
  readonly isElsewhere?: boolean;
  /** The secret ended. */
  readonly secretExpired?: boolean;
  readonly now?: () => number;
}

export interface Entra extends CloudServer {
  readonly tenant: string;
  readonly clientId: string;
  readonly secret: string;
  readonly logins: () => number;
  expireTokens(): void;
  revoke(right: Right): void;
  /** From now on that is who and what is there; the feed names whom that touches. */
  change(next: Partial<Pick<EntraSettings, "users" | "groups">>): void;
  /** Every link of the feed given until now ends, with the answer of this status and code. */
  expireFeed(status: number, code: string): void;
}

const base = "/v1.0";

const BatchBody = z.object({
  requests: z.array(
    z.object({
      id: z.string(),
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

export const startEntra = async (settings: EntraSettings): Promise<Entra> => {
  const tenant = "6c8d2d1e-0000-4000-8000-000000000001";
  const clientId = "11111111-2222-3333-4444-555555555555";
  const secret = "8Q~client~secret~of~the~app&+%";
  const now = settings.now ?? Date.now;
  const rights = new Set<Right>(
    settings.rights ?? ["User.Read.All", "GroupMember.Read.All", "AdministrativeUnit.Read.All", "Member.Read.Hidden"],
  );
  const tokens = new Set<string>();
  let logins = 0;
  let window = { start: now(), used: 0 };
  const pageSize = settings.pageSize ?? 999;
  const state = { users: settings.users, groups: settings.groups };
  let index: { readonly of: readonly EntraGroup[]; readonly groups: ReadonlyMap<string, EntraGroup> } | undefined;
  const groupsById = (): ReadonlyMap<string, EntraGroup> => {
    if (index?.of !== state.groups)
      index = { of: state.groups, groups: new Map(state.groups.map((group) => [group.id, group])) };
    return index.groups;
  };
  /** Ids of people in the order they were touched; a token of the feed is a place in it. */
  const touched: string[] = [];
  let ended: CloudReply | undefined;

  const allowed = (right: Right): CloudReply | undefined =>
    rights.has(right)
      ? undefined
      : failure(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
  /** A part of a list and the whole address of the rest, which carries every parameter again. */
  const page = <Item>(
    request: CloudRequest,
    items: readonly Item[],
    show: (item: Item) => Record<string, unknown>,
  ): CloudReply => {
    const top = Math.min(Number(request.query.get("$top") ?? 100), pageSize);
    const at = Number(Buffer.from(request.query.get("$skiptoken") ?? "MA", "base64url").toString());
    const isEmpty = settings.emptyPages === true && at % 1 !== 0;
    const start = Math.floor(at);
    const end = isEmpty ? start : start + top;
    const next = settings.emptyPages === true && !isEmpty ? end + 0.5 : end;
    const fields = request.query.get("$select")?.split(",");
    const shown = items.slice(start, end).map((item) => pick(show(item), fields));
    const url = new URL(`${server.url}${request.url.pathname}${request.url.search}`);
    url.searchParams.set("$skiptoken", Buffer.from(String(next)).toString("base64url"));
    return {
      status: 200,
      body: {
        "@odata.context": `${server.url}${base}/$metadata#users`,
        ...(Math.floor(next) < items.length ? { "@odata.nextLink": url.href } : {}),
        value: shown,
      },
    };
  };
  const showMember = (member: string): Record<string, unknown> => {
    const [kind, id] = member.includes(":") ? member.split(":") : [groupsById().has(member) ? "group" : "user", member];
    return { "@odata.type": `#microsoft.graph.${kind}`, id };
  };
  const showUser = (user: EntraUser): Record<string, unknown> => ({
    displayName: null,
    mail: null,
    userPrincipalName: `${user.id}@tenant.test`,
    proxyAddresses: [],
    otherMails: [],
    accountEnabled: true,
    userType: "Member",
    ...user,
  });
  const showGroup = ({ members: _members, ...group }: EntraGroup): Record<string, unknown> => ({
    groupTypes: [],
    mailEnabled: false,
    securityEnabled: true,
    visibility: null,
    ...group,
  });
  const routes: Route[] = [
    {
      method: "POST",
      path: "/{tenant}/oauth2/v2.0/token",
      undescribed: "the identity platform is described elsewhere",
      answer: async (request) => {
        const form = new URLSearchParams(request.body);
        const said = request.path["tenant"];
        if (said !== tenant && said !== "firm.test")
          return oauth(
            400,
            "invalid_request",
            `AADSTS90002: Tenant '${said ?? ""}' not found. Trace ID: 1 Correlation ID: 2`,
          );
        if (settings.isElsewhere === true)
          return oauth(
            400,
            "invalid_request",
            "AADSTS900382: Confidential Client is not supported in Cross Cloud request. Trace ID: 1",
          );
        if (form.get("client_id") !== clientId)
          return oauth(
            400,
            "unauthorized_client",
            `AADSTS700016: Application with identifier '${form.get("client_id") ?? ""}' was not found in the directory. Trace ID: 1`,
          );
        const scope = form.get("scope") ?? "";
        if (form.get("grant_type") !== "client_credentials" || !scope.endsWith("/.default"))
          return oauth(400, "invalid_scope", `AADSTS1002012: The provided value for scope ${scope} is not valid.`);
        if (scope !== `${server.url}/.default`)
          return oauth(
            400,
            "invalid_resource",
            `AADSTS500011: The resource principal named ${scope.replace("/.default", "")} was not found in the tenant named Firm. Trace ID: 1`,
          );
        const refused = await refuseProof(form, request);
        if (refused !== undefined) return refused;
        logins += 1;
        const token = `${part({ alg: "none" })}.${part({ tid: tenant, roles: [...rights], n: logins })}.signature`;
        tokens.add(token);
        return {
          status: 200,
          body: { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token: token },
        };
      },
    },
    {
      method: "GET",
      path: `${base}/users`,
      answer: (request) => {
        const refused = allowed("User.Read.All");
        if (refused !== undefined && settings.idsOnly !== true) return refused;
        const filter = request.query.get("$filter");
        const found = filter === null ? state.users : state.users.filter(byAddress(filter));
        return page(request, found, (user) => (refused === undefined ? showUser(user) : withoutValues(showUser(user))));
      },
    },
    {
      method: "GET",
      path: `${base}/users/delta`,
      answer: (request) => {
        const refused = allowed("User.Read.All");
        if (refused !== undefined) return refused;
        const token = request.query.get("$deltatoken") ?? "";
        if (token !== "latest" && ended !== undefined) return ended;
        const url = new URL(`${server.url}${request.url.pathname}`);
        url.searchParams.set("$deltatoken", String(touched.length));
        const ids = token === "latest" ? [] : [...new Set(touched.slice(Number(token)))];
        const value = ids.map((id) =>
          state.users.some((user) => user.id === id)
            ? { id, displayName: "x" }
            : { id, "@removed": { reason: "changed" } },
        );
        return { status: 200, body: { "@odata.deltaLink": url.href, value } };
      },
    },
    {
      method: "GET",
      path: `${base}/users/{id}`,
      answer: (request) => {
        const refused = allowed("User.Read.All");
        if (refused !== undefined) return refused;
        const wanted = request.path["id"];
        const user = state.users
          .map(showUser)
          .find(({ id, userPrincipalName }) => id === wanted || userPrincipalName === wanted);
        return user === undefined
          ? notFound(wanted)
          : { status: 200, body: pick(user, request.query.get("$select")?.split(",")) };
      },
    },
    {
      method: "GET",
      path: `${base}/groups`,
      answer: (request) => {
        const refused = allowed("GroupMember.Read.All");
        if (refused !== undefined) return refused;
        const name = /^displayName eq '(.*)'$/u.exec(request.query.get("$filter") ?? "")?.[1]?.replaceAll("''", "'");
        return page(
          request,
          state.groups.filter(({ displayName }) => name === undefined || displayName === name),
          showGroup,
        );
      },
    },
    {
      method: "GET",
      path: `${base}/groups/{id}`,
      answer: (request) => {
        const refused = allowed("GroupMember.Read.All");
        if (refused !== undefined) return refused;
        const group = groupsById().get(request.path["id"] ?? "");
        return group === undefined
          ? notFound(request.path["id"])
          : { status: 200, body: pick(showGroup(group), request.query.get("$select")?.split(",")) };
      },
    },
    {
      method: "GET",
      path: `${base}/groups/{id}/members`,
      answer: (request) => {
        const refused = allowed("GroupMember.Read.All");
        if (refused !== undefined) return refused;
        const group = groupsById().get(request.path["id"] ?? "");
        if (group === undefined) return notFound(request.path["id"]);
        const isHidden = group.visibility === "HiddenMembership" && !rights.has("Member.Read.Hidden");
        return page(request, isHidden ? [] : group.members, showMember);
      },
    },
    {
      method: "GET",
      path: `${base}/directory/administrativeUnits/{id}/members`,
      answer: (request) => {
        const refused = allowed("AdministrativeUnit.Read.All");
        if (refused !== undefined) return refused;
        const members = settings.units?.[request.path["id"] ?? ""];
        return members === undefined ? notFound(request.path["id"]) : page(request, members, showMember);
      },
    },
    {
      method: "POST",
      path: `${base}/$batch`,
      undescribed: "batches are described apart; each request in one is held against the description",
      answer: async (request, dispatch) => {
        const { requests } = BatchBody.parse(JSON.parse(request.body));
        if (requests.length > 20)
          return failure(400, "BadRequest", "Number of batch request steps exceeds the maximum value of 20.");
        const responses = [];
        for (const { id, method, url, headers } of requests) {
          const inner = toRequest(
            method,
            `${base}${url}`,
            { ...headers, authorization: request.headers["authorization"] },
            "",
          );
          const { status, headers: given, body } = await dispatch(inner);
          responses.unshift({ id, status, headers: { "Content-Type": "application/json", ...given }, body });
        }
        return { status: 200, body: { responses } };
      },
    },
  ];
  const refuseProof = async (form: URLSearchParams, request: CloudRequest): Promise<CloudReply | undefined> => {
    const assertion = form.get("client_assertion");
    if (assertion === null) {
      if (settings.secretExpired === true)
        return oauth(
          401,
          "invalid_client",
          "AADSTS7000222: The provided client secret keys for app are expired. Trace ID: 1",
        );
      return form.get("client_secret") === secret
        ? undefined
        : oauth(
            401,
            "invalid_client",
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value. Trace ID: 1",
          );
    }
    try {
      const certificate = new X509Certificate(settings.certificate ?? "");
      if (Date.parse(certificate.validTo) <= now())
        return oauth(
          401,
          "invalid_client",
          "AADSTS700027: The certificate with identifier used to sign the client assertion is expired on application.",
        );
      const thumbprint = createHash("sha1").update(certificate.raw).digest("base64url");
      if (decodeProtectedHeader(assertion)["x5t"] !== thumbprint) throw new Error("thumbprint");
      const url = `${server.url}${request.url.pathname}`;
      await jwtVerify(assertion, createPublicKey(settings.certificate ?? ""), {
        currentDate: new Date(now()),
        audience: url,
        issuer: clientId,
        subject: clientId,
      });
      return undefined;
    } catch {
      return oauth(
        401,
        "invalid_client",
        "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.",
      );
    }
  };
  const costOf = ({ path }: Route, request: CloudRequest): number =>
    path.endsWith("/members") ? 2 : path.endsWith("$batch") || request.method === "POST" ? 0 : 1;
  const server = await startCloud({
    routes,
    description: loadDescription("entra-graph", { base, links: ["$skiptoken"] }),
    missing: failure(404, "ResourceNotFound", "Resource could not be discovered."),
    before: (request, route) => {
      if (route.path.endsWith("/token")) return undefined;
      if (!tokens.has((request.headers["authorization"] ?? "").replace(/^Bearer /u, "")))
        return failure(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.");
      if (now() >= window.start + 10_000) window = { start: now(), used: 0 };
      window.used += costOf(route, request);
      if (window.used <= (settings.units10s ?? 1_000_000)) return undefined;
      return {
        ...failure(429, "TooManyRequests", "Too many requests"),
        headers: { "Retry-After": String(Math.ceil((window.start + 10_000 - now()) / 1000)) },
      };
    },
  });
  return Object.assign(server, {
    tenant,
    clientId,
    secret,
    logins: () => logins,
    expireTokens: () => tokens.clear(),
    revoke: (right: Right) => void rights.delete(right),
    change: (next: Partial<Pick<EntraSettings, "users" | "groups">>) => {
      const before = new Map(state.users.map((user) => [user.id, JSON.stringify(user)]));
      for (const user of next.users ?? []) {
        if (before.get(user.id) !== JSON.stringify(user)) touched.push(user.id);
        before.delete(user.id);
      }
      if (next.users !== undefined) touched.push(...before.keys());
      Object.assign(state, next);
    },
    expireFeed: (status: number, code: string) => {
      ended = failure(status, code, "The sync state generation is not found.");
    },
  });
};

const failure = (status: number, code: string, message: string): CloudReply => ({
  status,
  body: { error: { code, message, innerError: { date: "2026-01-05T09:00:00", "request-id": "1" } } },
});
const oauth = (status: number, error: string, description: string): CloudReply => ({
  status,
  body: { error, error_description: description, error_codes: [Number(/\d+/u.exec(description)?.[0])], trace_id: "1" },
});
const notFound = (id: string | undefined): CloudReply =>
  failure(
    404,
    "Request_ResourceNotFound",
    `Resource '${id ?? ""}' does not exist or one of its queried reference-property objects are not present.`,
  );

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const pick = (item: Record<string, unknown>, fields: readonly string[] | undefined): Record<string, unknown> =>
  fields === undefined
    ? item
    : Object.fromEntries(Object.entries(item).filter(([name]) => name.startsWith("@") || fields.includes(name)));

const withoutValues = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, name === "id" ? value : Array.isArray(value) ? [] : null]),
  );

const byAddress = (filter: string): ((user: EntraUser) => boolean) => {
  const match = /^mail eq '(.*)' or proxyAddresses\/any\(p:p eq '(.*)'\)$/u.exec(filter);
  const [mail, proxy] = [match?.[1], match?.[2]].map((text) => text?.replaceAll("''", "'").toLowerCase());
  return (user) =>
    user.mail?.toLowerCase() === mail || (user.proxyAddresses ?? []).some((address) => address.toLowerCase() === proxy);
};
