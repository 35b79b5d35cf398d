import type { Resolved } from "../../config/field.ts";
import { Fault } from "../../core/fault.ts";
import { readErrors, sentence } from "../../http/error-texts.ts";
import type { Limits } from "../../http/pace.ts";
import type { DirectoryDependencies } from "../directory.ts";
import { createClient, type Client } from "../wire/client.ts";
import { shareOf } from "../wire/fields.ts";
import { readRoot } from "../wire/root.ts";
import type { OneLoginConfig } from "./config.ts";
import { createLogin, type Login } from "./login.ts";
import { groupParameters, parseQuery, roleParameters, userParameters, type Query } from "./query.ts";

export interface Session extends DirectoryDependencies {
  readonly config: Resolved<OneLoginConfig>;
  readonly client: Client;
  readonly login: Login;
  /** The profile's own selection as parameters of the lists. */
  readonly queries: { readonly users: Query; readonly groups: Query };
  /** What tells this directory from others where the vendor does not name the account. */
  readonly ownName: string;
}

/** The least right for users, roles and groups alike (OneLogin, "Working with API Credentials"). */
const right = "Read Users";
/** What every request is for. */
export const questions = {
  people: { what: "people", right },
  groups: { what: "groups", right },
  members: { what: "members", right },
  entry: { what: "entry", right },
} as const;

/**
 * 5,000 calls an hour for the whole account; the headers tell what is left of them, `reset` in seconds. The vendor
 * publishes no number for requests at the same time.
 */
export const limits: Limits = {
  source: "https://developers.onelogin.com/api-docs/2/oauth20-tokens/get-rate-limit",
  concurrency: 4,
  throttling: {
    budget: {
      limit: "x-ratelimit-limit",
      remaining: "x-ratelimit-remaining",
      reset: "x-ratelimit-reset",
      counts: "left",
    },
  },
};

/** Fault `filter.syntax` for a query that OneLogin does not know, before anything is sent. */
export const openSession = async (
  config: Resolved<OneLoginConfig>,
  dependencies: DirectoryDependencies,
): Promise<Session> => {
  const { users = "", groups = "" } = dependencies.filters ?? {};
  const queries = {
    users: parseQuery(users, "userFilter", userParameters),
    groups: parseQuery(groups, "groupFilter", config.groupsFrom === "roles" ? roleParameters : groupParameters),
  };
  const root = addressOf(config.url);
  const login = createLogin(config, root, dependencies);
  const client = await createClient({
    ...dependencies,
    root,
    limits,
    share: shareOf(config),
    token: login.token,
    headers: (token) => ({ authorization: `bearer ${token}` }),
    secrets: login.secrets,
    user: config.clientId,
    grant: "onelogin",
    // The key was taken a moment ago, so a refused token is one that may not.
    judge: (answer, { host, user, what, right: needed, grant, hide }) =>
      answer.status === 401
        ? new Fault("directory.forbidden", {
            host,
            user,
            what,
            right: needed,
            grant,
            detail: sentence(readErrors(answer, hide)),
          })
        : undefined,
  });
  const isShared = Object.values(regions).some((address) => address.includes(`//${root.host}`));
  return {
    ...dependencies,
    config,
    client,
    login,
    queries,
    ownName: isShared ? `${root.host} ${config.clientId}` : root.host,
  };
};

/** The addresses that many accounts share (OneLogin, "API domains"); every account has one of its own too. */
const regions: Readonly<Record<string, string>> = {
  us: "https://api.us.onelogin.com",
  eu: "https://api.eu.onelogin.com",
};

/** A region, an account's own name or an address; what stands behind the host (a page of the console) is no part of it. */
const addressOf = (text: string): URL => {
  const typed = text.trim();
  const isName = /^[a-z\d-]+$/iu.test(typed) && typed.toLowerCase() !== "localhost";
  const root = readRoot(regions[typed.toLowerCase()] ?? (isName ? `https://${typed}.onelogin.com` : typed));
  return new URL(`${root.protocol}//${root.host}/`);
};
