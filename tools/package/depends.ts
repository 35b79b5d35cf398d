import { spawnSync } from "node:child_process";

/** Debian packages by the libraries they hold; Ubuntu's `…t64` provide the same names. */
const holders: Readonly<Record<string, string>> = {
  "ld-linux-x86-64.so.2": "libc6",
  "ld-linux-aarch64.so.1": "libc6",
  "libatomic.so.1": "libatomic1",
  "libc.so.6": "libc6",
  "libcairo.so.2": "libcairo2",
  "libdbus-1.so.3": "libdbus-1-3",
  "libdl.so.2": "libc6",
  "libgcc_s.so.1": "libgcc-s1",
  "libgdk-3.so.0": "libgtk-3-0",
  "libgdk_pixbuf-2.0.so.0": "libgdk-pixbuf-2.0-0",
  "libgio-2.0.so.0": "libglib2.0-0",
  "libglib-2.0.so.0": "libglib2.0-0",
  "libgobject-2.0.so.0": "libglib2.0-0",
  "libgtk-3.so.0": "libgtk-3-0",
  "libjavascriptcoregtk-4.1.so.0": "libjavascriptcoregtk-4.1-0",
  "libm.so.6": "libc6",
  "libpthread.so.0": "libc6",
  "libsoup-3.0.so.0": "libsoup-3.0-0",
  "libstdc++.so.6": "libstdc++6",
  "libwebkit2gtk-4.1.so.0": "libwebkit2gtk-4.1-0",
};
/** Looked for at run time: the tray's library, and what opens a page in the browser. */
const atRunTime = ["libayatana-appindicator3-1", "xdg-utils"];

/** What these programs need, as Debian's `Depends` writes it; an error for a library no package is known to hold. */
export function dependsOf(programs: readonly string[]): string {
  const needed = programs.flatMap((program) =>
    [...read("-d", program).matchAll(/\(NEEDED\).*\[(.+)\]/gu)].map(([, name = ""]) => name),
  );
  const unknown = needed.filter((name) => holders[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`tools/package/depends.ts does not know which package holds ${unknown.join(", ")}`);
  const names = new Set([...needed.map((name) => holders[name] ?? ""), ...atRunTime]);
  const glibc = newestGlibc(programs);
  return [...names]
    .toSorted()
    .map((name) => (name === "libc6" ? `libc6 (>= ${glibc})` : name))
    .join(", ");
}

/** The newest version of the C library that a symbol asks for. */
function newestGlibc(programs: readonly string[]): string {
  const versions = programs.flatMap((program) => [...read("-V", program).matchAll(/GLIBC_(\d+)\.(\d+)/gu)]);
  const newest = Math.max(...versions.map(([, major, minor]) => Number(major) * 1000 + Number(minor)));
  return `${Math.floor(newest / 1000)}.${newest % 1000}`;
}

function read(what: string, program: string): string {
  const { status, stdout, error } = spawnSync("readelf", ["-W", what, program], {
    encoding: "utf8",
    maxBuffer: 64_000_000,
  });
  if (status !== 0) throw new Error(`readelf (Debian package binutils): ${error?.message ?? `exit code ${status}`}`);
  return stdout;
}
