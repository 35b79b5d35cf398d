/** Which addresses Vaultwarden takes for a new account: roughly RFC 5322 local parts and RFC 1123 domains, both with letters of any script. */

const atom = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+$/u;
const quoted = /^"(?:[^"\\\p{Cc}]|\\.)*"$/u;
const label = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?$/u;
const ipAddress = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** Expects the address in lower case, as the server stores it. */
export function isVaultwardenEmail(email: string): boolean {
  const at = email.lastIndexOf("@");
  if (at < 1) return false;
  const local = email.slice(0, at);
  const domain = email.slice(at + 1);
  return local.length <= 64 && isLocalPart(local) && isDomain(domain);
}

function isLocalPart(local: string): boolean {
  return quoted.test(local) || local.split(".").every((part) => atom.test(part));
}

function isDomain(domain: string): boolean {
  if (domain.length > 253 || ipAddress.test(domain)) return false;
  return domain.split(".").every((part) => part.length <= 63 && label.test(part));
}
