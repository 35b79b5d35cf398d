import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { skippedServers } from "../../../tools/test-summary.ts";
import { readerConfig } from "../reader-config.ts";
import { answers, endingWithUs, freePorts, stop, createServerFolder } from "../server-process.ts";
import { openWriter, type Writer } from "../writer.ts";
import { createAuthority, type Authority, type CertificateKind } from "./certificates.ts";
import type { Resolved } from "../../../src/config/field.ts";
import type { LdapConfig } from "../../../src/directories/ldap/config.ts";

export interface OpenLdapOptions {
  /** LDIF of everything below the suffix; the suffix itself and the accounts are there already. */
  readonly ldif?: string;
  /** Another suffix than `dc=firm,dc=test`, made of domain components. */
  readonly suffix?: string;
  readonly certificate?: CertificateKind;
  /** Refuses a log-in that is not encrypted (confidentialityRequired). */
  readonly requireTls?: boolean;
  /** Refuses to answer anybody who has not logged in; on unless false. */
  readonly requireLogin?: boolean;
  /** Asks clients for a certificate; `demand` refuses those without one that it trusts. `cn=reader,o=Firm` is the reader's. */
  readonly clientCertificates?: "try" | "demand";
  /** `limits …` lines and others of the database, before the access rules. */
  readonly database?: readonly string[];
  /** `access to …` lines that come before those that let accounts read everything. */
  readonly access?: readonly string[];
  /** Loads the password policy overlay, whose attributes say that an account is locked. */
  readonly passwordPolicy?: boolean;
  /** `overlay …` lines with what configures them behind each, such as `overlay syncprov`; their modules are loaded. */
  readonly overlays?: readonly string[];
}

/** A private server of one test: own folder, own ports, gone when disposed. */
export interface OpenLdap extends AsyncDisposable {
  readonly url: string;
  readonly tlsUrl: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly suffix: string;
  /** May write everything; limits and access rules do not count for it. */
  readonly admin: Account;
  /** May read everything the access rules do not hide. */
  readonly reader: Account;
  readonly authority: Authority;
  readonly folder: string;
  readonly pid: number;
  /** A connection that may write, as the administrator. */
  writer(): Promise<Writer>;
  /** Stops and starts it on the same data and ports. */
  restart(): Promise<void>;
  /** Stops it, keeps a copy of its data and starts it again; what is given back does the same with the copy put in place. */
  backUp(): Promise<() => Promise<void>>;
}

export interface Account {
  readonly dn: string;
  readonly password: string;
}

/** Why no server can be started here; undefined where it can. */
export function missingOpenLdap(): string | undefined {
  const missing = ["/usr/sbin/slapd", "/usr/bin/openssl"].find((path) => !existsSync(path));
  if (missing === undefined) return undefined;
  const reason = skippedServers(process.env["DIRECTORY_CONNECTOR_SKIPPED"]).find((line) => line.includes("slapd"));
  return reason ?? `${missing} is not installed`;
}

/** Starts a server that holds the LDIF; takes about 0.2 s. */
export async function startOpenLdap(options: OpenLdapOptions = {}): Promise<OpenLdap> {
  const suffix = options.suffix ?? "dc=firm,dc=test";
  const { folder, remove } = createServerFolder("directory-connector-slapd-");
  let server: ChildProcess | undefined;
  try {
    mkdirSync(join(folder, "db"));
    const authority = await createAuthority(folder);
    const { certificate, key } = await authority.issue(options.certificate ?? "server");
    const reader: Account = { dn: `cn=reader,ou=services,${suffix}`, password: "reader-password-7c1" };
    const admin: Account = { dn: `cn=admin,${suffix}`, password: "admin-password-3f9" };
    const file = join(folder, "slapd.conf");
    await writeFile(file, configuration({ options, suffix, folder, admin, tls: [authority.caFile, certificate, key] }));
    const ldif = join(folder, "content.ldif");
    await writeFile(ldif, `${frame(suffix, reader)}\n${options.ldif ?? ""}\n`);
    await load(file, suffix, ldif);
    const started = await start(file);
    server = started.server;
    const { port, tlsPort, tlsUrl } = started;
    const pause = async (work: () => Promise<unknown>): Promise<void> => {
      if (server !== undefined) await stop(server);
      await work();
      server = (await start(file, [port, tlsPort])).server;
    };
    const data = join(folder, "db");
    const copy = async (from: string, to: string): Promise<void> => {
      await rm(to, { recursive: true, force: true });
      // The database is a file of 4 GB that is hardly filled.
      await promisify(execFile)("cp", ["-r", "--sparse=always", from, to]);
    };
    let copies = 0;
    return {
      url: `ldap://127.0.0.1:${port}`,
      tlsUrl,
      port,
      tlsPort,
      suffix,
      admin,
      reader,
      authority,
      folder,
      get pid() {
        return server?.pid ?? 0;
      },
      writer: async () => openWriter(tlsUrl, admin, authority.caFile),
      restart: async () => pause(async () => {}),
      backUp: async () => {
        copies += 1;
        const kept = join(folder, `backup-${copies}`);
        await pause(async () => copy(data, kept));
        return async () => pause(async () => copy(kept, data));
      },
      [Symbol.asyncDispose]: async () => {
        if (server !== undefined) await stop(server);
        remove();
      },
    };
  } catch (error) {
    if (server !== undefined) await stop(server);
    remove();
    throw error;
  }
}

function configuration(given: {
  readonly options: OpenLdapOptions;
  readonly suffix: string;
  readonly folder: string;
  readonly admin: Account;
  readonly tls: readonly [string, string, string];
}): string {
  const { options, suffix, folder, admin, tls } = given;
  const schemas = ["core", "cosine", "nis", "inetorgperson"];
  return [
    ...schemas.map((name) => `include /etc/ldap/schema/${name}.schema`),
    "modulepath /usr/lib/ldap",
    "moduleload back_mdb",
    ...(options.passwordPolicy === true ? ["moduleload ppolicy"] : []),
    ...(options.overlays ?? []).flatMap((line) => (line.startsWith("overlay ") ? [`moduleload ${line.slice(8)}`] : [])),
    `pidfile ${join(folder, "slapd.pid")}`,
    `argsfile ${join(folder, "slapd.args")}`,
    "loglevel none",
    "threads 4",
    `TLSCACertificateFile ${tls[0]}`,
    `TLSCertificateFile ${tls[1]}`,
    `TLSCertificateKeyFile ${tls[2]}`,
    `TLSVerifyClient ${options.clientCertificates ?? "never"}`,
    `authz-regexp "^cn=reader,o=firm$" "cn=reader,ou=services,${suffix}"`,
    ...(options.requireTls === true ? ["security simple_bind=128"] : []),
    ...(options.requireLogin === false ? [] : ["disallow bind_anon", "require authc"]),
    "database mdb",
    `suffix "${suffix}"`,
    `directory ${join(folder, "db")}`,
    "maxsize 4294967296",
    "dbnosync",
    `rootdn "${admin.dn}"`,
    `rootpw ${admin.password}`,
    "index objectClass,entryUUID,uid,mail,cn eq",
    "multival member,uniqueMember,memberUid 100,50",
    "sizelimit size.soft=unlimited size.hard=unlimited",
    ...(options.database ?? []),
    ...(options.access ?? []),
    "access to attrs=userPassword by anonymous auth by * none",
    `access to * by dn.subtree="ou=services,${suffix}" read by ${options.requireLogin === false ? "* read" : "anonymous auth by * none"}`,
    ...(options.passwordPolicy === true ? ["overlay ppolicy"] : []),
    ...(options.overlays ?? []),
    "",
  ].join("\n");
}

function frame(suffix: string, reader: Account): string {
  const dc = /^dc=([^,]+)/u.exec(suffix)?.[1] ?? "firm";
  return [
    `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\ndc: ${dc}\no: Firm\n`,
    `dn: ou=services,${suffix}\nobjectClass: organizationalUnit\nou: services\n`,
    `dn: ${reader.dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: ${reader.password}\n`,
  ].join("\n");
}

async function load(file: string, suffix: string, ldif: string): Promise<void> {
  const child = spawn("/usr/sbin/slapadd", ["-q", "-f", file, "-b", suffix, "-l", ldif], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`slapadd refused the fixture: ${Buffer.concat(said).toString()}`);
}

/** Starts in the foreground on the ports given or on free ones; tries others of those when somebody was faster. */
async function start(
  file: string,
  ports?: readonly [number, number],
): Promise<{ server: ChildProcess; port: number; tlsPort: number; tlsUrl: string }> {
  for (let attempt = 0; ; attempt += 1) {
    const [port, tlsPort] = ports ?? (await freePorts());
    const urls = `ldap://127.0.0.1:${port}/ ldaps://127.0.0.1:${tlsPort}/`;
    const [program, before] = endingWithUs("/usr/sbin/slapd");
    const server = spawn(program, [...before, "-d", "0", "-f", file, "-h", urls], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const said: Buffer[] = [];
    server.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    if (await answers(server, "127.0.0.1", tlsPort, 10))
      return { server, port, tlsPort, tlsUrl: `ldaps://127.0.0.1:${tlsPort}` };
    await stop(server);
    if (attempt === 4) throw new Error(`slapd did not start: ${Buffer.concat(said).toString()}`);
  }
}

/** What reaches a server of the test as its reader, over TLS, in pages of ten. */
export const configFor = (server: OpenLdap, more: Partial<Resolved<LdapConfig>> = {}): Resolved<LdapConfig> =>
  readerConfig(server, { baseDn: server.suffix, pageSize: 10, timeout: 5, ...more });
