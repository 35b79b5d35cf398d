import { spawn } from "node:child_process";
import { readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { getAssetKeys, getRawAsset, isSea } from "node:sea";
import { fileURLToPath } from "node:url";
import { Fault } from "../../core/fault.ts";
import { systemCode } from "../../core/system-code.ts";

/** One file of the page, as it is sent. */
export interface PageFile {
  readonly bytes: Uint8Array;
  readonly type: string;
  /** Its name changes with its content, so that a browser may keep it. */
  readonly lasting: boolean;
}

/** What the executable's assets of the page begin with. */
const prefix = "ui/";

/**
 * The page by path (`/index.html`): of the executable's assets, or from a clone, where it is built first when its sources
 * are newer. All of it is in memory, so that no path leads anywhere else. Fault `serve.no_page` where it cannot be built.
 */
export const pageFiles = async (tell: (what: "building") => Promise<void>): Promise<ReadonlyMap<string, PageFile>> => {
  if (isSea())
    return new Map(
      getAssetKeys()
        .filter((name) => name.startsWith(prefix))
        .map((name) => [`/${name.slice(prefix.length)}`, fileOf(name, new Uint8Array(getRawAsset(name)))]),
    );
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const folder = join(root, "dist", "ui");
  if ((await newest(folder, oldest)) <= (await newestSource(root))) {
    await tell("building");
    await build(root, folder);
  }
  const names = (await filesBelow(folder)).filter((name) => !name.endsWith(".map"));
  return new Map(
    await Promise.all(
      names.map(async (name) => [`/${name}`, fileOf(name, await readFile(join(folder, name)))] as const),
    ),
  );
};

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

const fileOf = (name: string, bytes: Uint8Array): PageFile => ({
  bytes,
  type: types[extname(name)] ?? "application/octet-stream",
  lasting: /(^|\/)assets\//u.test(name),
});

/** What the page is made of. */
const sources = ["ui", "locales", "src/rpc", "src/config", "src/core", "src/directories", "package-lock.json"];

const newestSource = async (root: string): Promise<number> =>
  Math.max(...(await Promise.all(sources.map((name) => newest(join(root, name), latest)))));

const latest = (times: readonly number[]): number => Math.max(...times);
const oldest = (times: readonly number[]): number => Math.min(...times);

/** Of the files at or below a path when they were last written; 0 where there is none. */
const newest = async (path: string, of: (times: readonly number[]) => number): Promise<number> => {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await filesBelow(path);
  return names.length === 0
    ? 0
    : of(await Promise.all(names.map(async (name) => (await stat(join(path, name))).mtimeMs)));
};

/** Relative paths with slashes, tests left out. */
const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    );
};

/** Builds aside and puts it in place at once, since another process may read or build it meanwhile. */
const build = async (root: string, folder: string): Promise<void> => {
  const [made, old] = [`${folder}.${process.pid}`, `${folder}.${process.pid}.old`];
  try {
    await runVite(root, made);
    await rename(folder, old).catch(() => undefined);
    await rename(made, folder);
  } catch (error) {
    // Another process was faster: what it put there is made of the same.
    if (systemCode(error) !== "ENOTEMPTY" && systemCode(error) !== "EEXIST") throw error;
  } finally {
    for (const rest of [made, old]) await rm(rest, { recursive: true, force: true });
  }
};

const runVite = (root: string, folder: string): Promise<void> =>
  new Promise((done, failed) => {
    const child = spawn(
      process.execPath,
      ["node_modules/vite/bin/vite.js", "build", "--logLevel", "error", "--outDir", folder, "ui"],
      { cwd: root, stdio: ["ignore", "ignore", "pipe"] },
    );
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
    child
      .once("error", (error) => failed(new Fault("serve.no_page", { reason: error.message }, error)))
      .once("close", (code) => (code === 0 ? done() : failed(new Fault("serve.no_page", { reason: said.trim() }))));
  });
