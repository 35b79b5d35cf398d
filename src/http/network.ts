import { getCACertificates } from "node:tls";
import type { Agent, Dispatcher, ProxyAgent } from "undici";
import { readClientCertificate, type ClientCertificate } from "./client-certificate.ts";
import { readAuthorities } from "./pem.ts";
import { createRoute, type Environment } from "./proxy.ts";

/** How this machine reaches others: the way out, whom it trusts, what it shows of itself. Made once per process. */
export interface Network extends AsyncDisposable {
  /** Every authority that counts, as PEM: Node's own, the system's, NODE_EXTRA_CA_CERTS and the configured file. */
  authorities(): readonly string[];
  /** What servers that ask for a certificate are shown. */
  readonly clientCertificate?: ClientCertificate;
  /** The proxy for an address; undefined = straight. Its credentials are in it: never log it. */
  proxyFor(url: URL): URL | undefined;
  /** What carries HTTP to an address, with all of the above; certificates are always verified. */
  dispatcherFor(url: URL): Promise<Dispatcher>;
}

/** As configured, secrets resolved; paths as the system understands them. */
export interface NetworkSettings {
  /** Counts instead of the environment's; `NO_PROXY` counts for both. */
  readonly proxy?: string | undefined;
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly keyPassphrase?: string | undefined;
  readonly env: Environment;
}

/**
 * Reads the files and the environment. Faults `network.file_unreadable {path, field, reason}` (reasons `missing`,
 * `forbidden`, `no_certificate`, `passphrase`, `pair` or the system's text) and `network.proxy_invalid {proxy, field}`.
 */
export const createNetwork = async (settings: NetworkSettings): Promise<Network> => {
  const route = createRoute({ proxy: settings.proxy, env: settings.env });
  const extra = await readExtraAuthorities(settings);
  const client = await readClientCertificate(settings, "network");
  let authorities: readonly string[] | undefined;
  const trusted = (): readonly string[] => (authorities ??= [...new Set([...systemAuthorities(), ...extra])]);
  const agents = new Map<string, Agent | ProxyAgent>();
  const encryption = () => ({
    ca: [...trusted()],
    ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    ...(client?.passphrase === undefined ? {} : { passphrase: client.passphrase }),
    rejectUnauthorized: true,
    timeout: connectTimeout,
  });
  const create = async (proxy: URL | undefined, isEncrypted: boolean): Promise<Agent | ProxyAgent> => {
    // Loaded when first needed: a run that finds nothing to do asks nobody over HTTP.
    const { Agent, ProxyAgent } = await import("undici");
    if (proxy !== undefined)
      return new ProxyAgent({
        ...transport,
        uri: proxy.href,
        requestTls: encryption(),
        proxyTls: { ca: [...trusted()], rejectUnauthorized: true, timeout: connectTimeout },
        connectTimeout,
      });
    return new Agent({ ...transport, connect: isEncrypted ? encryption() : { timeout: connectTimeout } });
  };
  return {
    authorities: trusted,
    ...(client === undefined ? {} : { clientCertificate: client }),
    proxyFor: route,
    dispatcherFor: async (url) => {
      const proxy = route(url);
      const name = proxy?.href ?? url.protocol;
      const made = agents.get(name) ?? (await create(proxy, url.protocol === "https:"));
      // Of two that were made at once, the first stays.
      const agent = agents.get(name) ?? made;
      agents.set(name, agent);
      return agent;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
      agents.clear();
    },
  };
};

const connectTimeout = 15_000;

/** HTTP/1.1 one request at a time per connection, so that no request is ever sent a second time behind the back; times are the request's own. */
const transport = { allowH2: false, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 } as const;

/** `default` holds Node's own list, which needs no file; `system` what the administrator of this machine trusts. */
const systemAuthorities = (): string[] => [...getCACertificates("default"), ...getCACertificates("system")];

const readExtraAuthorities = async ({ caFile, env }: NetworkSettings): Promise<string[]> => {
  const files: [string, string | undefined][] = [
    ["network.caFile", caFile],
    ["NODE_EXTRA_CA_CERTS", env["NODE_EXTRA_CA_CERTS"]],
  ];
  const found: string[] = [];
  for (const [field, path] of files) {
    if (path === undefined || path === "") continue;
    found.push(...(await readAuthorities(path, field)));
  }
  return found;
};
