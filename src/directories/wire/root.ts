import { Fault } from "../../core/fault.ts";

/**
 * The root of a vendor's API as people type it: `https://` may be left out, a path stays. Fault `directory.unreachable`
 * (reason `address`) for what is none, `directory.plain_refused` for one that is not encrypted; only this computer itself
 * may be asked in plain text.
 */
export const readRoot = (text: string): URL => {
  const typed = text.trim();
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//iu.test(typed) ? typed : `https://${typed}`);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (url === null || !isWeb || url.hostname === "" || url.username !== "" || url.password !== "" || url.search !== "")
    throw new Fault("directory.unreachable", { host: typed.replace(/^(.*\/\/).*@/u, "$1"), reason: "address" });
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    throw new Fault("directory.plain_refused", { host: url.host });
  return url;
};

const isLoopback = (host: string): boolean => host === "localhost" || host === "[::1]" || /^127\.[\d.]+$/u.test(host);
