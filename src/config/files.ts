import { createHash } from "node:crypto";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { type ParsedJson, parseJson } from "./json.ts";
import { systemReason } from "./folders.ts";

/** Where the configuration is; a `Home` is one. */
export interface ConfigPlace {
  readonly configFile: string;
  readonly profilesFolder: string;
  /** Whether the user named the file; then it must be there. */
  readonly configChosen: boolean;
}

/** One file as it was read. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** SHA-256 of its bytes, in hex. */
  readonly hash: string;
  /** What it holds, or why that cannot be told. */
  readonly content: ParsedJson | Fault;
}

export interface SourceFiles {
  /** Undefined while there is none. */
  readonly main: SourceFile | undefined;
  /** Of `profiles.d`, by the profile's name. */
  readonly profiles: ReadonlyMap<string, SourceFile>;
  /** Changes when any of the files does, comes or goes. */
  readonly revision: string;
}

/**
 * Reads `config.json` and `profiles.d/*.json`. A file that is not JSON carries its Fault (`config.invalid`); Fault
 * `config.unreadable` is thrown for what cannot be read at all, of `config.json` and of the folder, and carried by a
 * profile's file.
 */
export const readFiles = async (place: ConfigPlace): Promise<SourceFiles> => {
  const main = await readSource(place.configFile, !place.configChosen);
  const profiles = new Map<string, SourceFile>();
  for (const name of await profileNames(place.profilesFolder)) {
    const path = profilePath(place, name);
    const file = await readSource(path, true).catch((error: unknown) => unreadableSource(path, error));
    if (file !== undefined) profiles.set(name, file);
  }
  return { main, profiles, revision: revisionOf([main, ...profiles.values()]) };
};

export const profilePath = (place: ConfigPlace, name: string): string => join(place.profilesFolder, `${name}.json`);

/** In order of their names. Copies of editors and files on their way (`.main.json.…`) are none. */
const profileNames = async (folder: string): Promise<readonly string[]> => {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith(".json") && !name.startsWith("."))
      .map((name) => name.slice(0, -".json".length))
      .sort();
  } catch (error) {
    const reason = systemReason(error);
    if (reason === "missing") return [];
    throw new Fault("config.unreadable", { path: folder, reason }, error);
  }
};

const readSource = async (path: string, mayBeMissing: boolean): Promise<SourceFile | undefined> => {
  const bytes = await readBytes(path, mayBeMissing);
  if (bytes === undefined) return undefined;
  const hash = createHash("sha256").update(bytes).digest("hex");
  const text = decode(bytes, path);
  return { path, text, hash, content: parse(text, path) };
};

/** Far more than the largest configuration, and little enough to be read at once. */
const largest = 10 * 1024 * 1024;

/** A pipe or a device cannot be read a second time to see whether it has changed, so only files are read. */
const readBytes = async (path: string, mayBeMissing: boolean): Promise<Buffer | undefined> => {
  try {
    await using file = await open(path, "r");
    const found = await file.stat();
    if (!found.isFile())
      throw new Fault("config.unreadable", { path, reason: found.isDirectory() ? "folder" : "not_file" });
    if (found.size > largest) throw new Fault("config.unreadable", { path, reason: "too_large" });
    return await file.readFile();
  } catch (error) {
    if (error instanceof Fault) throw error;
    const reason = systemReason(error);
    if (reason === "missing" && mayBeMissing) return undefined;
    throw new Fault("config.unreadable", { path, reason }, error);
  }
};

/** UTF-8, or UTF-16 with its byte order mark, which the shells of Windows write. */
const decode = (bytes: Buffer, path: string): string => {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isWide ? "utf-16le" : "utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new Fault("config.unreadable", { path, reason: "encoding" }, error);
  }
};

const parse = (text: string, path: string): SourceFile["content"] => {
  try {
    return parseJson(text, path);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};

/** A profile's file that cannot be read stops its profile only. */
const unreadableSource = (path: string, error: unknown): SourceFile => {
  if (!(error instanceof Fault)) throw error;
  return { path, text: "", hash: String(error.params["reason"]), content: error };
};

const revisionOf = (files: readonly (SourceFile | undefined)[]): string => {
  const hash = createHash("sha256");
  for (const file of files) if (file !== undefined) hash.update(`${file.path}\0${file.hash}\0`);
  return hash.digest("hex");
};
