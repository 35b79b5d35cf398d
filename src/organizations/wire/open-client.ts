import type { Network } from "../../http/network.ts";
import { createHttp } from "../../http/request.ts";
import { createClient, type Client, type ClientInput } from "./client.ts";
import { readKey, type OrganizationKey } from "./key.ts";
import type { Device } from "./login.ts";

/** What an organization is opened with, whatever its server. */
export interface ClientTools
  extends Device, Pick<ClientInput, "clock" | "log" | "tokens" | "signal" | "onWait" | "beforeWrite"> {
  readonly network: Network;
  readonly random: () => number;
  /** Instead of those of the kind of server. */
  readonly timeouts?: ClientInput["timeouts"];
}

/** Logs in with a key; the client stays usable for as long as the key is. Faults: those of `readKey` and of a log-in. */
export const openClient = async (
  settings: { readonly clientId: string; readonly clientSecret: string },
  server: Pick<ClientInput, "urls" | "region" | "timeouts">,
  tools: ClientTools,
): Promise<{ readonly client: Client; readonly key: OrganizationKey }> => {
  const { network, clock, random, log, tokens, signal, onWait, beforeWrite } = tools;
  const key = readKey(settings);
  const client = createClient({
    ...server,
    http: createHttp({ network, clock, random }),
    key,
    device: tools,
    clock,
    log,
    tokens,
    signal,
    timeouts: tools.timeouts ?? server.timeouts,
    ...(onWait === undefined ? {} : { onWait }),
    ...(beforeWrite === undefined ? {} : { beforeWrite }),
  });
  await client.login();
  return { client, key };
};
