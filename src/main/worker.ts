import { workerData, type MessagePort } from "node:worker_threads";
import type { ClientOptions } from "../cli/context.ts";
import { portLink } from "../rpc/links/port.ts";
import { openApp, type App } from "./app.ts";
import { serveApp, serveFailure } from "./serve-app.ts";

/** What a worker is started with: the options of its home and the port it answers at. */
export interface WorkerData {
  readonly options: ClientOptions;
  readonly port: MessagePort;
}

/** The engine in a thread of its own: a run over 100,000 people blocks neither Ctrl-C nor a window. */
const work = async ({ options, port }: WorkerData): Promise<void> => {
  const link = portLink(port);
  let app: App;
  try {
    app = await openApp(options);
  } catch (error) {
    serveFailure(error, link);
    return;
  }
  const serving = serveApp(app, link);
  link.onClose(() => void serving.close().then(() => app[Symbol.asyncDispose]()));
};

// Not awaited, since the executable's parts know no top-level await; what fails ends the thread with that error either way.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `client.ts` starts this file, with just that
void work(workerData as WorkerData);
