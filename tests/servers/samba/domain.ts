import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { cp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { NewEntry } from "../writer.ts";

const run = promisify(execFile);
const cache = join(import.meta.dirname, "..", "..", "..", ".cache", "samba");
/** A domain nobody used for so long (ms) is made anew when it is needed again. */
const keptFor = 14 * 86_400_000;

/**
 * The data of a stopped domain that holds the entries, to be copied. Made once, 3 s for the domain and what `fill` takes
 * for the entries, and kept under the hash of everything it is made from.
 */
export async function provideDomain(
  password: string,
  entries: readonly NewEntry[],
  fill: (folder: string, entries: readonly NewEntry[]) => Promise<void>,
): Promise<string> {
  const version = (await run("/usr/sbin/samba", ["--version"])).stdout.trim();
  const empty = await provide([version, password, "1"], async (folder) => provision(folder, password));
  return provide([version, password, "1", JSON.stringify(entries)], async (folder) => {
    await cp(empty, join(folder, "data"), { recursive: true });
    await fill(folder, entries);
  });
}

/** Makes a folder's `data` where the cache has none; two at a time do no harm, the later one is dropped. */
async function provide(parts: readonly string[], make: (folder: string) => Promise<void>): Promise<string> {
  const key = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 20);
  const kept = join(cache, key);
  mkdirSync(cache, { recursive: true });
  if (existsSync(kept)) {
    await utimes(kept, new Date(), new Date());
    return kept;
  }
  await forgetOld();
  const folder = mkdtempSync(join(cache, "new-"));
  try {
    await make(folder);
    // A stopped server leaves its sockets behind, which cannot be copied.
    for (const name of ["ldapi", "ldap_priv"])
      await rm(join(folder, "data", "private", name), { recursive: true, force: true });
    await rename(join(folder, "data"), kept).catch((error: unknown) => {
      if (!existsSync(kept)) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return kept;
}

async function forgetOld(): Promise<void> {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - used > keptFor) await rm(path, { recursive: true, force: true });
  }
}

async function provision(folder: string, password: string): Promise<void> {
  const data = join(folder, "data");
  mkdirSync(data);
  await writeFile(join(folder, "empty.conf"), "");
  const options = {
    realm: "AD.TEST",
    domain: "ADTEST",
    adminpass: password,
    "server-role": "dc",
    "dns-backend": "NONE",
    "host-name": "dc1",
    "host-ip": "127.0.0.1",
    targetdir: data,
    option: "ldb:nosync=true",
  };
  const given = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  await run("/usr/bin/samba-tool", ["domain", "provision", "-s", join(folder, "empty.conf"), ...given], {
    env: { ...process.env, PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TDB_NO_FSYNC: "1" },
    maxBuffer: 64 * 1024 * 1024,
  });
}
