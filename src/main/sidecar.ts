import { parseArgs } from "node:util";
import { stdioLink } from "../rpc/links/stdio.ts";
import { openHost } from "./host.ts";

/**
 * The engine beside a desktop window: answers calls over standard input and output until the input ends, which is also
 * what a killed window leaves behind. Exit code 0.
 */
export const serveStdio = async (argv: readonly string[], stop: AbortSignal): Promise<number> => {
  // In lists of processes a bundled Node has the name of its first thread.
  process.title = "directory-connector";
  const { values } = parseArgs({
    args: [...argv],
    options: { stdio: { type: "boolean" }, home: { type: "string" }, config: { type: "string" } },
    strict: false,
  });
  const { home, config } = values;
  const link = stdioLink(process.stdin, process.stdout);
  await using host = await openHost({
    environment: process.env,
    ...(typeof home === "string" ? { home } : {}),
    ...(typeof config === "string" ? { config } : {}),
  });
  host.attach(link);
  await new Promise<void>((ended) => {
    link.onClose(ended);
    stop.addEventListener("abort", () => ended(), { once: true });
  });
  return 0;
};
