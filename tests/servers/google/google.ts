/** A Google Workspace customer in this process: its token endpoint, and the part of the Directory API that reads people and groups. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { decodeProtectedHeader, errors, jwtVerify } from "jose";
import { loadDescription } from "../cloud/description.ts";
import { startCloud, type CloudReply, type CloudRequest, type CloudServer, type Route } from "../cloud/server.ts";

export interface GoogleUser {
  readonly id: string;
  readonly primaryEmail: string;
  readonly fullName?: string;
  readonly suspended?: boolean;
  readonly archived?: boolean;
  readonly deleted?: boolean;
  readonly isGuestUser?: boolean;
  readonly orgUnitPath?: string;
}
export interface GoogleMember {
  readonly id?: string;
  readonly email?: string;
  readonly type?: "USER" | "GROUP" | "CUSTOMER" | "EXTERNAL" | "ROBOT";
}
export interface GoogleGroup {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  /** Ids of people and groups here, or whole rows. */
  readonly members: readonly (string | GoogleMember)[];
}
type Right = "users" | "groups";

export interface GoogleSettings {
  readonly users: readonly GoogleUser[];
  readonly groups: readonly GoogleGroup[];
  /** What a `query` of people searches: how they were up to 36 hours ago, where that is not how they are (Directory API, "Search for users"). */
  readonly indexed?: readonly GoogleUser[];
  /** Entries of one page, whatever larger `maxResults` is asked for. */
  readonly pageSize?: number;
  readonly rights?: readonly Right[];
  /** The API is switched on in the project. */
  readonly isEnabled?: boolean;
  /** The client id and scopes are in the delegation grant. */
  readonly isDelegated?: boolean;
  /** The administrator was suspended. */
  readonly isSuspended?: boolean;
  /** The service account was disabled in its project. */
  readonly isAccountDisabled?: boolean;
  /** Requests a minute; what is beyond gets 403 with a reason. */
  readonly perMinute?: number;
  readonly now?: () => number;
}

export interface Google extends CloudServer {
  /** The JSON file of the key. */
  readonly key: string;
  readonly serviceAccount: string;
  readonly adminUser: string;
  readonly tokenAddress: string;
  readonly logins: () => number;
  expireTokens(): void;
  revoke(right: Right): void;
}

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const base = "/admin/directory/v1";
const unreasonable =
  "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";

export const startGoogle = async (settings: GoogleSettings): Promise<Google> => {
  const serviceAccount = "directory@project.iam.gserviceaccount.com";
  const adminUser = "reader@firm.test";
  const now = settings.now ?? Date.now;
  const rights = new Set(settings.rights ?? ["users", "groups"]);
  const tokens = new Set<string>();
  let logins = 0;
  let minute = { start: now(), used: 0 };
  const usersById = new Map(settings.users.map((user) => [user.id, user]));
  const groupsById = new Map(settings.groups.map((group) => [group.id, group]));
  const sortedUsers = settings.users.toSorted((left, right) => (left.primaryEmail < right.primaryEmail ? -1 : 1));

  const allowed = (right: Right): CloudReply | undefined =>
    rights.has(right) ? undefined : failure(403, "forbidden", "Not Authorized to access this resource/api");
  /** Which tenant a list is of: a customer or one of its domains, and never neither. */
  const refuseScope = ({ query }: CloudRequest): CloudReply | undefined => {
    const [customer, domain] = [query.get("customer"), query.get("domain")];
    if (customer === null && domain === null) return failure(400, "badRequest", "Bad Request");
    if (customer !== null && customer !== "my_customer" && customer !== "C01abc234")
      return failure(403, "forbidden", "Not Authorized to access this resource/api");
    return domain === null || domain === "firm.test" ? undefined : failure(404, "notFound", "Domain not found.");
  };
  /** A part of a list under its name; an empty list lacks the name, and a partial answer lacks what was not asked for. */
  const page = <Item>(
    request: CloudRequest,
    name: string,
    items: readonly Item[],
    show: (item: Item) => object,
    usual: number,
  ): CloudReply => {
    const size = Math.min(Number(request.query.get("maxResults") ?? usual), settings.pageSize ?? 500);
    const start = Number(Buffer.from(request.query.get("pageToken") ?? "MA", "base64url").toString());
    if (Number.isNaN(start)) return failure(400, "invalid", "Invalid Value");
    const shown = items.slice(start, start + size).map(show);
    const fields = request.query.get("fields");
    const next = start + size < items.length ? Buffer.from(String(start + size)).toString("base64url") : undefined;
    return {
      status: 200,
      body: {
        ...(fields === null ? { kind: `admin#directory#${name}` } : {}),
        ...(shown.length === 0 ? {} : { [name]: shown }),
        ...(next === undefined || (fields !== null && !fields.includes("nextPageToken"))
          ? {}
          : { nextPageToken: next }),
      },
    };
  };
  const showMember = (member: string | GoogleMember): object => {
    if (typeof member !== "string") return member;
    const group = groupsById.get(member);
    const email = group?.email ?? usersById.get(member)?.primaryEmail;
    return {
      id: member,
      type: group === undefined ? "USER" : "GROUP",
      role: "MEMBER",
      ...(email === undefined ? {} : { email }),
    };
  };
  const routes: Route[] = [
    {
      method: "POST",
      path: "/token",
      undescribed: "the log-in is described elsewhere",
      answer: async ({ body }) => {
        const form = new URLSearchParams(body);
        const assertion = form.get("assertion") ?? "";
        if (form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer")
          return oauth(400, "unsupported_grant_type", "Invalid grant_type");
        try {
          if (decodeProtectedHeader(assertion).kid !== "key-1")
            return oauth(400, "invalid_grant", "Invalid JWT Signature.");
          const { payload } = await jwtVerify(assertion, createPublicKey(keys.publicKey), {
            currentDate: new Date(now()),
            audience: `${server.url}/token`,
            issuer: serviceAccount,
            algorithms: ["RS256"],
          });
          if ((payload.exp ?? 0) - (payload.iat ?? 0) > 3600) return oauth(400, "invalid_grant", unreasonable);
          const { scope } = payload;
          const asked = typeof scope === "string" ? scope.split(" ") : [];
          const known = asked.every((scope) =>
            /^https:\/\/www\.googleapis\.com\/auth\/admin\.directory\.(?:user|group|group\.member)\.readonly$/u.test(
              scope,
            ),
          );
          if (settings.isDelegated === false || !known)
            return oauth(
              401,
              "unauthorized_client",
              "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
            );
          if (settings.isAccountDisabled === true)
            return oauth(401, "disabled_client", "The OAuth client was disabled.");
          if (settings.isSuspended === true) return oauth(400, "access_denied", "Account restricted");
          if (payload.sub !== adminUser) return oauth(400, "invalid_grant", "Invalid email or User ID");
        } catch (error) {
          const isLate = error instanceof errors.JWTExpired;
          const isEarly = error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf";
          return oauth(400, "invalid_grant", isLate || isEarly ? unreasonable : "Invalid JWT Signature.");
        }
        logins += 1;
        const token = `ya29.access-${logins}-3c7`;
        tokens.add(token);
        return { status: 200, body: { access_token: token, expires_in: 3599, token_type: "Bearer" } };
      },
    },
    {
      method: "GET",
      path: `${base}/users`,
      answer: (request) => {
        const refused = allowed("users") ?? refuseScope(request);
        if (refused !== undefined) return refused;
        const isDeleted = request.query.get("showDeleted") === "true";
        const query = request.query.get("query");
        const match = query === null ? () => true : matcherOf(query);
        if (match === undefined) return failure(400, "invalid", "Invalid Input: query");
        const index = new Map((settings.indexed ?? settings.users).map((user) => [user.id, user]));
        const domain = request.query.get("domain");
        const found = sortedUsers.filter(
          (user) =>
            (user.deleted ?? false) === isDeleted &&
            (domain === null || user.primaryEmail.endsWith(`@${domain}`)) &&
            (query === null || [index.get(user.id)].some((known) => known !== undefined && match(known))),
        );
        return page(request, "users", found, showUser, 100);
      },
    },
    {
      method: "GET",
      path: `${base}/users/{userKey}`,
      answer: (request) => {
        const refused = allowed("users");
        if (refused !== undefined) return refused;
        const key = request.path["userKey"];
        const user = settings.users.find(
          ({ id, primaryEmail, deleted }) => deleted !== true && (id === key || primaryEmail === key),
        );
        return user === undefined
          ? failure(404, "notFound", "Resource Not Found: userKey")
          : { status: 200, body: showUser(user) };
      },
    },
    {
      method: "GET",
      path: `${base}/groups`,
      answer: (request) => {
        const refused = allowed("groups") ?? refuseScope(request);
        if (refused !== undefined) return refused;
        const start = /^name:(.*)\*$/u.exec(request.query.get("query") ?? "")?.[1];
        const found = settings.groups.filter(({ name }) => start === undefined || name.startsWith(start));
        return page(request, "groups", found, showGroup, 200);
      },
    },
    {
      method: "GET",
      path: `${base}/groups/{groupKey}`,
      answer: (request) => {
        const refused = allowed("groups");
        if (refused !== undefined) return refused;
        const key = request.path["groupKey"];
        if (key?.startsWith("foreign") === true) return failure(403, "domainCannotUseApis", "Domain cannot use apis.");
        const group = settings.groups.find(({ id, email }) => id === key || email === key);
        return group === undefined
          ? failure(404, "notFound", "Resource Not Found: groupKey")
          : { status: 200, body: showGroup(group) };
      },
    },
    {
      method: "GET",
      path: `${base}/groups/{groupKey}/members`,
      answer: (request) => {
        const refused = allowed("groups");
        if (refused !== undefined) return refused;
        const group = groupsById.get(request.path["groupKey"] ?? "");
        if (group === undefined) return failure(404, "notFound", "Resource Not Found: groupKey");
        return page(request, "members", group.members, showMember, 200);
      },
    },
  ];
  const server = await startCloud({
    routes,
    description: loadDescription("google"),
    missing: failure(404, "notFound", "Not Found"),
    before: (request, route) => {
      if (route.path === "/token") return undefined;
      if (!tokens.has((request.headers["authorization"] ?? "").replace(/^Bearer /u, "")))
        return {
          status: 401,
          body: {
            error: { code: 401, message: "Request had invalid authentication credentials.", status: "UNAUTHENTICATED" },
          },
        };
      if (settings.isEnabled === false)
        return failure(
          403,
          "accessNotConfigured",
          "Admin SDK API has not been used in project 1 before or it is disabled.",
        );
      if (now() >= minute.start + 60_000) minute = { start: now(), used: 0 };
      minute.used += 1;
      return minute.used > (settings.perMinute ?? 1_000_000)
        ? failure(403, "userRateLimitExceeded", "Quota exceeded for quota metric 'Queries'")
        : undefined;
    },
  });
  const file = {
    type: "service_account",
    client_email: serviceAccount,
    private_key: keys.privateKey,
    private_key_id: "key-1",
  };
  return Object.assign(server, {
    key: JSON.stringify(file),
    serviceAccount,
    adminUser,
    tokenAddress: `${server.url}/token`,
    logins: () => logins,
    expireTokens: () => tokens.clear(),
    revoke: (right: Right) => void rights.delete(right),
  });
};

/** The part of the vendor's query language that is understood here. */
const matcherOf = (query: string): ((user: GoogleUser) => boolean) | undefined => {
  const unit = /^orgUnitPath='?([^']*)'?$/u.exec(query)?.[1];
  if (unit !== undefined) return ({ orgUnitPath = "/" }) => orgUnitPath.startsWith(unit);
  const suspended = /^isSuspended=(true|false)$/u.exec(query)?.[1];
  return suspended === undefined ? undefined : (user) => (user.suspended ?? false) === (suspended === "true");
};

const failure = (code: number, reason: string, message: string): CloudReply => ({
  status: code,
  body: { error: { code, message, errors: [{ domain: "global", reason, message }] } },
});
const oauth = (status: number, error: string, description: string): CloudReply => ({
  status,
  body: { error, error_description: description },
});

const showUser = ({ fullName, deleted: _deleted, ...user }: GoogleUser): object => ({
  suspended: false,
  archived: false,
  ...user,
  ...(fullName === undefined ? {} : { name: { fullName } }),
});
const showGroup = ({ members, ...group }: GoogleGroup): object => ({
  email: `${group.id}@firm.test`,
  directMembersCount: String(members.length),
  ...group,
});
