/** Every cloud directory as an administrator meets it: a configuration file, and the commands in their order. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { groupsOf, membersOf, repeatableRandom } from "../../src/organizations/sandbox/testing.ts";
import { startEntra } from "../servers/entra/entra.ts";
import { startGoogle } from "../servers/google/google.ts";
import { startOkta } from "../servers/okta/okta.ts";
import { startOneLogin } from "../servers/onelogin/onelogin.ts";
import { builtExecutable, createPlace, type Place } from "./built.ts";

/** A vendor's server with a firm of three, one of them disabled, in two groups. */
interface Vendor extends AsyncDisposable {
  /** `directory` of the profile; secrets as files of these names. */
  readonly directory: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Takes a right away, and gives what the words must name then. */
  readonly revoke: Readonly<Record<string, () => void>>;
  /** The vendor's own address, for a proxy that is dead. */
  readonly real: Readonly<Record<string, unknown>>;
  readonly requests: readonly unknown[];
}

const vendors: Readonly<Record<string, () => Promise<Vendor>>> = {
  entra: async () => {
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
      ],
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
      secrets: { secret: server.secret },
      revoke: {
        "User.Read.All": () => server.revoke("User.Read.All"),
        "GroupMember.Read.All": () => server.revoke("GroupMember.Read.All"),
      },
      real: { authority: undefined, graph: undefined },
      requests: server.requests,
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
  },
  google: async () => {
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
  okta: async () => {
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
  onelogin: async () => {
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
};

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

interface Firm {
  readonly place: Place;
  readonly vendor: Vendor;
  readonly sandbox: Sandbox;
  /** Writes the configuration again, with other settings of the directory or beside it. */
  configure(changes?: Readonly<Record<string, unknown>>, beside?: Readonly<Record<string, unknown>>): void;
}

const createFirm = async (start: () => Promise<Vendor>): Promise<Firm> => {
  const vendor = await start();
  opened.push(vendor);
  const sandbox = await startSandbox({ now: Date.now, random: repeatableRandom(1), dialect: "official-cloud" });
  opened.push({ [Symbol.asyncDispose]: async () => sandbox.close() });
  const place = createPlace(builtExecutable());
  opened.push({ [Symbol.asyncDispose]: async () => place.end() });
  const home = join(place.home, "home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries({ ...vendor.secrets, "organization-secret": sandbox.clientSecret }))
    writeFileSync(join(place.home, name), text, { mode: 0o600 });
  const files = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
      key === "file" && typeof inner === "string" ? join(place.home, inner) : inner,
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
        },
      },
      ...beside,
    };
    writeFileSync(join(home, "config.json"), JSON.stringify(files(config)), { mode: 0o600 });
  };
  configure();
  return { place, vendor, sandbox, configure };
};

describe.each(Object.entries(vendors))("%s, from a configuration file", { timeout: 120_000 }, (_kind, start) => {
  it("given all rights, then it checks, tests, plans, applies, and has nothing left to do", async () => {
    const { place, sandbox } = await createFirm(start);
    const check = await place.run(["check"]);
    expect([check.code, check.stderr]).toEqual([0, expect.any(String)]);
    expect(check.stdout).not.toContain("  error ");
    const test = await place.run(["test"]);
    expect(test).toMatchObject({ code: 0 });
    expect(test.stdout).toContain("ana@firm.test");
    const plan = await place.run(["plan", "--out", "p.jsonl", "--detailed-exitcode"]);
    expect(plan).toMatchObject({ code: 2 });
    expect(plan.stdout).toContain("2 invitations");
    expect(await place.run(["apply", "p.jsonl"])).toMatchObject({ code: 0 });
    expect(membersOf(sandbox.state).map((member) => member.split("/")[0])).toEqual(["ana@firm.test", "bo@firm.test"]);
    expect(groupsOf(sandbox.state).map((group) => group.split("/")[0])).toEqual(["Everybody", "Sales"]);
    expect((await place.run(["sync"])).stdout).toContain("Nothing to do");
  });

  it("given a right that is missing, then check and sync name it, and nothing is changed", async () => {
    const first = await createFirm(start);
    for (const right of Object.keys(first.vendor.revoke)) {
      const { place, vendor, sandbox } =
        right === Object.keys(first.vendor.revoke)[0] ? first : await createFirm(start);
      vendor.revoke[right]?.();
      const check = await place.run(["check"]);
      expect([right, check.code]).toEqual([right, 5]);
      expect(check.stdout).toContain(`Grant ${right}`);
      const sync = await place.run(["sync"]);
      expect([right, sync.code]).toEqual([right, 5]);
      expect(sync.stderr).toContain(right);
      expect(groupsOf(sandbox.state)).toEqual([]);
    }
  });

  it("given a wrong secret, then that is said with the remedy and without the secret", async () => {
    const { place, vendor } = await createFirm(start);
    const [name, text] = Object.entries(vendor.secrets)[0] ?? ["", ""];
    const wrong = text.includes("PRIVATE KEY")
      ? text.replace(/PRIVATE KEY-----(\\n|\n).{40}/u, "PRIVATE KEY-----$1broken")
      : "wrong-secret-5f3";
    writeFileSync(join(place.home, name), wrong);
    const check = await place.run(["check"]);
    expect(check).toMatchObject({ code: 5 });
    const said = check.stdout + check.stderr;
    expect(said).toMatch(/directory\.(?:auth_failed|key_invalid)|refuses the log-in|cannot be used/u);
    expect(said).not.toContain(wrong.slice(0, 16) === "wrong-secret-5f3" ? wrong : "BEGIN PRIVATE");
  });

  it("given a proxy that is dead, then it is named", async () => {
    const firm = await createFirm(start);
    const { place, vendor } = firm;
    firm.configure(vendor.real, { network: { proxy: "http://127.0.0.1:1" } });
    const check = await place.run(["check"]);
    expect(check).toMatchObject({ code: 6 });
    expect(check.stdout + check.stderr).toMatch(/proxy/iu);
    expect(vendor.requests).toEqual([]);
  });
});
