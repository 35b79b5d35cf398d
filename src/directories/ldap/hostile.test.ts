import { describe, expect, it } from "vitest";
import { createWorld, readWhole } from "../../../tests/directory-world.ts";
import {
  bound,
  createLdapDirectory,
  createLdapScript,
  done,
  entry,
  extended,
  message,
  reference,
  value,
  type Asked,
} from "../../../tests/servers/ldap-script.ts";
import { createSocketServer } from "../../../tests/servers/socket-server.ts";
import type { Resolved } from "../../config/field.ts";
import type { LdapConfig } from "./config.ts";
import { ldapDirectory } from "./index.ts";

/** Servers that OpenLDAP is not: what they say comes from a script. */
const config = (url: string, more: Partial<Resolved<LdapConfig>> = {}): Resolved<LdapConfig> => ({
  kind: "ldap",
  url,
  startTls: false,
  allowPlain: true,
  verifyTls: true,
  bindDn: "cn=reader",
  password: "secret",
  baseDn: "dc=firm,dc=test",
  userBase: "ou=people",
  groupBase: "ou=groups",
  pageSize: 100,
  timeout: 1,
  ...more,
});
const root = { supportedControl: "1.2.840.113556.1.4.319", namingContexts: "dc=firm,dc=test" };
const person = (id: number, key: number): Buffer =>
  entry(id, `uid=u${key},ou=people,dc=firm,dc=test`, {
    entryUUID: `id-${key}`,
    mail: `u${key}@firm.test`,
    cn: `U ${key}`,
  });
const isPeople = (asked: Asked): boolean => asked.name.startsWith("ou=people");

/** A server that answers for people as told, and has no groups. */
const serve = async (people: (asked: Asked) => Buffer | undefined) =>
  createLdapDirectory(root, (asked) => (isPeople(asked) ? people(asked) : done(asked.id)));
const read = (url: string, more: Partial<Resolved<LdapConfig>> = {}) => {
  const world = createWorld();
  return readWhole(ldapDirectory, config(url, more), world.dependencies);
};

describe("reading in pages", () => {
  it("given an empty page with a cookie, then the pages behind it are read", async () => {
    const pages = new Map([
      ["", { keys: [1, 2], next: "a" }],
      ["a", { keys: [], next: "b" }],
      ["b", { keys: [], next: "c" }],
      ["c", { keys: [3], next: "" }],
    ]);
    const { url } = await serve(({ id, page }) => {
      const { keys = [], next = "" } = pages.get(page?.cookie ?? "") ?? {};
      return Buffer.concat([...keys.map((key) => person(id, key)), done(id, { cookie: next })]);
    });
    expect((await read(url)).users.map((user) => user.id)).toEqual(["id-1", "id-2", "id-3"]);
  });

  it("given empty pages without an end, then it is a read cut short", async () => {
    const { url } = await serve(({ id }) => Buffer.concat([done(id, { cookie: "again" })]));
    await expect(read(url)).rejects.toMatchObject({
      code: "directory.truncated",
      params: { what: "people", count: 0, reason: "empty_pages" },
    });
  });

  it("given a server that takes small pages only, then it gets them, for groups from the start", async () => {
    const sizes: [string, number][] = [];
    const { url } = await createLdapDirectory(root, ({ id, name, page }) => {
      const size = page?.size ?? 0;
      if (page !== undefined) sizes.push([name, size]);
      if (size > 100) return done(id, { code: 11, text: "illegal pagedResults page size" });
      return Buffer.concat(name.startsWith("ou=people") ? [person(id, 1), done(id)] : [done(id)]);
    });
    expect((await read(url, { pageSize: 1000 })).users).toHaveLength(1);
    expect(sizes).toEqual([
      ["ou=people,dc=firm,dc=test", 1000],
      ["ou=people,dc=firm,dc=test", 500],
      ["ou=people,dc=firm,dc=test", 250],
      ["ou=people,dc=firm,dc=test", 100],
      ["ou=groups,dc=firm,dc=test", 100],
    ]);
  });

  it("given a server that refuses pages, then everything at once counts when it says that this was all", async () => {
    const { url } = await serve(({ id, page }) =>
      page === undefined ? Buffer.concat([person(id, 1), done(id)]) : done(id, { code: 12, text: "no such control" }),
    );
    expect((await read(url)).users).toHaveLength(1);
  });

  it("given a server that refuses pages and stops at its limit, then it is a read cut short", async () => {
    const { url } = await serve(({ id, page }) =>
      page === undefined ? Buffer.concat([person(id, 1), done(id, { code: 4 })]) : done(id, { code: 12 }),
    );
    await expect(read(url)).rejects.toMatchObject({
      code: "directory.truncated",
      params: { what: "people", count: 1, reason: "size" },
    });
  });

  it.each([
    [3, "time"],
    [4, "size"],
    [11, "admin"],
    [53, "refused"],
  ])("given result %i on a later page, then nothing was read (%s)", async (code, reason) => {
    const { url } = await serve(({ id, page }) =>
      page?.cookie === "2" ? done(id, { code }) : Buffer.concat([person(id, 1), done(id, { cookie: "2" })]),
    );
    await expect(read(url)).rejects.toMatchObject({ code: "directory.truncated", params: { count: 1, reason } });
  });

  it("given the same page again and again, then it is given up", async () => {
    const { url } = await serve(({ id }) => Buffer.concat([person(id, 1), person(id, 2), done(id, { cookie: "a" })]));
    await expect(read(url)).rejects.toMatchObject({
      code: "directory.truncated",
      params: { what: "people", reason: "same_pages" },
    });
  });

  it("given an attribute that is written twice, then the values of both count", async () => {
    const member = (name: string): Buffer =>
      value(0x30, value(0x04, "member"), value(0x31, value(0x04, `uid=${name},ou=people,dc=firm,dc=test`)));
    const id1 = value(0x30, value(0x04, "entryUUID"), value(0x31, value(0x04, "g1")));
    const { url } = await createLdapDirectory(root, (asked) =>
      isPeople(asked)
        ? Buffer.concat([person(asked.id, 1), person(asked.id, 2), done(asked.id)])
        : Buffer.concat([
            message(
              asked.id,
              value(0x64, value(0x04, "cn=g,ou=groups,dc=firm,dc=test"), value(0x30, id1, member("u1"), member("u2"))),
            ),
            done(asked.id),
          ]),
    );
    expect((await read(url)).groups.map((group) => group.members.length)).toEqual([2]);
  });

  it("given one entry twice, as after a rename during the read, then the read goes on", async () => {
    const { url } = await serve(({ id, page }) => {
      const next = { "": "b", b: "c", c: "" }[page?.cookie ?? ""] ?? "";
      return Buffer.concat([person(id, 1), person(id, next.length), done(id, { cookie: next })]);
    });
    expect((await read(url)).users.length).toBeGreaterThan(3);
  });

  it("given nobody, and a base that is not there, which pages hide, then that is said", async () => {
    const { url } = await serve(({ id, page }) => (page === undefined ? done(id, { code: 32 }) : done(id)));
    await expect(read(url)).rejects.toMatchObject({ code: "directory.base_missing" });
  });

  it("asks the server for no limit of its own", async () => {
    const asked: Asked["limits"][] = [];
    const { url } = await serve(({ id, limits }) => {
      asked.push(limits);
      return Buffer.concat([person(id, 1), done(id)]);
    });
    await read(url);
    expect(asked).toEqual([{ size: 0, time: 0 }]);
  });

  it("given 130,000 entries at once, then all of them arrive", { timeout: 120_000 }, async () => {
    const { url } = await serve(({ id }) =>
      Buffer.concat([...Array.from({ length: 130_000 }, (_, key) => person(id, key)), done(id)]),
    );
    expect((await read(url, { timeout: 120 })).users).toHaveLength(130_000);
  });
});

describe("a server that says what it should not", () => {
  it("given messages in between, then what stands behind them counts", async () => {
    const { url } = await serve(({ id }) =>
      Buffer.concat([person(id, 1), message(id, value(0x79, value(0x80, "1.2"))), person(id, 2), done(id)]),
    );
    expect((await read(url)).users).toHaveLength(2);
  });

  it("given a packet full of the shortest entries, then they are refused and nothing breaks", async () => {
    const shortest = (id: number): Buffer => entry(id, "", {});
    const { url } = await serve(({ id }) => Buffer.concat(Array.from({ length: 6000 }, () => shortest(id))));
    await expect(read(url)).rejects.toMatchObject({ code: "directory.bad_response", params: { field: "dn" } });
  });

  it.each<[string, (id: number) => Buffer]>([
    ["bytes that are not LDAP", () => Buffer.from("HTTP/1.1 200 OK\r\n\r\n")],
    ["an answer to no question", (id) => done(id + 1)],
    ["an answer to what is never asked", (id) => message(id, value(0x69))],
    ["an entry whose kind was spoiled", (id) => message(id, value(0x74, value(0x04, "cn=a"), value(0x30)))],
    ["the answer to another kind of question", (id) => bound(id)],
    ["a value that is cut short", (id) => message(id, value(0x64, Buffer.from([0x04, 0x7f])))],
  ])("given %s in the middle of a search, then nothing was read", async (_, say) => {
    const { url } = await serve(({ id }) => Buffer.concat([person(id, 1), say(id)]));
    await expect(read(url)).rejects.toMatchObject({ code: "directory.bad_response", params: { field: "LDAP" } });
  });

  it("given silence in the middle of a search, then it is given up", async () => {
    const { url } = await serve(({ id }) => person(id, 1));
    await expect(read(url)).rejects.toMatchObject({ code: "directory.unreachable", params: { reason: "timeout" } });
  });

  it("given an interruption while the server is silent, then it ends at once", async () => {
    const world = createWorld();
    const reason = new Error("interrupted");
    const { url } = await serve(({ id }) => {
      world.abort(reason);
      return person(id, 1);
    });
    await expect(readWhole(ldapDirectory, config(url, { timeout: 3600 }), world.dependencies)).rejects.toBe(reason);
  });

  it("given an interruption before anything, then nobody is asked", async () => {
    const world = createWorld();
    const reason = new Error("interrupted");
    world.abort(reason);
    await expect(readWhole(ldapDirectory, config("ldap://127.0.0.1:1"), world.dependencies)).rejects.toBe(reason);
  });

  it("given a message that never ends, then it is given up", async () => {
    const { url } = await serve(() => Buffer.from("3084100000000201", "hex"));
    await expect(read(url)).rejects.toMatchObject({ code: "directory.unreachable", params: { reason: "timeout" } });
  });

  it("given a connection that ends in the middle of a search, then nothing was read", async () => {
    const { url } = await createLdapDirectory(root, ({ id }, socket) => {
      socket.end(person(id, 1));
      return undefined;
    });
    await expect(read(url)).rejects.toMatchObject({ code: "directory.unreachable", params: { reason: "broken" } });
  });

  it("given a goodbye, then it is said", async () => {
    const { url } = await serve(() =>
      message(0, value(0x78, Buffer.from([0x0a, 1, 52]), value(4), value(4, "shutting down"))),
    );
    await expect(read(url)).rejects.toMatchObject({
      code: "directory.unavailable",
      params: { reason: "shutting down" },
    });
  });

  it.each([
    ["the start of a message", Buffer.from("308400", "hex"), "StartTLS"],
    ["a whole answer", bound(2), "LDAP"],
  ])("given %s before the encryption that was asked for, then nothing else is sent", async (_, injected, field) => {
    const { url } = await createLdapScript(({ id, kind }) =>
      kind === "extended" ? Buffer.concat([extended(id), injected]) : undefined,
    );
    await expect(read(url, { startTls: true })).rejects.toMatchObject({
      code: "directory.bad_response",
      params: { field },
    });
  });

  it("given a refusal of encryption, then the password is not sent", async () => {
    const kinds: string[] = [];
    const { url } = await createLdapScript(({ id, kind }) => {
      kinds.push(kind);
      return message(id, value(0x78, Buffer.from([0x0a, 1, 2]), value(4), value(4, "unsupported extended operation")));
    });
    await expect(read(url, { startTls: true })).rejects.toMatchObject({
      code: "directory.tls",
      params: { reason: "starttls_refused" },
    });
    expect(kinds.filter((kind) => kind === "bind")).toEqual([]);
  });

  it("given a server that is not there, then it is said", async () => {
    const { url, port } = await createSocketServer(() => {});
    const gone = url.replace(String(port), "1");
    await expect(read(gone)).rejects.toMatchObject({
      code: "directory.unreachable",
      params: { host: "127.0.0.1:1", reason: "refused" },
    });
  });

  it("given an entry without its id, then it is named and nothing was read", async () => {
    const { url } = await serve(({ id }) =>
      Buffer.concat([entry(id, "uid=x,ou=people,dc=firm,dc=test", { mail: "x@firm.test" }), done(id)]),
    );
    await expect(read(url)).rejects.toMatchObject({
      code: "directory.no_id",
      params: { entry: "uid=x,ou=people,dc=firm,dc=test", attribute: "entryUUID" },
    });
  });

  it("given an id that is bytes and not text, then nothing was read, since all of them would look alike", async () => {
    const bytes = Buffer.from("ff00fe", "hex");
    const { url } = await serve(({ id }) =>
      Buffer.concat([entry(id, "uid=x,ou=people,dc=firm,dc=test", { entryUUID: bytes }), done(id)]),
    );
    await expect(read(url)).rejects.toMatchObject({ code: "directory.bad_response", params: { field: "entryUUID" } });
  });

  it("given parts on other servers, then they are noted and not followed", async () => {
    const { url } = await serve(({ id }) =>
      Buffer.concat([person(id, 1), reference(id, "ldap://elsewhere.test/ou=x,dc=firm,dc=test"), done(id)]),
    );
    const { users, notes } = await read(url);
    expect(users).toHaveLength(1);
    expect(notes).toEqual(["ldap.referral"]);
  });
});

describe("a refusal", () => {
  it.each([
    [10, "directory.base_missing", { base: "ou=people,dc=firm,dc=test", elsewhere: "ldap://other.test/" }],
    [32, "directory.base_missing", { base: "ou=people,dc=firm,dc=test", exists: "dc=firm,dc=test" }],
    [48, "directory.forbidden", { right: "login" }],
    [50, "directory.forbidden", { right: "read", what: "people" }],
    [13, "directory.encryption_required", {}],
    [51, "directory.unavailable", {}],
    [80, "directory.bad_response", { field: "people" }],
  ])("given result %i, then it is %s", async (code, expected, params) => {
    const { url } = await serve(({ id }) =>
      done(id, {
        code,
        ...(code === 32 ? { matched: "dc=firm,dc=test" } : {}),
        ...(code === 10 ? { referrals: ["ldap://other.test/"] } : {}),
      }),
    );
    await expect(read(url)).rejects.toMatchObject({ code: expected, params });
  });

  it("given a base that is not there and no word on what is, then the nearest part is looked for", async () => {
    const { url } = await createLdapDirectory(root, ({ id, name, scope }) =>
      scope === 0 && name === "dc=firm,dc=test"
        ? Buffer.concat([entry(id, name, {}), done(id)])
        : done(id, { code: 32 }),
    );
    await expect(read(url, { userBase: String.raw`cn=a\,b,ou=x` })).rejects.toMatchObject({
      code: "directory.base_missing",
      params: { base: String.raw`cn=a\,b,ou=x,dc=firm,dc=test`, exists: "dc=firm,dc=test" },
    });
  });

  it.each([
    ["80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4563\0", "credentials"],
    ["80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 525, v4563\0", "unknown_account"],
    ["80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 530, v4563\0", "hours"],
    ["80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 532, v4563\0", "password_expired"],
    ["80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 533, v4563\0", "disabled"],
    ["80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 701, v4563\0", "expired"],
    ["80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 773, v4563\0", "must_change"],
    ["80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 775, v4563\0", "locked"],
    ["", "credentials"],
  ])("of a log-in with %j gives the reason %s", async (text, reason) => {
    const { url } = await createLdapScript(({ id }) => bound(id, { code: 49, text }));
    await expect(read(url)).rejects.toMatchObject({
      code: "directory.auth_failed",
      params: { user: "cn=reader", reason },
    });
  });

  it.each([
    [8, "directory.encryption_required"],
    [13, "directory.encryption_required"],
    [51, "directory.unavailable"],
    [53, "directory.auth_failed"],
    [7, "directory.auth_failed"],
  ])("of a log-in with result %i is %s", async (code, expected) => {
    const { url } = await createLdapScript(({ id }) => bound(id, { code, text: "because" }));
    await expect(read(url)).rejects.toMatchObject({ code: expected });
  });

  it("of everything before a log-in, as Active Directory words it, asks for one", async () => {
    const { url } = await createLdapDirectory(root, ({ id }) =>
      done(id, {
        code: 1,
        text: "000004DC: LdapErr: DSID-0C090A5E, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563\0",
      }),
    );
    await expect(read(url)).rejects.toMatchObject({ code: "directory.forbidden", params: { right: "login" } });
  });
});
