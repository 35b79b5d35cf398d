import { Fault } from "../../core/fault.ts";

/** What somebody typed: a server's address, or its parts apart. */
export interface ServerAddress {
  readonly server: string;
  readonly apiUrl?: string | undefined;
  readonly identityUrl?: string | undefined;
}

/** The three base URLs, without a slash at the end. */
export interface ServerUrls {
  readonly api: string;
  readonly identity: string;
  readonly vault: string;
  /** Set for the clouds, which are known by their names. */
  readonly region?: Region;
}

export type Region = "US" | "EU" | "GOV";

/**
 * Base URLs of any kind of server: the clouds by any of their names, with or without `https://` and whatever path was
 * copied along; a server of one's own by its base, path included; API and identity apart. Nothing but this computer is
 * addressed without encryption. Faults `organization.url_invalid {url, reason}` and `organization.insecure {server}`.
 */
export const readUrls = ({ server, apiUrl, identityUrl }: ServerAddress): ServerUrls => {
  const api = given(apiUrl);
  const identity = given(identityUrl);
  if (given(server) === undefined && api !== undefined && identity !== undefined)
    return { api: base(api), identity: base(identity), vault: new URL(base(api)).origin };
  const cloud = cloudOf(server);
  const derived = cloud ?? ownServer(server);
  return {
    ...(api === undefined && identity === undefined ? derived : { vault: derived.vault }),
    api: api === undefined ? derived.api : base(api),
    identity: identity === undefined ? derived.identity : base(identity),
  };
};

/** For people: the host, with its port where it is not the usual one. */
export const serverName = (urls: { readonly vault: string }): string => new URL(urls.vault).host;

/** bitwarden/server, the table of regions; `bitwarden-gov.com` is the region for US government bodies. */
const clouds: readonly (readonly [Region, string])[] = [
  ["US", "bitwarden.com"],
  ["EU", "bitwarden.eu"],
  ["GOV", "bitwarden-gov.com"],
];

const cloudOf = (text: string): ServerUrls | undefined => {
  const short = text.trim().toUpperCase();
  const host = URL.parse(withScheme(text))?.hostname;
  const found = clouds.find(
    ([region, domain]) => region === short || host === domain || host?.endsWith(`.${domain}`) === true,
  );
  if (found === undefined) return undefined;
  const [region, domain] = found;
  return {
    api: `https://api.${domain}`,
    identity: `https://identity.${domain}`,
    vault: `https://vault.${domain}`,
    region,
  };
};

const ownServer = (text: string): ServerUrls => {
  const vault = base(text);
  return { api: `${vault}/api`, identity: `${vault}/identity`, vault };
};

/** Origin and path of what was typed; query, fragment (`/#/login`) and slashes at the end are not part of a base. */
const base = (text: string): string => {
  const trimmed = text.trim();
  const invalid = (reason: string): Fault =>
    new Fault("organization.url_invalid", { url: trimmed.replace(/\/\/[^/@]*@/u, "//***@"), reason });
  if (trimmed === "") throw invalid("empty");
  const url = URL.parse(withScheme(trimmed));
  if (url === null || url.hostname === "" || /\s/u.test(trimmed)) throw invalid("syntax");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw invalid("scheme");
  if (url.username !== "" || url.password !== "") throw invalid("credentials");
  if (url.protocol === "http:" && !isThisComputer(url.hostname))
    throw new Fault("organization.insecure", { server: url.host });
  return `${url.origin}${url.pathname}`.replace(/\/+$/u, "");
};

/** Without a scheme it is https, but for this computer, where servers for trying out speak plain http. */
const withScheme = (text: string): string => {
  const trimmed = text.trim();
  if (/^[a-z][a-z\d+.-]*:\/\//iu.test(trimmed)) return trimmed;
  const bare = trimmed.replace(/^\/+/u, "");
  const host = URL.parse(`http://${bare}`)?.hostname;
  return `${host !== undefined && isThisComputer(host) ? "http" : "https"}://${bare}`;
};

const isThisComputer = (hostname: string): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  hostname === "[::1]" ||
  /^127(?:\.\d{1,3}){3}$/u.test(hostname);

const given = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === "" ? undefined : text;
