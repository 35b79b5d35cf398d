import { randomBytes } from "node:crypto";
import type { ClientOptions, PageOptions, RunningPage } from "../cli/context.ts";
import { Fault } from "../core/fault.ts";
import { systemCode } from "../core/system-code.ts";
import { openApp, type App } from "./app.ts";
import { hostOf } from "./host.ts";
import { holdServe, publishUrl, runningUrl } from "./page/alone.ts";
import { pageFiles } from "./page/files.ts";
import { createGate, makeKey, type GateParts } from "./page/gate.ts";
import { refusalPage } from "./page/refusal.ts";
import { entrance, startPageServer, type PageServer } from "./page/server.ts";

/**
 * The window's page for a browser on this computer, with the engine of the home the options lead to. Faults: those of the
 * home, `serve.running`, `serve.port_taken`, `serve.no_page`. Closing stops every run, which is recorded.
 */
export const startPage = async (options: ClientOptions, { port, address, tell }: PageOptions): Promise<RunningPage> => {
  const parts = new AsyncDisposableStack();
  try {
    const app = parts.use(await openApp(options));
    const stop = new AbortController();
    parts.use(await holdServe(app.engine, isAlive, stop));
    const files = await pageFiles(tell);
    const host = parts.use(hostOf(app, options));
    const gate = createGate(gateParts(app));
    const server = parts.use(
      await listening({ port, address, files, gate, attach: host.attach, refusal: refusalPage }),
    );
    await publishUrl(app.engine, server.url);
    parts.defer(() => publishUrl(app.engine, undefined));
    return {
      url: server.url,
      newLink: () => linkOf(app, server.url),
      lost: new Promise((_resolve, reject) => stop.signal.addEventListener("abort", () => reject(stop.signal.reason))),
      close: () => parts.disposeAsync(),
    };
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
};

/** A new link to the page that another process serves for this home. Fault `serve.not_running`. */
export const linkToRunning = async (options: ClientOptions): Promise<string> => {
  await using app = await openApp(options);
  return await linkOf(app, await runningUrl(app.engine));
};

const linkOf = async (app: App, url: string): Promise<string> =>
  `${url}${entrance}?key=${await makeKey(gateParts(app))}`;

const gateParts = ({ engine }: App): GateParts => ({
  store: engine.store,
  now: () => engine.clock.now(),
  random: randomBytes,
});

const listening = async (options: Parameters<typeof startPageServer>[0]): Promise<PageServer> => {
  try {
    return await startPageServer(options);
  } catch (error) {
    throw new Fault("serve.port_taken", { port: options.port, reason: systemCode(error) }, error);
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
};
