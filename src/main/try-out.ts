import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getAsset, isSea } from "node:sea";
import type { DemoHome, RunningSandbox, SandboxOptions } from "../cli/context.ts";
import { startSandbox as start } from "../organizations/sandbox/sandbox.ts";

/** The built-in organization server on this computer. */
export const startSandbox = async ({ latency, ...options }: SandboxOptions): Promise<RunningSandbox> => {
  const now = (): number => Date.now();
  const sandbox = await start({
    ...options,
    ...(latency === undefined ? {} : { latencyMs: latency }),
    now,
    random: Math.random,
  });
  return { url: sandbox.url, clientId: sandbox.clientId, clientSecret: sandbox.clientSecret, close: sandbox.close };
};

/** A home of its own below the system's temporary folder, with the sample company's directory in it. */
export const startDemo = async (): Promise<DemoHome> => {
  const home = await mkdtemp(join(tmpdir(), "directory-connector-demo-"));
  const directoryFile = join(home, "company.ldif");
  await writeFile(directoryFile, await sampleCompany());
  return { home, directoryFile, remove: () => rm(home, { recursive: true, force: true }) };
};

const sampleCompany = async (): Promise<string> =>
  isSea() ? getAsset("company.ldif", "utf8") : readFile(new URL("../../samples/company.ldif", import.meta.url), "utf8");
