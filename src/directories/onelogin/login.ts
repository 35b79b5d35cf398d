import { z } from "zod";
import type { Resolved } from "../../config/field.ts";
import { Fault } from "../../core/fault.ts";
import { readErrors, sentence } from "../../http/error-texts.ts";
import { createTokenMemory, createTokenSource, type TokenSource } from "../../http/token.ts";
import type { DirectoryDependencies } from "../directory.ts";
import { readBody } from "../wire/read-body.ts";
import { sendTokenRequest } from "../wire/request-token.ts";
import type { OneLoginConfig } from "./config.ts";

export interface Login {
  readonly token: TokenSource;
  readonly secrets: readonly string[];
  /** The number of the account the key is of, where a token came with it; logs in if nobody did. */
  readonly account: () => Promise<string | undefined>;
}

/**
 * An API credential (OneLogin, "Generate Tokens v2"). Fault `directory.auth_failed`: `no_secret` where there is no
 * secret, `credential_unknown` for a refusal, `credential_orphaned` for the server's own failure, which is how it says that the
 * administrator who made the key was deleted.
 */
export const createLogin = (
  config: Resolved<OneLoginConfig>,
  root: URL,
  dependencies: DirectoryDependencies,
): Login => {
  const { clientId: user, clientSecret = "" } = config;
  const secret = clientSecret.trim();
  if (secret === "") throw new Fault("directory.auth_failed", { host: root.host, user, reason: "no_secret" });
  const basic = Buffer.from(`${user}:${secret}`).toString("base64");
  const secrets = [secret, basic];
  const { http, now: clock, signal } = dependencies;
  let account: string | undefined;
  const token = createTokenSource({
    key: "onelogin",
    cache: createTokenMemory(),
    clock,
    request: async () => {
      const { answer, asked } = await sendTokenRequest({
        http,
        now: clock,
        signal,
        url: new URL("/auth/oauth2/v2/token", root),
        user,
        secrets,
        headers: { authorization: `Basic ${basic}` },
        form: { grant_type: "client_credentials" },
        encoding: "json",
        judge: ({ detail, answer: { status }, asked: { host } }) =>
          status === 400 || status === 401
            ? new Fault("directory.auth_failed", { host, user, reason: "credential_unknown", detail })
            : undefined,
        judgeFailure: (failed, { host, hide }) =>
          failed.status === 500
            ? new Fault("directory.auth_failed", {
                host,
                user,
                reason: "credential_orphaned",
                detail: sentence(readErrors(failed, hide)),
              })
            : undefined,
      });
      const read = readBody(answer, TokenReply, asked);
      account = read.account_id ?? account;
      return { token: read.access_token, expiresAt: clock.now() + 1000 * lifeLeft(read, answer.headers["date"]) };
    },
  });
  return {
    token,
    secrets,
    account: async () => {
      await token.current();
      return account;
    },
  };
};

const Bare = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
  created_at: z.string().nullish(),
  account_id: z.union([z.number(), z.string()]).nullish(),
});

/** Bare, or wrapped as the older endpoint and some installations have it. */
const TokenReply = z.union([Bare, z.object({ data: z.array(Bare).min(1) })]).transform((reply) => {
  const bare = "data" in reply ? reply.data[0] : reply;
  if (bare === undefined) throw new TypeError("checked to be there");
  const { account_id: account, created_at: created, ...rest } = bare;
  return {
    ...rest,
    ...(typeof created === "string" ? { created_at: created } : {}),
    ...(account === null || account === undefined ? {} : { account_id: String(account) }),
  };
});

/**
 * Seconds the token will do. The same token is given until it ends, so what is left counts from its making, by the
 * server's own clock; where that gives nothing, `expires_in` is what is left.
 */
const lifeLeft = (
  { expires_in: life, created_at: created = "" }: { readonly expires_in: number; readonly created_at?: string },
  date = "",
): number => {
  const age = (Date.parse(date) - Date.parse(created)) / 1000;
  return age > 0 && age < life ? life - age : life;
};
