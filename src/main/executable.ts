/**
 * What the executable runs first. It answers `--version` by itself; everything else is in assets, loaded when needed,
 * because compiling the whole program takes longer than most commands do.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getAssetKeys, getRawAsset, getAsset } from "node:sea";
import { createAppLoader } from "./app-loader.ts";
import { version } from "./version.ts";

const [first, ...others] = process.argv.slice(2);
if (others.length === 0 && (first === "--version" || first === "-V")) process.stdout.write(`${version}\n`);
else startApp();

function startApp(): void {
  const assets = new Set(getAssetKeys());
  const { load } = createAppLoader({
    source: (name) => getAsset(name, "utf8"),
    cache: (name) => (assets.has(`${name}.cache`) ? new Uint8Array(getRawAsset(`${name}.cache`)) : undefined),
    native: loadNative,
  });
  if (!process.getBuiltinModule("node:worker_threads").isMainThread) load("./worker.cjs");
  else void run(load("./cli.cjs"));
}

async function run(app: unknown): Promise<void> {
  if (!isApp(app)) throw new TypeError("the bundled program has no main");
  process.exitCode = await app.main(process.argv.slice(2));
}

function isApp(app: unknown): app is { main: (argv: string[]) => Promise<number> } {
  return typeof app === "object" && app !== null && "main" in app && typeof app.main === "function";
}

/** The system loads native code from files only: write it where no other user can replace it, load it, remove it. */
function loadNative(name: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), "directory-connector-"));
  try {
    const path = join(folder, name);
    writeFileSync(path, new Uint8Array(getRawAsset(name)), { mode: 0o600 });
    const module = { exports: {} };
    process.dlopen(module, path);
    return module.exports;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
