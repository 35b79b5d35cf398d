import { BindRequest, ExtendedRequest } from "ldapts";
import type { Resolved } from "../../config/field.ts";
import { Fault } from "../../core/fault.ts";
import type { LdapConfig } from "./config.ts";
import { parseAddress, spellHost, type Connection } from "./connection.ts";
import { bindFault, type Parties } from "./errors.ts";

/** As whom the server is asked. */
export type Login =
  | { readonly kind: "anonymous" }
  /** A DN, `user@domain` or `DOMAIN\\user` (RFC 4513 §5.1.3; the latter two are Active Directory's). */
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  /** The certificate shown while encrypting says who it is (SASL EXTERNAL, RFC 4422 appendix A). */
  | { readonly kind: "certificate" };

/** What the configuration asks for. What would betray a password, or read as nobody, is a Fault before anything is sent. */
export function chooseLogin(config: Resolved<LdapConfig>): Login {
  const user = config.bindDn?.trim() ?? "";
  const password = config.password ?? "";
  const servers = [config.url, ...(config.fallbackUrls ?? [])].map(parseAddress);
  const plain = servers.find((server) => !server.isEncrypted && !config.startTls);
  const host = spellHost(plain ?? servers[0] ?? { host: config.url, port: 0, isEncrypted: true });
  if (user === "") {
    if (config.certFile === undefined || config.certFile === "") return { kind: "anonymous" };
    if (plain !== undefined)
      throw new Fault("directory.auth_failed", { host, by: "certificate", reason: "certificate_plain" });
    return { kind: "certificate" };
  }
  if (plain !== undefined && !config.allowPlain) throw new Fault("directory.plain_refused", { host });
  // A log-in with a name and an empty password succeeds as nobody (RFC 4513 §5.1.2), which would read less.
  if (password === "") throw new Fault("directory.auth_failed", { host, user, reason: "no_password" });
  return { kind: "password", user, password };
}

/** Logs in and gives as whom, as far as that is known; Faults as `bindFault` says. */
export async function logIn(connection: Connection, host: string, login: Login): Promise<Parties> {
  switch (login.kind) {
    case "anonymous":
      return { host, user: "" };
    case "password": {
      const parties = { host, user: login.user };
      await bind(connection, parties, login.user, login.password);
      return parties;
    }
    case "certificate":
      await bind(connection, { host, user: "" }, "", "", "EXTERNAL");
      return { host, user: await nameOfCertificate(connection, host) };
    default:
      return login satisfies never;
  }
}

/**
 * As whom the server takes us (RFC 4532), as it writes it without `dn:` or `u:`; "" for nobody in particular, undefined
 * where it does not tell.
 */
export async function whoAmI(connection: Connection): Promise<string | undefined> {
  const reply = await connection.request(
    (messageId) => new ExtendedRequest({ messageId, oid: "1.3.6.1.4.1.4203.1.11.3" }),
  );
  if (reply.code !== 0) return undefined;
  const name = (reply.value ?? "").replace(/^(?:dn|u):/iu, "").trim();
  return name.toLowerCase() === "anonymous" ? "" : name;
}

async function bind(
  connection: Connection,
  parties: Parties,
  dn: string,
  password: string,
  mechanism?: string,
): Promise<void> {
  const sasl = mechanism === undefined ? {} : { mechanism };
  const reply = await connection.request((messageId) => new BindRequest({ messageId, dn, password, ...sasl }));
  if (reply.code !== 0) throw bindFault(reply, parties, mechanism);
}

/** A server may take the certificate and yet know nobody of that name; it would then show what anybody may see. */
async function nameOfCertificate(connection: Connection, host: string): Promise<string> {
  const name = await whoAmI(connection);
  if (name === "") throw new Fault("directory.auth_failed", { host, by: "certificate", reason: "certificate_nobody" });
  return name ?? "";
}
