import type { Fault } from "../core/fault.ts";
import type { SourceFile, SourceFiles } from "./files.ts";
import type { ParsedJson, Position } from "./json.ts";
import { isObject } from "./shape.ts";

/** The files' content put together, and where each part of it comes from. */
export interface Sources {
  /** What `config.json` holds, whatever it is; without a file an empty configuration. */
  readonly root: unknown;
  /** As one `config.json` would hold it, before defaults; entries that are no objects included. */
  readonly raw: RawConfig;
  /** Profiles whose file cannot be used, and why. */
  readonly unusable: ReadonlyMap<string, Fault>;
  /** Profiles that are both in `config.json` and in a file of their own. */
  readonly doubled: ReadonlyMap<string, SourceFile>;
  /** Where the value or the key under a path stands; undefined for what is in no file. */
  readonly locate: (keys: readonly string[], at: "key" | "value") => (Position & { readonly path: string }) | undefined;
  /** The file that holds an entry (`["profiles", "main"]`) or would. */
  readonly fileOf: (keys: readonly string[]) => string;
  readonly repeated: readonly (Position & { readonly path: string; readonly keys: readonly string[] })[];
}

export interface RawConfig extends Readonly<Record<string, unknown>> {
  readonly organizations: Readonly<Record<string, unknown>>;
  readonly profiles: Readonly<Record<string, unknown>>;
}

/** Puts the files together. Throws the Fault of a `config.json` that is not JSON. */
export const combine = (files: SourceFiles, configFile: string): Sources => {
  const main = files.main === undefined ? undefined : contentOf(files.main);
  const root = withVersion(main === undefined ? {} : main.value);
  const usable = new Map<string, { readonly file: SourceFile; readonly content: ParsedJson }>();
  const unusable = new Map<string, Fault>();
  for (const [name, file] of files.profiles)
    if (file.content instanceof Error) unusable.set(name, file.content);
    else usable.set(name, { file, content: file.content });
  const inMain = isObject(root["profiles"]) ? root["profiles"] : {};
  const sourceOf = (keys: readonly string[]) => (keys[0] === "profiles" ? usable.get(keys[1] ?? "") : undefined);
  return {
    root: main === undefined || isObject(main.value) ? root : main.value,
    raw: {
      ...root,
      organizations: isObject(root["organizations"]) ? root["organizations"] : {},
      profiles: { ...inMain, ...Object.fromEntries([...usable].map(([name, { content }]) => [name, content.value])) },
    },
    unusable,
    doubled: new Map([...files.profiles].filter(([name]) => Object.hasOwn(inMain, name))),
    locate: (keys, at) => {
      const own = sourceOf(keys);
      if (own !== undefined) return { path: own.file.path, ...own.content.locate(keys.slice(2), at) };
      return main === undefined ? undefined : { path: configFile, ...main.locate(keys, at) };
    },
    fileOf: (keys) => sourceOf(keys)?.file.path ?? configFile,
    repeated: [
      ...(main?.repeated ?? []).map(({ path, ...place }) => ({ ...place, path: configFile, keys: path })),
      ...[...usable].flatMap(([name, { file, content }]) =>
        content.repeated.map(({ path, ...place }) => ({
          ...place,
          path: file.path,
          keys: ["profiles", name, ...path],
        })),
      ),
    ],
  };
};

/** A file without a version has the first layout. */
const withVersion = (value: unknown): Readonly<Record<string, unknown>> => {
  if (!isObject(value)) return { version: 1 };
  return "version" in value ? value : { version: 1, ...value };
};

const contentOf = ({ content }: SourceFile): ParsedJson => {
  if (content instanceof Error) throw content;
  return content;
};
