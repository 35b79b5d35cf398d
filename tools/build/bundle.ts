import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { rolldown, type Plugin, type RolldownOptions } from "rolldown";
import about from "../../package.json" with { type: "json" };

/** Bundles the tiny main into `<folder>/executable.cjs`. */
export async function bundleExecutable(folder: string): Promise<void> {
  const bundle = await rolldown({ ...shared, input: "src/main/executable.ts" });
  await bundle.write({ format: "cjs", minify: true, file: join(folder, "executable.cjs"), codeSplitting: false });
  await bundle.close();
}

/** Bundles the program; what it imports lazily becomes parts of their own, all in one flat folder. */
export async function bundleApp(input: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const entries = Object.fromEntries(Object.entries(input).map(([name, path]) => [name, resolve(path)]));
  const bundle = await rolldown({ ...shared, input: entries });
  await bundle.write({
    format: "cjs",
    dynamicImportInCjs: false,
    dir: folder,
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
  });
  await bundle.close();
}

/** Native code of this platform as [asset name, path]: the keychain. */
export function nativeFiles(): (readonly [string, string])[] {
  const scope = "node_modules/@napi-rs";
  const folders = readdirSync(scope).filter((name) => name.startsWith("keyring-"));
  const files = folders.flatMap((folder) => readdirSync(join(scope, folder)).map((name) => join(scope, folder, name)));
  const native = files.find((path) => path.endsWith(".node") && path.includes(`${process.platform}-${process.arch}`));
  if (native === undefined || !existsSync(native))
    throw new Error(`no keychain module for ${process.platform}-${process.arch}`);
  return [[keychain, resolve(native)]];
}

const keychain = "keyring.node";

/** The keychain package searches its native file by platform at run time; in the executable it is an asset. */
const nativeAsAsset: Plugin = {
  name: "native-as-asset",
  resolveId: (id) => {
    if (id === "@napi-rs/keyring") return "\0keyring.cjs";
    return id === keychain ? { id, external: true } : undefined;
  },
  load: (id) => (id === "\0keyring.cjs" ? `module.exports = require("${keychain}");` : undefined),
};

/** Only the version of package.json belongs in the program. */
const versionOnly: Plugin = {
  name: "version-only",
  load: (id) =>
    id === resolve("package.json")
      ? { code: JSON.stringify({ version: about.version }), moduleType: "json" }
      : undefined,
};

const shared = {
  platform: "node",
  plugins: [nativeAsAsset, versionOnly],
  transform: { define: { "import.meta.main": "false" } },
  checks: { toleratedTransform: false },
} satisfies RolldownOptions;
