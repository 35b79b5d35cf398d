import { configFor, missingOpenLdap, startOpenLdap } from "../../../tests/servers/openldap/openldap.ts";
import { contentLdif, uuidOf } from "../../../tests/servers/openldap/ldif.ts";
import { createSocketServer } from "../../../tests/servers/socket-server.ts";
import { describeDirectory } from "../contract.ts";
import type { LdapConfig } from "./config.ts";
import { ldapDirectory } from "./index.ts";

const skip = missingOpenLdap();
const http = { cannot: "LDAP has no HTTP, no tokens and no pauses a server asks for" };
const secrets = ["reader-password-7c1", "wrong-password-55e"];

const accounts = (name: string) => `cn=${name},ou=services,dc=firm,dc=test`;

describeDirectory<LdapConfig>({
  directory: ldapDirectory,
  pageSize: 10,
  secrets,
  ...(skip === undefined ? {} : { skip }),
  start: async (content) => {
    const suffix = "dc=firm,dc=test";
    const account = (name: string): string =>
      `dn: ${accounts(name)}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: ${name}\nuserPassword: reader-password-7c1\n\n`;
    const server = await startOpenLdap({
      ldif: account("stranger") + account("capped") + contentLdif(content, suffix),
      database: [`limits dn.exact="${accounts("capped")}" size.soft=500 size.hard=500 size.prtotal=15`],
      access: [`access to dn.subtree="ou=people,${suffix}" by dn.exact="${accounts("stranger")}" =d by * break`],
    });
    return { config: configFor(server), id: uuidOf, [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose]() };
  },
  parts: {
    wrongCredentials: async ({ config }) => ({ ...config, password: "wrong-password-55e" }),
    missingPermission: async ({ config }) => ({
      ...config,
      bindDn: accounts("stranger"),
      userBase: "ou=people",
    }),
    secondPageFails: async ({ config }) => ({ ...config, bindDn: accounts("capped") }),
    silent: async ({ config }) => ({ ...config, url: (await createSocketServer(() => {})).url, timeout: 1 }),
    wrongShape: async ({ config }) => ({
      ...config,
      url: (await createSocketServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))).url,
      startTls: false,
      allowPlain: true,
    }),
    rateLimited: http,
    tokenExpires: http,
    disabled: true,
    deleted: { cannot: "an LDAP server shows deleted entries to nobody, or only to administrators" },
    nested: true,
  },
});
