/** For tests of directories kept as files: files in a folder of their own, and what reading them gives. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWorld, readWhole, type WholeRead } from "./directory-world.ts";
import en from "../locales/en.json" with { type: "json" };
import { createFormat } from "../locales/format.ts";
import { Fault } from "../src/core/fault.ts";
import type { FileConfig } from "../src/directories/file/config.ts";
import { fileDirectory } from "../src/directories/file/index.ts";

export interface Folder extends AsyncDisposable {
  readonly path: string;
  /** Gives the file's path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
}

export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "directory-connector-file-"));
  return {
    path,
    write: async (name, content) => {
      await writeFile(join(path, name), content);
      return join(path, name);
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** What reading files gives, the first of them being the directory's. */
export async function readFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  config: Partial<FileConfig> = {},
): Promise<WholeRead & { readonly folder: string }> {
  await using folder = await makeFolder();
  const paths = await Promise.all(Object.entries(files).map(([name, content]) => folder.write(name, content)));
  const [path = "", groupsPath] = paths;
  const whole = { kind: "file" as const, path, ...(groupsPath === undefined ? {} : { groupsPath }), ...config };
  return { ...(await readWhole(fileDirectory, whole, createWorld().dependencies)), folder: folder.path };
}

/** The Fault that reading files ends with, as code and params, the folder left out of the paths. */
export async function faultOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  config: Partial<FileConfig> = {},
): Promise<{ readonly code: string; readonly params: Fault["params"]; readonly words: string }> {
  try {
    await readFiles(files, config);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const path = String(error.params["path"]);
    const params = { ...error.params, path: path.slice(path.lastIndexOf("/") + 1) };
    return { code: error.code, params, words: words(`fault.${error.code}`, params) };
  }
  throw new TypeError("the file was read");
}

/** English words for a key, as a person reads them. */
export const words = createFormat(en, "en");
