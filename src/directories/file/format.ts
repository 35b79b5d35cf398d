import { extname } from "node:path";
import type { FormatReader } from "./content.ts";
import type { FileConfig } from "./config.ts";

export type Format = NonNullable<FileConfig["format"]>;

/** The format of a file, by the setting or else by the ending of its name; undefined where neither tells. */
export function formatOf(config: { readonly path: string; readonly format?: Format | undefined }): Format | undefined {
  return config.format ?? endings[extname(config.path).toLowerCase()];
}

const endings: Readonly<Record<string, Format | undefined>> = {
  ".ldif": "ldif",
  ".ldf": "ldif",
  ".csv": "csv",
  ".tsv": "csv",
  ".txt": "csv",
  ".json": "json",
};

/** The reader of a format, loaded when it is needed. */
export const loadReader = async (format: Format): Promise<FormatReader> => readers[format]();

const readers: Readonly<Record<Format, () => Promise<FormatReader>>> = {
  ldif: async () => (await import("./ldif-entries.ts")).readLdifDirectory,
  csv: async () => (await import("./csv-directory.ts")).readCsvDirectory,
  json: async () => (await import("./json-directory.ts")).readJsonDirectory,
};
