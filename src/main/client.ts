import type { ClientOptions } from "../cli/context.ts";
import { contract, type Client } from "../rpc/contract.ts";
import { inProcessLink } from "../rpc/links/in-process.ts";
import { connect, serve } from "../rpc/peer.ts";
import { openApp } from "./app.ts";
import { systemClock } from "./clock.ts";

/** The engine in this process, spoken to through the contract as any other face does. */
export const openClient = async (options: ClientOptions): Promise<Client> => {
  const app = await openApp(options);
  const link = inProcessLink();
  const serving = serve(contract, app.handlers, link.server, {
    timer: systemClock,
    redact: app.redact,
    onDefect: (name, error) => app.log.error("defect", { call: name, error }),
  });
  const client = connect(contract, link.client);
  return {
    call: (name, input, options) => client.call(name, input, options),
    close: async () => {
      await client.close();
      await serving.close();
      await app[Symbol.asyncDispose]();
    },
  };
};
