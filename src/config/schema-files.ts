import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { jsonText, schemaReference } from "./draft.ts";
import type { ConfigPlace } from "./files.ts";
import { configJsonSchema, profileJsonSchema } from "./json-schema.ts";
import { type FileChange, replaceFile } from "./save.ts";

/**
 * Puts the JSON Schemas beside a `config.json` that refers to ours, so that editors complete and check without a network,
 * and by the version that reads the file. They are help only: where they cannot be written, nothing is said.
 */
export const saveSchemas = async (place: ConfigPlace, changes: readonly FileChange[]): Promise<void> => {
  const written = changes.find(({ path }) => path === place.configFile)?.text;
  if (written === undefined || !written.includes(JSON.stringify(schemaReference))) return;
  const folder = dirname(place.configFile);
  await save(join(folder, "config.schema.json"), jsonText(configJsonSchema()));
  await save(join(folder, "profile.schema.json"), jsonText(profileJsonSchema()));
};

const save = async (path: string, text: string): Promise<void> => {
  try {
    if ((await readFile(path, "utf8").catch(() => "")) !== text) await replaceFile(path, text);
  } catch {
    // An editor without completion is no reason to fail a change that was saved.
  }
};
