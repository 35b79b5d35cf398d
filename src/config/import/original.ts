import { Fault } from "../../core/fault.ts";
import { parseJson } from "../json.ts";
import { isObject } from "../shape.ts";

type Section = Readonly<Record<string, unknown>>;

/** What the `data.json` of Bitwarden's own Directory Connector holds, whatever its layout; texts as they stand there. */
export interface Original {
  /** `base`, `api`, `identity`. */
  readonly urls: Section;
  readonly organizationId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** 0 LDAP, 1 Entra ID, 2 Google, 3 Okta, 4 OneLogin. */
  readonly kind?: number;
  /** Of the directory that is chosen; what stands for a secret in it may be a marker. */
  readonly directory: Section;
  readonly sync: Section;
}

/**
 * Reads any version: flat since August 2026 (5 and up), by accounts before (2 to 4), flat under other names in the
 * beginning (1). Faults: `config.invalid` with line and column for text that is not JSON, `import.unknown` for anything else.
 */
export const readOriginal = (text: string, path: string): Original => {
  const { value } = parseJson(text, path);
  const found = isObject(value) ? (readFlat(value) ?? readAccounts(value) ?? readFirst(value)) : undefined;
  if (found === undefined) throw new Fault("import.unknown", { path });
  return found;
};

/** In the order of their numbers, as the layouts since call them; what Entra ID was called before comes after it. */
const flatNames = [
  ["directoryLdap"],
  ["directoryEntra"],
  ["directoryGsuite"],
  ["directoryOkta"],
  ["directoryOnelogin"],
];
const accountNames = [["ldap"], ["entra", "azure"], ["gsuite"], ["okta"], ["oneLogin"]];

const readFlat = (root: Section): Original | undefined => {
  if (!flatNames.flat().some((name) => isObject(root[name])) || isObject(root["directorySettings"])) return undefined;
  // What an older layout left behind holds the key in clear text; the keychain, which is not looked into, has it otherwise.
  const left = accountOf(root);
  return {
    ...common(root["environmentUrls"], root["organizationId"] ?? root["entityId"]),
    ...keyOf(
      root["apiKeyClientId"] ?? section(left?.["profile"])["apiKeyClientId"],
      root["apiKeyClientSecret"] ?? section(left?.["keys"])["apiKeyClientSecret"],
    ),
    ...chosen(root["directoryType"], (kind) => firstOf(root, flatNames[kind])),
    sync: section(root["sync"]),
  };
};

const readAccounts = (root: Section): Original | undefined => {
  const account = accountOf(root);
  const settings = section(account?.["directorySettings"] ?? root["tempDirectorySettings"]);
  const directories = section(account?.["directoryConfigurations"] ?? root["tempDirectoryConfigs"]);
  if (Object.keys(settings).length === 0 && Object.keys(directories).length === 0) return undefined;
  const own = section(account?.["settings"] ?? root["tempAccountSettings"])["environmentUrls"];
  return {
    ...common(own ?? section(root["global"])["environmentUrls"], settings["organizationId"]),
    ...keyOf(section(account?.["profile"])["apiKeyClientId"], section(account?.["keys"])["apiKeyClientSecret"]),
    ...chosen(settings["directoryType"], (kind) => firstOf(directories, accountNames[kind])),
    sync: section(settings["sync"]),
  };
};

const readFirst = (root: Section): Original | undefined => {
  if (root["syncConfig"] === undefined && !Object.keys(root).some((name) => /^directoryConfig_[0-4]$/u.test(name)))
    return undefined;
  return {
    ...common(root["environmentUrls"], root["organizationId"] ?? root["entityId"]),
    ...keyOf(root["apikey_clientId"] ?? root["clientId"], root["apikey_clientSecret"] ?? root["clientSecret"]),
    ...chosen(root["directoryType"], (kind) => section(root[`directoryConfig_${kind}`])),
    sync: section(root["syncConfig"]),
  };
};

/** The account that was logged in last, else any that has settings. */
const accountOf = (root: Section): Section | undefined => {
  const active = root["activeUserId"];
  const named = typeof active === "string" ? root[active] : undefined;
  return [named, ...Object.values(root)].filter(isObject).find((one) => isObject(one["directorySettings"]));
};

const common = (urls: unknown, organization: unknown): Pick<Original, "urls" | "organizationId"> => {
  const organizationId = textOf(organization);
  return { urls: section(urls), ...(organizationId === undefined ? {} : { organizationId }) };
};

const keyOf = (id: unknown, secret: unknown): Pick<Original, "clientId" | "clientSecret"> => {
  const [clientId, clientSecret] = [textOf(id), textOf(secret)];
  return { ...(clientId === undefined ? {} : { clientId }), ...(clientSecret === undefined ? {} : { clientSecret }) };
};

const chosen = (type: unknown, directoryOf: (kind: number) => Section): Pick<Original, "kind" | "directory"> =>
  typeof type === "number" && accountNames[type] !== undefined
    ? { kind: type, directory: directoryOf(type) }
    : { directory: {} };

const firstOf = (directories: Section, names: readonly string[] = []): Section =>
  names.map((name) => section(directories[name])).find((one) => Object.keys(one).length > 0) ?? {};

const section = (value: unknown): Section => (isObject(value) ? value : {});

/** Text that is worth something; the marker stands where the keychain has the secret. */
export const textOf = (value: unknown): string | undefined => {
  const text = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
  return text === "" || text === "[STORED SECURELY]" ? undefined : text;
};
