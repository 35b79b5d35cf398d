import { Fault, isFault } from "../../core/fault.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { readFilter } from "../../core/filter/read.ts";
import { textOf, type Original } from "./original.ts";

type Settings = Record<string, unknown>;
type DirectorySettings = Settings & { readonly kind: string };

/** Settings of ours that do what the original's did, and what of it they do otherwise. */
export interface Translated {
  readonly organization: { readonly server: string; readonly apiUrl?: string; readonly identityUrl?: string };
  /** As the key has it, `organization.<guid>`; absent where nobody was logged in. */
  readonly clientId?: string;
  readonly directory: DirectorySettings;
  /** `sync` and `schedule`, as far as they differ from the defaults. */
  readonly sync: Settings;
  readonly schedule: Settings;
  /** Dotted path below the profile, or `clientSecret` of the organization → the secret; undefined where it has to be given again. */
  readonly secrets: ReadonlyMap<string, string | undefined>;
  readonly notes: readonly Diagnostic[];
}

/** Fault `import.no_directory` where none was chosen. */
export const translate = (original: Original, path: string): Translated => {
  const { kind, directory, sync } = original;
  const build = kind === undefined ? undefined : builders[kind];
  if (build === undefined) throw new Fault("import.no_directory", { path });
  const notes: Diagnostic[] = [];
  const note: Note = (code, severity, params = {}) => void notes.push({ code: `import.${code}`, severity, params });
  const made = build(directory, sync, note);
  const id =
    original.clientId ??
    (original.organizationId === undefined ? undefined : `organization.${original.organizationId}`);
  return {
    organization: serverOf(original.urls),
    ...(id === undefined ? {} : { clientId: id }),
    directory: made.directory,
    sync: syncOf(sync, made.directory.kind, note),
    schedule: scheduleOf(sync["interval"]),
    secrets: new Map([
      ["clientSecret", original.clientSecret],
      [`directory.${made.secret}`, made.given],
    ]),
    notes,
  };
};

type Note = (code: string, severity: Diagnostic["severity"], params?: NonNullable<Diagnostic["params"]>) => void;

interface Built {
  readonly directory: DirectorySettings;
  /** The setting that holds the secret. */
  readonly secret: string;
  readonly given: string | undefined;
}

/** The address of the web vault, where its two others hang on that. */
const serverOf = (urls: Original["urls"]): Translated["organization"] => {
  const [base, api, identity] = ["base", "api", "identity"].map((name) => textOf(urls[name])?.replace(/\/+$/u, ""));
  return {
    server: base ?? "https://vault.bitwarden.com",
    ...(api === undefined ? {} : { apiUrl: api }),
    ...(identity === undefined ? {} : { identityUrl: identity }),
  };
};

const ldap = (from: Original["directory"], sync: Original["sync"], note: Note): Built => {
  const [encrypted, startTls, isAd] = [from["ssl"] === true, from["startTls"] === true, from["ad"] !== false];
  const scheme = encrypted && !startTls ? "ldaps" : "ldap";
  const caFile = textOf(startTls ? from["tlsCaPath"] : from["sslCaPath"]);
  if (!encrypted) note("plain_password", "warning");
  if (from["sslAllowUnauthorized"] === true) note("no_verify", "warning");
  if (!isAd) note("dn_ids", "info");
  const root = textOf(from["rootPath"]) ?? "";
  // The original searches below the first dc= of it, whatever stands before that.
  const baseDn = /(?:^|,)\s*(dc=.*)$/iu.exec(root)?.[1] ?? root;
  if (baseDn !== root) note("base_shortened", "warning", { from: root, to: baseDn });
  const named = (setting: string, ofAd: string): string | undefined =>
    textOf(sync[setting]) ?? (isAd ? ofAd : undefined);
  const email = named("userEmailAttribute", "mail");
  return {
    directory: withoutAbsent({
      kind: "ldap",
      url: `${scheme}://${(textOf(from["hostname"]) ?? "").toLowerCase()}:${textOf(from["port"]) ?? 389}`,
      ...(encrypted ? {} : { startTls: false, allowPlain: true }),
      caFile: encrypted ? caFile : undefined,
      certFile: scheme === "ldaps" ? textOf(from["sslCertPath"]) : undefined,
      keyFile: scheme === "ldaps" ? textOf(from["sslKeyPath"]) : undefined,
      ...(from["sslAllowUnauthorized"] === true ? { verifyTls: false } : {}),
      bindDn: textOf(from["username"]),
      baseDn,
      userBase: named("userPath", "CN=Users"),
      groupBase: named("groupPath", "CN=Users"),
      userObjectClass: named("userObjectClass", "person"),
      groupObjectClass: named("groupObjectClass", "group"),
      emailAttributes: email === undefined ? undefined : [email],
      ...madeUp(sync, note, { loginAttribute: named("emailPrefixAttribute", "sAMAccountName") }),
      groupNameAttribute: named("groupNameAttribute", "name"),
      memberAttribute: named("memberAttribute", "member"),
      idAttribute: isAd ? undefined : "dn",
    }),
    secret: "password",
    given: textOf(from["password"]),
  };
};

const entra = (from: Original["directory"]): Built => ({
  directory: withoutAbsent({
    kind: "entra",
    tenant: textOf(from["tenant"]),
    clientId: textOf(from["applicationId"]),
    cloud: textOf(from["identityAuthority"]) === "login.microsoftonline.us" ? "us-government" : undefined,
    guests: "include",
  }),
  secret: "clientSecret",
  given: textOf(from["key"]),
});

const google = (from: Original["directory"]): Built => ({
  directory: withoutAbsent({
    kind: "google",
    serviceAccount: textOf(from["clientEmail"]),
    adminUser: textOf(from["adminUser"]),
    customer: textOf(from["customer"]),
    domain: textOf(from["domain"]),
  }),
  secret: "serviceAccountKey",
  given: textOf(from["privateKey"])?.replaceAll("\\n", "\n"),
});

const okta = (from: Original["directory"]): Built => ({
  directory: withoutAbsent({ kind: "okta", url: textOf(from["orgUrl"])?.replace(/\/+$/u, "") }),
  secret: "token",
  given: textOf(from["token"]),
});

const onelogin = (from: Original["directory"], sync: Original["sync"], note: Note): Built => ({
  directory: withoutAbsent({
    kind: "onelogin",
    url: textOf(from["region"]) ?? "us",
    clientId: textOf(from["clientId"]),
    ...madeUp(sync, note, {}),
  }),
  secret: "clientSecret",
  given: textOf(from["clientSecret"]),
});

const builders = [ldap, entra, google, okta, onelogin];

/** An address out of the login name and a suffix; without an @ in it the suffix makes none. */
const madeUp = (sync: Original["sync"], note: Note, besides: Settings): Settings => {
  const suffix = textOf(sync["emailSuffix"]);
  if (sync["useEmailPrefixSuffix"] !== true || suffix === undefined) return {};
  if (/^@[^@\s]+$/u.test(suffix)) return { ...besides, emailSuffix: suffix };
  note("suffix", "warning", { suffix });
  return {};
};

const syncOf = (sync: Original["sync"], kind: string, note: Note): Settings => {
  const groupFilter = textOf(sync["groupFilter"]) ?? "";
  if (sync["overwriteExisting"] === true) note("overwrite", "info");
  note("gone", "info");
  if (sync["removeDisabled"] === true) note("revokes", "info");
  // A group filter that names a set takes people outside those groups out, too.
  const narrows =
    kind !== "ldap" && /^\s*(?:include|exclude)(?:administrativeunit)?\s*:[^:|]*(?:\||$)/iu.test(groupFilter);
  if (narrows) note("narrowed", "info");
  return {
    users: sync["users"] === true,
    groups: sync["groups"] === true,
    ...filterOf("userFilter", textOf(sync["userFilter"]) ?? "", kind, note),
    ...filterOf("groupFilter", groupFilter, kind, note),
    ...(narrows ? { narrow: "direct" } : {}),
    ...(sync["inviteUsersAfterProvisioning"] === false ? { joiners: "stage" } : {}),
    leavers: { disabled: sync["removeDisabled"] === true ? "revoke" : "keep" },
  };
};

/** The original takes a filter that it cannot read for none, but for LDAP, where the server refuses it. */
const filterOf = (setting: "userFilter" | "groupFilter", text: string, kind: string, note: Note): Settings => {
  if (text === "") return {};
  if (kind !== "ldap")
    try {
      readFilter(text, { subject: setting === "userFilter" ? "people" : "groups", setting, directory: kind });
    } catch (error) {
      if (!isFault(error, "filter.syntax")) throw error;
      note("filter", "warning", { setting: `sync.${setting}`, text });
      return {};
    }
  return { [setting]: text };
};

/** Five minutes at least, as there; without a number our own default. */
const scheduleOf = (interval: unknown): Settings => {
  const minutes = Number(textOf(interval) ?? 0);
  return Number.isInteger(minutes) && minutes > 0 ? { every: `${Math.max(5, minutes)}m` } : {};
};

const withoutAbsent = (settings: DirectorySettings): DirectorySettings => ({
  ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
  kind: settings.kind,
});
