import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "../openldap/openldap.ts";

export interface Settings {
  /**
   * The log of changes and the plug-in that tells them (RFC 4533); absent, neither is on, as the server comes. `with-ids`
   * is what the plug-in needs; `without-ids`: the log is kept without the entries' ids, as it is unless they are asked for.
   */
  readonly changeLog?: "with-ids" | "without-ids";
  /** Lines more of the log's configuration, as `nsslapd-include-suffix: ou=staff,dc=firm,dc=test`. */
  readonly changeLogLines?: readonly string[];
  /** Other plug-ins that are off as the server comes, by name. */
  readonly plugins?: readonly string[];
}

const template = "/usr/share/dirsrv/data/template-dse.ldif";
const changeLog = "Retro Changelog Plugin";

/** Writes the server's configuration (dse.ldif) into its folder, out of the package's own template. */
export async function configure(
  folder: string,
  [port, tlsPort]: readonly [number, number],
  given: { readonly suffix: string; readonly admin: Account; readonly settings: Settings },
): Promise<void> {
  const { suffix, admin, settings } = given;
  const at = (name: string): string => join(folder, name);
  const folders: Readonly<Record<string, string>> = { config: "etc", db_home: "db", schema: "etc/schema" };
  const values: Readonly<Record<string, string>> = {
    db_lib: "bdb",
    ds_user: "root",
    fqdn: "localhost",
    ds_port: String(port),
    ds_suffix: suffix,
    rootdn: admin.dn,
    ds_passwd: `{CLEAR}${admin.password}`,
    ldapi: at("run/ldapi"),
    ldapi_autobind: "off",
    ldapi_enabled: "off",
  };
  /** `%log_dir%` and others of its kind are folders of that name. */
  const valueOf = (name: string): string => {
    const kind = /^(.+)_dir$/u.exec(name)?.[1];
    return kind === undefined ? (values[name] ?? "") : at(folders[kind] ?? kind);
  };
  let text = readFileSync(template, "utf8").replace(/%(\w+)%/gu, (_whole, name: string) => valueOf(name));
  const on = [...(settings.plugins ?? [])];
  if (settings.changeLog !== undefined) on.push("Content Synchronization", changeLog);
  for (const name of on) text = turnOn(text, name);
  if (settings.changeLog === "with-ids")
    text = addTo(text, `cn=${changeLog},cn=plugins,cn=config`, ["nsslapd-attribute: nsuniqueid:targetUniqueId"]);
  text = addTo(text, `cn=${changeLog},cn=plugins,cn=config`, settings.changeLogLines ?? []);
  text = addTo(text, "cn=config", [
    "nsslapd-listenhost: 127.0.0.1",
    "nsslapd-securelistenhost: 127.0.0.1",
    "nsslapd-security: on",
    `nsslapd-secureport: ${tlsPort}`,
  ]);
  // Few entries need little memory. Every change stays durable: a backup made while it runs lacks what the log does not hold yet.
  text = addTo(text, "cn=config,cn=ldbm database,cn=plugins,cn=config", [
    "nsslapd-cache-autosize: 0",
    "nsslapd-dbcachesize: 2000000",
  ]);
  await writeFile(at("etc/dse.ldif"), `${text.trimEnd()}\n\n${backend(suffix)}`);
}

/** Nothing in these names means anything else in a pattern. */
const entryOf = (dn: string): RegExp => new RegExp(`^dn: ${dn}\n(?:.+\n)+`, "mu");

function turnOn(text: string, plugin: string): string {
  const entry = entryOf(`cn=${plugin},cn=plugins,cn=config`);
  if (!entry.test(text)) throw new Error(`389 has no plug-in "${plugin}"`);
  return text.replace(entry, (found) => found.replace(/pluginenabled: off/iu, "pluginenabled: on"));
}

const addTo = (text: string, dn: string, lines: readonly string[]): string =>
  text.replace(entryOf(dn), (found) => `${found}${lines.map((line) => `${line}\n`).join("")}`);

/** Where the suffix is kept: a database, and the tree's way to it. */
const backend = (suffix: string): string =>
  [
    `dn: cn=${suffix.replaceAll("=", String.raw`\3D`).replaceAll(",", String.raw`\2C`)},cn=mapping tree,cn=config`,
    "objectClass: top",
    "objectClass: extensibleObject",
    "objectClass: nsMappingTree",
    `cn: ${suffix}`,
    "nsslapd-state: backend",
    "nsslapd-backend: userRoot",
    "",
    "dn: cn=userRoot,cn=ldbm database,cn=plugins,cn=config",
    "objectClass: top",
    "objectClass: extensibleObject",
    "objectClass: nsBackendInstance",
    "cn: userRoot",
    `nsslapd-suffix: ${suffix}`,
    "nsslapd-cachememorysize: 20000000",
    "",
  ].join("\n");
