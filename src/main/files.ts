import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { FileAccess } from "../rpc/handlers/dependencies.ts";

/** Plan and configuration files on this computer's disk. */
export const fileAccess: FileAccess = {
  lines: async function* lines(path) {
    // Opened first, so that a missing file is an error here and not a stream's event.
    const file = await open(path, "r");
    yield* createInterface({ input: createReadStream(path, { fd: file, encoding: "utf8" }), crlfDelay: Infinity });
  },
  write: async (path, text) => {
    const aside = `${path}.${randomUUID()}.tmp`;
    const file = await open(aside, "wx", 0o600);
    try {
      let waiting = "";
      for (const part of text) {
        waiting += part;
        if (waiting.length < 1_000_000) continue;
        await file.writeFile(waiting);
        waiting = "";
      }
      await file.writeFile(waiting);
      await file.sync();
      await file.close();
      await rename(aside, path);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(aside, { force: true });
      throw error;
    }
  },
  text: (path) => readFile(path, "utf8"),
};
