import { Fault } from "../../core/fault.ts";

/** An organization's API key as its owner copied it. */
export interface ApiKey {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The organization's GUID. */
  readonly organizationId: string;
}

/**
 * Reads what was pasted, which may be both parts at once, with or without the labels of the web vault. Faults:
 * `organization.personal_key`, `organization.key_invalid`; neither repeats anything that may be the secret.
 */
export const readApiKey = (pasted: { readonly clientId: string; readonly clientSecret: string }): ApiKey => {
  const words = `${pasted.clientId}\n${pasted.clientSecret}`
    .split(/[\s"',;]+/u)
    .flatMap(withoutLabel)
    .filter((word) => word !== "" && !isSurrounding(word));
  const ids = words.filter((word) => /^(?:organization|user)\./iu.test(word));
  const secrets = words.filter((word) => !/^(?:organization|user)\./iu.test(word));
  if (ids.some((id) => /^user\./iu.test(id))) throw new Fault("organization.personal_key", {});
  const [clientId] = new Set(ids.map((id) => id.toLowerCase()));
  const organizationId = clientId?.slice("organization.".length);
  if (clientId === undefined || organizationId === undefined || !isGuid(organizationId))
    throw new Fault("organization.key_invalid", { found: shortened(clientId) });
  const [clientSecret, ...others] = new Set(secrets);
  if (clientSecret === undefined || others.length > 0)
    throw new Fault("organization.key_invalid", { found: "no_secret" });
  return { clientId, clientSecret, organizationId };
};

/** `client_id:` and the like stand before the values in the web vault and in configuration files. */
const withoutLabel = (word: string): string[] => [
  word.replace(/^(?:client_?id|client_?secret|scope|grant_?type)[:=]*/iu, ""),
];

/** Enough to recognise it; the rest may hold the secret, where the two were pasted without a blank. */
const shortened = (clientId: string | undefined): string =>
  clientId === undefined ? "none" : clientId.length > 22 ? `${clientId.slice(0, 21)}…` : clientId;

/** What the web vault shows beside the key. */
const isSurrounding = (word: string): boolean => word === "api.organization" || word === "client_credentials";

const isGuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(text);
