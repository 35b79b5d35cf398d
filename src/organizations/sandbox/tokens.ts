/** Access tokens: JSON Web Tokens signed with RS256 (RFC 7519), shaped as each server shapes them. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { newGuid } from "./random.ts";
import type { Context } from "./reply.ts";
import type { State } from "./state.ts";

export interface TokenWishes {
  readonly scope?: string;
  readonly lifetimeSeconds?: number;
  readonly organizationId?: string;
  readonly issuer?: string;
}

/** A signed token for the organization; the wishes make tokens the API must refuse. */
export function issueToken(context: Context, wishes: TokenWishes = {}): string {
  const { state } = context;
  const organizationId = wishes.organizationId ?? state.organization.id;
  const seconds = Math.floor(context.clock() / 1000);
  const common = {
    nbf: seconds,
    exp: seconds + (wishes.lifetimeSeconds ?? context.control.tokenLifetimeSeconds),
    iss: wishes.issuer ?? issuer(context),
    client_id: `organization.${organizationId}`,
    client_sub: organizationId,
    scope: [wishes.scope ?? "api.organization"],
  };
  if (state.dialect === "vaultwarden") {
    return encode(state, { alg: "RS256", typ: "JWT" }, { ...common, sub: state.organization.apiKeyRow ?? "" });
  }
  const claims = {
    ...common,
    iat: seconds,
    jti: newGuid(context.random).replaceAll("-", ""),
    client_type: "Organization",
  };
  return encode(state, { alg: "RS256", typ: "at+jwt", kid: "sandbox" }, claims);
}

export type TokenVerdict =
  | { readonly kind: "valid"; readonly organizationId: string }
  /** Missing, forged, expired, or of another issuer. */
  | { readonly kind: "refused"; readonly given: boolean }
  /** A good token for something else; only the official server tells it apart. */
  | { readonly kind: "forbidden" };

const claimsSchema = z.object({
  nbf: z.number(),
  exp: z.number(),
  iss: z.string(),
  sub: z.string().optional(),
  client_sub: z.string(),
  scope: z.array(z.string()),
});

/** Judges the token of a request the way the dialect does. */
export function judgeToken(context: Context, token: string | undefined): TokenVerdict {
  if (token === undefined || token === "") return { kind: "refused", given: false };
  const refused: TokenVerdict = { kind: "refused", given: true };
  const claims = decode(context.state, token);
  if (claims === undefined) return refused;
  const seconds = context.clock() / 1000;
  const tolerance = context.control.tokenToleranceSeconds;
  if (seconds > claims.exp + tolerance) return refused;
  const { state } = context;
  if (state.dialect === "vaultwarden") {
    const { organization } = state;
    const known =
      organization.apiKeyRow !== null && claims.sub === organization.apiKeyRow && claims.client_sub === organization.id;
    const scoped = claims.iss === issuer(context) && claims.scope.includes("api.organization");
    return known && scoped && seconds + 30 >= claims.nbf
      ? { kind: "valid", organizationId: claims.client_sub }
      : refused;
  }
  if (seconds + tolerance < claims.nbf) return refused;
  return claims.scope.includes("api.organization")
    ? { kind: "valid", organizationId: claims.client_sub }
    : { kind: "forbidden" };
}

function issuer(context: Context): string {
  return context.state.dialect === "vaultwarden"
    ? `${new URL(context.url).origin}|api.organization`
    : new URL(context.url).origin;
}

function encode(state: State, header: object, claims: object): string {
  const head = `${base64(JSON.stringify(header))}.${base64(JSON.stringify(claims))}`;
  return `${head}.${sign("sha256", Buffer.from(head), keys(state).privateKey).toString("base64url")}`;
}

function decode(state: State, token: string): z.infer<typeof claimsSchema> | undefined {
  const parts = token.split(".");
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) return undefined;
  const genuine = verify(
    "sha256",
    Buffer.from(`${header}.${payload}`),
    keys(state).publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!genuine) return undefined;
  const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  return claims.success ? claims.data : undefined;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64url");
}

interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const keysByPem = new Map<string, Keys>();
let pemOfThisProcess: string | undefined;

/** Making a key is slow, so all sandboxes of a process that have none of their own share one. */
function keys(state: State): Keys {
  pemOfThisProcess ??=
    state.signingKey ??
    generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
  state.signingKey ??= pemOfThisProcess;
  const known = keysByPem.get(state.signingKey);
  if (known !== undefined) return known;
  const privateKey = createPrivateKey(state.signingKey);
  const made = { privateKey, publicKey: createPublicKey(privateKey) };
  keysByPem.set(state.signingKey, made);
  return made;
}
