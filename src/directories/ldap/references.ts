import { canonicalDn } from "../../core/dn.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import type { Session } from "./session.ts";

/** Notes the parts of the searched tree that other servers hold: they are not followed, since no log-in is known there. */
export function noteReferences({ references, layout }: Session): Diagnostic[] {
  const isActiveDirectory = layout.server.idAttribute === "objectGUID";
  const urls = [...references].filter((url) => !(isActiveDirectory && isOwnPartition(url)));
  if (urls.length === 0) return [];
  return [{ code: "ldap.referral", severity: "warning", params: { count: urls.length, urls: urls.slice(0, 5) } }];
}

/** Every search from the root of a domain names its partitions for DNS and configuration, which hold no people. */
function isOwnPartition(url: string): boolean {
  const path = /^ldaps?:\/\/[^/]*\/(?<dn>[^?]*)/iu.exec(url)?.groups?.["dn"] ?? "";
  return /^(?:dc=domaindnszones|dc=forestdnszones|cn=configuration|cn=schema,cn=configuration),dc=/u.test(
    canonicalDn(decode(path)) ?? "",
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
