import { BlockList, isIP } from "node:net";
import { Fault } from "../core/fault.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RouteSettings {
  readonly proxy?: string | undefined;
  readonly env: Environment;
}

/**
 * Which proxy an address goes through. The configured one counts before HTTPS_PROXY and HTTP_PROXY (lower-case names
 * first, as curl does, and HTTP_PROXY not where REQUEST_METHOD shows a CGI: there a caller could set it by a header,
 * httpoxy.org); ALL_PROXY where neither is set; NO_PROXY excepts hosts for all of them; this machine itself is never
 * reached through a proxy. Fault `network.proxy_invalid {proxy, field}`, without the proxy's password.
 */
export const createRoute = ({ proxy, env }: RouteSettings): ((url: URL) => URL | undefined) => {
  const everything = parseProxy(proxy, "network.proxy");
  const [httpsName, httpsText] = variable(env, "https_proxy");
  const [httpName, httpText] =
    env["REQUEST_METHOD"] === undefined ? variable(env, "http_proxy") : ["http_proxy", env["http_proxy"]];
  const [allName, allText] = variable(env, "all_proxy");
  const forHttps = everything ?? parseProxy(httpsText, httpsName) ?? parseProxy(allText, allName);
  const forHttp = everything ?? parseProxy(httpText, httpName) ?? parseProxy(allText, allName);
  const isExcepted = parseExceptions(variable(env, "no_proxy")[1] ?? "");
  return (url) => {
    const through = url.protocol === "https:" ? forHttps : forHttp;
    return through === undefined || isLoopback(url.hostname) || isExcepted(url) ? undefined : through;
  };
};

/** `localhost`, names under it, 127.0.0.0/8 and ::1. */
export const isLoopback = (hostname: string): boolean => {
  const host = bare(hostname);
  if (isIP(host) === 0) return host === "localhost" || host.endsWith(".localhost");
  return loopback.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
};

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** A host without brackets and the final dot, in lower case. */
const bare = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[|\]$/gu, "")
    .replace(/\.$/u, "");

const variable = (env: Environment, name: string): [string, string | undefined] => {
  const upper = name.toUpperCase();
  return env[name] !== undefined && env[name] !== "" ? [name, env[name]] : [upper, env[upper]];
};

const parseProxy = (text: string | undefined, field: string): URL | undefined => {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "") return undefined;
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//iu.test(trimmed) ? trimmed : `http://${trimmed}`);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "") return url;
  throw new Fault("network.proxy_invalid", {
    proxy: trimmed.replace(/\/\/[^/@]*@/u, "//***@").replace(/^[^/@]*@/u, "***@"),
    field,
  });
};

/** NO_PROXY: `*`, hosts, `.domain` or `*.domain` (a plain host means its subdomains too), addresses, networks (`10.0.0.0/8`), each with an optional port. */
const parseExceptions = (text: string): ((url: URL) => boolean) => {
  const tests = text
    .split(/[\s,]+/u)
    .filter((entry) => entry !== "")
    .map(parseException);
  return (url) =>
    tests.some((test) =>
      test(bare(url.hostname), url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port),
    );
};

const parseException = (entry: string): ((host: string, port: string) => boolean) => {
  if (entry === "*") return () => true;
  const network = /^\[?([\da-f.:]+)\]?\/(\d{1,3})$/iu.exec(entry);
  if (network?.[1] !== undefined && isIP(network[1]) !== 0) return inNetwork(network[1], Number(network[2]));
  const withPort = isIP(entry) === 6 ? undefined : /^(.+):(\d+)$/u.exec(entry);
  const port = withPort?.[2];
  const name = bare((withPort?.[1] ?? entry).replace(/^\*?\./u, ""));
  return (host, hostPort) =>
    (port === undefined || port === hostPort) && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
};

const inNetwork = (address: string, prefix: number): ((host: string) => boolean) => {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (prefix > (family === "ipv6" ? 128 : 32)) return () => false;
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return (host) => isIP(host) !== 0 && list.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
};
