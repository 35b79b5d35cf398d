import { describe, expect, it } from "vitest";
import { Fault } from "../../core/fault.ts";
import { readOriginal } from "./original.ts";
import { translate } from "./translate.ts";

const organizationId = "0d5be7f3-6d7c-4a4f-9a34-b2a900d1c0aa";
const clientId = `organization.${organizationId}`;
const marker = "[STORED SECURELY]";
const activeDirectory = {
  ssl: true,
  startTls: false,
  sslCaPath: "/etc/firm-ca.pem",
  hostname: "DC1.firm.test",
  port: "636",
  rootPath: "OU=Vault,DC=firm,DC=test",
  ad: true,
  username: "FIRM\\svc",
  password: marker,
};
const sync = { users: true, groups: true, interval: 15, userFilter: "(department=IT)", userPath: "OU=Staff" };

const read = (content: unknown) => {
  const { notes, ...made } = translate(readOriginal(JSON.stringify(content), "data.json"), "data.json");
  return {
    ...made,
    secrets: Object.fromEntries(made.secrets),
    notes: notes.map(({ code }) => code.slice("import.".length)),
  };
};
const flat = (directory: object, directoryType: number, more: object = {}) => {
  const name = ["Ldap", "Entra", "Gsuite", "Okta", "Onelogin"][directoryType];
  return { stateVersion: 8, organizationId, directoryType, [`directory${name}`]: directory, sync, ...more };
};

describe("a data.json of any layout", () => {
  const expected = {
    organization: { server: "https://vault.firm.test" },
    clientId,
    directory: { kind: "ldap", url: "ldaps://dc1.firm.test:636", bindDn: "FIRM\\svc", baseDn: "DC=firm,DC=test" },
    sync: { users: true, groups: true, userFilter: "(department=IT)" },
    schedule: { every: "15m" },
  };
  const environmentUrls = { base: "https://vault.firm.test/", api: null, identity: null };

  it("given one of today, whose secrets the keychain has, then they have to be given again", () => {
    expect(read(flat(activeDirectory, 0, { environmentUrls }))).toMatchObject({
      ...expected,
      secrets: { clientSecret: undefined, "directory.password": undefined },
    });
  });

  it("given one with its secrets in clear text, then those are taken", () => {
    const plain = flat({ ...activeDirectory, password: "pass" }, 0, {
      apiKeyClientId: clientId,
      apiKeyClientSecret: "key",
    });
    expect(read(plain).secrets).toEqual({ clientSecret: "key", "directory.password": "pass" });
  });

  it("given one by accounts, then that of whoever was logged in", () => {
    const account = {
      profile: { apiKeyClientId: clientId },
      keys: { apiKeyClientSecret: "key" },
      settings: { environmentUrls },
      directoryConfigurations: { ldap: activeDirectory, azure: { tenant: "old" } },
      directorySettings: { organizationId, directoryType: 0, sync },
    };
    const accounts = {
      global: { stateVersion: 3 },
      activeUserId: organizationId,
      other: { x: 1 },
      [organizationId]: account,
    };
    expect(read(accounts)).toMatchObject({ ...expected, secrets: { clientSecret: "key" } });
    expect(read({ ...accounts, activeUserId: null })).toMatchObject(expected);
  });

  it("given one by accounts where nobody ever logged in, then the directory without an organization", () => {
    const made = read({
      global: { stateVersion: 3, environmentUrls },
      tempDirectoryConfigs: { ldap: activeDirectory },
      tempDirectorySettings: { directoryType: 0, sync },
    });
    const { clientId: _nobody, ...others } = expected;
    expect(made).toMatchObject(others);
    expect(made).not.toHaveProperty("clientId");
  });

  it("given the first layout, then it is read like the others", () => {
    const first = {
      environmentUrls,
      apikey_clientId: clientId,
      organizationId,
      directoryType: 0,
      directoryConfig_0: activeDirectory,
    };
    expect(read({ ...first, syncConfig: sync })).toMatchObject(expected);
  });

  it("given what a migration left behind beside today's layout, then today's counts", () => {
    const left = {
      directoryConfigurations: { okta: { orgUrl: "https://old.okta.com" } },
      directorySettings: { directoryType: 3 },
    };
    expect(read(flat(activeDirectory, 0, { environmentUrls, [organizationId]: left }))).toMatchObject(expected);
  });

  it.each([{}, [[]], { window: { x: 1 } }, "text"])(
    "given %j, then it is told that this is another file",
    (content) => {
      expect(() => read(content)).toThrow(new Fault("import.unknown", { path: "data.json" }));
    },
  );

  it("given no directory was chosen, then that is told", () => {
    expect(() => read({ ...flat(activeDirectory, 0), directoryType: null })).toThrow(
      new Fault("import.no_directory", { path: "data.json" }),
    );
  });

  it("given text that is not JSON, then its place is told", () => {
    expect(() => readOriginal('{\n "sync": ', "data.json")).toThrow(/config.invalid.*"line":2/u);
  });
});

describe("settings of the original", () => {
  it("given Active Directory, then its names, the base it really used, and ids as they are", () => {
    const { directory, notes } = read(flat(activeDirectory, 0));
    expect(directory).toMatchObject({
      userBase: "OU=Staff",
      groupBase: "CN=Users",
      userObjectClass: "person",
      groupNameAttribute: "name",
      caFile: "/etc/firm-ca.pem",
    });
    expect(directory).not.toHaveProperty("idAttribute");
    expect(notes).toContain("base_shortened");
  });

  it("given another LDAP server, then nothing of Active Directory's, and the DN as the id", () => {
    const open = { ssl: false, hostname: "ldap.firm.test", rootPath: "dc=firm,dc=test", ad: false, username: "cn=r" };
    const { directory, notes } = read({ ...flat(open, 0), sync: { users: true, userObjectClass: "inetOrgPerson" } });
    expect(directory).toEqual({
      kind: "ldap",
      url: "ldap://ldap.firm.test:389",
      startTls: false,
      allowPlain: true,
      bindDn: "cn=r",
      baseDn: "dc=firm,dc=test",
      userObjectClass: "inetOrgPerson",
      idAttribute: "dn",
    });
    expect(notes).toEqual(["plain_password", "dn_ids", "gone"]);
  });

  it("given StartTLS without verification, then that, and its own CA file", () => {
    const { directory, notes } = read(
      flat({ ...activeDirectory, startTls: true, tlsCaPath: "/ca.pem", sslAllowUnauthorized: true, port: 389 }, 0),
    );
    expect(directory).toMatchObject({ url: "ldap://dc1.firm.test:389", caFile: "/ca.pem", verifyTls: false });
    expect(notes).toContain("no_verify");
  });

  it("given the clouds, then what each needs", () => {
    const government = {
      identityAuthority: "login.microsoftonline.us",
      tenant: "firm.test",
      applicationId: "app",
      key: "k",
    };
    expect(read(flat(government, 1))).toMatchObject({
      directory: { kind: "entra", tenant: "firm.test", clientId: "app", cloud: "us-government", guests: "include" },
      secrets: { "directory.clientSecret": "k" },
    });
    const workspace = { domain: "firm.test", adminUser: "a@firm.test", clientEmail: "s@p.test", privateKey: "A\\nB" };
    expect(read(flat(workspace, 2))).toMatchObject({
      directory: { kind: "google", domain: "firm.test", adminUser: "a@firm.test", serviceAccount: "s@p.test" },
      secrets: { "directory.serviceAccountKey": "A\nB" },
    });
    expect(read(flat({ orgUrl: "https://firm.okta.com/", token: marker }, 3))).toMatchObject({
      directory: { kind: "okta", url: "https://firm.okta.com" },
      secrets: { "directory.token": undefined },
    });
    expect(read(flat({ clientId: "c", region: "eu" }, 4))).toMatchObject({
      directory: { kind: "onelogin", url: "eu", clientId: "c" },
    });
  });

  it("given sync options, then those that mean the same here, and a word on those that do not", () => {
    const options = {
      ...sync,
      interval: 2,
      userFilter: "orgUnitPath=/Sales",
      groupFilter: "include:Sales, Works",
      removeDisabled: true,
      overwriteExisting: true,
      inviteUsersAfterProvisioning: false,
      useEmailPrefixSuffix: true,
      emailSuffix: "firm.test",
    };
    const made = read({ ...flat({ region: "us", clientId: "c" }, 4), sync: options });
    expect(made.sync).toEqual({
      users: true,
      groups: true,
      groupFilter: "include:Sales, Works",
      narrow: "direct",
      joiners: "stage",
      leavers: { disabled: "revoke" },
    });
    expect(made.schedule).toEqual({ every: "5m" });
    expect(made.notes).toEqual(["suffix", "overwrite", "gone", "revokes", "narrowed", "filter"]);
    expect(read(flat(activeDirectory, 0)).sync).toMatchObject({ leavers: { disabled: "keep" } });
  });

  it("given other servers than the cloud's, then each address", () => {
    const environmentUrls = { base: null, api: "https://api.firm.test/", identity: "https://id.firm.test" };
    expect(read(flat(activeDirectory, 0, { environmentUrls })).organization).toEqual({
      server: "https://vault.bitwarden.com",
      apiUrl: "https://api.firm.test",
      identityUrl: "https://id.firm.test",
    });
  });
});
