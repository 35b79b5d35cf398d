/** The servers one can choose without typing an address. */
export const clouds = {
  us: "https://vault.bitwarden.com",
  eu: "https://vault.bitwarden.eu",
} as const;

/** Which server: one of the clouds, or an own one whose address is typed. */
export type ServerChoice = keyof typeof clouds | "own";

/** What was typed as a server's address: without a scheme it is https, as people copy it from a browser's bar. */
export const addressOf = (typed: string): string => {
  const text = typed.trim();
  return text === "" || /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? text : `https://${text}`;
};

/** The choice that stands for an address, so that a cloud's address typed by hand is that cloud. */
export const choiceOf = (address: string): ServerChoice => {
  const wanted = addressOf(address).replace(/\/+$/u, "").toLowerCase();
  return wanted === clouds.us ? "us" : wanted === clouds.eu ? "eu" : "own";
};

/** An API key in one piece of text, as a vault or a password manager gives it: client id and secret, with or without labels. */
export const splitKey = (text: string): { readonly clientId: string; readonly secret: string } | undefined => {
  const words = text
    .split(/[\s"',;=]+|:\s/u)
    .filter(
      (word) =>
        word !== "" &&
        !/^(?:client_?(?:id|secret)|scope|grant_?type|api\.organization|client_credentials):?$/iu.test(word),
    );
  const clientId = words.find((word) => /^(?:organization|user)\./iu.test(word));
  const secret = words.find((word) => word !== clientId);
  return clientId === undefined || secret === undefined ? undefined : { clientId, secret };
};

/** The part of the form that a refusal is about; undefined: none of them alone. */
export const placeOf = (code: string): "server" | "clientId" | "secret" | undefined => {
  if (code === "organization.key_invalid" || code === "organization.personal_key") return "clientId";
  if (code === "organization.refused" || code === "organization.other") return "secret";
  const server = ["insecure", "not_bitwarden", "tls", "unreachable", "url_invalid", "bad_response"];
  return server.some((name) => code === `organization.${name}`) ? "server" : undefined;
};
