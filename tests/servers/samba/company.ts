import type { NewEntry } from "../writer.ts";

/** A domain with what real ones have: what the reader should find in it is worked out from these lists, not by reading. */
const root = "DC=ad,DC=test";
export const corp = `OU=Corp,${root}`;
const unit = (name: string, below = corp): string => `OU=${name},${below}`;
export const staff = unit("Staff");
export const nested = unit("Nested", staff);
export const bulk = unit("Bulk");
export const groups = unit("Groups");
export const abroad = `OU=Abroad,${root}`;
export const password = "Passw0rd!x1";

export interface Person {
  readonly account: string;
  readonly dn: string;
  readonly name: string;
  readonly mail?: string;
  readonly state: "enabled" | "disabled";
  readonly more?: Readonly<Record<string, string>>;
}

const person = (account: string, cn: string, more: Partial<Person> = {}, below = staff): Person => ({
  account,
  dn: `CN=${cn},${below}`,
  name: cn.replace("\\,", ","),
  mail: `${account}@ad.test`,
  state: "enabled",
  ...more,
});

export const bulkSize = 3600;
const bulkDn = (index: number): string => `CN=bulk${String(index).padStart(5, "0")},${bulk}`;
const everyBulk = Array.from({ length: bulkSize }, (_, index) => bulkDn(index));

export const staffPeople: readonly Person[] = [
  person("alice", "Alice Able"),
  person("bob", "Bob Disabled", { state: "disabled", more: { userAccountControl: "514" } }),
  { ...person("carol", "Carol Nomail"), mail: "" },
  person("erin", "Erin Before"),
  person("frank", "Frank Deep", {}, nested),
  person("grace", "Grace Expired", { state: "disabled", more: { accountExpires: "132539328000000000" } }),
  person("later", "Later Expires", { more: { accountExpires: "150000000000000000" } }),
  person("heidi", "Jones\\, Heidi"),
  person("ivan", "Zoë 日本", { name: "Zoë 日本 🚀", more: { displayName: "Zoë 日本 🚀" } }),
  person("judy", "Judy Primary"),
  person("inetp", "Inet Person", { more: { objectClass: "inetOrgPerson", sn: "P" } }),
];
export const outsider = person("mallory", "Mallory Abroad", {}, abroad);
const bulkPeople: readonly Person[] = everyBulk.map((dn, index) => ({
  account: `bulk${index}`,
  dn,
  name: dn.slice(3, dn.indexOf(",")),
  mail: `bulk${index}@ad.test`,
  state: "enabled",
}));
/** Everybody below `corp`. */
export const people: readonly Person[] = [...staffPeople, ...bulkPeople];

const dnOf = (account: string): string => [...staffPeople, outsider].find((each) => each.account === account)?.dn ?? "";
export const groupDn = (name: string): string => `CN=${name},${groups}`;
const security = -2_147_483_648;
const [global, local, universal] = [2, 4, 8];

export interface Team {
  readonly name: string;
  readonly type: number;
  readonly members: readonly string[];
}

export const contactDn = `CN=Ext Contact,${staff}`;
/** Every group below `corp`, with the DNs of its members. */
export const teams: readonly Team[] = [
  { name: "GG-Eng", type: security + global, members: ["alice", "bob", "frank"].map(dnOf) },
  { name: "GG-Ops", type: security + global, members: ["carol", "heidi", "ivan"].map(dnOf) },
  { name: "UG-All", type: security + universal, members: [groupDn("GG-Eng"), groupDn("GG-Ops"), dnOf("erin")] },
  { name: "DL-Res", type: security + local, members: [groupDn("UG-All"), dnOf("grace"), dnOf("mallory")] },
  { name: "DIST-News", type: universal, members: [dnOf("alice"), contactDn] },
  { name: "GG-Empty", type: security + global, members: [] },
  { name: "GG-Primary", type: security + global, members: [] },
  { name: "CYC-A", type: security + universal, members: [dnOf("alice"), groupDn("CYC-C")] },
  { name: "CYC-B", type: security + universal, members: [dnOf("bob"), groupDn("CYC-A")] },
  { name: "CYC-C", type: security + universal, members: [dnOf("carol"), groupDn("CYC-B")] },
  { name: "GG-Big", type: security + global, members: everyBulk },
  { name: "GG-1500", type: security + global, members: everyBulk.slice(0, 1500) },
  { name: "GG-1501", type: security + global, members: everyBulk.slice(0, 1501) },
];

const units: readonly NewEntry[] = [corp, staff, nested, bulk, groups, abroad].map((dn) => ({
  dn,
  attributes: { objectClass: "organizationalUnit" },
}));

const entryOf = ({ account, dn, mail, more }: Person): NewEntry => ({
  dn,
  attributes: {
    objectClass: "user",
    sAMAccountName: account,
    userPrincipalName: `${account}@ad.test`,
    userAccountControl: account.startsWith("bulk") ? "544" : "512",
    ...(account.startsWith("bulk") ? {} : { unicodePwd: Buffer.from(`"${password}"`, "utf16le") }),
    ...(mail === undefined || mail === "" ? {} : { mail }),
    ...more,
  },
});

/** All of it, in an order in which a domain takes it. */
export const companyEntries: readonly NewEntry[] = [
  ...units,
  ...[...staffPeople, outsider, ...bulkPeople].map(entryOf),
  { dn: contactDn, attributes: { objectClass: "contact", mail: "ext@example.org", displayName: "Ext Contact" } },
  {
    dn: `CN=WS1,${staff}`,
    attributes: { objectClass: "computer", sAMAccountName: "WS1$", userAccountControl: "4096" },
  },
  ...teams.map(({ name, type }) => ({
    dn: groupDn(name),
    attributes: { objectClass: "group", sAMAccountName: name, groupType: String(type) },
  })),
  ...teams.map(({ name, members }) => ({ dn: groupDn(name), add: { member: members } })),
];
