/** `POST /connect/token`: an access token for the organization's API key, with each server's own way of saying no. */
import { officialThrottle } from "./official/errors.ts";
import { cloudWindows } from "./rate-limit.ts";
import { json, mediaType } from "./reply.ts";
import type { Context, Incoming, Reply } from "./reply.ts";
import { issueToken } from "./tokens.ts";
import { rocketError, vaultwardenError } from "./vaultwarden/errors.ts";

export function answerToken(context: Context, incoming: Incoming): Reply {
  return context.state.dialect === "vaultwarden"
    ? vaultwardenToken(context, incoming)
    : officialToken(context, incoming);
}

function granted(context: Context): Reply {
  return json(200, {
    access_token: issueToken(context),
    expires_in: context.control.tokenLifetimeSeconds,
    token_type: "Bearer",
    scope: "api.organization",
  });
}

/** Grants the identity server knows but an organization may not use. */
const otherGrants = new Set(["password", "authorization_code", "refresh_token", "webauthn", "send_access"]);

function officialToken(context: Context, incoming: Incoming): Reply {
  if (context.control.rateLimits && context.state.dialect === "official-cloud") {
    const full = context.limiter.takeWindow(
      `${incoming.ip} ${incoming.method} ${incoming.path}`,
      cloudWindows(incoming.method, incoming.path),
      context.clock(),
    );
    if (full !== undefined) return officialThrottle(full);
  }
  const refuse = (error: string): Reply => json(400, { error });
  if (mediaType(incoming.headers) !== "application/x-www-form-urlencoded") return refuse("invalid_request");
  const form = new URLSearchParams(incoming.body.toString("utf8"));
  const credentials = basicCredentials(incoming.headers.authorization) ?? {
    id: form.get("client_id") ?? "",
    secret: form.get("client_secret") ?? "",
  };
  if (!isOfficialClient(context, credentials.id, credentials.secret)) return refuse("invalid_client");
  const grant = form.get("grant_type");
  if (grant === null || grant === "") return refuse("invalid_request");
  if (grant !== "client_credentials")
    return refuse(otherGrants.has(grant) ? "unauthorized_client" : "unsupported_grant_type");
  const scope = form.get("scope");
  if (scope !== null && scope.trim() !== "" && scope.trim() !== "api.organization") return refuse("invalid_scope");
  return granted(context);
}

function isOfficialClient(context: Context, clientId: string, secret: string): boolean {
  const { organization } = context.state;
  const prefix = "organization.";
  if (!clientId.startsWith(prefix)) return false;
  const known = clientId.slice(prefix.length).toLowerCase() === organization.id;
  return known && organization.enabled && organization.useApi && secret === organization.apiKey;
}

/** Credentials by HTTP Basic, form-encoded inside (RFC 6749, section 2.3.1). */
function basicCredentials(header: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^basic\s+(\S+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return { id: unescapeForm(text.slice(0, colon)), secret: unescapeForm(text.slice(colon + 1)) };
}

function unescapeForm(text: string): string {
  return new URLSearchParams(`x=${text}`).get("x") ?? "";
}

const required = ["client_id", "client_secret", "scope", "device_identifier", "device_name", "device_type"] as const;

function vaultwardenToken(context: Context, incoming: Incoming): Reply {
  if (mediaType(incoming.headers) !== "application/x-www-form-urlencoded")
    return rocketError(415, incoming.headers.accept);
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(incoming.body.toString("utf8"))) fields.set(fold(name), value);
  const field = (name: string): string | undefined => fields.get(fold(name));

  const grant = field("grant_type");
  if (grant === undefined) return rocketError(422, incoming.headers.accept);
  if (grant !== "client_credentials") return vaultwardenError(400, "Invalid type");
  for (const name of required) if (field(name) === undefined) return vaultwardenError(400, `${name} cannot be blank`);
  if (context.control.rateLimits && !context.limiter.takeLogin(incoming.ip, context.clock())) {
    return vaultwardenError(429, "Too many login requests");
  }
  const scope = field("scope");
  // The scope of personal keys leads to another door, which does not know this kind of client.
  if (scope === "api") return vaultwardenError(400, "Malformed client_id");
  if (scope !== "api.organization") return vaultwardenError(400, "Scope not supported");
  const clientId = field("client_id") ?? "";
  const { organization } = context.state;
  if (!clientId.startsWith("organization.")) return vaultwardenError(400, "Malformed client_id");
  if (organization.apiKeyRow === null || clientId !== `organization.${organization.id}`)
    return vaultwardenError(400, "Invalid client_id");
  if (field("client_secret") !== organization.apiKey) return vaultwardenError(400, "Incorrect client_secret");
  return granted(context);
}

/** Vaultwarden takes field names in any case, with and without underscores. */
function fold(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
