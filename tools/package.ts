/**
 * `npm run package`: makes what people download, in `dist/packages`: a Debian package and an AppImage with window and
 * command line, checksums, and with a key also signatures. Nothing is fetched but crates that are not here yet.
 * Options: `--output <folder>`, `--quick` (larger files in less time), `--address <url>` (where the files will be
 * published; writes the feed of the update check).
 * Variables: `RELEASE_SIGNING_KEY`, `RELEASE_SIGNING_PASSWORD` (of `tauri signer generate`).
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildProgram } from "./build/program.ts";
import { appImageName, makeAppImage, runtimeSource } from "./package/appimage.ts";
import { debName, makeDeb } from "./package/deb.ts";
import { sign, writeFeed, writeSums } from "./package/publish.ts";
import { layOut } from "./package/tree.ts";

const { values } = parseArgs({
  options: {
    output: { type: "string", default: "dist/packages" },
    quick: { type: "boolean", default: false },
    address: { type: "string" },
  },
});
if (process.platform !== "linux") throw new Error("npm run package makes the packages for Linux, on Linux.");
const { quick, address } = values;
const output = resolve(values.output);
const key = process.env["RELEASE_SIGNING_KEY"];
// The laid out program is as large as the program, so not in a folder that may be memory.
const work = mkdtempSync(join(process.env["TMPDIR"] ?? tmpdir(), "directory-connector-package-"));
try {
  buildProgram();
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const tree = join(work, "tree");
  layOut(tree);
  makeDeb(tree, join(output, debName), quick);
  rmSync(join(tree, "DEBIAN"), { recursive: true });
  await makeAppImage(tree, work, join(output, appImageName), quick);
  const files = [debName, appImageName];
  copyFileSync(runtimeSource, join(output, "appimage-runtime.c"));
  writeSums(output, [...files, "appimage-runtime.c"]);
  const signed = [...files, "SHA256SUMS", ...(address === undefined ? [] : [writeFeed(output, files, address)])];
  if (key !== undefined && key !== "")
    sign(output, signed, { key, password: process.env["RELEASE_SIGNING_PASSWORD"] ?? "" });
  else console.error("Not signed: RELEASE_SIGNING_KEY is not set.");
  for (const name of files)
    console.log(`${join(values.output, basename(name))} ${(statSync(join(output, name)).size / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
