import { globSync, statSync } from "node:fs";

/** When the newest of these files, or of the files in these folders, was written; 0 where none is there. */
export function newestIn(paths: readonly string[]): number {
  let newest = 0;
  for (const path of paths) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) continue;
    const files = found.isDirectory() ? globSync(`${path}/**/*`).map((file) => statSync(file)) : [found];
    for (const { mtimeMs } of files) newest = Math.max(newest, mtimeMs);
  }
  return newest;
}
