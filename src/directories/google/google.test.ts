import { afterAll, describe, expect, it } from "vitest";
import { createWorld, readWhole, type WorldOptions } from "../../../tests/directory-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";
import { startGoogle, type Google, type GoogleSettings } from "../../../tests/servers/google/google.ts";
import type { Resolved } from "../../config/field.ts";
import { createNetwork } from "../../http/network.ts";
import { createHttp } from "../../http/request.ts";
import { describeDirectory } from "../contract.ts";
import type { NativeFilters } from "../directory.ts";
import type { GoogleConfig } from "./config.ts";
import { googleDirectory } from "./index.ts";
import { limits } from "./session.ts";

const network = await createNetwork({ env: {} });
afterAll(async () => network[Symbol.asyncDispose]());
const options: WorldOptions = {
  network,
  http: (clock) => createHttp({ network, clock, random: () => 0.5, timeout: 400 }),
};
/** The test's clock stands still; so does the server's. */
const now = (): number => Date.parse("2026-11-24T09:00:00Z");

const configFor = (server: Google): Resolved<GoogleConfig> => ({
  kind: "google",
  serviceAccountKey: server.key,
  adminUser: server.adminUser,
  people: "all",
  address: server.url,
  loginAddress: server.tokenAddress,
});

const running = new WeakMap<object, Google>();
const serverOf = (harness: object): Google => {
  const server = running.get(harness);
  if (server === undefined) throw new TypeError("not a server of this test");
  return server;
};
const idOf = (key: string): string => `1${key}`;
const atPeople = ({ url }: { readonly url: URL }): boolean => url.pathname.endsWith("/v1/users");

describeDirectory<GoogleConfig>({
  directory: googleDirectory,
  pageSize: 10,
  ...options,
  secrets: ["BEGIN PRIVATE KEY", "ya29.access-1-3c7"],
  start: async (content) => {
    const server = await startGoogle({
      now,
      pageSize: 10,
      // Everybody has an address here; the one without gets an empty one.
      users: content.users.map(({ key, name, email, state }) => ({
        id: idOf(key),
        primaryEmail: email ?? "",
        fullName: name,
        suspended: state === "disabled",
        deleted: state === "deleted",
      })),
      groups: content.groups.map(({ key, name, members }) => ({ id: idOf(key), name, members: members.map(idOf) })),
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
    wrongCredentials: async ({ config }) => ({ ...config, adminUser: "nobody@firm.test" }),
    missingPermission: async (harness) => {
      serverOf(harness).revoke("groups");
      return harness.config;
    },
    secondPageFails: async (harness) => {
      serverOf(harness).misbehave({ matches: ({ query }) => query.has("pageToken"), reply: { status: 500, body: {} } });
      return harness.config;
    },
    rateLimited: async (harness) => {
      const reply = { status: 429, headers: { "retry-after": "20" }, body: {} };
      serverOf(harness).misbehave({ matches: atPeople, times: 1, reply });
      return { config: harness.config, seconds: 20 };
    },
    tokenExpires: async (harness) => {
      const server = serverOf(harness);
      let isOver = false;
      const matches = ({ query }: { readonly query: URLSearchParams }): boolean => {
        if (query.has("pageToken") && !isOver) {
          server.expireTokens();
          isOver = true;
        }
        return false;
      };
      server.misbehave({ matches, reply: "reset" });
      return { config: harness.config, logins: server.logins };
    },
    silent: async (harness) => {
      serverOf(harness).misbehave({ matches: atPeople, reply: "silent" });
      return harness.config;
    },
    wrongShape: async (harness) => {
      serverOf(harness).misbehave({ matches: atPeople, reply: { status: 200, body: { users: [{ id: 7 }] } } });
      return harness.config;
    },
    disabled: true,
    deleted: true,
    nested: true,
  },
});

interface Given {
  readonly config?: Partial<Resolved<GoogleConfig>>;
  readonly filters?: NativeFilters;
  readonly prepare?: (server: Google) => void;
}
const readFrom = async (settings: Partial<GoogleSettings>, { config, filters, prepare }: Given = {}) => {
  const { dependencies, sleeps } = createWorld(options);
  await using server = await startGoogle({ users: [], groups: [], now: () => dependencies.now.now(), ...settings });
  prepare?.(server);
  const read = await readWhole(
    googleDirectory,
    { ...configFor(server), ...config },
    { ...dependencies, ...(filters === undefined ? {} : { filters }) },
  );
  return { ...read, requests: server.requests, sleeps };
};
const person = (id: string, more: object = {}) => ({ id, primaryEmail: `${id}@firm.test`, ...more });
const group = (id: string, members: GoogleSettings["groups"][number]["members"]) => ({ id, name: id, members });

describe("Google Workspace", () => {
  it.each([
    [{}, "enabled", true],
    [{ suspended: true }, "disabled", true],
    [{ archived: true }, "disabled", true],
    [{ deleted: true }, "deleted", true],
    [{ isGuestUser: true }, "enabled", false],
  ])("given somebody who is %j, then %s, and takes part: %s", async (more, state, selected) => {
    const { users } = await readFrom({ users: [person("a", more)] });
    expect(users.map((user) => [user.state, user.selected])).toEqual([[state, selected]]);
  });

  it("given the whole organization as a member, then everybody who is there is one, and who was deleted is not", async () => {
    const users = [
      person("a"),
      person("b", { suspended: true }),
      person("c", { deleted: true }),
      person("d", { isGuestUser: true }),
    ];
    const { groups } = await readFrom({ users, groups: [group("g", [{ id: "C01abc234", type: "CUSTOMER" }])] });
    expect(groups[0]?.members).toEqual([{ id: "a" }, { id: "b" }]);
  });

  it("given members of other organizations and of other kinds, then they are counted, and nobody's", async () => {
    const members = [
      "a",
      { id: "9", email: "x@other.test", type: "USER" },
      { email: "l@other.test", type: "GROUP" },
      { id: "8", type: "ROBOT" },
    ] as const;
    const read = await readFrom({ users: [person("a")], groups: [group("g", members)] });
    expect(read.groups[0]?.members).toEqual([{ id: "a" }]);
    expect(read.notes).toEqual(["google.other_members", "google.other_members", "google.other_members"]);
  });

  it("given a search index that is 36 hours old, then nobody asks it: who was suspended or came since is read as they are", async () => {
    const users = [person("gone", { suspended: true }), person("new")];
    const { users: read, requests } = await readFrom({ users, indexed: [person("gone")] });
    expect(read.map(({ id, state }) => [id, state])).toEqual([
      ["gone", "disabled"],
      ["new", "enabled"],
    ]);
    expect(requests.filter(({ query }) => query.has("query"))).toEqual([]);
  });

  it("given a query that the old index answers, then whoever it finds has the state of now", async () => {
    const users = [person("gone", { suspended: true })];
    const read = await readFrom({ users, indexed: [person("gone")] }, { filters: { users: "isSuspended=false" } });
    expect(read.users.map(({ id, state }) => [id, state])).toEqual([["gone", "disabled"]]);
  });

  it("given a member whose address is an earlier one, then it is known by its id", async () => {
    const members = [{ id: "a", email: "earlier@firm.test", type: "USER" }] as const;
    const read = await readFrom({ users: [person("a")], groups: [group("g", members)] });
    expect(read.groups[0]?.members).toEqual([{ id: "a" }]);
  });

  it("given several domains, then everybody is read, and one domain alone only where it is named", async () => {
    const users = [person("a"), { id: "b", primaryEmail: "b@other.test" }];
    const groups = [group("g", ["a", "b"])];
    expect((await readFrom({ users, groups })).users.map(({ id }) => id)).toEqual(["a", "b"]);
    const one = await readFrom({ users, groups }, { config: { domain: "firm.test" } });
    expect(one.users.map(({ id }) => id)).toEqual(["a"]);
    expect(one.notes).toContain("google.other_members");
  });

  it("given a group of groups, whose number of people is 0, then its members are asked for all the same", async () => {
    const { groups } = await readFrom({ groups: [group("outer", ["inner"]), group("inner", [])] });
    expect(groups.find(({ id }) => id === "outer")?.members).toEqual([{ id: "inner" }]);
  });

  it("given a group that is removed while it is read, then the read fails instead of giving less", async () => {
    const reading = readFrom(
      { users: [person("a")], groups: [group("kept", ["a"]), group("gone", ["a"])] },
      {
        prepare: (server) =>
          server.misbehave({
            matches: ({ url }) => url.pathname === "/admin/directory/v1/groups/gone/members",
            reply: { status: 404, body: { error: { code: 404, message: "Resource Not Found: groupKey" } } },
          }),
      },
    );
    await expect(faultOf(reading)).resolves.toMatchObject({
      code: "directory.bad_response",
      params: { field: "members", reason: expect.stringContaining("Resource Not Found: groupKey") },
    });
  });

  it("given groups that may not be read while people still are, then that is the error, and nothing is left unheard", async () => {
    const people = Array.from({ length: 5 }, (_, at) => person(`p${at}`));
    await expect(faultOf(readFrom({ users: people, pageSize: 1, rights: ["users"] }))).resolves.toMatchObject({
      code: "directory.forbidden",
      params: { right: "Groups > Read" },
    });
  });

  it("given queries of the vendor's, then it selects people, deleted ones too, and groups", async () => {
    const users = [
      person("a", { orgUnitPath: "/Engineering" }),
      person("b"),
      person("c", { orgUnitPath: "/Engineering", deleted: true }),
    ];
    const read = await readFrom(
      { users, groups: [group("Sales NL", []), group("Works", [])] },
      { filters: { users: "orgUnitPath=/Engineering", groups: "name:Sales*" } },
    );
    expect(read.users.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(read.groups.map(({ id }) => id)).toEqual(["Sales NL"]);
  });

  it.each([
    ["in another shape", { status: 200, body: { id: "b", suspended: "maybe" } }, "entry.suspended"],
    ["refused", { status: 400, body: { error: { code: 400, message: "Invalid field selection" } } }, "entry"],
  ])(
    "given the members of some groups only, and one of them %s, then the read fails instead of leaving them out",
    async (_case, reply, field) => {
      const { dependencies } = createWorld(options);
      await using server = await startGoogle({
        users: [person("a"), person("b")],
        groups: [group("Sales", ["a", "b"])],
        now: () => dependencies.now.now(),
      });
      server.misbehave({ matches: ({ url }) => url.pathname.endsWith("/users/b"), reply });
      const reading = readWhole(googleDirectory, { ...configFor(server), people: "members" }, dependencies);
      await expect(faultOf(reading)).resolves.toMatchObject({ code: "directory.bad_response", params: { field } });
    },
  );

  it("given the members of some groups only, then nobody else is asked for, and nested groups are followed once", async () => {
    const users = [person("a"), person("b"), person("c", { suspended: true }), person("d")];
    const groups = [
      group("Sales", ["a", "inner", { id: "9", type: "USER" }, { id: "foreign1", type: "GROUP" }]),
      group("inner", ["c", "Sales"]),
      group("Works", ["d"]),
    ];
    const read = await readFrom(
      { users, groups },
      { config: { people: "members" }, filters: { groups: "name:Sales*" } },
    );
    expect(Object.entries(Object.fromEntries(read.users.map(({ id, state }) => [id, state])))).toEqual([
      ["a", "enabled"],
      ["c", "disabled"],
    ]);
    expect(read.groups.map(({ id, selected, members }) => [id, selected, members.length])).toEqual([
      ["Sales", true, 2],
      ["inner", false, 2],
    ]);
    expect(read.requests.some(({ url }) => url.pathname.endsWith("/v1/users"))).toBe(false);
    expect(read.notes).toEqual(["google.other_members", "google.other_members"]);
  });

  it.each([
    [{ domain: "firm.test" }, "domain=firm.test"],
    [{ customer: "C01abc234" }, "customer=C01abc234"],
    [{}, "customer=my_customer"],
  ])("given %j, then that is what is asked for", async (config, parameters) => {
    const { requests } = await readFrom({}, { config });
    const lists = requests.filter(({ url }) => /\/v1\/(?:users|groups)$/u.test(url.pathname));
    expect(lists.every(({ url }) => url.search.includes(parameters))).toBe(true);
  });

  it("given more requests than the vendor takes in a minute, then none is refused", async () => {
    const groups = Array.from({ length: 60 }, (_, index) => group(`g${index}`, []));
    const { dependencies, sleeps } = createWorld(options);
    await using server = await startGoogle({
      users: [],
      groups,
      now: () => dependencies.now.now(),
      perMinute: limits.window?.units ?? 0,
    });
    // Of 2,400 a minute a hundredth is asked for, so the sixty have to be spread.
    const read = await readWhole(googleDirectory, { ...configFor(server), share: 1 }, dependencies);
    expect(read.groups).toHaveLength(60);
    expect(sleeps.length).toBeGreaterThan(0);
  });

  it("given a refusal that means the pace, then it is asked for again; given one that means a right, then not", async () => {
    const refusal = (reason: string) => ({
      status: 403,
      body: { error: { code: 403, message: reason, errors: [{ domain: "usageLimits", reason }] } },
    });
    const slow = await readFrom(
      { users: [person("a")] },
      { prepare: (server) => server.misbehave({ matches: atPeople, reply: refusal("quotaExceeded"), times: 2 }) },
    );
    expect(slow.users).toHaveLength(1);
    expect(slow.sleeps.length).toBeGreaterThanOrEqual(2);
    const never = readFrom(
      {},
      { prepare: (server) => server.misbehave({ matches: atPeople, reply: refusal("forbidden") }) },
    );
    await expect(faultOf(never)).resolves.toMatchObject({
      code: "directory.forbidden",
      params: { right: "Users > Read" },
    });
  });

  it.each<[string, Partial<GoogleSettings>, Partial<Resolved<GoogleConfig>>, object]>([
    [
      "scopes that were not delegated",
      { isDelegated: false },
      {},
      { code: "directory.auth_failed", params: { reason: "delegation" } },
    ],
    [
      "an administrator there is not",
      {},
      { adminUser: "gone@firm.test" },
      { code: "directory.auth_failed", params: { reason: "admin_unknown" } },
    ],
    [
      "a key that was removed",
      {},
      { serviceAccountKey: "removed" },
      { code: "directory.auth_failed", params: { reason: "key_unknown" } },
    ],
    [
      "a clock that is wrong",
      { now: () => now() - 86_400_000 },
      {},
      { code: "directory.auth_failed", params: { reason: "clock" } },
    ],
    [
      "a clock that is late",
      { now: () => now() + 86_400_000 },
      {},
      { code: "directory.auth_failed", params: { reason: "clock" } },
    ],
    [
      "an API that is switched off",
      { isEnabled: false },
      {},
      { code: "directory.forbidden", params: { right: "admin_sdk" } },
    ],
    [
      "a domain of somebody else",
      {},
      { domain: "other.test" },
      { code: "directory.bad_response", params: { field: "domain" } },
    ],
    [
      "another customer",
      {},
      { customer: "C09" },
      { code: "directory.forbidden", params: { right: "Users > Read", setting: "directory.customer" } },
    ],
    ["a key that is none", {}, { serviceAccountKey: "hunter2" }, { code: "directory.key_invalid" }],
    [
      "a JSON file that is no key",
      {},
      { serviceAccountKey: "{}" },
      { code: "directory.key_invalid", params: { reason: "no_service_account" } },
    ],
  ])("given %s, then that is said", async (_case, settings, config, fault) => {
    const reading = (async () => {
      await using server = await startGoogle({ users: [], groups: [], now, ...settings });
      const removed = JSON.stringify({ ...JSON.parse(server.key), private_key_id: "key-0" });
      const given = {
        ...configFor(server),
        ...config,
        ...(config.serviceAccountKey === "removed" ? { serviceAccountKey: removed } : {}),
      };
      return await readWhole(googleDirectory, given, createWorld(options).dependencies);
    })();
    await expect(faultOf(reading)).resolves.toMatchObject(fault);
  });

  it("given the key as PEM with the account's address, then it is the same log-in", async () => {
    await using server = await startGoogle({ users: [person("a")], groups: [], now });
    const { private_key: pem } = JSON.parse(server.key);
    const config = {
      ...configFor(server),
      serviceAccountKey: String(pem).replaceAll("\n", "\\n"),
      serviceAccount: server.serviceAccount,
    };
    // Without the id of the key this server does not know it; Google tries every key of the account.
    await expect(faultOf(readWhole(googleDirectory, config, createWorld(options).dependencies))).resolves.toMatchObject(
      {
        params: { reason: "key_unknown", user: server.serviceAccount },
      },
    );
  });
});

describe("a check of Google Workspace", () => {
  it.each([
    ["users", "Users > Read"],
    ["groups", "Groups > Read"],
  ] as const)(
    "given no right to read %s, then it names that one, and takes the other steps",
    async (missing, right) => {
      const rights = (["users", "groups"] as const).filter((name) => name !== missing);
      await using server = await startGoogle({ users: [person("a")], groups: [group("g", [])], now, rights });
      await using open = await googleDirectory.open(configFor(server), createWorld(options).dependencies);
      const findings = await open.check();
      expect(findings.filter(({ severity }) => severity === "error").map(({ params }) => params?.["right"])).toEqual([
        right,
      ]);
      expect(findings).toContainEqual(
        expect.objectContaining({ code: "google.on_behalf", params: { admin: server.adminUser } }),
      );
    },
  );
});
