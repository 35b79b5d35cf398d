import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { readFirst, readOn, readThrough, stories } from "../../../tests/directory-changes.ts";
import { createWorld, readWhole, type Content, type WorldOptions } from "../../../tests/directory-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";
import { startOkta, type Okta, type OktaSettings } from "../../../tests/servers/okta/okta.ts";
import type { Resolved } from "../../config/field.ts";
import { createNetwork } from "../../http/network.ts";
import { createHttp } from "../../http/request.ts";
import { describeDirectory } from "../contract.ts";
import type { OktaConfig } from "./config.ts";
import { oktaDirectory } from "./index.ts";
import { limits } from "./open.ts";

const network = await createNetwork({ env: {} });
afterAll(async () => network[Symbol.asyncDispose]());
const options: WorldOptions = {
  network,
  http: (clock) => createHttp({ network, clock, random: () => 0.5, timeout: 400 }),
};
/** The test's clock stands still; so does the server's. */
const now = (): number => Date.parse("2026-11-24T09:00:00Z");
const everyone = { id: "00geveryone", name: "Everyone", type: "BUILT_IN", members: [] } as const;

const asApp = (server: Okta): Resolved<OktaConfig> => ({
  kind: "okta",
  url: server.url,
  staged: false,
  partialView: false,
  share: 100,
  ...server.app,
});
const withToken = ({ url, token }: Okta): Resolved<OktaConfig> => ({
  kind: "okta",
  url,
  staged: false,
  partialView: false,
  share: 100,
  token,
});
const settingsOf = (content: Content): OktaSettings => ({
  now,
  pageSize: 10,
  users: content.users.map(({ key, name, email, state }) => ({
    id: `00u${key}`,
    status: state === "disabled" ? "SUSPENDED" : "ACTIVE",
    displayName: name,
    email,
  })),
  groups: content.groups.map(({ key, name, members }) => ({
    id: `00g${key}`,
    name,
    type: "OKTA_GROUP",
    members: members.map((member) => `00u${member}`),
  })),
});

const running = new WeakMap<object, Okta>();
const serverOf = (harness: object): Okta => {
  const server = running.get(harness);
  if (server === undefined) throw new TypeError("not a server of this test");
  return server;
};

describeDirectory<OktaConfig>({
  directory: oktaDirectory,
  pageSize: 10,
  ...options,
  secrets: ["00A-token-of-the-admin-4f1", "access-1-7d2", "BEGIN PRIVATE KEY"],
  start: async (content) => {
    const settings = settingsOf(content);
    const server = await startOkta({ ...settings, everyone: true });
    const harness = {
      config: asApp(server),
      id: (key: string) => (content.groups.some((group) => group.key === key) ? `00g${key}` : `00u${key}`),
      [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
    };
    running.set(harness, server);
    return harness;
  },
  parts: {
    wrongCredentials: async (harness) => ({ ...asApp(serverOf(harness)), clientId: "0oaunknown" }),
    missingPermission: async (harness) => {
      serverOf(harness).revoke("groups");
      return harness.config;
    },
    secondPageFails: async (harness) => {
      serverOf(harness).misbehave({ matches: ({ query }) => query.has("after"), reply: { status: 500, body: {} } });
      return harness.config;
    },
    rateLimited: async (harness) => {
      const reset = String(now() / 1000 + 20);
      serverOf(harness).misbehave({
        matches: ({ url }) => url.pathname === "/api/v1/users",
        times: 1,
        reply: {
          status: 429,
          headers: {
            date: new Date(now()).toUTCString(),
            "x-rate-limit-limit": "600",
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": reset,
          },
          body: { errorCode: "E0000047", errorSummary: "API call exceeded rate limit due to too many requests." },
        },
      });
      return { config: harness.config, seconds: 20 };
    },
    tokenExpires: async (harness) => {
      const server = serverOf(harness);
      let isOver = false;
      const matches = ({ query }: { readonly query: URLSearchParams }): boolean => {
        if (query.has("after") && !isOver) {
          server.expireTokens();
          isOver = true;
        }
        return false;
      };
      server.misbehave({ matches, reply: "reset" });
      return { config: harness.config, logins: server.logins };
    },
    silent: async (harness) => {
      serverOf(harness).misbehave({ matches: ({ url }) => url.pathname === "/api/v1/users", reply: "silent" });
      return harness.config;
    },
    wrongShape: async (harness) => {
      const reply = { status: 200, body: [{ id: 7 }] };
      serverOf(harness).misbehave({ matches: ({ url }) => url.pathname === "/api/v1/users", reply });
      return harness.config;
    },
    disabled: true,
    deleted: { cannot: "Okta shows nobody whom it deleted" },
    nested: { cannot: "groups of Okta hold people only" },
  },
});

/** A server with these people and groups, and what is read from it. */
const readFrom = async (
  settings: Partial<OktaSettings>,
  given: Partial<Resolved<OktaConfig>> & {
    readonly filters?: { users?: string; groups?: string };
    readonly by?: "token";
  } = {},
) => {
  const { filters, by, ...config } = given;
  await using server = await startOkta({ now, users: [], groups: [everyone], ...settings });
  const { dependencies } = createWorld(options);
  const read = await readWhole(
    oktaDirectory,
    { ...(by === "token" ? withToken(server) : asApp(server)), ...config },
    { ...dependencies, ...(filters === undefined ? {} : { filters }) },
  );
  return { ...read, requests: server.requests };
};
const person = (id: string, status = "ACTIVE", email = `${id}@acme.test`) => ({ id, status, email });

describe("Okta", () => {
  it.each([
    ["ACTIVE", "enabled", true],
    ["PROVISIONED", "enabled", true],
    ["RECOVERY", "enabled", true],
    ["PASSWORD_EXPIRED", "enabled", true],
    ["LOCKED_OUT", "enabled", true],
    ["SUSPENDED", "disabled", true],
    ["DEPROVISIONED", "disabled", true],
    ["STAGED", "enabled", false],
    ["ACTIVATING", "enabled", true],
  ])("given the status %s, then %s, and takes part: %s", async (status, state, selected) => {
    const { users } = await readFrom({ users: [person("a", status)] });
    expect(users.map((user) => [user.state, user.selected])).toEqual([[state, selected]]);
  });

  it("given that staged people are wanted, then they take part", async () => {
    const { users } = await readFrom({ users: [person("a", "STAGED")] }, { staged: true });
    expect(users.map((user) => user.selected)).toEqual([true]);
  });

  it("given a token of an administrator, then the same is read with it", async () => {
    const { users, requests } = await readFrom({ users: [person("a")] }, { by: "token", clientId: undefined });
    expect(users.map((user) => user.id)).toEqual(["a"]);
    expect(requests.every(({ headers }) => headers["authorization"]?.startsWith("SSWS ") === true)).toBe(true);
  });

  it("given a query of the vendor's, then it selects people of every status, and groups", async () => {
    const users = [person("a"), person("b"), person("c", "DEPROVISIONED"), person("d", "DEPROVISIONED")];
    const groups = [everyone, { id: "g", name: "G", type: "OKTA_GROUP", members: ["a"] } as const];
    const read = await readFrom(
      { users, groups },
      {
        filters: {
          users: 'profile.email eq "a@acme.test" or profile.email eq "c@acme.test"',
          groups: 'type eq "OKTA_GROUP"',
        },
      },
    );
    expect(read.users.map((user) => user.id)).toEqual(["a", "c"]);
    expect(read.groups.map((group) => group.id)).toEqual(["g"]);
  });

  it.each(["o'neil+x@acme.test", "zoë & co@acme.test", "100%@acme.test"])(
    "given a query for %s, then it arrives as it is typed",
    async (email) => {
      const users = [person("a"), person("b", "ACTIVE", email)];
      const read = await readFrom({ users }, { filters: { users: `profile.email eq "${email}"` } });
      expect(read.users.map(({ id }) => id)).toEqual(["b"]);
    },
  );

  it("given attributes of the organization's own, and names that are null, then the person is read all the same", async () => {
    const user = {
      ...person("a"),
      profile: { shoeSize: 43, displayName: null, email: "a@acme.test", login: "a@acme.test" },
    };
    const { users } = await readFrom({ users: [user] });
    expect(users).toMatchObject([{ id: "a", email: "a@acme.test", state: "enabled" }]);
  });

  it("given kinds of groups, then the others are not read, nor their members asked for", async () => {
    const groups = [everyone, { id: "g", name: "G", type: "APP_GROUP", members: [] } as const];
    const read = await readFrom({ groups }, { groupTypes: ["APP_GROUP"] });
    expect(read.groups.map((group) => group.id)).toEqual(["g"]);
    expect(
      read.requests.filter(({ url }) => url.pathname.endsWith("/users") && url.pathname.includes("groups")),
    ).toHaveLength(1);
  });

  it("given somebody who is deactivated while the lists are read, then they are there once", async () => {
    const { users } = await readFrom({ users: [person("a", "DEPROVISIONED")] }, { filters: { users: 'id eq "a"' } });
    expect(users.map((user) => [user.id, user.state])).toEqual([["a", "disabled"]]);
  });

  it("given a malformed query, then the vendor's words are told", async () => {
    await expect(faultOf(readFrom({}, { filters: { users: "profile.shoe eq 43" } }))).resolves.toMatchObject({
      code: "directory.bad_response",
      params: { field: "people", reason: expect.stringContaining("Unrecognized attribute") },
    });
  });

  it("given an account that sees some groups only, then nothing is read, unless that is meant", async () => {
    const settings = { users: [person("a")], groupAdministrator: true };
    await expect(faultOf(readFrom(settings))).resolves.toMatchObject({
      code: "directory.forbidden",
      params: { what: "everybody", right: "Read-only Administrator" },
    });
    expect((await readFrom(settings, { partialView: true })).users).toHaveLength(1);
  });

  it.each([
    ["people", "users", "okta.users.read"],
    ["groups", "groups", "okta.groups.read"],
  ] as const)("given no right to read %s, then it is named", async (what, missing, right) => {
    const rights = (["users", "groups"] as const).filter((name) => name !== missing);
    await expect(faultOf(readFrom({ rights, users: [person("a")] }, { partialView: true }))).resolves.toMatchObject({
      code: "directory.forbidden",
      params: { what, right },
    });
  });

  it.each([
    ["a token that has ended", { token: "00A-old" }, { code: "directory.auth_failed", params: { reason: "token" } }],
    [
      "neither token nor key",
      { clientId: undefined, privateKey: undefined },
      { code: "directory.auth_failed", params: { reason: "no_token" } },
    ],
    ["a key that is none", { privateKey: "hunter2" }, { code: "directory.key_invalid" }],
  ])("given %s, then that is said", async (_case, config, fault) => {
    await expect(faultOf(readFrom({}, config))).resolves.toMatchObject(fault);
  });

  it("given an app that demands a proof of possession, then it is said where that is switched off", async () => {
    await expect(faultOf(readFrom({ dpop: true }))).resolves.toMatchObject({
      code: "directory.auth_failed",
      params: { reason: "dpop" },
    });
  });

  it("given many groups, then their members are asked for in parallel, as many at a time as the vendor bears", async () => {
    const groups = Array.from({ length: 60 }, (_, index) => ({
      id: `g${index}`,
      name: `G${index}`,
      type: "OKTA_GROUP" as const,
      members: ["a"],
    }));
    const { dependencies, sleeps } = createWorld(options);
    await using server = await startOkta({ now, users: [person("a")], groups: [everyone, ...groups] });
    server.setLatency(5);
    const read = await readWhole(oktaDirectory, asApp(server), dependencies);
    expect(read.groups).toHaveLength(61);
    expect(server.atOnce()).toBe(limits.concurrency);
    expect(sleeps).toEqual([]);
  });

  it("given a budget that others use too, then our share of it is kept, and no request is ever refused", async () => {
    const groups = Array.from({ length: 60 }, (_, index) => ({
      id: `g${index}`,
      name: `G${index}`,
      type: "OKTA_GROUP" as const,
      members: ["a"],
    }));
    const { dependencies, sleeps } = createWorld(options);
    await using server = await startOkta({
      now: () => dependencies.now.now(),
      users: [person("a")],
      groups: [everyone, ...groups],
      perMinute: 40,
    });
    const read = await readWhole(oktaDirectory, { ...asApp(server), share: 50 }, dependencies);
    expect(read.groups).toHaveLength(61);
    expect(sleeps.length).toBeGreaterThan(0);
  });

  it("given a group that a rule keeps filled with somebody deactivated, then it is told as it is, and so is their state", async () => {
    const groups = [everyone, { id: "g", name: "G", type: "OKTA_GROUP", members: ["a", "b"] } as const];
    const read = await readFrom({ users: [person("a", "DEPROVISIONED"), person("b", "SUSPENDED")], groups });
    expect(read.groups.find(({ id }) => id === "g")?.members).toEqual([{ id: "a" }, { id: "b" }]);
    expect(new Map(read.users.map(({ id, state }) => [id, state]))).toEqual(
      new Map([
        ["a", "disabled"],
        ["b", "disabled"],
      ]),
    );
  });

  it("given two people with one address, then they are two, by their ids", async () => {
    const { users } = await readFrom({
      users: [person("a", "ACTIVE", "x@acme.test"), person("b", "ACTIVE", "x@acme.test")],
    });
    expect(users.map(({ id, email }) => [id, email])).toEqual([
      ["a", "x@acme.test"],
      ["b", "x@acme.test"],
    ]);
  });

  it("given two groups with one name, then they are two, by their ids", async () => {
    const same = (id: string, type: "OKTA_GROUP" | "APP_GROUP") => ({ id, name: "Sales", type, members: [] });
    const { groups } = await readFrom({ groups: [everyone, same("g1", "OKTA_GROUP"), same("g2", "APP_GROUP")] });
    expect(groups.filter(({ name }) => name === "Sales").map(({ externalId }) => externalId)).toEqual(["g1", "g2"]);
  });

  it("given too many requests at a time, whose answer announces no budget, then the pause is short and the read goes on", async () => {
    await using server = await startOkta({ now, users: [person("a")], groups: [everyone] });
    server.misbehave({
      matches: ({ url }) => url.pathname === "/api/v1/users",
      times: 1,
      reply: {
        status: 429,
        headers: {
          date: new Date(now()).toUTCString(),
          "x-rate-limit-limit": "0",
          "x-rate-limit-remaining": "0",
          "x-rate-limit-reset": String(now() / 1000 + 3600),
        },
        body: { errorCode: "E0000047", errorSummary: "Too many requests at the same time." },
      },
    });
    const { dependencies, sleeps } = createWorld(options);
    const { users } = await readWhole(oktaDirectory, asApp(server), dependencies);
    expect(users.map(({ id }) => id)).toEqual(["a"]);
    expect(Math.max(...sleeps)).toBeLessThanOrEqual(1_000);
  });

  it("given that a large page of members takes Okta too long, then smaller ones are asked for, as it advises", async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `u${index}`);
    await using server = await startOkta({
      now,
      users: ids.map((id) => person(id)),
      groups: [{ ...everyone, members: ids }],
    });
    server.misbehave({
      matches: ({ url, query }) => url.pathname.endsWith("/users") && query.get("limit") === "1000",
      reply: { status: 504, body: {} },
    });
    const { dependencies } = createWorld(options);
    const { groups } = await readWhole(oktaDirectory, asApp(server), dependencies);
    expect(groups[0]?.members).toHaveLength(300);
  });

  it("given a group that is removed while it is read, then the read fails instead of giving less", async () => {
    await using server = await startOkta({ now, users: [], groups: [everyone] });
    server.misbehave({
      matches: ({ url }) => url.pathname === "/api/v1/groups/00geveryone/users",
      reply: { status: 404, body: { errorCode: "E0000007", errorSummary: "Not found" } },
    });
    const { dependencies } = createWorld(options);
    await expect(faultOf(readWhole(oktaDirectory, asApp(server), dependencies))).resolves.toMatchObject({
      code: "directory.bad_response",
      params: { field: "members" },
    });
  });
});

describe("what changed in Okta since a read", () => {
  const okta = (id: string, members: readonly string[], name = id) => ({
    id,
    name,
    type: "OKTA_GROUP" as const,
    members,
  });
  /** Reads whole, changes the organization, and reads on. */
  const follow = async (change: (server: Okta) => void, given: { readonly cursor?: string } = {}) => {
    const { dependencies } = createWorld(options);
    await using server = await startOkta({
      now: () => dependencies.now.now(),
      users: [person("a"), person("b"), person("c")],
      groups: [everyone, okta("g1", ["a", "b"]), okta("g2", ["c"])],
    });
    const first = await readFirst(oktaDirectory, asApp(server), dependencies);
    await dependencies.now.sleep(10 * 60_000);
    change(server);
    const before = server.requests.length;
    let requests = server.requests;
    const read = await readOn(oktaDirectory, asApp(server), dependencies, { ...first, ...given }, () => {
      requests = server.requests.slice(before);
    });
    const asked = requests.filter(({ url }) => /groups\/.*\/users/u.test(url.pathname));
    return { ...read, asked: asked.map(({ path }) => path["groupId"]) };
  };

  it("given nothing, then no group is asked for its members, and nothing is told", async () => {
    expect(await follow(() => {})).toMatchObject({ asked: [], drift: [], pages: [{ end: "changes" }] });
  });
  it("given members that changed, then that group alone is asked, and the sum is a whole read", async () => {
    const read = await follow((server) =>
      server.change({ groups: [everyone, okta("g1", ["a", "b"]), okta("g2", ["c", "a"])] }),
    );
    expect(read).toMatchObject({ asked: ["g2"], drift: [] });
  });
  it("given a rule that fills a group minutes after its people changed, then each reading on tells it as it is by then", async () => {
    const { dependencies } = createWorld(options);
    await using server = await startOkta({
      now: () => dependencies.now.now(),
      users: [person("a"), person("b")],
      groups: [everyone, okta("g", ["a"])],
    });
    let stored = await readFirst(oktaDirectory, asApp(server), dependencies);
    server.change({ users: [person("a", "DEPROVISIONED"), person("b")] });
    for (const members of [["a"], ["a", "b"]]) {
      await dependencies.now.sleep(4 * 60_000);
      server.change({ groups: [everyone, okta("g", members)] });
      const read = await readOn(oktaDirectory, asApp(server), dependencies, stored);
      expect(read).toMatchObject({ isFull: false, drift: [] });
      expect(read.stored.groups.find(({ id }) => id === "g")?.members).toEqual(members.map((id) => ({ id })));
      ({ stored } = read);
    }
  });
  it("given people who are disabled, new and gone, and groups that are renamed, new and gone, then the sum is a whole read", async () => {
    const read = await follow((server) =>
      server.change({
        users: [person("a", "SUSPENDED"), person("b", "ACTIVE", "bo@acme.test"), person("d")],
        groups: [everyone, okta("g1", ["a", "b"], "Sales"), okta("g3", ["d"])],
      }),
    );
    expect(read).toMatchObject({ asked: ["g3"], drift: [] });
  });
  it("given a cursor of somebody else, then everything is read", async () => {
    expect(await follow(() => {}, { cursor: "x" })).toMatchObject({ isFull: true });
  });

  it("given anything that happens to people and groups, then reading on gives what a whole read gives", async () => {
    const user = fc.record({
      email: fc.constantFrom("x@acme.test", "y@acme.test"),
      status: fc.constantFrom("ACTIVE", "SUSPENDED", "STAGED", "DEPROVISIONED"),
    });
    await fc.assert(
      fc.asyncProperty(stories(user, false), async ({ first, later }) => {
        const { dependencies } = createWorld(options);
        const of = ({ users, groups }: typeof first) => ({
          users,
          groups: [everyone, ...groups.map(({ id, name, members }) => okta(id, members, name))],
        });
        const moving = (): number => dependencies.now.now();
        await using server = await startOkta({ ...of(first), pageSize: 2, now: moving });
        const reads = await readThrough(oktaDirectory, asApp(server), dependencies, later, (moment) =>
          server.change(of(moment)),
        );
        expect(reads).toEqual(later.map(() => ({ isFull: false, drift: [] })));
      }),
      { numRuns: 60 },
    );
  });
});

describe("the address of an Okta organization", () => {
  it.each([
    ["acme.okta.com", "acme.okta.com"],
    ["https://acme-admin.okta.com/admin/dashboard", "acme.okta.com"],
    ["https://acme-admin.oktapreview.com", "acme.oktapreview.com"],
    ["https://login-admin.acme.test/", "login-admin.acme.test"],
    ["http://127.0.0.1:1", "127.0.0.1:1"],
  ])("given %s, then it is %s", async (url, host) => {
    const { dependencies } = createWorld(options);
    const config = { kind: "okta", url, token: "t", staged: false, partialView: false } as const;
    await using open = await oktaDirectory.open(config, dependencies);
    expect(await open.identity()).toBe(host);
  });
});

describe("a check of Okta", () => {
  const checked = async (settings: Partial<OktaSettings>, by: "app" | "token" = "app") => {
    await using server = await startOkta({ now, users: [person("a")], groups: [everyone], ...settings });
    const { dependencies } = createWorld(options);
    await using open = await oktaDirectory.open(by === "app" ? asApp(server) : withToken(server), dependencies);
    return await open.check();
  };
  it("given a token, then it says whose it is", async () => {
    expect(await checked({}, "token")).toContainEqual(
      expect.objectContaining({ code: "check.directory.account", params: { account: "admin@acme.test" } }),
    );
  });
  it.each([
    ["users", "okta.users.read"],
    ["groups", "okta.groups.read"],
  ] as const)(
    "given no right to read %s, then it names that right, and takes the other steps",
    async (missing, right) => {
      const rights = (["users", "groups"] as const).filter((name) => name !== missing);
      const findings = await checked({ rights });
      expect(findings.filter(({ severity }) => severity === "error").map(({ params }) => params?.["right"])).toEqual([
        right,
      ]);
      expect(findings.some(({ code }) => code === "check.directory.readable")).toBe(true);
    },
  );
  it("given an account that sees a part only, then that is an error", async () => {
    expect((await checked({ groupAdministrator: true })).filter(({ severity }) => severity === "error")).toEqual([
      expect.objectContaining({ code: "directory.forbidden", params: expect.objectContaining({ what: "everybody" }) }),
    ]);
  });
});
