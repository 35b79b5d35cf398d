/** A firm of three in each cloud directory, with a configuration file as an administrator writes it and the executable beside it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSandbox, type Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { repeatableRandom } from "../../src/organizations/sandbox/testing.ts";
import { startEntra, type EntraSettings } from "../servers/entra/entra.ts";
import { startGoogle, type GoogleSettings } from "../servers/google/google.ts";
import { startOkta, type OktaSettings } from "../servers/okta/okta.ts";
import { startOneLogin, type OneLoginSettings } from "../servers/onelogin/onelogin.ts";
import { createAuthority } from "../certificates.ts";
import { builtExecutable, createPlace, type Place } from "./built.ts";

/** A vendor's server with a firm of three, one of them disabled, in two groups. */
export interface Vendor extends AsyncDisposable {
  /** `directory` of the profile; secrets as files of these names. */
  readonly directory: Readonly<Record<string, unknown>>;
  /** What can stand there instead. */
  readonly also?: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Other settings of the profile. */
  readonly profile?: Settings;
  /** Takes a right away, and gives what the words must name then. */
  readonly revoke: Readonly<Record<string, () => void>>;
  /** The vendor's own address, for a proxy that is dead. */
  readonly real: Readonly<Record<string, unknown>>;
  readonly requests: readonly unknown[];
}

export const vendors = {
  entra: async (settings: Partial<EntraSettings> & { readonly certificateUntil?: number } = {}): Promise<Vendor> => {
    const { certificateUntil: until } = settings;
    const own = createAuthority("firm").issue({
      names: ["app"],
      kind: "rsa",
      ...(until === undefined ? {} : { until }),
    });
    const server = await startEntra({
      users: [
        { id: "u-ana", displayName: "Ana", mail: "ana@firm.test" },
        { id: "u-bo", displayName: "Bo", mail: "bo@firm.test" },
        { id: "u-tom", displayName: "Tom", mail: "tom@firm.test", accountEnabled: false },
        { id: "u-guest", displayName: "Gus", mail: "gus@partner.test", userType: "Guest" },
      ],
      groups: [
        { id: "g-sales", displayName: "Sales", members: ["u-ana", "u-tom"] },
        { id: "g-all", displayName: "Everybody", members: ["g-sales", "u-bo"] },
        { id: "g-board", displayName: "Board", members: ["u-ana"], visibility: "HiddenMembership" },
      ],
      units: { "au-firm": ["g-sales", "g-all"] },
      certificate: own.certificate,
      ...settings,
    });
    return {
      directory: {
        kind: "entra",
        tenant: server.tenant,
        clientId: server.clientId,
        clientSecret: { file: "secret" },
        authority: server.url,
        graph: server.url,
      },
      also: { certificate: "app.pem", privateKey: { file: "app.key" } },
      secrets: { secret: server.secret, "app.pem": own.certificate, "app.key": own.key },
      // Chosen by administrative unit, so that every right there is matters.
      profile: { sync: { groupFilter: "includeadministrativeunit:au-firm" } },
      revoke: {
        "User.Read.All": () => server.revoke("User.Read.All"),
        "GroupMember.Read.All": () => server.revoke("GroupMember.Read.All"),
        "AdministrativeUnit.Read.All": () => server.revoke("AdministrativeUnit.Read.All"),
        "Member.Read.Hidden": () => server.revoke("Member.Read.Hidden"),
      },
      real: { authority: undefined, graph: undefined },
      requests: server.requests,
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
  },
  google: async (settings: Partial<GoogleSettings> = {}): Promise<Vendor> => {
    const server = await startGoogle({
      users: [
        { id: "1", primaryEmail: "ana@firm.test", fullName: "Ana" },
        { id: "2", primaryEmail: "bo@firm.test", fullName: "Bo" },
        { id: "3", primaryEmail: "tom@firm.test", fullName: "Tom", suspended: true },
      ],
      groups: [
        { id: "g1", name: "Sales", members: ["1", "3"] },
        { id: "g2", name: "Everybody", members: ["g1", "2"] },
      ],
      ...settings,
    });
    return {
      directory: {
        kind: "google",
        serviceAccountKey: { file: "secret" },
        adminUser: server.adminUser,
        address: server.url,
        loginAddress: server.tokenAddress,
      },
      secrets: { secret: server.key },
      revoke: { "Users > Read": () => server.revoke("users"), "Groups > Read": () => server.revoke("groups") },
      real: { address: undefined, loginAddress: undefined },
      requests: server.requests,
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
  },
  okta: async (settings: Partial<OktaSettings> = {}): Promise<Vendor> => {
    const server = await startOkta({
      users: [
        { id: "00u1", status: "ACTIVE", displayName: "Ana", email: "ana@firm.test" },
        { id: "00u2", status: "ACTIVE", displayName: "Bo", email: "bo@firm.test" },
        { id: "00u3", status: "SUSPENDED", displayName: "Tom", email: "tom@firm.test" },
      ],
      groups: [
        { id: "00g1", name: "Sales", type: "OKTA_GROUP", members: ["00u1", "00u3"] },
        { id: "00g2", name: "Everybody", type: "BUILT_IN", members: ["00u1", "00u2", "00u3"] },
      ],
      ...settings,
    });
    const { clientId, keyId, privateKey } = server.app;
    return {
      directory: { kind: "okta", url: server.url, clientId, keyId, privateKey: { file: "secret" } },
      secrets: { secret: privateKey },
      revoke: {
        "okta.users.read": () => server.revoke("users"),
        "okta.groups.read": () => server.revoke("groups"),
      },
      real: { url: "https://acme.okta.com" },
      requests: server.requests,
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
  },
  onelogin: async (settings: Partial<OneLoginSettings> = {}): Promise<Vendor> => {
    const server = await startOneLogin({
      users: [
        { id: 1, firstname: "Ana", email: "ana@firm.test" },
        { id: 2, firstname: "Bo", email: "bo@firm.test" },
        { id: 3, firstname: "Tom", email: "tom@firm.test", status: 2 },
        { id: 4, firstname: "New", email: "new@firm.test", status: 0 },
      ],
      roles: [
        { id: 11, name: "Sales", users: [1, 3] },
        { id: 12, name: "Everybody", users: [1, 2, 3, 4] },
      ],
      ...settings,
    });
    return {
      directory: {
        kind: "onelogin",
        url: server.url,
        clientId: server.clientId,
        clientSecret: { file: "secret" },
      },
      secrets: { secret: server.clientSecret },
      revoke: { "Read Users": () => server.revoke("users") },
      real: { url: "https://acme.onelogin.com" },
      requests: server.requests,
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
  },
} as const;

type Settings = Readonly<Record<string, unknown>>;

export interface Firm extends AsyncDisposable {
  readonly place: Place;
  readonly vendor: Vendor;
  readonly sandbox: Sandbox;
  /** Writes the configuration again, with other settings of the directory or beside it. */
  configure(changes?: Settings, beside?: Settings): void;
}

export const createFirm = async (start: () => Promise<Vendor>): Promise<Firm> => {
  const vendor = await start();
  const sandbox = await startSandbox({ now: Date.now, random: repeatableRandom(1), dialect: "official-cloud" });
  const place = createPlace(builtExecutable());
  const home = join(place.home, "home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries({ ...vendor.secrets, "organization-secret": sandbox.clientSecret }))
    writeFileSync(join(place.home, name), text, { mode: 0o600 });
  const files = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
      (key === "file" || key === "certificate") && typeof inner === "string" ? join(place.home, inner) : inner,
    );
  const configure: Firm["configure"] = (changes = {}, beside = {}) => {
    const config = {
      version: 1,
      organizations: {
        acme: { server: sandbox.url, clientId: sandbox.clientId, clientSecret: { file: "organization-secret" } },
      },
      profiles: {
        main: {
          id: "0b6f3b1e-0000-4000-8000-000000000001",
          organization: "acme",
          directory: { ...vendor.directory, ...changes },
          ...vendor.profile,
        },
      },
      ...beside,
    };
    writeFileSync(join(home, "config.json"), JSON.stringify(files(config)), { mode: 0o600 });
  };
  configure();
  return {
    place,
    vendor,
    sandbox,
    configure,
    [Symbol.asyncDispose]: async () => {
      await place.end();
      await sandbox.close();
      await vendor[Symbol.asyncDispose]();
    },
  };
};
