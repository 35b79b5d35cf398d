import type { ClientOptions } from "../cli/context.ts";
import { contract, type Client } from "../rpc/contract.ts";
import { inProcessLink } from "../rpc/links/in-process.ts";
import { connect } from "../rpc/peer.ts";
import { openBeside } from "./beside.ts";

/**
 * The engine as the command line speaks to it: through the contract, as any other face does. Short calls are answered in
 * this thread, runs in a thread of their own, so that this one always hears Ctrl-C. Each engine is opened when it is first
 * needed: a command that begins with a run has one engine, not two.
 */
export const openClient = (options: ClientOptions): Client => {
  let here: Promise<Client> | undefined;
  let beside: Client | undefined;
  return {
    call: async (name, input, callOptions) => {
      const isRun = "progress" in contract[name] && contract[name].progress;
      if (isRun) beside ??= openBeside(options);
      const client = beside ?? (await (here ??= openHere(options)));
      return client.call(name, input, callOptions);
    },
    close: async () => {
      await Promise.all([here?.then((client) => client.close()).catch(() => undefined), beside?.close()]);
    },
  };
};

/** The engine's parts are loaded only here: beside a run this thread needs none of them. */
const openHere = async (options: ClientOptions): Promise<Client> => {
  const [{ openApp }, { serveApp }] = await Promise.all([import("./app.ts"), import("./serve-app.ts")]);
  const app = await openApp(options);
  const link = inProcessLink();
  const serving = serveApp(app, link.server);
  const client = connect(contract, link.client);
  return {
    call: (name, input, callOptions) => client.call(name, input, callOptions),
    close: async () => {
      await client.close();
      await serving.close();
      await app[Symbol.asyncDispose]();
    },
  };
};
