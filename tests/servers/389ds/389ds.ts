import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { Resolved } from "../../../src/config/field.ts";
import type { LdapConfig } from "../../../src/directories/ldap/config.ts";
import { skippedServers } from "../../../tools/test-summary.ts";
import { createAuthority, type Authority } from "../openldap/certificates.ts";
import type { Account } from "../openldap/openldap.ts";
import { readerConfig, type Readable } from "../reader-config.ts";
import { answers, endingWithUs, freePorts, stop, createServerFolder } from "../server-process.ts";
import { openWriter, type NewEntry, type Writer } from "../writer.ts";
import { configure, type Settings } from "./configuration.ts";

export interface DirectoryServer389Options extends Settings {
  /** Entries below the suffix; the suffix itself and the accounts are there already. */
  readonly entries?: readonly NewEntry[];
}

/** A private 389 Directory Server of one test: own folder, own ports, gone when disposed. */
export interface DirectoryServer389 extends AsyncDisposable {
  readonly url: string;
  readonly tlsUrl: string;
  readonly suffix: string;
  readonly admin: Account;
  /** May read everything below the suffix but passwords. */
  readonly reader: Account;
  readonly authority: Authority;
  readonly folder: string;
  readonly pid: number;
  /** A connection that may write, as the administrator. */
  writer(): Promise<Writer>;
  /** Stops and starts it on the same data and ports, with other settings when some are given. */
  restart(settings?: Settings): Promise<void>;
  /** Makes a backup while it runs; what is given back puts that in place, also while it runs. */
  backUp(): Promise<() => Promise<void>>;
  /** Writes all entries to a file while it runs; what is given back loads the file's text, changed by the caller, in place of them. */
  exportAll(): Promise<(change: (ldif: string) => string) => Promise<void>>;
}

const program = "/usr/sbin/ns-slapd";
const suffix = "dc=firm,dc=test";
const admin: Account = { dn: "cn=admin", password: "admin-password-3f9" };
const reader: Account = { dn: `uid=reader,ou=services,${suffix}`, password: "reader-password-7c1" };

/** Why no server can be started here; undefined where it can. */
export function missing389(): string | undefined {
  const needed = [program, "/usr/share/dirsrv/data/template-dse.ldif", "/usr/bin/certutil", "/usr/bin/openssl"];
  const missing = needed.find((path) => !existsSync(path));
  if (missing === undefined)
    return process.getuid?.() === 0 ? undefined : "a 389 Directory Server is told which user to be by root alone";
  const reason = skippedServers(process.env["DIRECTORY_CONNECTOR_SKIPPED"]).find((line) => line.includes("389"));
  return reason ?? `${missing} is not installed`;
}

/** Starts a server that holds the entries; takes about 1.5 s. */
export async function start389(options: DirectoryServer389Options = {}): Promise<DirectoryServer389> {
  const { folder, remove } = createServerFolder("directory-connector-389-");
  let server: ChildProcess | undefined;
  const end = async (): Promise<void> => {
    // Ending in good order takes seconds, and its data go with it.
    if (server !== undefined) await stop(server, "SIGKILL");
    remove();
  };
  try {
    const authority = await createAuthority(folder);
    await prepare(folder, authority);
    const started = await launch(folder, options);
    ({ server } = started);
    const [port, tlsPort] = started.ports;
    const tlsUrl = `ldaps://127.0.0.1:${tlsPort}`;
    const writer = async (): Promise<Writer> => openWriter(tlsUrl, admin, authority.caFile);
    await fill(writer, options.entries ?? []);
    let tasks = 0;
    /** Has the server carry out a task of its own (Red Hat Directory Server, cn=tasks). */
    const carryOut = async (kind: string, attributes: Readonly<Record<string, string>>): Promise<void> => {
      tasks += 1;
      const dn = `cn=task-${tasks},cn=${kind},cn=tasks,cn=config`;
      await using open = await writer();
      await open.add(dn, { objectClass: "extensibleObject", cn: `task-${tasks}`, ttl: "600", ...attributes });
      for (let tries = 0; tries < 600; tries += 1) {
        const code = (await open.bytes(dn, "nsTaskExitCode"))?.toString();
        if (code === "0") return;
        if (code !== undefined) throw new Error(`389 could not carry out ${kind}: ${code}`);
        await wait(50);
      }
      throw new Error(`389 did not end its ${kind} within 30 s`);
    };
    return {
      url: `ldap://127.0.0.1:${port}`,
      tlsUrl,
      suffix,
      admin,
      reader,
      authority,
      folder,
      get pid() {
        return server?.pid ?? 0;
      },
      writer,
      restart: async (settings = options) => {
        if (server !== undefined) await stop(server);
        ({ server } = await launch(folder, settings, started.ports));
      },
      backUp: async () => {
        const archive = { nsArchiveDir: join(folder, "bak", `backup-${tasks}`), nsDatabaseType: "ldbm database" };
        await carryOut("backup", archive);
        return async () => carryOut("restore", archive);
      },
      exportAll: async () => {
        const data = { nsInstance: "userRoot", nsFilename: join(folder, "ldif", `export-${tasks}.ldif`) };
        await carryOut("export", data);
        return async (change) => {
          await writeFile(data.nsFilename, change(readFileSync(data.nsFilename, "utf8")));
          await carryOut("import", data);
        };
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** What reaches a server of a test as its reader, over TLS. */
export const configFor389 = (server: Readable, more: Partial<Resolved<LdapConfig>> = {}): Resolved<LdapConfig> =>
  readerConfig(server, { baseDn: suffix, pageSize: 100, timeout: 10, ...more });

const run = promisify(execFile);

/** Folders, schemas and the certificate, which the server takes from a database of its library (NSS). */
async function prepare(folder: string, authority: Authority): Promise<void> {
  for (const name of ["bak", "cert", "db", "etc", "inst", "ldif", "lock", "log", "run", "tmp"])
    mkdirSync(join(folder, name));
  const schemas = join(folder, "etc", "schema");
  await cp("/usr/share/dirsrv/schema", schemas, { recursive: true });
  for (const name of readdirSync("/etc/dirsrv/config"))
    await cp(join("/etc/dirsrv/config", name), join(folder, "etc", name));
  const { certificate, key } = await authority.issue("server");
  const bundle = join(folder, "server.p12");
  const database = ["-d", join(folder, "cert")];
  const given = ["-in", certificate, "-inkey", key, "-name", "Server-Cert"];
  await run("openssl", ["pkcs12", "-export", ...given, "-out", bundle, "-passout", "pass:"]);
  await run("certutil", ["-N", ...database, "--empty-password"]);
  await run("pk12util", ["-i", bundle, ...database, "-W", "", "-K", ""]);
  await run("certutil", ["-A", ...database, "-n", "Firm CA", "-t", "CT,,", "-i", authority.caFile]);
}

/** Starts in the foreground on the ports given or on free ones; tries others when somebody was faster. */
async function launch(folder: string, settings: Settings, given?: readonly [number, number]) {
  for (let attempt = 0; ; attempt += 1) {
    const ports = given ?? (await freePorts());
    await configure(folder, ports, { suffix, admin, settings });
    const [file, before] = endingWithUs(program);
    const own = ["-D", join(folder, "etc"), "-i", join(folder, "run", "pid"), "-d", "16384"];
    const server = spawn(file, [...before, ...own], { stdio: ["ignore", "ignore", "pipe"] });
    const said: Buffer[] = [];
    server.stderr.on("data", (chunk: Buffer) => void (said.length < 200 && said.push(chunk)));
    if (await answers(server, "127.0.0.1", ports[1], 30)) return { server, ports };
    await stop(server);
    if (attempt === 2) throw new Error(`ns-slapd did not start: ${Buffer.concat(said).toString()}`);
  }
}

async function fill(writer: () => Promise<Writer>, entries: readonly NewEntry[]): Promise<void> {
  const access = `(targetattr != "userPassword")(version 3.0; acl "reader"; allow (read,search,compare) userdn="ldap:///${reader.dn}";)`;
  await using open = await writer();
  await open.addAll([
    { dn: suffix, attributes: { objectClass: ["top", "domain"], dc: "firm", aci: access } },
    { dn: `ou=services,${suffix}`, attributes: { objectClass: "organizationalUnit", ou: "services" } },
    {
      dn: reader.dn,
      attributes: {
        objectClass: ["account", "simpleSecurityObject"],
        uid: "reader",
        userPassword: reader.password,
      },
    },
    ...entries,
  ]);
}
