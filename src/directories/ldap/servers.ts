/**
 * What is known of each kind of server, as data. A configuration overrides every part; the kind is found from what the
 * server says of itself (root DSE, RFC 4512 §5.1).
 */

/** How an attribute says that an account may not be used. */
export type DisabledRule =
  /** An integer with this bit set. */
  | { readonly attribute: string; readonly bit: number }
  /** A word, compared without regard to case. */
  | { readonly attribute: string; readonly value: string }
  /** A point in time that has passed: 100 ns since 1601 (0 and the largest mean never), or days since 1970 (0 and below mean never). */
  | { readonly attribute: string; readonly passed: "filetime" | "days" };

export interface ServerKind {
  readonly id: "active-directory" | "samba" | "openldap" | "389ds" | "freeipa" | "edirectory" | "apacheds" | "generic";
  /** As people call it. */
  readonly name: string;
  /** Whether a server of this kind is part of the tests, or one much like it, or none: then all of this comes from its documentation. */
  readonly tried: "yes" | "kin" | "no";
  /** Gives long lists of values in parts that are asked for one by one. */
  readonly splitsLongLists?: true;
  /** Seen to refuse a search below a base that is not there; where this is not known, an empty result is not believed at once. */
  readonly refusesMissingBase?: true;
  /** In front of the naming context, where that is the base and nothing else is said. */
  readonly userBase?: string;
  readonly groupBase?: string;
  readonly userFilter: string;
  readonly groupFilter: string;
  readonly idAttribute: string;
  readonly emailAttributes: readonly string[];
  readonly nameAttributes: readonly string[];
  readonly groupNameAttributes: readonly string[];
  readonly memberAttributes: readonly string[];
  /** Goes before `emailSuffix` where that is set. */
  readonly loginAttribute: string;
  readonly disabled: readonly DisabledRule[];
}

/** Every rule by the name a configuration may give it. Sources: MS-ADA, RFC 2307, draft-behera-ldap-password-policy, the vendors' schemas. */
export const disabledRules: Readonly<Record<string, readonly DisabledRule[]>> = {
  useraccountcontrol: [{ attribute: "userAccountControl", bit: 2 }],
  accountexpires: [{ attribute: "accountExpires", passed: "filetime" }],
  nsaccountlock: [{ attribute: "nsAccountLock", value: "true" }],
  // A lock for good; any other value is a lock after wrong passwords, which ends by itself. The second spelling has seconds.
  pwdaccountlockedtime: [
    { attribute: "pwdAccountLockedTime", value: "000001010000Z" },
    { attribute: "pwdAccountLockedTime", value: "00000101000000Z" },
  ],
  shadowexpire: [{ attribute: "shadowExpire", passed: "days" }],
  logindisabled: [{ attribute: "loginDisabled", value: "true" }],
};

const rules = (...names: readonly string[]): DisabledRule[] =>
  names.flatMap((name) => disabledRules[name.toLowerCase()] ?? []);

const groupClasses = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfMembers))";

const generic: ServerKind = {
  id: "generic",
  name: "LDAP server",
  tried: "no",
  userFilter: "(objectClass=person)",
  groupFilter: groupClasses,
  idAttribute: "entryUUID",
  emailAttributes: ["mail"],
  nameAttributes: ["displayName", "cn"],
  groupNameAttributes: ["cn"],
  memberAttributes: ["member", "uniqueMember"],
  loginAttribute: "uid",
  disabled: rules("nsAccountLock", "pwdAccountLockedTime", "shadowExpire", "loginDisabled"),
};

const openldap: ServerKind = {
  ...generic,
  id: "openldap",
  name: "OpenLDAP",
  tried: "yes",
  refusesMissingBase: true,
  userFilter: "(objectClass=inetOrgPerson)",
  disabled: rules("pwdAccountLockedTime", "shadowExpire"),
};

const activeDirectory: ServerKind = {
  id: "active-directory",
  name: "Active Directory",
  tried: "kin",
  splitsLongLists: true,
  refusesMissingBase: true,
  // Computers are users too; their category is another.
  userFilter: "(&(objectCategory=person)(objectClass=user))",
  groupFilter: "(objectClass=group)",
  idAttribute: "objectGUID",
  emailAttributes: ["mail"],
  nameAttributes: ["displayName", "name", "cn"],
  groupNameAttributes: ["name", "cn"],
  memberAttributes: ["member"],
  loginAttribute: "sAMAccountName",
  disabled: rules("userAccountControl", "accountExpires"),
};

const directoryServer389: ServerKind = {
  ...generic,
  id: "389ds",
  name: "389 Directory Server",
  tried: "yes",
  userFilter: "(objectClass=inetOrgPerson)",
  idAttribute: "nsUniqueId",
  disabled: rules("nsAccountLock", "pwdAccountLockedTime", "shadowExpire"),
};

export const serverKinds: Readonly<Record<ServerKind["id"], ServerKind>> = {
  "active-directory": activeDirectory,
  samba: { ...activeDirectory, id: "samba", name: "Samba Active Directory", tried: "yes" },
  openldap,
  "389ds": directoryServer389,
  freeipa: {
    ...directoryServer389,
    id: "freeipa",
    name: "FreeIPA",
    tried: "no",
    // Roles and permissions are groupOfNames too, and staged people, who have no id yet, are people.
    groupFilter: "(objectClass=ipaUserGroup)",
    userBase: "cn=users,cn=accounts",
    groupBase: "cn=groups,cn=accounts",
    idAttribute: "ipaUniqueID",
  },
  edirectory: {
    ...generic,
    id: "edirectory",
    name: "eDirectory",
    userFilter: "(objectClass=inetOrgPerson)",
    groupFilter: "(objectClass=groupOfNames)",
    idAttribute: "GUID",
    nameAttributes: ["fullName", "displayName", "cn"],
    disabled: rules("loginDisabled"),
  },
  apacheds: { ...generic, id: "apacheds", name: "ApacheDS", userFilter: "(objectClass=inetOrgPerson)" },
  generic,
};

/** An attribute's name as its schema writes it, where it is one of those above; else as given. */
export const spellAttribute = (name: string): string => spellings.get(name.toLowerCase()) ?? name;

const spellings: ReadonlyMap<string, string> = new Map(
  [
    ...Object.values(serverKinds).flatMap((kind) => [
      ...kind.emailAttributes,
      ...kind.nameAttributes,
      ...kind.groupNameAttributes,
      ...kind.memberAttributes,
      kind.loginAttribute,
    ]),
    "memberUid",
  ].map((name) => [name.toLowerCase(), name]),
);

/** What is asked of the root DSE; most of it is returned only when it is named. */
export const rootAttributes = [
  "objectClass",
  "namingContexts",
  "subschemaSubentry",
  "defaultNamingContext",
  "schemaNamingContext",
  "highestCommittedUSN",
  "dsServiceName",
  "supportedControl",
  "supportedCapabilities",
  "vendorName",
  "vendorVersion",
  "structuralObjectClass",
  "ipaTopologyManaged",
  "ipaDomainLevel",
] as const;

const activeDirectoryCapability = "1.2.840.113556.1.4.800";

/** The kind of a server, from the values of its root DSE (names in lower case). */
export function detectServer(root: ReadonlyMap<string, readonly string[]>): ServerKind {
  const vendor = (root.get("vendorname") ?? []).join(" ").toLowerCase();
  if (root.get("supportedcapabilities")?.includes(activeDirectoryCapability) === true)
    return vendor.includes("samba") ? serverKinds.samba : serverKinds["active-directory"];
  const classes = [...(root.get("objectclass") ?? []), ...(root.get("structuralobjectclass") ?? [])];
  if (classes.some((name) => name.toLowerCase() === "openldaprootdse")) return serverKinds.openldap;
  if (root.has("ipadomainlevel") || root.has("ipatopologymanaged")) return serverKinds.freeipa;
  if (/389|fedora|red hat|sun microsystems|oracle/u.test(vendor)) return serverKinds["389ds"];
  if (/novell|netiq|micro focus|opentext/u.test(vendor)) return serverKinds.edirectory;
  if (vendor.includes("apache")) return serverKinds.apacheds;
  return serverKinds.generic;
}
