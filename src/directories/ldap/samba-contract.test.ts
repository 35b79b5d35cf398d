import { afterAll, describe } from "vitest";
import { createAdLimits, type AdLimitsProxy } from "../../../tests/servers/ad-limits.ts";
import {
  configForSamba,
  domainSuffix,
  missingSamba,
  startSamba,
  type Samba,
} from "../../../tests/servers/samba/samba.ts";
import { contentEntries, spellGuid } from "../../../tests/servers/samba/content.ts";
import { createSocketServer } from "../../../tests/servers/socket-server.ts";
import type { Resolved } from "../../config/field.ts";
import { describeDirectory, type Content, type Running } from "../contract.ts";
import type { LdapConfig } from "./config.ts";
import { ldapDirectory } from "./index.ts";

const skip = missingSamba();
const http = { cannot: "LDAP has no HTTP, no tokens and no pauses a server asks for" };
type Config = Resolved<LdapConfig>;

/** The same promises with and without the limits of Windows in between. */
function describeSamba(name: string, reach: (samba: Samba) => Promise<Partial<Config>>): void {
  describe(`a Samba domain${name}`, () => {
    let samba: Promise<Samba> | undefined;
    let started = 0;
    afterAll(async () => (await samba)?.[Symbol.asyncDispose]());

    const start = async (content: Content): Promise<Running<LdapConfig>> => {
      samba ??= startSamba();
      const server = await samba;
      started += 1;
      const base = `OU=run${started},${domainSuffix}`;
      const { entries, dnOf } = contentEntries(content, base, `r${started}`);
      await using writer = await server.writer();
      await writer.addAll(entries);
      const ids = new Map<string, string>();
      for (const { key } of [...content.users, ...content.groups])
        ids.set(key, spellGuid(await writer.bytes(dnOf(key), "objectGUID")));
      const config = configForSamba(server, { baseDn: base, ...(await reach(server)) });
      return { config, id: (key) => ids.get(key) ?? "", [Symbol.asyncDispose]: async () => {} };
    };

    describeDirectory<LdapConfig>({
      directory: ldapDirectory,
      pageSize: 10,
      secrets: ["Reader-Password-7c1", "Wrong-Password-55e"],
      ...(skip === undefined ? {} : { skip }),
      start,
      parts: {
        wrongCredentials: async ({ config }) => ({ ...config, password: "Wrong-Password-55e" }),
        missingPermission: async ({ config }) => {
          const { bindDn, password, ...anonymous } = config;
          return bindDn === "" ? { ...anonymous, password } : anonymous;
        },
        secondPageFails: async ({ config }) => {
          const address = (await samba)?.address ?? "";
          const proxy = await createAdLimits({ host: address, port: 636 }, { dropAfter: 15 });
          proxies.push(proxy);
          return { ...config, url: proxy.url, startTls: false, allowPlain: true };
        },
        silent: async ({ config }) => ({
          ...config,
          url: (await createSocketServer(() => {})).url,
          startTls: true,
          timeout: 1,
        }),
        wrongShape: async ({ config }) => ({
          ...config,
          url: (await createSocketServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))).url,
          startTls: false,
          allowPlain: true,
        }),
        rateLimited: http,
        tokenExpires: http,
        disabled: true,
        deleted: { cannot: "a domain shows deleted entries to administrators only" },
        nested: true,
      },
    });
  });
}

const proxies: AdLimitsProxy[] = [];
afterAll(async () => {
  for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
});

describeSamba("", async () => ({}));
describeSamba(" behind the limits of Windows", async ({ address }) => {
  const limits = { page: 7, values: 8, emptyPageEvery: 3 };
  const proxy = await createAdLimits({ host: address, port: 636 }, limits);
  proxies.push(proxy);
  return { url: proxy.url, startTls: false, allowPlain: true };
});
