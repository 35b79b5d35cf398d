/** What an administrator reads when something about a cloud directory is wrong: by `check` and by `sync`, with the remedy in the vendor's own words. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { groupsOf, membersOf } from "../../src/organizations/sandbox/testing.ts";
import { createAuthority } from "../certificates.ts";
import { createFirm, vendors, type Vendor } from "./cloud-firms.ts";

interface Case {
  readonly vendor: keyof typeof vendors;
  readonly wrong: string;
  /** The vendor's server in the state that makes it so. */
  readonly start: () => Promise<Vendor>;
  /** Settings of the directory. */
  readonly settings?: (at: { readonly elsewhere: string }) => Readonly<Record<string, unknown>>;
  /** The secret that is stored instead of the right one. */
  readonly secret?: (right: string) => string;
  /** A right that is taken away. */
  readonly revoked?: string;
  readonly code: number;
  /** What both commands say: who or what it is, and what to do. */
  readonly says: readonly string[];
}

const { entra, google, okta, onelogin } = vendors;
const apiToken = "00A-token-of-the-admin-4f1";
const byCertificate = { clientSecret: undefined, certificate: "app.pem", privateKey: { file: "app.key" } };
const cases: readonly Case[] = [
  {
    vendor: "entra",
    wrong: "a wrong secret",
    start: entra,
    secret: () => "wrong-secret-5f3",
    code: 5,
    says: ["the client secret is wrong", "not its Secret ID"],
  },
  {
    vendor: "entra",
    wrong: "a secret that has ended",
    start: () => entra({ secretExpired: true }),
    code: 5,
    says: ["the client secret has ended", "Make a new client secret in Certificates & secrets"],
  },
  {
    vendor: "entra",
    wrong: "a certificate that was not uploaded",
    start: () => entra({ certificate: createAuthority("other").issue({ names: ["app"], kind: "rsa" }).certificate }),
    settings: () => byCertificate,
    code: 5,
    says: ["not one of the application's", "Upload directory.certificate in Certificates & secrets"],
  },
  {
    vendor: "entra",
    wrong: "a certificate that has ended",
    start: () => entra({ certificateUntil: Date.UTC(2026, 0, 1) }),
    settings: () => byCertificate,
    code: 5,
    says: ["the certificate has ended", "Make a new certificate, upload it"],
  },
  {
    vendor: "entra",
    wrong: "neither secret nor certificate",
    start: entra,
    settings: () => ({ clientSecret: undefined }),
    code: 5,
    says: ["neither a client secret nor a certificate", "Store the Value of a client secret as directory.clientSecret"],
  },
  {
    vendor: "entra",
    wrong: "an app that was deleted",
    start: entra,
    settings: () => ({ clientId: "22222222-0000-4000-8000-000000000000" }),
    code: 5,
    says: ["the tenant knows no such application", "directory.clientId"],
  },
  {
    vendor: "entra",
    wrong: "a tenant of another name",
    start: entra,
    settings: () => ({ tenant: "elsewhere.test" }),
    code: 5,
    says: ["no such tenant in this cloud", "directory.tenant, and directory.cloud"],
  },
  {
    vendor: "entra",
    wrong: "a tenant of another cloud",
    start: () => entra({ isElsewhere: true }),
    code: 5,
    says: ["no such tenant in this cloud", "directory.tenant, and directory.cloud"],
  },
  {
    vendor: "entra",
    wrong: "the Graph of another cloud than the log-in address",
    start: entra,
    settings: () => ({ graph: "http://127.0.0.1:1" }),
    code: 5,
    says: ["no such tenant in this cloud", "directory.tenant, and directory.cloud"],
  },
  {
    vendor: "entra",
    wrong: "no right to people",
    start: entra,
    revoked: "User.Read.All",
    code: 5,
    says: ["Add User.Read.All under API permissions", "press Grant admin consent"],
  },
  {
    vendor: "entra",
    wrong: "people without their right, who come as ids only",
    start: () => entra({ rights: ["GroupMember.Read.All"], idsOnly: true }),
    code: 5,
    says: ["Add User.Read.All under API permissions", "press Grant admin consent"],
  },
  {
    vendor: "entra",
    wrong: "no right to groups",
    start: entra,
    revoked: "GroupMember.Read.All",
    code: 5,
    says: ["Add GroupMember.Read.All under API permissions", "press Grant admin consent"],
  },
  {
    vendor: "entra",
    wrong: "no right to administrative units",
    start: entra,
    revoked: "AdministrativeUnit.Read.All",
    code: 5,
    says: ["Add AdministrativeUnit.Read.All under API permissions", "press Grant admin consent"],
  },
  {
    vendor: "entra",
    wrong: "no right to members that are hidden",
    start: entra,
    revoked: "Member.Read.Hidden",
    code: 5,
    says: ["Add Member.Read.Hidden under API permissions", "press Grant admin consent"],
  },
  {
    vendor: "google",
    wrong: "a key that was deleted",
    start: google,
    secret: (right) => right.replace("key-1", "key-0"),
    code: 5,
    says: ["does not know that key", "Make a new key for the service account"],
  },
  {
    vendor: "google",
    wrong: "a delegation that is missing",
    start: () => google({ isDelegated: false }),
    code: 5,
    says: ["Domain-wide delegation", "admin.directory.user.readonly", "admin.directory.group.member.readonly"],
  },
  {
    vendor: "google",
    wrong: "an administrator who was deleted",
    start: google,
    settings: () => ({ adminUser: "gone@firm.test" }),
    code: 5,
    says: ["there is no administrator gone@firm.test", "Set directory.adminUser"],
  },
  {
    vendor: "google",
    wrong: "an administrator who was suspended",
    start: () => google({ isSuspended: true }),
    code: 5,
    says: ["the administrator reader@firm.test is suspended or restricted", "or set directory.adminUser"],
  },
  {
    vendor: "google",
    wrong: "a service account that was disabled",
    start: () => google({ isAccountDisabled: true }),
    code: 5,
    says: ["the service account is disabled", "IAM & Admin, Service Accounts"],
  },
  {
    vendor: "google",
    wrong: "a key file that was cut short",
    start: google,
    secret: (right) => right.slice(0, 200),
    code: 5,
    says: ["directory.serviceAccountKey"],
  },
  {
    vendor: "google",
    wrong: "an API that is switched off",
    start: () => google({ isEnabled: false }),
    code: 5,
    says: ["Enable the Admin SDK API"],
  },
  {
    vendor: "google",
    wrong: "a domain of somebody else",
    start: google,
    settings: () => ({ domain: "elsewhere.test" }),
    code: 1,
    says: ["does not know the domain in directory.domain", "Account, Domains"],
  },
  {
    vendor: "google",
    wrong: "a customer of somebody else",
    start: google,
    settings: () => ({ customer: "C0elsewhere" }),
    code: 5,
    says: ["or correct directory.customer"],
  },
  {
    vendor: "google",
    wrong: "no privilege for people",
    start: google,
    revoked: "Users > Read",
    code: 5,
    says: ["Give the administrator reader@firm.test a role with the privilege Users > Read"],
  },
  {
    vendor: "google",
    wrong: "no privilege for groups",
    start: google,
    revoked: "Groups > Read",
    code: 5,
    says: ["Give the administrator reader@firm.test a role with the privilege Groups > Read"],
  },
  {
    vendor: "okta",
    wrong: "a key that is not one of the app's",
    start: okta,
    settings: () => ({ clientId: "0oaelsewhere" }),
    code: 5,
    says: ["does not know that app with that key", "under Client Credentials of the app"],
  },
  {
    vendor: "okta",
    wrong: "an app that demands DPoP",
    start: () => okta({ dpop: true }),
    code: 5,
    says: ["DPoP", "Switch off the requirement of a DPoP header"],
  },
  {
    vendor: "okta",
    wrong: "neither token nor app",
    start: okta,
    settings: () => ({ clientId: undefined, keyId: undefined, privateKey: undefined }),
    code: 5,
    says: ["neither an API token nor the key of a service app", "Store an API token as directory.token"],
  },
  {
    vendor: "okta",
    wrong: "a scope that was not granted",
    start: () => okta({ granted: ["okta.users.read"] }),
    code: 5,
    says: ["okta.groups.read under Okta API Scopes of the app"],
  },
  {
    vendor: "okta",
    wrong: "no right to people",
    start: okta,
    revoked: "okta.users.read",
    code: 5,
    says: ["Grant okta.users.read under Okta API Scopes of the app", "Read-only Administrator under Admin roles"],
  },
  {
    vendor: "okta",
    wrong: "no right to groups",
    start: okta,
    revoked: "okta.groups.read",
    code: 5,
    says: ["Grant okta.groups.read under Okta API Scopes of the app", "Read-only Administrator under Admin roles"],
  },
  {
    vendor: "okta",
    wrong: "a token that ended, or whose administrator was deleted",
    start: okta,
    settings: () => ({ clientId: undefined, keyId: undefined, privateKey: undefined, token: { file: "secret" } }),
    secret: () => "00A-gone",
    code: 5,
    says: ["has ended, or belongs to somebody who is no administrator", "Security, API, Tokens"],
  },
  {
    vendor: "okta",
    wrong: "a token whose administrator may not read groups",
    start: okta,
    settings: () => ({ clientId: undefined, keyId: undefined, privateKey: undefined, token: { file: "secret" } }),
    secret: () => apiToken,
    revoked: "okta.groups.read",
    code: 5,
    says: ["Give the administrator whose token this is the role Read-only Administrator"],
  },
  {
    vendor: "okta",
    wrong: "an administrator who sees some groups only",
    start: () => okta({ groupAdministrator: true }),
    code: 5,
    says: ["everybody, only a part of the directory", "Read-only Administrator"],
  },
  {
    vendor: "okta",
    wrong: "an address where nobody is",
    start: okta,
    settings: () => ({ url: "http://127.0.0.1:1" }),
    code: 6,
    says: ["127.0.0.1:1 cannot be reached", "Check the address"],
  },
  {
    vendor: "okta",
    wrong: "an address where something else is",
    start: okta,
    settings: ({ elsewhere }) => ({ url: elsewhere }),
    code: 1,
    says: ["is not understood", "Check that the address is that of the directory"],
  },
  {
    vendor: "onelogin",
    wrong: "a wrong secret, or the address of another account",
    start: onelogin,
    secret: () => "wrong-secret-5f3",
    code: 5,
    says: ["does not know that client ID with that secret", "directory.url is the address of that account"],
  },
  {
    vendor: "onelogin",
    wrong: "a credential whose administrator was deleted",
    start: () => onelogin({ orphaned: true }),
    code: 5,
    says: ["the administrator who made the credential was deleted", "make a new API credential"],
  },
  {
    vendor: "onelogin",
    wrong: "a credential that may only authenticate",
    start: () => onelogin({ rights: [] }),
    code: 5,
    says: ["Make an API credential with Read Users"],
  },
  {
    vendor: "onelogin",
    wrong: "no right to people",
    start: onelogin,
    revoked: "Read Users",
    code: 5,
    says: ["Make an API credential with Read Users"],
  },
  {
    vendor: "onelogin",
    wrong: "an address where nobody is",
    start: onelogin,
    settings: () => ({ url: "http://127.0.0.1:1" }),
    code: 6,
    says: ["127.0.0.1:1 cannot be reached", "Check the address"],
  },
  {
    vendor: "onelogin",
    wrong: "an address where something else is",
    start: onelogin,
    settings: ({ elsewhere }) => ({ url: elsewhere }),
    code: 1,
    says: ["is not understood", "Check that the address is that of the directory"],
  },
];

describe("what is wrong with a cloud directory is said with its remedy", { timeout: 120_000 }, () => {
  it.each(cases)("$vendor, given $wrong", async ({ start, settings, secret, revoked, code, says }) => {
    await using firm = await createFirm(start);
    const { place, vendor, sandbox } = firm;
    if (revoked !== undefined) vendor.revoke[revoked]?.();
    const [name = "", right = ""] = Object.entries(vendor.secrets)[0] ?? [];
    const stored = secret?.(right) ?? right;
    writeFileSync(join(place.home, name), stored);
    firm.configure(settings?.({ elsewhere: sandbox.url }));
    for (const command of ["check", "sync"]) {
      const { code: ended, stdout, stderr } = await place.run([command]);
      const said = `${stdout}${stderr}`.replaceAll(/\s+/gu, " ");
      for (const part of says) expect([command, said]).toEqual([command, expect.stringContaining(part)]);
      expect([command, ended]).toEqual([command, code]);
      expect(said).not.toContain(stored);
      expect(said).not.toContain("BEGIN PRIVATE");
    }
    expect([...membersOf(sandbox.state), ...groupsOf(sandbox.state)]).toEqual([]);
  });
});
