import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { skippedServers } from "../../tools/test-summary.ts";

const program = "/usr/bin/chromium";

/** Why no page can be opened here; undefined where it can. */
export const whyNoBrowser = (): string | undefined =>
  existsSync(program)
    ? undefined
    : (skippedServers(process.env["DIRECTORY_CONNECTOR_SKIPPED"]).find((line) => line.includes("chromium")) ??
      `${program} is not here`);

let shared: Promise<Browser> | undefined;

/** One browser for all pages of this process; it ends with the process. */
export const sharedBrowser = (): Promise<Browser> =>
  (shared ??= chromium.launch({
    executablePath: program,
    // In a container everybody is root, and shared memory is small.
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-gpu",
      "--force-color-profile=srgb",
      "--font-render-hinting=none",
    ],
  }));
