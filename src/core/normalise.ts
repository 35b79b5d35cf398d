/**
 * What of a directory's entry can be sent to an organization: addresses, external ids and group names as servers accept
 * them. Nothing is shortened or repaired beyond trimming and lower case, so that an entry never becomes another one.
 */

/** Whose checks an address has to pass: `any` = it must be acceptable to every kind of server. */
export type AddressRules = "official" | "any";

/** Why an address cannot be used; words under `note.left_out.bad_address`. */
export type AddressProblem =
  | "blank"
  | "at"
  | "long"
  | "control"
  | "space"
  | "dots"
  | "local_long"
  | "domain"
  | "ip"
  | "case";

export const limits = { address: 256, externalId: 300, groupName: 100, local: 64, label: 63, domain: 254 } as const;

/**
 * An address trimmed and in lower case, or why it cannot be used. Both servers want one `@`, neither first nor last, and
 * the official one at most 256 characters without line breaks; the other checks are those Vaultwarden refuses a new
 * person for, measured on 1.37.2.
 */
export const readAddress = (
  text: string,
  rules: AddressRules,
): { readonly address: string } | { readonly problem: AddressProblem } => {
  const trimmed = text.trim();
  const address = trimmed.toLowerCase();
  const problem = commonProblem(trimmed, address) ?? (rules === "any" ? strictProblem(address) : undefined);
  return problem === undefined ? { address } : { problem };
};

const commonProblem = (trimmed: string, address: string): AddressProblem | undefined => {
  if (address === "") return "blank";
  const at = address.indexOf("@");
  if (at === -1 || at !== address.lastIndexOf("@") || at === 0 || at === address.length - 1) return "at";
  if (address.length > limits.address) return "long";
  if (/\p{Cc}/u.test(address)) return "control";
  // Some letters become two when lower-cased, so that nobody could say which address is meant.
  if (address.length !== trimmed.length) return "case";
  return undefined;
};

const strictProblem = (address: string): AddressProblem | undefined => {
  const at = address.indexOf("@");
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const quoted = /^"(?:[^"\\]|\\.)*"$/su.test(local);
  if (/\s/u.test(quoted ? domain : address)) return "space";
  if (local.length > limits.local) return "local_long";
  if (!quoted && (local.startsWith(".") || local.endsWith(".") || local.includes(".."))) return "dots";
  if (/^\[.*\]$/u.test(domain) || /^\d{1,3}(?:\.\d{1,3}){3}$/u.test(domain)) return "ip";
  const labels = domain.split(".");
  const isBad = (label: string): boolean =>
    label === "" || label.length > limits.label || label.startsWith("-") || label.endsWith("-");
  return domain.length > limits.domain || labels.some(isBad) ? "domain" : undefined;
};

/** Why an external id cannot be used, or undefined; servers take 1–300 characters that are not all blank. */
export const externalIdProblem = (externalId: string): "none" | "long" | undefined => {
  if (externalId.trim() === "") return "none";
  return externalId.length > limits.externalId ? "long" : undefined;
};

/** Why a group's name cannot be used, or undefined; servers take 1–100 characters that are not all blank. */
export const groupNameProblem = (name: string): "none" | "long" | undefined => {
  if (name.trim() === "") return "none";
  return name.length > limits.groupName ? "long" : undefined;
};
