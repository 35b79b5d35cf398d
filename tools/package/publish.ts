import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import about from "../../package.json" with { type: "json" };
import { runStep } from "../build/put-together.ts";

export interface SigningKey {
  /** As `tauri signer generate` writes it: minisign's form in base64. */
  readonly key: string;
  readonly password: string;
}

/** `SHA256SUMS` over these files, as `sha256sum --check` reads it. */
export function writeSums(folder: string, names: readonly string[]): void {
  writeFileSync(join(folder, "SHA256SUMS"), names.map((name) => `${sha256(join(folder, name))}  ${name}\n`).join(""));
}

/**
 * What the program's update check reads, `latest.json`: the version and where its files will be. It is signed itself, so
 * that neither an older one nor other files can be put in its place.
 */
export function writeFeed(folder: string, names: readonly string[], address: string): string {
  const base = address.endsWith("/") ? address : `${address}/`;
  const files = names.map((name) => ({ name, url: new URL(name, base).href, sha256: sha256(join(folder, name)) }));
  const feed = { version: about.version, published: publishedAt(), notes: new URL("CHANGELOG.md", base).href, files };
  writeFileSync(join(folder, "latest.json"), `${JSON.stringify(feed, null, 2)}\n`);
  return "latest.json";
}

/** Writes `<name>.minisig` beside each file; Tauri's signer makes minisign's signatures, in base64 once more. */
export function sign(folder: string, names: readonly string[], { key, password }: SigningKey): void {
  for (const name of names) {
    const file = join(folder, name);
    process.env["TAURI_SIGNING_PRIVATE_KEY"] = key;
    process.env["TAURI_SIGNING_PRIVATE_KEY_PASSWORD"] = password;
    runStep(`signing ${name}`, process.execPath, ["node_modules/@tauri-apps/cli/tauri.js", "signer", "sign", file]);
    writeFileSync(`${file}.minisig`, Buffer.from(readFileSync(`${file}.sig`, "utf8"), "base64"));
    rmSync(`${file}.sig`);
  }
}

/** The commit's time where the release sets it, so that one commit always makes the same files. */
function publishedAt(): string {
  const seconds = process.env["SOURCE_DATE_EPOCH"];
  return new Date(seconds === undefined ? Date.now() : Number(seconds) * 1000).toISOString();
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
