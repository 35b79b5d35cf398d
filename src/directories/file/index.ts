import { isAbsolute } from "node:path";
import { Fault } from "../../core/fault.ts";
import { defineDirectory, type OpenDirectory } from "../directory.ts";
import { checkFile } from "./blocks.ts";
import { checkContent } from "./check.ts";
import { FileConfig } from "./config.ts";
import { type FileSource, type Item, warning } from "./content.ts";
import { formatOf, loadReader } from "./format.ts";
import { findEntry } from "./lookup.ts";
import { toPages } from "./pages.ts";

/**
 * A directory kept as LDIF, CSV or JSON; see `readme.md` for what each looks like. Paths are absolute here: whoever reads
 * the configuration knows which folder a relative one starts at.
 */
export const fileDirectory = defineDirectory<FileConfig>({
  id: "file",
  config: FileConfig,
  abilities: { nestedGroups: "yes", deletedUsers: "yes", changes: { no: "file.no_changes" } },
  open: async (config, { now, signal, progress }): Promise<OpenDirectory> => {
    const format = formatOf(config);
    if (format === undefined) throw new Fault("directory.file_unreadable", { path: config.path, reason: "format" });
    const groupsPath = format === "csv" ? config.groupsPath : undefined;
    for (const path of [config.path, groupsPath]) {
      if (path === undefined) continue;
      if (!isAbsolute(path)) throw new Fault("directory.file_unreadable", { path, reason: "relative" });
      await checkFile(path);
    }
    const readFormat = await loadReader(format);
    const source = (): FileSource => ({ path: config.path, groupsPath, now: now.now(), signal });
    const items = async function* items(): AsyncGenerator<readonly Item[]> {
      yield* readFormat(source());
      if (config.groupsPath !== groupsPath)
        yield [warning("file.groups_path_unused", { path: config.groupsPath, format })];
    };
    return {
      identity: () => Promise.resolve(config.path),
      check: () => checkContent(source(), items()),
      read: () => toPages(items(), { signal, progress }),
      lookup: (text) => findEntry(items(), text),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
