import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { newestIn } from "./newest.ts";

const suffix = process.platform === "win32" ? ".exe" : "";
/** The program with the window, beside the engine that it starts. */
export const windowProgram = `dist/directory-connector-window${suffix}`;
const sources = [
  "desktop/src",
  "desktop/icons",
  "desktop/capabilities",
  "locales/en.json",
  "locales/nl.json",
  "dist/ui",
];
const single = [
  "desktop/Cargo.toml",
  "desktop/Cargo.lock",
  "desktop/build.rs",
  "desktop/tauri.conf.json",
  "package.json",
];

/** Builds the window where something it is made of is newer; the page in dist/ui is part of it and is built before. */
export function buildWindow(): void {
  if (newestIn([windowProgram]) >= newestIn([...sources, ...single])) return;
  const target = targetFolder();
  mkdirSync(target, { recursive: true });
  const cargo = findCargo();
  if (cargo === undefined)
    throw new Error(
      "cargo is not here: install Rust (https://rustup.rs), or Debian's packages cargo-web and rustc-web.",
    );
  console.error(`Building the window in ${target} (minutes the first time, seconds from then on)…`);
  const { status, error } = spawnSync(cargo, ["build", "--release", "--locked", "--quiet"], {
    cwd: "desktop",
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CARGO_TARGET_DIR: target, PATH: `${dirname(cargo)}:${process.env["PATH"] ?? ""}` },
  });
  if (status !== 0)
    throw new Error(`cargo could not build the window${error === undefined ? "" : `: ${error.message}`}`);
  // Put there whole: a window that is open keeps the file it was started from.
  copyFileSync(join(target, "release", `directory-connector-window${suffix}`), `${windowProgram}.new`);
  renameSync(`${windowProgram}.new`, windowProgram);
}

/** Outside the clone, so that a second clone of the same machine compiles only what is its own. */
export function targetFolder(): string {
  const given = process.env["CARGO_TARGET_DIR"];
  if (given !== undefined && given !== "") return resolve(given);
  const cache = process.env["XDG_CACHE_HOME"];
  return join(cache === undefined || cache === "" ? join(homedir(), ".cache") : cache, "directory-connector", "target");
}

/** Rust's own place is not on every PATH; Debian's packages `rustc-web` and `cargo-web` are in /usr/bin. */
export function findCargo(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(":"), join(homedir(), ".cargo", "bin")];
  return folders.map((folder) => join(folder, `cargo${suffix}`)).find((path) => existsSync(path));
}
