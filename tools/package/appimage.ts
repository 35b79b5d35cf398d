import {
  chmodSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
  closeSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import about from "../../package.json" with { type: "json" };
import { runStep } from "../build/put-together.ts";
import { desktopEntry, entryName, iconName } from "./tree.ts";

const processors: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

export const appImageName = `Directory_Connector-${about.version}-${processors[process.arch] ?? process.arch}.AppImage`;
/** What the runtime is made of, published beside it: parts of it are under the LGPL. */
export const runtimeSource = "desktop/appimage/runtime.c";

/** Makes one file that is the whole program out of a laid out folder, which it adds to; `quick` trades size for time. */
export async function makeAppImage(folder: string, work: string, output: string, quick: boolean): Promise<void> {
  writeFileSync(join(folder, "AppRun"), appRun, { mode: 0o755 });
  writeFileSync(join(folder, `${entryName}.desktop`), `${desktopEntry()}X-AppImage-Version=${about.version}\n`);
  copyFileSync("desktop/icons/128x128@2x.png", join(folder, `${iconName}.png`));
  symlinkSync(`${iconName}.png`, join(folder, ".DirIcon"));
  const image = join(work, "image.squashfs");
  rmSync(image, { force: true });
  const level = quick ? "1" : "15";
  runStep("mksquashfs", "mksquashfs", [
    folder,
    image,
    "-root-owned",
    "-noappend",
    "-no-progress",
    "-quiet",
    "-no-xattrs",
    "-comp",
    "zstd",
    "-Xcompression-level",
    level,
    "-b",
    "256K",
  ]);
  const runtime = join(work, "runtime");
  makeRuntime(runtime);
  copyFileSync(runtime, output);
  await pipeline(createReadStream(image), createWriteStream(output, { flags: "a" }));
  chmodSync(output, 0o755);
}

/**
 * The window without arguments; with any, the command line, as under the name of that. So one file serves a person, cron
 * and a terminal.
 */
const appRun = `#!/bin/sh
here=\${APPDIR:-$(dirname "$(readlink -f "$0")")}
case "\${ARGV0##*/}" in
  directory-connector | bwdc) exec "$here/usr/bin/directory-connector" "$@" ;;
esac
case "\${1:-}" in
  "" | --background) exec "$here/usr/bin/directory-connector-window" "$@" ;;
  *) exec "$here/usr/bin/directory-connector" "$@" ;;
esac
`;

/** A static program, stripped before anything is joined to it: where it ends is where its file system begins. */
function makeRuntime(output: string): void {
  const libraries = ["squashfuse_ll", "squashfuse", "fuse3", "zstd", "z", "lzma", "lz4", "pthread"].map(
    (name) => `-l${name}`,
  );
  runStep("the runtime", "cc", [
    "-O2",
    "-static",
    "-D_FILE_OFFSET_BITS=64",
    "-DFUSE_USE_VERSION=32",
    runtimeSource,
    "-o",
    output,
    ...libraries,
  ]);
  runStep("strip", "strip", [output]);
  // By these bytes desktops know an AppImage of the second kind.
  const file = openSync(output, "r+");
  writeSync(file, Buffer.from("AI\x02", "latin1"), 0, 3, 8);
  closeSync(file);
  if (readFileSync(output).subarray(0, 4).toString("latin1") !== "\x7fELF")
    throw new Error("the runtime is no program");
}
