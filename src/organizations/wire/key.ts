import { Fault } from "../../core/fault.ts";

/** An organization's API key, checked for its shape. */
export interface OrganizationKey {
  /** `organization.` and the GUID in lower case: servers compare it as text. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** The GUID. */
  readonly organizationId: string;
}

/**
 * Reads what was pasted: the two texts, or both in the first one. Nothing is sent with a key that cannot be one: Fault
 * `organization.personal_key` for a person's, `organization.key_invalid {found}` for anything else. `found` is never
 * more than the part before the first dot, since people do mix up the two fields.
 */
export const readKey = (given: { readonly clientId: string; readonly clientSecret: string }): OrganizationKey => {
  const { clientId, clientSecret } = splitKey(given);
  if (/^user\./iu.test(clientId)) throw new Fault("organization.personal_key");
  const organizationId = /^organization\.([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/iu.exec(clientId)?.[1];
  if (organizationId === undefined) {
    const kind = /^([a-z]{2,20})\.[^@]*$/iu.exec(clientId)?.[1];
    throw new Fault("organization.key_invalid", { found: kind === undefined ? "none" : `${kind.toLowerCase()}.…` });
  }
  if (clientSecret === "") throw new Fault("organization.key_invalid", { found: "no_secret" });
  const id = organizationId.toLowerCase();
  return { clientId: `organization.${id}`, clientSecret, organizationId: id };
};

/** Finds id and secret where both were pasted into one field, with or without their labels. */
export const splitKey = (given: {
  readonly clientId: string;
  readonly clientSecret: string;
}): { readonly clientId: string; readonly clientSecret: string } => {
  const clientId = bare(given.clientId);
  const clientSecret = bare(given.clientSecret);
  const all = `${clientId}\n${clientSecret}`;
  if (!/\s/u.test(clientId) && !/\s/u.test(clientSecret) && clientSecret !== "") return { clientId, clientSecret };
  const id = /\b(?:organization|user)\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/iu.exec(all)?.[0];
  if (id === undefined) return { clientId, clientSecret };
  const rest = all.replace(id, " ");
  const secret = /(?<![\w.-])[A-Za-z\d]{30}(?![\w.-])/u.exec(rest)?.[0];
  return { clientId: id, clientSecret: secret ?? (/\s/u.test(clientSecret) ? "" : clientSecret) };
};

/** Without the quotes and spaces that come along when copying. */
const bare = (text: string): string =>
  text
    .trim()
    .replace(/^(["'`])(.*)\1$/su, "$2")
    .trim();
