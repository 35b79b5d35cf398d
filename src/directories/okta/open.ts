import type { Resolved } from "../../config/field.ts";
import { Fault } from "../../core/fault.ts";
import type { Limits } from "../../http/pace.ts";
import type { DirectoryDependencies, NativeFilters } from "../directory.ts";
import { createClient, type Client } from "../wire/client.ts";
import { shareOf } from "../wire/fields.ts";
import { readRoot } from "../wire/root.ts";
import type { OktaConfig } from "./config.ts";
import { createLogin, type Login } from "./login.ts";

export interface Session extends DirectoryDependencies {
  readonly config: Resolved<OktaConfig>;
  readonly client: Client;
  readonly login: Login;
  readonly filters: NativeFilters;
}

/** What every request is for; the right is a scope of the app, which an administrator's token has by its role. */
export const questions = {
  people: { what: "people", right: "okta.users.read" },
  groups: { what: "groups", right: "okta.groups.read" },
  members: { what: "members", right: "okta.groups.read" },
  entry: { what: "entry", right: "okta.users.read" },
  account: { what: "server", right: "okta.users.read" },
} as const;

/** The headers count for the token or app alone; 75 requests at a time are the organization's (Okta, "Rate limits"). */
export const limits: Limits = {
  source: "https://developer.okta.com/docs/reference/rate-limits/",
  concurrency: 6,
  throttling: {
    budget: {
      limit: "x-rate-limit-limit",
      remaining: "x-rate-limit-remaining",
      reset: "x-rate-limit-reset",
      counts: "epoch",
    },
  },
};

/**
 * Okta gives each token and app half of the organization's budget, and its headers count that half: the other one is
 * left to the rest, so all of ours is used (Okta, "Rate limits: API token rate limits").
 */
const usualShare = 100;

export const openSession = async (
  config: Resolved<OktaConfig>,
  dependencies: DirectoryDependencies,
): Promise<Session> => {
  const root = readOrganization(config.url);
  const login = createLogin(config, root, dependencies);
  const client = await createClient({
    ...dependencies,
    root,
    limits,
    share: shareOf(config, usualShare),
    token: login.token,
    headers: login.headers,
    secrets: login.secrets,
    user: login.user,
    grant: login.user === undefined ? "okta_token" : "okta_app",
    judge: ({ status }, { host, user }) =>
      status === 401 ? new Fault("directory.auth_failed", { host, user, reason: "token" }) : undefined,
  });
  return { ...dependencies, config, client, login, filters: dependencies.filters ?? {} };
};

/** The organization's own address: its administration console and paths behind the host are no part of it. */
const readOrganization = (text: string): URL => {
  const root = readRoot(text);
  const host = root.host.replace(/-admin(?=\.(?:okta|oktapreview|okta-emea|okta-gov|okta\.mil)\b)/iu, "");
  return new URL(`${root.protocol}//${host}/`);
};
