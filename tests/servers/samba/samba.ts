import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { cp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Resolved } from "../../../src/config/field.ts";
import type { LdapConfig } from "../../../src/directories/ldap/config.ts";
import { skippedServers } from "../../../tools/test-summary.ts";
import { createAuthority, type Authority, type CertificateKind } from "../openldap/certificates.ts";
import type { Account } from "../openldap/openldap.ts";
import { readerConfig, type Readable } from "../reader-config.ts";
import { answers, stop, createServerFolder } from "../server-process.ts";
import { openWriter, type NewEntry, type Writer } from "../writer.ts";
import { provideDomain } from "./domain.ts";

export interface SambaOptions {
  /** Entries of the domain; the same list is made once and copied from then on. */
  readonly entries?: readonly NewEntry[];
  readonly certificate?: CertificateKind;
  /** Lines of smb.conf, as `ldap server require strong auth = no`. */
  readonly settings?: readonly string[];
}

/** A private domain controller of one test file: own folder, own loopback address, gone when disposed. */
export interface Samba extends AsyncDisposable {
  /** Its ports cannot be changed, so it has an address to itself. */
  readonly address: string;
  readonly url: string;
  readonly tlsUrl: string;
  /** Where the domain begins: `DC=ad,DC=test`. */
  readonly suffix: string;
  readonly admin: Account;
  /** An ordinary user, who may read everything that is not secret. */
  readonly reader: Account;
  readonly authority: Authority;
  readonly folder: string;
  readonly pid: number;
  /** A connection that may write, as the administrator. */
  writer(): Promise<Writer>;
  /** Stops and starts it on the same data and address. */
  restart(): Promise<void>;
  /** Stops it, keeps a copy of its data and starts it again; what is given back does the same with the copy put in place. */
  backUp(): Promise<() => Promise<void>>;
}

const program = "/usr/sbin/samba";
export const domainSuffix = "DC=ad,DC=test";
const admin: Account = { dn: "Administrator@ad.test", password: "Admin-Password-3f9" };
const reader: Account = { dn: "reader@ad.test", password: "Reader-Password-7c1" };
const readerEntry: NewEntry = {
  dn: `CN=reader,CN=Users,${domainSuffix}`,
  attributes: {
    objectClass: "user",
    sAMAccountName: "reader",
    userPrincipalName: reader.dn,
    unicodePwd: Buffer.from(`"${reader.password}"`, "utf16le"),
    userAccountControl: "66048",
  },
};

/** Why no domain controller can be started here; undefined where it can. */
export function missingSamba(): string | undefined {
  const needed = [program, "/usr/share/samba/setup/provision.ldif", "/usr/bin/openssl"];
  const missing = needed.find((path) => !existsSync(path));
  if (missing === undefined)
    return process.getuid?.() === 0 ? undefined : "a domain controller listens on port 389, which needs root";
  const reason = skippedServers(process.env["DIRECTORY_CONNECTOR_SKIPPED"]).find((line) => line.includes("samba"));
  return reason ?? `${missing} is not installed`;
}

/** Starts a domain that holds the entries; takes 0.6 s, and 3 s and the writing more when they were never made before. */
export async function startSamba(options: SambaOptions = {}): Promise<Samba> {
  const { folder, remove } = createServerFolder("directory-connector-samba-");
  const settings = [...(options.settings ?? [])];
  try {
    const data = await provideDomain(
      admin.password,
      [readerEntry, ...(options.entries ?? [])],
      async (made, entries) => {
        const filling = await launch(made, []);
        try {
          await using writer = await openWriter(filling.tlsUrl, admin, filling.authority.caFile);
          await writer.addAll(entries);
        } finally {
          await stop(filling.server);
        }
      },
    );
    await cp(data, join(folder, "data"), { recursive: true });
    const { address, authority, ...started } = await launch(folder, settings, options.certificate);
    let { server } = started;
    let copies = 0;
    const pause = async (work: () => Promise<unknown>): Promise<void> => {
      await stop(server);
      await work();
      server = await run(folder, address);
    };
    return {
      address,
      url: `ldap://${address}`,
      tlsUrl: started.tlsUrl,
      suffix: domainSuffix,
      admin,
      reader,
      authority,
      folder,
      get pid() {
        return server.pid ?? 0;
      },
      writer: async () => openWriter(started.tlsUrl, admin, authority.caFile),
      restart: async () => pause(async () => {}),
      backUp: async () => {
        copies += 1;
        const kept = join(folder, `backup-${copies}`);
        await pause(async () => copyData(join(folder, "data"), kept));
        return async () => pause(async () => copyData(kept, join(folder, "data")));
      },
      [Symbol.asyncDispose]: async () => {
        await stop(server);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** What reaches a domain of a test as its reader, over TLS, in pages of ten. */
export const configForSamba = (samba: Readable, more: Partial<Resolved<LdapConfig>> = {}): Resolved<LdapConfig> =>
  readerConfig(samba, { baseDn: domainSuffix, pageSize: 10, timeout: 10, ...more });

/** Sockets of a stopped server stay behind and cannot be copied. */
async function copyData(from: string, to: string): Promise<void> {
  for (const name of ["ldapi", "ldap_priv"]) await rm(join(from, "private", name), { recursive: true, force: true });
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
}

/** Starts on the data of a folder, on an address nobody else has. */
async function launch(folder: string, settings: readonly string[], certificate: CertificateKind = "server") {
  for (let attempt = 0; ; attempt += 1) {
    const address = await freeAddress();
    const authority = await createAuthority(folder, [address]);
    const files = await authority.issue(certificate);
    for (const name of ["run", "log"]) mkdirSync(join(folder, name), { recursive: true });
    await writeFile(join(folder, "smb.conf"), configuration(folder, address, authority.caFile, files, settings));
    try {
      return { server: await run(folder, address), address, authority, tlsUrl: `ldaps://${address}` };
    } catch (error) {
      if (attempt === 2) throw error;
    }
  }
}

function configuration(
  folder: string,
  address: string,
  caFile: string,
  { certificate, key }: { readonly certificate: string; readonly key: string },
  settings: readonly string[],
): string {
  const data = join(folder, "data");
  const run = join(folder, "run");
  return [
    "[global]",
    "workgroup = ADTEST",
    "realm = AD.TEST",
    "netbios name = DC1",
    "server role = active directory domain controller",
    "server services = ldap",
    "dcerpc endpoint servers = -winreg -srvsvc",
    `interfaces = ${address}/8`,
    "bind interfaces only = yes",
    "disable netbios = yes",
    "dns update command = /bin/true",
    "samba kcc command = /bin/true",
    `private dir = ${data}/private`,
    `state directory = ${data}/state`,
    `cache directory = ${folder}/cache`,
    `binddns dir = ${data}/bind-dns`,
    `lock directory = ${run}`,
    `pid directory = ${run}`,
    `ncalrpc dir = ${run}/ncalrpc`,
    `ntp signd socket directory = ${run}/ntp`,
    `winbindd socket directory = ${run}/winbindd`,
    `log file = ${folder}/log/samba.log`,
    "log level = 1",
    "tls enabled = yes",
    `tls keyfile = ${key}`,
    `tls certfile = ${certificate}`,
    `tls cafile = ${caFile}`,
    // Nothing of a test outlives the machine.
    "ldb:nosync = true",
    ...settings,
    "",
  ].join("\n");
}

/** One process in the foreground, which ends when its standard input does, so that it never outlives the tests. */
async function run(folder: string, address: string): Promise<ChildProcess> {
  const options = ["-i", "--no-process-group", "--debug-stdout", "-M", "single", "-s", join(folder, "smb.conf")];
  const server = spawn(program, options, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, TDB_NO_FSYNC: "1" },
  });
  const said: Buffer[] = [];
  for (const stream of [server.stdout, server.stderr])
    stream.on("data", (chunk: Buffer) => void (said.length < 200 && said.push(chunk)));
  if ((await answers(server, address, 389)) && (await answers(server, address, 636))) return server;
  await stop(server);
  throw new Error(`samba did not start: ${Buffer.concat(said).toString()}`);
}

/** An address of this machine on which nobody listens where a domain controller does. */
async function freeAddress(): Promise<string> {
  for (let tries = 0; tries < 50; tries += 1) {
    const [second, third, fourth] = [10 + random(200), random(256), 1 + random(254)];
    const address = `127.${second}.${third}.${fourth}`;
    if (await isFree(address)) return address;
  }
  throw new Error("no loopback address has port 389 free");
}

const random = (below: number): number => Math.floor(Math.random() * below);

async function isFree(address: string): Promise<boolean> {
  for (const port of [389, 636, 3268, 3269]) {
    const server = createServer();
    const listening = Promise.race([once(server.listen(port, address), "listening"), once(server, "error").then(fail)]);
    try {
      await listening;
      await once(server.close(), "close");
    } catch {
      return false;
    }
  }
  return true;
}

const fail = (): never => {
  throw new Error("taken");
};
