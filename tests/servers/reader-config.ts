import type { Resolved } from "../../src/config/field.ts";
import type { LdapConfig } from "../../src/directories/ldap/config.ts";
import type { Authority } from "./openldap/certificates.ts";
import type { Account } from "./openldap/openldap.ts";

/** What a server's reader reaches it by. */
export interface Readable {
  readonly tlsUrl: string;
  readonly authority: Authority;
  readonly reader: Account;
}

/** What reaches a server of a test as its reader, over TLS. */
export const readerConfig = (
  { tlsUrl, authority, reader }: Readable,
  more: Partial<Resolved<LdapConfig>> & Pick<LdapConfig, "baseDn" | "pageSize" | "timeout">,
): Resolved<LdapConfig> => ({
  kind: "ldap",
  url: tlsUrl,
  startTls: true,
  allowPlain: false,
  verifyTls: true,
  caFile: authority.caFile,
  bindDn: reader.dn,
  password: reader.password,
  ...more,
});
