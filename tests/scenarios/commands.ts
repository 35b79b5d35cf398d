/** Command lines of an app's world, for scenarios that read what an admin reads. */
import { runInProcess } from "../../src/cli/testing.ts";
import type { AppWorld } from "../app-world.ts";

/** What the program says, in one line; before it the exit code where that is not 0. */
export const command = async (world: AppWorld, ...argv: readonly string[]): Promise<string> => {
  const client = async () => ({ ...world.client, close: async () => {} });
  const { code, stdout, stderr } = await runInProcess(argv, { client });
  const text = `${stdout}${stderr}`.replaceAll(/\s+/gu, " ").trim();
  return code === 0 ? text : `${code}: ${text}`;
};

/** A sync that a guard stops for review, and its acceptance; an error unless that does all of it. */
export const acceptedSync = async (world: AppWorld): Promise<void> => {
  const { header } = await world.client.call("sync.run", {});
  const text = await command(world, "sync", "--accept", header?.digest ?? "");
  if (!text.startsWith("Done")) throw new Error(text);
};
