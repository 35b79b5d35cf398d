import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { whyNoWindow } from "../desktop/available.ts";

/** The packages; `DIRECTORY_CONNECTOR_TEST_KEY` is the public key they are signed for. */
export const packagesFolder = resolve(".cache/packages");

/** Why no packages can be made here; nothing where they can. */
export const whyNoPackages = (): string | undefined =>
  whyNoWindow() ??
  ["/usr/bin/mksquashfs", "/usr/bin/dpkg-deb", "/usr/include/squashfuse/ll.h", "/usr/include/fuse3/fuse_lowlevel.h"]
    .filter((path) => !existsSync(path))
    .map((path) => `not here: ${path}`)[0];

/** Once before the tests, as a release makes them, but for the time that compressing well takes. */
export const setup = (): void => {
  if (whyNoPackages() !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), "directory-connector-key-"));
  try {
    const key = join(folder, "key");
    run(["node_modules/@tauri-apps/cli/tauri.js", "signer", "generate", "--ci", "-p", "secret", "-w", key]);
    const env = { RELEASE_SIGNING_KEY: readFileSync(key, "utf8"), RELEASE_SIGNING_PASSWORD: "secret" };
    run(["tools/package.ts", "--quick", "--output", packagesFolder, "--address", "http://127.0.0.1:1/releases"], env);
    process.env["DIRECTORY_CONNECTOR_TEST_KEY"] = readFileSync(`${key}.pub`, "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${args[0]} failed:\n${stdout}${stderr}`);
}
