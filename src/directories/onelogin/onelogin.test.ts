import { afterAll, describe, expect, it } from "vitest";
import { createWorld, readWhole, type Content, type WorldOptions } from "../../../tests/directory-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";
import {
  startOneLogin,
  type OneLogin,
  type OneLoginSettings,
  type OneLoginUser,
} from "../../../tests/servers/onelogin/onelogin.ts";
import type { CloudRequest, Misbehaviour } from "../../../tests/servers/cloud/server.ts";
import type { Resolved } from "../../config/field.ts";
import { createNetwork } from "../../http/network.ts";
import { createHttp } from "../../http/request.ts";
import { describeDirectory } from "../contract.ts";
import type { NativeFilters } from "../directory.ts";
import type { OneLoginConfig } from "./config.ts";
import { oneLoginDirectory } from "./index.ts";
import { limits } from "./open.ts";

const network = await createNetwork({ env: {} });
afterAll(async () => network[Symbol.asyncDispose]());
const options: WorldOptions = {
  network,
  http: (clock) => createHttp({ network, clock, random: () => 0.5, timeout: 400 }),
};
/** The test's clock stands still; so does the server's. */
const now = (): number => Date.parse("2026-11-24T09:00:00Z");

const asKey = ({ url, clientId, clientSecret }: OneLogin): Resolved<OneLoginConfig> => ({
  kind: "onelogin",
  url,
  clientId,
  clientSecret,
  groupsFrom: "roles",
  unactivated: false,
  share: 100,
});

/** Numbers for the test's own names: they are all that OneLogin knows. */
const numbersOf = (content: Content): Map<string, number> =>
  new Map([...content.users, ...content.groups].map(({ key }, index) => [key, 1001 + index]));
const settingsOf = (content: Content): OneLoginSettings => {
  const numbers = numbersOf(content);
  const number = (key: string): number => numbers.get(key) ?? 0;
  return {
    now,
    pageSize: 10,
    users: content.users.map(({ key, name, email, state }) => ({
      id: number(key),
      firstname: name.split(" ")[0] ?? "",
      lastname: name.split(" ").slice(1).join(" "),
      ...(email === undefined ? {} : { email }),
      status: state === "disabled" ? 2 : 1,
    })),
    roles: content.groups.map(({ key, name, members }) => ({ id: number(key), name, users: members.map(number) })),
  };
};

const running = new WeakMap<object, OneLogin>();
const serverOf = (harness: object): OneLogin => {
  const server = running.get(harness);
  if (server === undefined) throw new TypeError("not a server of this test");
  return server;
};
const isUsers = ({ url }: Pick<CloudRequest, "url">): boolean => url.pathname === "/api/2/users";
const isLater = ({ query }: Pick<CloudRequest, "query">): boolean => query.has("page") || query.has("cursor");

describeDirectory<OneLoginConfig>({
  directory: oneLoginDirectory,
  pageSize: 10,
  ...options,
  secrets: [
    "onelogin-secret-93c",
    "onelogin-token-1-a8",
    Buffer.from("7e1fclient:onelogin-secret-93c").toString("base64"),
  ],
  start: async (content) => {
    const server = await startOneLogin(settingsOf(content));
    const numbers = numbersOf(content);
    const harness = {
      config: asKey(server),
      id: (key: string) => String(numbers.get(key)),
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
    running.set(harness, server);
    return harness;
  },
  parts: {
    wrongCredentials: async (harness) => ({ ...asKey(serverOf(harness)), clientSecret: "onelogin-secret-93c-old" }),
    missingPermission: async (harness) => {
      serverOf(harness).revoke("roles");
      return harness.config;
    },
    secondPageFails: async (harness) => {
      serverOf(harness).misbehave({ matches: isLater, reply: { status: 500, body: {} } });
      return harness.config;
    },
    rateLimited: async (harness) => {
      serverOf(harness).misbehave({
        matches: isUsers,
        times: 1,
        reply: {
          status: 429,
          headers: { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "20" },
          body: { status: { error: true, code: 429, type: "Too Many Requests", message: "Rate limit exceeded" } },
        },
      });
      return { config: harness.config, seconds: 20 };
    },
    tokenExpires: async (harness) => {
      const server = serverOf(harness);
      once(server, isLater, () => server.expireTokens());
      return { config: harness.config, logins: server.logins };
    },
    silent: async (harness) => {
      serverOf(harness).misbehave({ matches: isUsers, reply: "silent" });
      return harness.config;
    },
    wrongShape: async (harness) => {
      serverOf(harness).misbehave({ matches: isUsers, reply: { status: 200, body: [{ id: "seven" }] } });
      return harness.config;
    },
    disabled: true,
    deleted: { cannot: "OneLogin shows nobody whom it deleted" },
    nested: { cannot: "roles and groups of OneLogin hold people only" },
  },
});

/** Does that before the first request that matches is answered. */
function once(server: OneLogin, matches: (request: CloudRequest) => boolean, act: () => void): void {
  let isOver = false;
  const look = (request: CloudRequest): boolean => {
    if (!isOver && matches(request)) {
      isOver = true;
      act();
    }
    return false;
  };
  server.misbehave({ matches: look, reply: "reset" });
}

interface Given extends Partial<Resolved<OneLoginConfig>> {
  readonly filters?: NativeFilters;
  readonly before?: (server: OneLogin) => void;
}
/** A server with these people and roles, and what is read from it. */
const readFrom = async (settings: Partial<OneLoginSettings>, given: Given = {}) => {
  const { filters, before, ...config } = given;
  await using server = await startOneLogin({ now, users: [], roles: [], ...settings });
  before?.(server);
  const { dependencies, sleeps } = createWorld(options);
  const read = await readWhole(
    oneLoginDirectory,
    { ...asKey(server), ...config },
    { ...dependencies, ...(filters === undefined ? {} : { filters }) },
  );
  const asked = (path: string) => server.requests.filter(({ url }) => url.pathname === path);
  return { ...read, server, asked, sleeps, ids: read.users.map(({ id }) => id) };
};
const person = (id: number, given: Partial<OneLoginUser> = {}): OneLoginUser => ({
  id,
  email: `p${id}@acme.test`,
  ...given,
});
const people = (count: number): OneLoginUser[] => Array.from({ length: count }, (_, index) => person(index + 1));

describe("a person of OneLogin", () => {
  it.each([
    [0, 1, "enabled", false],
    [1, 1, "enabled", true],
    [2, 1, "disabled", true],
    [3, 1, "enabled", true],
    [4, 1, "enabled", true],
    [5, 1, "enabled", true],
    [7, 1, "enabled", true],
    [8, 1, "enabled", true],
    [1, 0, "enabled", false],
    [1, 2, "disabled", true],
    [1, 3, "disabled", true],
    [0, 2, "disabled", true],
    [2, 0, "disabled", true],
  ])("given the status %i and the state %i, then %s, and takes part: %s", async (status, state, meaning, selected) => {
    const { users } = await readFrom({ users: [person(1, { status, state })] });
    expect(users.map((user) => [user.state, user.selected])).toEqual([[meaning, selected]]);
  });

  it("given a status that nobody knows, and fields that are null, then that is nobody's departure", async () => {
    const reply = { id: 1, email: null, username: null, firstname: null, lastname: null, status: 9, state: null };
    const { users } = await readFrom(
      {},
      {
        before: (server) =>
          server.misbehave({
            matches: isUsers,
            reply: { status: 200, headers: { "total-count": "1", "total-pages": "1" }, body: [reply] },
          }),
      },
    );
    expect(users).toEqual([{ id: "1", externalId: "1", state: "enabled", selected: true }]);
  });

  it("given that people who are not activated are wanted, then they take part", async () => {
    const { users } = await readFrom({ users: [person(1, { status: 0 })] }, { unactivated: true });
    expect(users.map((user) => user.selected)).toEqual([true]);
  });

  it.each([
    [{ email: "Ann@acme.test", username: "ann@other.test" }, "@made.test", "Ann@acme.test"],
    [{ username: "ann@other.test" }, "@made.test", "ann@other.test"],
    [{ email: "no address", username: "ann" }, "@made.test", "ann@made.test"],
    [{ email: "no address", username: "ann" }, undefined, "no address"],
    [{ username: "ann" }, undefined, undefined],
    [{}, "@made.test", undefined],
  ])("given %j and the mail domain %s, then the address is %s", async (names, emailSuffix, address) => {
    const { users } = await readFrom({ users: [{ id: 1, ...names }] }, { emailSuffix });
    expect(users.map(({ email }) => email)).toEqual([address]);
  });
});

describe("groups of OneLogin", () => {
  const roles = [
    { id: 11, name: "Staff", users: [1, 2, 3] },
    { id: 12, name: "Nobody", users: [] },
  ];
  it("given roles, then their members come with the list, without a request for each", async () => {
    const { groups, asked, server } = await readFrom({ users: people(3), roles });
    expect(groups).toEqual([
      { id: "11", externalId: "11", name: "Staff", selected: true, members: [{ id: "1" }, { id: "2" }, { id: "3" }] },
      { id: "12", externalId: "12", name: "Nobody", selected: true, members: [] },
    ]);
    expect(asked("/api/2/roles")).toHaveLength(1);
    expect(server.requests.filter(({ url }) => url.pathname.startsWith("/api/1/"))).toEqual([]);
  });

  it("given a list in the envelope of the API's first version, then the read fails instead of giving no roles", async () => {
    await using server = await startOneLogin({ users: people(1), roles });
    const data = roles.map(({ id, name }) => ({ id, name }));
    server.misbehave({
      matches: ({ url }) => url.pathname === "/api/2/roles",
      reply: { status: 200, body: { status: { error: false, code: 200 }, pagination: {}, data } },
    });
    const { dependencies } = createWorld(options);
    await expect(faultOf(readWhole(oneLoginDirectory, asKey(server), dependencies))).resolves.toMatchObject({
      code: "directory.bad_response",
    });
  });

  it("given a list that does not tell members, then each role is asked for them, to the last page", async () => {
    const { groups, asked } = await readFrom({ users: people(3), roles, plainRoles: true, pageSize: 2 });
    expect(new Map(groups.map(({ id, members }) => [id, members.length]))).toEqual(
      new Map([
        ["11", 3],
        ["12", 0],
      ]),
    );
    expect(asked("/api/2/roles/11/users")).toHaveLength(2);
  });

  it("given that groups are wanted, then each holds the people with its id, and no role is asked for", async () => {
    const groups = [21, 22, 23].map((id) => ({ id, name: `G${id}` }));
    const users = [person(1, { group: 21 }), person(2, { group: 21 }), person(3, { group: 23 }), person(4)];
    const read = await readFrom({ users, roles, groups, pageSize: 2 }, { groupsFrom: "groups" });
    expect(read.groups.map(({ id, members }) => [id, members.map((member) => "id" in member && member.id)])).toEqual([
      ["21", ["1", "2"]],
      ["22", []],
      ["23", ["3"]],
    ]);
    expect(read.asked("/api/2/roles")).toHaveLength(0);
  });
});

describe("a list of OneLogin", () => {
  it.each(["all", "cursors", "none"] as const)(
    "given the paging headers: %s, then everybody is read once",
    async (paging) => {
      const { ids } = await readFrom({ users: people(25), pageSize: 10, paging });
      expect(ids.toSorted()).toEqual(
        people(25)
          .map(({ id }) => String(id))
          .toSorted(),
      );
    },
  );

  it.each(["all", "cursors"] as const)(
    "given somebody who is removed while it is read by %s, then whoever moved up is read all the same",
    async (paging) => {
      const users = people(25);
      const { ids, asked } = await readFrom(
        { users, pageSize: 10, paging },
        { before: (server) => once(server, isLater, () => server.change((all) => all.filter(({ id }) => id !== 3))) },
      );
      expect(users.map(({ id }) => String(id)).filter((id) => !ids.includes(id))).toEqual([]);
      expect(new Set(ids).size).toBe(ids.length);
      expect(asked("/api/2/users")).toHaveLength(6);
    },
  );

  it("given somebody who is added in front while it is read, then nobody is read twice", async () => {
    const users = people(25);
    const { ids } = await readFrom(
      { users, pageSize: 10 },
      { before: (server) => once(server, isLater, () => server.change((all) => [person(99), ...all])) },
    );
    expect(ids.filter((id) => id !== "99")).toHaveLength(25);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("given a list that changes each time it is read, then the read fails instead of giving less", async () => {
    const drift = (server: OneLogin): void => {
      const matches: Misbehaviour["matches"] = (request) => {
        if (isLater(request)) server.change((all) => all.slice(1));
        return false;
      };
      server.misbehave({ matches, reply: "reset" });
    };
    await expect(faultOf(readFrom({ users: people(25), pageSize: 10 }, { before: drift }))).resolves.toMatchObject({
      code: "directory.truncated",
      params: { what: "people", reason: "shifted" },
    });
  });

  it("given a cursor that leads back, then it is not followed for ever", async () => {
    const reply = {
      status: 200,
      headers: { "total-count": "3", "after-cursor": "bGltaXQ9MSZwYWdlPTE=" },
      body: [{ id: 1, status: 1 }],
    };
    const before = (server: OneLogin): void => server.misbehave({ matches: isUsers, reply });
    await expect(faultOf(readFrom({}, { before }))).resolves.toMatchObject({
      code: "directory.bad_response",
      params: { field: "people: next page", reason: "repeated" },
    });
  });

  it("given many pages, then as many at a time are asked for as the vendor bears, and none waits", async () => {
    const { server, sleeps } = await readFrom(
      { users: people(120), pageSize: 10 },
      { before: (started) => started.setLatency(5) },
    );
    expect(server.atOnce()).toBe(limits.concurrency);
    expect(sleeps).toEqual([]);
  });

  it("given a budget that others use too, then our share of it is kept, and no request is ever refused", async () => {
    const { dependencies, sleeps } = createWorld(options);
    await using server = await startOneLogin({
      now: () => dependencies.now.now(),
      users: people(120),
      roles: [],
      pageSize: 10,
      perHour: 16,
    });
    const { users } = await readWhole(oneLoginDirectory, { ...asKey(server), share: 50 }, dependencies);
    expect(users).toHaveLength(120);
    expect(sleeps.length).toBeGreaterThan(0);
  });
});

describe("a query of OneLogin's", () => {
  const users = [person(1, { firstname: "Ann" }), person(2, { email: "bob@other.test" })];
  it.each([
    ["email=*@acme.test", ["1"]],
    ["?email=*%40acme.test&firstname=ann", ["1"]],
    ["email = bob@other.test", ["2"]],
  ])("given %s, then OneLogin selects people by it", async (query, expected) => {
    expect((await readFrom({ users }, { filters: { users: query } })).ids).toEqual(expected);
  });

  it("given one for roles, then the others are not read", async () => {
    const roles = ["Staff", "Guests"].map((name, index) => ({ id: index + 11, name, users: [] }));
    const { groups } = await readFrom({ roles }, { filters: { groups: "role_name=staff" } });
    expect(groups.map(({ name }) => name)).toEqual(["Staff"]);
  });

  it("given a plus sign, then it arrives as one", async () => {
    const plus = [person(1, { email: "ann+a@acme.test" }), person(2, { email: "ann a@acme.test" })];
    expect((await readFrom({ users: plus }, { filters: { users: "email=ann+a@acme.test" } })).ids).toEqual(["1"]);
  });

  it.each([
    [{ users: "emial=*@acme.test" }, "userFilter |", 1, '"emial"'],
    [{ users: "email=a@b.test&limit=1" }, "userFilter |", 16, '"limit"'],
    [{ users: "email=a@b.test&email=c@d.test" }, "userFilter |", 16, '"email"'],
    [{ users: "email=" }, "userFilter |", 1, '"email="'],
    [{ users: "email=a&" }, "userFilter |", 9, "the end"],
    [{ groups: "role=Staff" }, "groupFilter |", 1, '"role"'],
  ])("given %j, then its place is told, and nobody is read", async (filters, filter, column, found) => {
    await expect(faultOf(readFrom({ users }, { filters }))).resolves.toMatchObject({
      code: "filter.syntax",
      params: { filter, column, found },
    });
  });

  it("given one for groups, which cannot be selected, then that is said", async () => {
    const given: Given = { groupsFrom: "groups", filters: { groups: "name=Staff" } };
    await expect(faultOf(readFrom({}, given))).resolves.toMatchObject({ code: "filter.syntax" });
  });
});

describe("a key of OneLogin", () => {
  it.each([
    ["a wrong secret", {}, { clientSecret: "old" }, { reason: "credential_unknown", detail: "Authentication Failure" }],
    ["no secret", {}, { clientSecret: " " }, { reason: "no_secret" }],
    ["an administrator who was deleted", { orphaned: true }, {}, { reason: "credential_orphaned" }],
  ])("given %s, then that is said", async (_case, settings, config, params) => {
    await expect(faultOf(readFrom(settings, config))).resolves.toMatchObject({
      code: "directory.auth_failed",
      params: { user: expect.any(String), ...params },
    });
  });

  it("given an address where no OneLogin is, then the answer to the log-in is told", async () => {
    const reply = { status: 404, headers: { "content-type": "text/html" }, text: "<title>Nothing here</title>" };
    const before = (server: OneLogin): void => server.misbehave({ matches: () => true, reply });
    await expect(faultOf(readFrom({}, { before }))).resolves.toMatchObject({
      code: "directory.bad_response",
      params: { field: "token", reason: "Nothing here" },
    });
  });

  it("given a token in an envelope, then it is used like a bare one", async () => {
    expect((await readFrom({ users: people(2), wrapped: true })).ids).toEqual(["1", "2"]);
  });

  it("given a token that is handed out again although it is old, then it is renewed when it ends, not later", async () => {
    const { dependencies } = createWorld(options);
    await using server = await startOneLogin({ now: () => dependencies.now.now(), users: people(1), roles: [] });
    await readWhole(oneLoginDirectory, asKey(server), dependencies);
    await dependencies.now.sleep(30_000_000);
    await using open = await oneLoginDirectory.open(asKey(server), dependencies);
    await open.lookup?.("1");
    await dependencies.now.sleep(6_100_000);
    const before = server.requests.length;
    expect(await open.lookup?.("1")).toMatchObject({ id: "1" });
    expect([server.tokenRequests(), server.logins()]).toEqual([3, 2]);
    const bearers = server.requests
      .slice(before)
      .flatMap(({ method, headers }) => (method === "GET" ? [headers["authorization"]] : []));
    expect(new Set(bearers)).toEqual(new Set(["bearer onelogin-token-2-a8"]));
  });
});

describe("a check of OneLogin", () => {
  const checked = async (settings: Partial<OneLoginSettings>, config: Partial<Resolved<OneLoginConfig>> = {}) => {
    const groups = [{ id: 21, name: "G" }];
    const roles = [{ id: 11, name: "R", users: [1] }];
    await using server = await startOneLogin({ now, users: people(1), roles, groups, ...settings });
    const { dependencies } = createWorld(options);
    await using open = await oneLoginDirectory.open({ ...asKey(server), ...config }, dependencies);
    return await open.check();
  };
  it("given a key, then it says which one, and of which account", async () => {
    expect(await checked({})).toContainEqual(
      expect.objectContaining({ code: "onelogin.key", params: { key: "7e1fclient", account: "4711" } }),
    );
  });
  it.each([
    ["nothing (Authentication Only)", [], ["people", "groups"]],
    ["no people", ["roles", "groups"], ["people"]],
    ["no roles", ["users", "groups"], ["groups"]],
  ] as const)("given a key that may read %s, then Read Users is named for each", async (_case, rights, refused) => {
    const errors = (await checked({ rights })).filter(({ severity }) => severity === "error");
    expect(errors.map(({ code, params }) => [code, params?.["what"], params?.["right"]])).toEqual(
      refused.map((what) => ["directory.forbidden", what, "Read Users"]),
    );
  });
  it("given groups that may not be read, then that is an error, too", async () => {
    const findings = await checked({ rights: ["users", "roles"] }, { groupsFrom: "groups" });
    expect(findings.filter(({ severity }) => severity === "error")).toHaveLength(1);
  });
});

describe("a look-up in OneLogin", () => {
  const lookedUp = async (text: string, query?: string) => {
    const users = [person(1, { status: 2 }), { id: 2, username: "bob" }, { id: 3, email: "new@acme.test", status: 0 }];
    const roles = [{ id: 11, name: "Staff", users: [1] }];
    await using server = await startOneLogin({ now, users, roles });
    const { dependencies } = createWorld(options);
    const given = query === undefined ? dependencies : { ...dependencies, filters: { users: query } };
    await using open = await oneLoginDirectory.open({ ...asKey(server), emailSuffix: "@made.test" }, given);
    return await open.lookup?.(text);
  };
  it.each([
    ["11", { kind: "group", name: "Staff" }],
    ["staff", { kind: "group", id: "11" }],
    ["2", { kind: "person", id: "2" }],
    ["bob", { kind: "person", id: "2", email: "bob@made.test" }],
    ["bob@made.test", { kind: "person", id: "2" }],
    ["P1@ACME.test", { kind: "person", id: "1", state: "disabled" }],
  ])("given %s, then %j is found", async (text, expected) => {
    expect(await lookedUp(text)).toMatchObject(expected);
  });

  it.each([
    ["new@acme.test", undefined, { code: "unselected.onelogin_unactivated" }],
    ["P1@acme.test", "email=*@other.test", { code: "outside.filter", params: { rule: "userFilter" } }],
    ["P1@acme.test", "email=*@acme.test", undefined],
    ["P1@acme.test", "user_ids=2", undefined],
  ])("given %s and the query %s, then it is told why a read does not take them: %j", async (text, query, outside) => {
    expect((await lookedUp(text, query))?.outside).toEqual(outside);
  });

  it.each(["*", "99", "nobody", " "])("given %j, then nobody is found", async (text) => {
    expect(await lookedUp(text)).toBeUndefined();
  });

  it("given that groups are wanted, then one is found by id and by name", async () => {
    await using server = await startOneLogin({ now, users: [], roles: [], groups: [{ id: 21, name: "Desk" }] });
    const { dependencies } = createWorld(options);
    await using open = await oneLoginDirectory.open({ ...asKey(server), groupsFrom: "groups" }, dependencies);
    expect([await open.lookup?.("21"), await open.lookup?.("desk")]).toMatchObject([{ id: "21" }, { id: "21" }]);
  });
});

describe("the address of a OneLogin account", () => {
  /** Where a request goes, and what the directory is called when no account is told. */
  const addressed = async (url: string) => {
    const { dependencies } = createWorld(options);
    const asked: string[] = [];
    const http = {
      send: async ({ url: target }: { readonly url: string | URL }) => {
        asked.push(new URL(target).href);
        const text = JSON.stringify({ access_token: "t", expires_in: 36_000 });
        return {
          kind: "answer" as const,
          status: 200,
          headers: {},
          text,
          json: (): unknown => JSON.parse(text),
          url: "",
        };
      },
    };
    const config = { kind: "onelogin", url, clientId: "c", clientSecret: "s" } as const;
    await using open = await oneLoginDirectory.open(
      { ...config, groupsFrom: "roles", unactivated: false },
      { ...dependencies, http },
    );
    const identity = await open.identity();
    return { token: asked[0], identity };
  };
  it.each([
    ["us", "https://api.us.onelogin.com/auth/oauth2/v2/token", "api.us.onelogin.com c"],
    ["EU", "https://api.eu.onelogin.com/auth/oauth2/v2/token", "api.eu.onelogin.com c"],
    ["https://api.eu.onelogin.com/", "https://api.eu.onelogin.com/auth/oauth2/v2/token", "api.eu.onelogin.com c"],
    ["acme", "https://acme.onelogin.com/auth/oauth2/v2/token", "acme.onelogin.com"],
    ["acme.onelogin.com/admin2/users", "https://acme.onelogin.com/auth/oauth2/v2/token", "acme.onelogin.com"],
  ])("given %s, then the token comes from %s", async (url, token, identity) => {
    expect(await addressed(url)).toEqual({ token, identity });
  });

  it("given one and the same account by two addresses, then it is one directory", async () => {
    await using server = await startOneLogin({ now, users: [], roles: [] });
    const identities = [];
    for (const url of [server.url, server.url.replace("127.0.0.1", "localhost")]) {
      const { dependencies } = createWorld(options);
      await using open = await oneLoginDirectory.open({ ...asKey(server), url }, dependencies);
      identities.push(await open.identity());
    }
    expect(identities).toEqual(["4711", "4711"]);
  });
});
