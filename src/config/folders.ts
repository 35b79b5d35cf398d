import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "../core/system-code.ts";

/**
 * One folder after the other: `mkdir` with `recursive` never ends where a file system answers ENOENT below a folder that
 * exists, as `/proc` does.
 */
export const makeFolders = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const above = dirname(folder);
    if (systemCode(error) === "EEXIST" && (await stat(folder)).isDirectory()) return;
    if (systemCode(error) !== "ENOENT" || above === folder || (await exists(above))) throw error;
    await makeFolders(above);
    await makeFolders(folder);
  }
};

export const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A system error as a choice of the words; its own code where there is none. */
export const systemReason = (error: unknown): string => {
  const code = systemCode(error);
  return reasons[code] ?? (code === "" ? String(error) : code);
};

const reasons: Readonly<Record<string, string>> = {
  EACCES: "forbidden",
  EPERM: "forbidden",
  EROFS: "read_only",
  ENOSPC: "full",
  EDQUOT: "full",
  ENOTDIR: "not_folder",
  EEXIST: "not_folder",
  EISDIR: "folder",
  ENOENT: "missing",
  EBUSY: "busy",
};
