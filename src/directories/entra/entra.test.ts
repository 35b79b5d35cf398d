import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createAuthority } from "../../../tests/certificates.ts";
import { readFirst, readOn, readThrough, stories } from "../../../tests/directory-changes.ts";
import { createWorld, readWhole, type WorldOptions } from "../../../tests/directory-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";
import { startEntra, type Entra, type EntraSettings, type EntraUser } from "../../../tests/servers/entra/entra.ts";
import type { Resolved } from "../../config/field.ts";
import { createNetwork } from "../../http/network.ts";
import { createHttp } from "../../http/request.ts";
import { describeDirectory } from "../contract.ts";
import type { NativeFilters } from "../directory.ts";
import type { EntraConfig } from "./config.ts";
import { entraDirectory } from "./index.ts";

const network = await createNetwork({ env: {} });
afterAll(async () => network[Symbol.asyncDispose]());
const options: WorldOptions = {
  network,
  http: (clock) => createHttp({ network, clock, random: () => 0.5, timeout: 400 }),
};

const configFor = (server: Entra): Resolved<EntraConfig> => ({
  kind: "entra",
  tenant: server.tenant,
  clientId: server.clientId,
  clientSecret: server.secret,
  cloud: "global",
  authority: server.url,
  graph: server.url,
  guests: "exclude",
  share: 100,
});

const running = new WeakMap<object, Entra>();
const serverOf = (harness: object): Entra => {
  const server = running.get(harness);
  if (server === undefined) throw new TypeError("not a server of this test");
  return server;
};
const idOf = (key: string): string => `id-${key}`;

describeDirectory<EntraConfig>({
  directory: entraDirectory,
  pageSize: 10,
  ...options,
  secrets: ["8Q~client~secret~of~the~app&+%", ".signature"],
  start: async (content) => {
    const server = await startEntra({
      pageSize: 10,
      users: content.users.map(({ key, name, email, state }) => ({
        id: idOf(key),
        displayName: name,
        // A log-in name counts as an address, unless it is a guest's.
        userPrincipalName: email ?? `${key}#EXT#@tenant.test`,
        ...(email === undefined ? {} : { mail: email }),
        accountEnabled: state !== "disabled",
      })),
      groups: content.groups.map(({ key, name, members }) => ({
        id: idOf(key),
        displayName: name,
        members: members.map(idOf),
      })),
    });
    const harness = {
      config: configFor(server),
      id: idOf,
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
    running.set(harness, server);
    return harness;
  },
  parts: {
    wrongCredentials: async ({ config }) => ({ ...config, clientSecret: "wrong" }),
    missingPermission: async (harness) => {
      serverOf(harness).revoke("GroupMember.Read.All");
      return harness.config;
    },
    secondPageFails: async (harness) => {
      serverOf(harness).misbehave({
        matches: ({ query }) => query.has("$skiptoken"),
        reply: { status: 500, body: {} },
      });
      return harness.config;
    },
    rateLimited: async (harness) => {
      serverOf(harness).misbehave({
        matches: ({ url }) => url.pathname === "/v1.0/users",
        times: 1,
        reply: {
          status: 429,
          headers: { "retry-after": "20" },
          body: { error: { code: "TooManyRequests", message: "Too many" } },
        },
      });
      return { config: harness.config, seconds: 20 };
    },
    tokenExpires: async (harness) => {
      const server = serverOf(harness);
      let isOver = false;
      const matches = ({ query }: { readonly query: URLSearchParams }): boolean => {
        if (query.has("$skiptoken") && !isOver) {
          server.expireTokens();
          isOver = true;
        }
        return false;
      };
      server.misbehave({ matches, reply: "reset" });
      return { config: harness.config, logins: server.logins };
    },
    silent: async (harness) => {
      serverOf(harness).misbehave({ matches: ({ url }) => url.pathname === "/v1.0/users", reply: "silent" });
      return harness.config;
    },
    wrongShape: async (harness) => {
      const reply = { status: 200, body: { value: [{ id: 7 }] } };
      serverOf(harness).misbehave({ matches: ({ url }) => url.pathname === "/v1.0/users", reply });
      return harness.config;
    },
    disabled: true,
    deleted: { cannot: "whoever was deleted is in no list of people" },
    nested: true,
  },
});

interface Given {
  readonly config?: Partial<Resolved<EntraConfig>>;
  readonly filters?: NativeFilters;
  readonly prepare?: (server: Entra) => void;
}
const readFrom = async (settings: Partial<EntraSettings>, { config, filters, prepare }: Given = {}) => {
  const { dependencies, sleeps } = createWorld(options);
  await using server = await startEntra({ users: [], groups: [], now: () => dependencies.now.now(), ...settings });
  prepare?.(server);
  const read = await readWhole(
    entraDirectory,
    { ...configFor(server), ...config },
    { ...dependencies, ...(filters === undefined ? {} : { filters }) },
  );
  return { ...read, requests: server.requests, sleeps, refused: server.statuses.get(429) ?? 0 };
};
const group = (id: string, members: readonly string[] = [], more: object = {}) => ({
  id,
  displayName: id,
  members,
  ...more,
});

describe("an address in Entra ID", () => {
  const guest = { userType: "Guest", userPrincipalName: "bo_partner.test#EXT#@firm.onmicrosoft.com" } as const;
  it.each<[string, Partial<EntraUser>, Partial<Resolved<EntraConfig>>, string | undefined]>([
    ["mail", { mail: "bo@firm.test", userPrincipalName: "b@firm.test" }, {}, "bo@firm.test"],
    ["mail in the tenant's own domain", { mail: "bo@firm.onmicrosoft.com" }, {}, "bo@firm.onmicrosoft.com"],
    ["the primary mailbox address", { proxyAddresses: ["smtp:b@firm.test", "SMTP:bo@firm.test"] }, {}, "bo@firm.test"],
    ["the log-in name", { userPrincipalName: "bo@firm.test" }, {}, "bo@firm.test"],
    ["nothing of a log-in name that is no address", { userPrincipalName: "bo" }, {}, undefined],
    [
      "a guest's other address",
      { ...guest, otherMails: ["bo@partner.test"] },
      { guests: "include" },
      "bo@partner.test",
    ],
    ["nothing of a guest's log-in name", guest, { guests: "include" }, undefined],
    [
      "what is configured",
      { mail: "bo@firm.test", userPrincipalName: "b@firm.test" },
      { emailFrom: ["userPrincipalName"] },
      "b@firm.test",
    ],
  ])("given it, is %s", async (_case, user, config, email) => {
    const { users } = await readFrom({ users: [{ id: "a", ...user }] }, { config });
    expect(users.map((one) => one.email)).toEqual([email]);
  });
});

describe("Entra ID", () => {
  it.each<[Partial<Resolved<EntraConfig>>, boolean[]]>([
    [{ guests: "exclude" }, [true, false, false]],
    [{ guests: "include" }, [true, true, true]],
    [{ guests: "domains", guestDomains: ["@Partner.test"] }, [true, true, false]],
  ])("given guests and %j, then these take part: %j", async (config, selected) => {
    const users = [
      { id: "m", mail: "m@firm.test" },
      { id: "g", mail: "g@partner.test", userType: "Guest" },
      { id: "h", mail: "h@other.test", userType: "Guest" },
    ] as const;
    const read = await readFrom({ users }, { config });
    expect(read.users.map((user) => user.selected)).toEqual(selected);
    expect(read.users.filter((user) => !user.selected).every((user) => user.because === "unselected.guest")).toBe(true);
  });

  it("given kinds of groups, then the others are read for what they hold, and not selected", async () => {
    const groups = [
      group("security"),
      group("m365", [], { groupTypes: ["Unified"], mailEnabled: true, securityEnabled: false }),
      group("list", [], { mailEnabled: true, securityEnabled: false }),
      group("mail-security", [], { mailEnabled: true }),
      group("dynamic", [], { groupTypes: ["DynamicMembership"] }),
    ];
    const read = await readFrom({ groups }, { config: { groupKinds: ["security", "mail-security"] } });
    expect(read.groups.filter(({ selected }) => selected).map(({ id }) => id)).toEqual([
      "security",
      "mail-security",
      "dynamic",
    ]);
    expect(read.groups).toHaveLength(5);
  });

  it("given administrative units, then their groups are taken, or left out", async () => {
    const settings = {
      groups: [group("a"), group("b"), group("c")],
      users: [{ id: "u" }],
      units: { au1: ["a", "u"], au2: ["b"] },
    };
    const chosen = async (mode: "include" | "exclude") =>
      (await readFrom(settings, { filters: { administrativeUnits: { mode, ids: ["au1", " au2"] } } })).groups
        .filter(({ selected }) => selected)
        .map(({ id }) => id);
    expect(await chosen("include")).toEqual(["a", "b"]);
    expect(await chosen("exclude")).toEqual(["c"]);
  });

  it("given members that are neither people nor groups, then they are counted and nobody's", async () => {
    const read = await readFrom({
      users: [{ id: "u" }],
      groups: [group("g", ["u", "device:d1", "device:d2", "servicePrincipal:s"])],
    });
    expect(read.groups[0]?.members).toEqual([{ id: "u" }]);
    expect(read.notes).toEqual(["entra.other_members", "entra.other_members"]);
  });

  it("given two groups with one name, then they are two, by their ids", async () => {
    const groups = [group("g1", [], { displayName: "Sales" }), group("g2", [], { displayName: "Sales" })];
    const read = await readFrom({ users: [{ id: "u" }], groups });
    expect(read.groups.map(({ externalId, name }) => [externalId, name])).toEqual([
      ["g1", "Sales"],
      ["g2", "Sales"],
    ]);
  });

  it("given members of a group, then no filter is ever sent with them, since the vendor takes none there", async () => {
    const read = await readFrom({ users: [{ id: "u" }], groups: [group("g", ["u"])] });
    const asked = read.requests
      .map(({ url, body }) => `${url.href} ${body}`)
      .filter((text) => text.includes("/members"));
    expect(asked).not.toEqual([]);
    expect(asked.filter((text) => text.includes("$filter") || text.includes("%24filter"))).toEqual([]);
  });

  it("given empty pages, then they are followed", async () => {
    const users = Array.from({ length: 7 }, (_, index) => ({ id: `u${index}` }));
    const read = await readFrom({
      users,
      groups: [
        group(
          "g",
          users.map(({ id }) => id),
        ),
      ],
      pageSize: 3,
      emptyPages: true,
    });
    expect(read.users).toHaveLength(7);
    expect(read.groups[0]?.members).toHaveLength(7);
  });

  it("given many groups, then their members come in batches of twenty", async () => {
    const groups = Array.from({ length: 45 }, (_, index) => group(`g${index}`, ["u"]));
    const read = await readFrom({ users: [{ id: "u" }], groups });
    expect(read.groups.map((one) => one.members.length)).toEqual(groups.map(() => 1));
    expect(
      read.requests.filter(({ method, url }) => method === "POST" && url.pathname.endsWith("$batch")),
    ).toHaveLength(3);
  });

  it("given parts of a batch that came too fast, then only those are asked for again, after the pause", async () => {
    const read = await readFrom(
      { users: [{ id: "u" }], groups: [group("a", ["u"]), group("b", ["u"]), group("c", ["u"])] },
      {
        prepare: (server) =>
          server.misbehave({
            matches: ({ url }) => url.pathname === "/v1.0/groups/b/members",
            times: 1,
            reply: {
              status: 429,
              headers: { "Retry-After": "7" },
              body: { error: { code: "TooManyRequests", message: "" } },
            },
          }),
      },
    );
    expect(read.groups).toHaveLength(3);
    expect(read.sleeps).toContain(7_000);
    const batches = read.requests.filter(({ url }) => url.pathname.endsWith("$batch")).map(({ body }) => body);
    expect(batches.map((body) => body.match(/\/groups\//gu)?.length)).toEqual([3, 1]);
  });

  it("given a part of a batch that fails, then the read fails", async () => {
    const reading = readFrom(
      { groups: [group("a"), group("b")] },
      {
        prepare: (server) =>
          server.misbehave({
            matches: ({ url }) => url.pathname === "/v1.0/groups/b/members",
            reply: { status: 500, body: {} },
          }),
      },
    );
    await expect(faultOf(reading)).resolves.toMatchObject({ code: "directory.unavailable" });
  });

  it("given a page token that ended, then the list is begun anew once, and nobody is there twice", async () => {
    const users = Array.from({ length: 5 }, (_, index) => ({ id: `u${index}` }));
    const expired = {
      status: 400,
      body: { error: { code: "Directory_ExpiredPageToken", message: "The specified page token value has expired." } },
    };
    const matches = ({ query }: { readonly query: URLSearchParams }): boolean => query.has("$skiptoken");
    const once = await readFrom(
      { users, pageSize: 2 },
      { prepare: (server) => server.misbehave({ matches, reply: expired, times: 1 }) },
    );
    expect(once.users.map(({ id }) => id)).toEqual(users.map(({ id }) => id));
    const always = readFrom(
      { users, pageSize: 2 },
      { prepare: (server) => server.misbehave({ matches, reply: expired }) },
    );
    await expect(faultOf(always)).resolves.toMatchObject({ code: "directory.bad_response" });
  });

  it("given a page token that ended within one group, then that group's list is begun anew once, and nobody is in it twice", async () => {
    const users = Array.from({ length: 5 }, (_, index) => ({ id: `u${index}` }));
    const groups = [group("big", ["u0", "u1", "u2", "u3", "u4"]), group("small", ["u0"])];
    const expired = {
      status: 400,
      body: { error: { code: "Directory_ExpiredPageToken", message: "The specified page token value has expired." } },
    };
    const matches = ({ url, query }: { readonly url: URL; readonly query: URLSearchParams }): boolean =>
      url.pathname.endsWith("/groups/big/members") && query.has("$skiptoken");
    const once = await readFrom(
      { users, groups, pageSize: 2 },
      { prepare: (server) => server.misbehave({ matches, reply: expired, times: 1 }) },
    );
    expect(once.groups.find(({ id }) => id === "big")?.members).toEqual(users.map(({ id }) => ({ id })));
    const always = readFrom(
      { users, groups, pageSize: 2 },
      { prepare: (server) => server.misbehave({ matches, reply: expired }) },
    );
    await expect(faultOf(always)).resolves.toMatchObject({ code: "directory.bad_response" });
  });

  it.each(["o'brien@firm.test", "bo_partner.test#EXT#@firm.onmicrosoft.com"])(
    "given the log-in name %s, then who has it is found",
    async (userPrincipalName) => {
      await using server = await startEntra({ users: [{ id: "other" }, { id: "u", userPrincipalName }], groups: [] });
      await using open = await entraDirectory.open(configFor(server), createWorld(options).dependencies);
      expect(await open.lookup?.(userPrincipalName)).toMatchObject({ kind: "person", id: "u" });
    },
  );

  it("given an address with a quotation mark, then it is found by it", async () => {
    const user = { id: "u", mail: "o'brien@firm.test", userPrincipalName: "obrien@firm.test" };
    await using server = await startEntra({ users: [{ id: "other" }, user], groups: [] });
    await using open = await entraDirectory.open(configFor(server), createWorld(options).dependencies);
    expect(await open.lookup?.("o'brien@firm.test")).toMatchObject({ kind: "person", id: "u" });
  });

  it("given a tenant that bears little, then no request is refused", async () => {
    // Members cost two units each, so these take more than the smallest tenant bears in one window.
    const groups = Array.from({ length: 1_800 }, (_, index) => group(`g${index}`, ["u"]));
    const read = await readFrom({ users: [{ id: "u" }], groups, units10s: 3_500 });
    expect(read.groups).toHaveLength(1_800);
    expect(read.sleeps.length).toBeGreaterThan(0);
    expect(read.refused).toBe(0);
  });

  it("given a security group, whose mail is null, then its name and its id are enough", async () => {
    const read = await readFrom({ users: [{ id: "u" }], groups: [group("g", ["u"], { mail: null })] });
    expect(read.groups).toMatchObject([
      { id: "g", externalId: "g", name: "g", selected: true, members: [{ id: "u" }] },
    ]);
    expect(
      read.requests.some(
        ({ query }) => query.get("$select")?.split(",").includes("mail") === true && !query.has("$top"),
      ),
    ).toBe(false);
  });

  it("given ids and nothing else, then the missing right is named instead of people without addresses", async () => {
    const reading = readFrom({
      users: [{ id: "u", mail: "u@firm.test" }],
      rights: ["GroupMember.Read.All"],
      idsOnly: true,
    });
    await expect(faultOf(reading)).resolves.toMatchObject({
      code: "directory.forbidden",
      params: { right: "User.Read.All" },
    });
  });

  it("given a group whose members are hidden, then the missing right is named instead of an empty group", async () => {
    const settings = {
      users: [{ id: "u" }],
      groups: [group("g", ["u"], { visibility: "HiddenMembership" })],
    };
    const reading = readFrom({ ...settings, rights: ["User.Read.All", "GroupMember.Read.All"] });
    await expect(faultOf(reading)).resolves.toMatchObject({
      code: "directory.forbidden",
      params: { right: "Member.Read.Hidden" },
    });
    expect((await readFrom(settings)).groups[0]?.members).toHaveLength(1);
  });

  it.each<[string, Partial<EntraSettings>, Partial<Resolved<EntraConfig>>, object]>([
    ["a wrong secret", {}, { clientSecret: "no" }, { reason: "secret_wrong" }],
    ["a secret that has ended", { secretExpired: true }, {}, { reason: "secret_expired" }],
    ["an app of another tenant", {}, { clientId: "22222222-0000-4000-8000-000000000000" }, { reason: "app_unknown" }],
    ["a tenant there is not", {}, { tenant: "nowhere.test" }, { reason: "tenant_unknown" }],
    ["neither secret nor certificate", {}, { clientSecret: "" }, { reason: "no_proof" }],
  ])("given %s, then that is said without trace ids", async (_case, settings, config, params) => {
    const fault = await faultOf(readFrom(settings, { config }));
    expect(fault).toMatchObject({ code: "directory.auth_failed", params });
    expect(String(fault.params["detail"])).not.toContain("Trace ID");
  });

  it("given a domain of the tenant instead of its id, then it is the same directory", async () => {
    const { dependencies } = createWorld(options);
    await using server = await startEntra({ users: [], groups: [] });
    const identity = async (tenant: string): Promise<string> => {
      await using open = await entraDirectory.open({ ...configFor(server), tenant }, dependencies);
      return await open.identity();
    };
    expect(await identity("firm.test")).toBe(await identity(server.tenant));
  });
});

describe("what changed in Entra ID since a read", () => {
  const settings = {
    users: [
      { id: "a", mail: "a@firm.test" },
      { id: "b", mail: "b@firm.test" },
      { id: "c", mail: "c@firm.test" },
    ],
    groups: [group("g1", ["a", "b"]), group("g2", ["c", "g1"])],
  };
  /** Reads whole, changes the tenant, and reads on. */
  const follow = async (change: (server: Entra) => void, days = 0) => {
    const { dependencies } = createWorld(options);
    await using server = await startEntra({ ...settings, now: () => dependencies.now.now() });
    const first = await readFirst(entraDirectory, configFor(server), dependencies);
    change(server);
    await dependencies.now.sleep(days * 86_400_000);
    const before = server.requests.length;
    let asked = server.requests;
    const read = await readOn(entraDirectory, configFor(server), dependencies, first, () => {
      asked = server.requests.slice(before);
    });
    return { ...read, listed: asked.some(({ url }) => url.pathname === "/v1.0/users") };
  };

  it("given nothing, then nothing is told and nobody is listed", async () => {
    expect(await follow(() => {})).toMatchObject({ listed: false, drift: [], pages: [{ end: "changes" }] });
  });
  it("given people who changed, came and went, and groups too, then the sum is a whole read without a list of everybody", async () => {
    const read = await follow((server) =>
      server.change({
        users: [
          { id: "a", mail: "a@firm.test", accountEnabled: false },
          { id: "c", mail: "new@firm.test" },
          { id: "d" },
        ],
        groups: [group("g1", ["a"]), group("g3", ["d", "c"])],
      }),
    );
    expect(read).toMatchObject({ listed: false, isFull: false, drift: [] });
    expect(read.pages).toContainEqual({ gone: ["b", "g2"] });
  });
  it("given a dynamic group that fills long after its people changed, then each reading on tells it as it is by then", async () => {
    const { dependencies } = createWorld(options);
    const dynamic = (members: readonly string[]) => group("d", members, { groupTypes: ["DynamicMembership"] });
    await using server = await startEntra({
      users: settings.users,
      groups: [dynamic(["a"])],
      now: () => dependencies.now.now(),
    });
    let stored = await readFirst(entraDirectory, configFor(server), dependencies);
    server.change({ users: [{ id: "a", mail: "a@firm.test", accountEnabled: false }, ...settings.users.slice(1)] });
    for (const members of [["a"], ["b", "c"]]) {
      server.change({ groups: [dynamic(members)] });
      const read = await readOn(entraDirectory, configFor(server), dependencies, stored);
      expect(read).toMatchObject({ isFull: false, drift: [] });
      expect(read.stored.groups[0]?.members).toEqual(members.map((id) => ({ id })));
      ({ stored } = read);
    }
  });
  it("given somebody who changed and went again, then they are gone", async () => {
    const read = await follow((server) => {
      server.change({ users: [...settings.users, { id: "d" }] });
      server.change({ users: settings.users.slice(1) });
    });
    expect(read).toMatchObject({ drift: [], listed: false });
  });
  it.each([
    [410, "syncStateNotFound"],
    [400, "syncStateNotFound"],
    [400, "resyncRequired"],
    [404, "SyncStateInvalid"],
  ])("given a link that ended (%d %s), then everything is read", async (status, code) => {
    const read = await follow((server) => server.expireFeed(status, code));
    expect(read).toMatchObject({ listed: true, isFull: true });
  });
  it("given a link that is nearly a week old, then everything is read before it ends", async () => {
    expect(await follow(() => {}, 6.1)).toMatchObject({ isFull: true });
  });

  it("given anything that happens to people and groups, then reading on gives what a whole read gives", async () => {
    const user = fc.record({
      mail: fc.constantFrom("x@firm.test", "y@firm.test"),
      accountEnabled: fc.boolean(),
      userType: fc.constantFrom("Member", "Guest"),
    });
    await fc.assert(
      fc.asyncProperty(stories(user, true), fc.boolean(), async ({ first, later }, emptyPages) => {
        const { dependencies } = createWorld(options);
        const of = ({ users, groups }: typeof first) => ({
          users,
          groups: groups.map(({ id, name, members }) => group(id, members, { displayName: name })),
        });
        const now = (): number => dependencies.now.now();
        await using server = await startEntra({ ...of(first), pageSize: 2, emptyPages, now });
        const reads = await readThrough(entraDirectory, configFor(server), dependencies, later, (moment) =>
          server.change(of(moment)),
        );
        expect(reads).toEqual(later.map(() => ({ isFull: false, drift: [] })));
      }),
      { numRuns: 60 },
    );
  });
});

describe("a certificate instead of a secret", () => {
  it("given it with its key, then the log-in succeeds; one that is wrong, ended or unreadable is said in words", async () => {
    const folder = await mkdtemp(join(tmpdir(), "entra-"));
    try {
      const create = async (name: string, until?: number) => {
        // The vendor takes RSA only.
        const made = createAuthority("firm").issue({
          names: [name],
          kind: "rsa",
          ...(until === undefined ? {} : { until }),
        });
        const path = join(folder, `${name}.pem`);
        await writeFile(path, made.certificate);
        return { ...made, path };
      };
      const one = await create("one");
      const other = await create("other");
      const old = await create("old", Date.now() - 1_000);
      const { dependencies } = createWorld(options);
      const now = { ...dependencies.now, now: Date.now };
      const read = async (pair: typeof one, uploaded = one) => {
        const { certificate } = uploaded;
        await using server = await startEntra({ users: [{ id: "u" }], groups: [], certificate, now: Date.now });
        return await readWhole(
          entraDirectory,
          { ...configFor(server), clientSecret: "", certificate: pair.path, privateKey: pair.key },
          { ...dependencies, now },
        );
      };
      expect((await read(one)).users).toHaveLength(1);
      await expect(faultOf(read(other))).resolves.toMatchObject({ params: { reason: "certificate_unknown" } });
      await expect(faultOf(read(old, old))).resolves.toMatchObject({ params: { reason: "certificate_expired" } });
      await expect(faultOf(read({ ...one, key: other.key }))).resolves.toMatchObject({
        code: "network.file_unreadable",
        params: { reason: "pair" },
      });
      await expect(faultOf(read({ ...one, path: join(folder, "none.pem") }))).resolves.toMatchObject({
        params: { reason: "missing" },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("a check of Entra ID", () => {
  const checked = async (settings: Partial<EntraSettings>, filters: NativeFilters = {}) => {
    await using server = await startEntra({
      users: [{ id: "u" }],
      groups: [group("g")],
      units: { au: ["g"] },
      ...settings,
    });
    const { dependencies } = createWorld(options);
    await using open = await entraDirectory.open(configFor(server), { ...dependencies, filters });
    return await open.check();
  };
  const all = ["User.Read.All", "GroupMember.Read.All", "AdministrativeUnit.Read.All"] as const;
  it.each(all)("given no right %s, then it names that one, and takes the other steps", async (missing) => {
    const filters = { administrativeUnits: { mode: "include", ids: ["au"] } } as const;
    const findings = await checked({ rights: all.filter((right) => right !== missing) }, filters);
    const wrong = findings.filter(({ severity }) => severity === "error");
    expect([...new Set(wrong.map(({ params }) => params?.["right"]))]).toEqual([missing]);
    expect(findings.some(({ code }) => code === "check.directory.readable")).toBe(true);
  });
  it("given ids and nothing else, then that is a missing right", async () => {
    const findings = await checked({ rights: ["GroupMember.Read.All"], idsOnly: true });
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: "error", params: expect.objectContaining({ right: "User.Read.All" }) }),
    );
  });
});
