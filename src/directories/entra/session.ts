import { z } from "zod";
import type { Resolved } from "../../config/field.ts";
import { Fault, isFault } from "../../core/fault.ts";
import { readErrors, sentence } from "../../http/error-texts.ts";
import type { Limits } from "../../http/pace.ts";
import type { DirectoryDependencies, NativeFilters } from "../directory.ts";
import { createClient, type Client, type Question } from "../wire/client.ts";
import { shareOf } from "../wire/fields.ts";
import { addressesOf, type Addresses } from "./clouds.ts";
import type { EntraConfig } from "./config.ts";
import { createLogin, type Login } from "./login.ts";
import { pageOf } from "./shapes.ts";

export interface Session extends DirectoryDependencies {
  readonly config: Resolved<EntraConfig>;
  readonly addresses: Addresses;
  readonly login: Login;
  readonly filters: NativeFilters;
  /** At the pace that every tenant bears. */
  readonly client: Client;
  /** At the pace of a tenant with so many people. */
  readonly clientFor: (people: number) => Promise<Client>;
}

/** What every request is for, the least right that allows it, and its price in resource units with `$select`. */
export const questions = {
  people: { what: "people", right: "User.Read.All", cost: 1 },
  groups: { what: "groups", right: "GroupMember.Read.All", cost: 1 },
  members: { what: "members", right: "GroupMember.Read.All", cost: 2 },
  units: { what: "units", right: "AdministrativeUnit.Read.All", cost: 1 },
  person: { what: "entry", right: "User.Read.All", cost: 1 },
  group: { what: "entry", right: "GroupMember.Read.All", cost: 1 },
} as const;

/** The units count for this app in this tenant alone, so nearly all of them are ours. */
const usualShare = 90;

/** Resource units in ten seconds for one app in one tenant, by the number of people (Microsoft Graph, "Throttling limits"). */
const limitsFor = (people: number): Limits => ({
  source: "https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits",
  concurrency: 8,
  window: { units: people > 500 ? 8_000 : people >= 50 ? 5_000 : 3_500, seconds: 10 },
  throttling: { pressure: "x-ms-throttle-limit-percentage" },
});

export const openSession = async (
  config: Resolved<EntraConfig>,
  dependencies: DirectoryDependencies,
): Promise<Session> => {
  const addresses = addressesOf(config);
  const login = await createLogin(config, addresses, dependencies);
  const clientFor = (people: number): Promise<Client> =>
    createClient({
      ...dependencies,
      root: addresses.graph,
      limits: limitsFor(people),
      share: shareOf(config, usualShare),
      token: login.token,
      user: config.clientId,
      grant: "entra",
      headers: (token) => ({ authorization: `Bearer ${token}` }),
      secrets: login.secrets,
      judge: (answer, { host, what, hide }) => {
        const code = [400, 404, 410].includes(answer.status) ? codeOf(answer.json()) : undefined;
        if (code === undefined) return undefined;
        const reason = hide(`${code}: ${sentence(readErrors(answer, hide))}`);
        return new Fault("directory.bad_response", { host, field: what, reason });
      },
    });
  return {
    ...dependencies,
    config,
    addresses,
    login,
    filters: dependencies.filters ?? {},
    client: await clientFor(0),
    clientFor,
  };
};

/**
 * Every entry of a list. A page token that ended on the way (`Directory_ExpiredPageToken`) begins the list anew, once;
 * what was given before is not given again.
 */
export async function* list<Value extends { readonly id: string }>(
  client: Client,
  first: URL,
  value: z.ZodType<Value>,
  question: Question,
): AsyncGenerator<Value[]> {
  const given = new Set<string>();
  for (let isLast = false; ; isLast = true)
    try {
      for await (const page of client.pages(first, pageOf(value), question, (each) => each["@odata.nextLink"])) {
        const fresh = page.value.filter(({ id }) => !given.has(id));
        for (const { id } of fresh) given.add(id);
        yield fresh;
      }
      return;
    } catch (error) {
      if (isLast || !isPageExpired(error)) throw error;
    }
}

/** Whether a list has to be begun anew, since its link to the next page ended (`Directory_ExpiredPageToken`). */
export const isPageExpired = (error: unknown): boolean =>
  isFault(error, "directory.bad_response") && String(error.params["reason"]).includes("ExpiredPageToken");

/** The word in an error by which it is told apart (Microsoft Graph, "Error responses"). */
const codeOf = (body: unknown): string | undefined => {
  const read = GraphError.safeParse(body);
  return read.success ? read.data.error.code : undefined;
};

const GraphError = z.object({ error: z.object({ code: z.string() }) });
