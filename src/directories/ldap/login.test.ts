import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, readWhole } from "../../../tests/directory-world.ts";
import { createCuttingProxy } from "../../../tests/servers/cutting-proxy.ts";
import type { CertificateKind, ClientKind } from "../../../tests/servers/openldap/certificates.ts";
import { contentLdif } from "../../../tests/servers/openldap/ldif.ts";
import { configFor, missingOpenLdap, startOpenLdap, type OpenLdap } from "../../../tests/servers/openldap/openldap.ts";
import { bound, createLdapScript } from "../../../tests/servers/ldap-script.ts";
import { createSocketServer } from "../../../tests/servers/socket-server.ts";
import type { Resolved } from "../../config/field.ts";
import type { LdapConfig } from "./config.ts";
import { ldapDirectory } from "./index.ts";

const skip = missingOpenLdap();
const suffix = "dc=firm,dc=test";
const ldif = contentLdif(
  {
    users: Array.from({ length: 30 }, (_, key) => ({ key: `u${key}`, name: `U ${key}`, email: `u${key}@firm.test` })),
    groups: [],
  },
  suffix,
);
const read = (config: Resolved<LdapConfig>) => readWhole(ldapDirectory, config, createWorld().dependencies);

describe.skipIf(skip !== undefined)(`a log-in at a real server${skip === undefined ? "" : ` (${skip})`}`, () => {
  let server: OpenLdap;
  beforeAll(async () => {
    server = await startOpenLdap({ ldif, requireTls: true });
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  it("given LDAPS with a certificate for the address that was typed, then it reads", async () => {
    expect((await read(configFor(server))).users).toHaveLength(30);
  });

  it("given StartTLS on the plain port, then it reads", async () => {
    expect((await read(configFor(server, { url: server.url }))).users).toHaveLength(30);
  });

  it("given an authority the network trusts already, then no CA file is needed", async () => {
    const world = createWorld();
    const { caFile, ...config } = configFor(server);
    const dependencies = {
      ...world.dependencies,
      network: { ...world.dependencies.network, authorities: () => [readFileSync(caFile ?? "", "utf8")] },
    };
    expect((await readWhole(ldapDirectory, config, dependencies)).users).toHaveLength(30);
  });

  it("given a plain connection, then the password is not sent", async () => {
    await expect(read(configFor(server, { url: server.url, startTls: false }))).rejects.toMatchObject({
      code: "directory.plain_refused",
    });
  });

  it("given a plain connection that somebody allowed, then a server that wants encryption says so", async () => {
    await expect(read(configFor(server, { url: server.url, startTls: false, allowPlain: true }))).rejects.toMatchObject(
      { code: "directory.encryption_required" },
    );
  });

  it("given a wrong password or an unknown name, then the log-in was refused", async () => {
    for (const wrong of [{ password: "no" }, { bindDn: `cn=nobody,${suffix}` }])
      await expect(read(configFor(server, wrong))).rejects.toMatchObject({
        code: "directory.auth_failed",
        params: { reason: "credentials" },
      });
  });

  it("given a name without a password, then nothing is sent, since that would read as nobody", async () => {
    await expect(read(configFor(server, { password: "" }))).rejects.toMatchObject({
      code: "directory.auth_failed",
      params: { reason: "no_password" },
    });
  });

  it("given no name where one is needed, then it asks for a log-in", async () => {
    const { bindDn, password, ...anonymous } = configFor(server);
    expect(bindDn).toBe(server.reader.dn);
    expect(password).not.toBe("");
    await expect(read(anonymous)).rejects.toMatchObject({ code: "directory.forbidden", params: { right: "login" } });
  });

  it("given no CA file, then the issuer is unknown and named", async () => {
    const { caFile, ...config } = configFor(server);
    expect(caFile).not.toBe("");
    await expect(read(config)).rejects.toMatchObject({
      code: "directory.tls",
      params: { reason: "unknown_issuer", issuer: "Firm CA" },
    });
  });

  it("given a certificate nobody verifies, then it reads, and check says so", async () => {
    const { caFile, ...config } = configFor(server, { verifyTls: false });
    expect(caFile).not.toBe("");
    await using open = await ldapDirectory.open(config, createWorld().dependencies);
    expect(await open.check()).toContainEqual(
      expect.objectContaining({ code: "check.directory.certificate_unverified", severity: "warning" }),
    );
  });

  it.each([
    ["missing", "no-such-file.pem", undefined],
    ["no_certificate", "notes.pem", "not a certificate"],
    ["no_certificate", "broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
  ])("given a CA file that is %s (%s), then it is said before anything is sent", async (reason, name, text) => {
    const folder = mkdtempSync(join(tmpdir(), "directory-connector-test-"));
    try {
      const caFile = join(folder, name);
      if (text !== undefined) writeFileSync(caFile, text);
      await expect(read(configFor(server, { caFile }))).rejects.toMatchObject({
        code: "network.file_unreadable",
        params: { path: caFile, reason },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each<[CertificateKind, string]>([
    ["expired", "expired"],
    ["other-host", "other_host"],
    ["name-only", "other_host"],
    ["other-issuer", "unknown_issuer"],
  ])("given a certificate that is %s, then %s is said with LDAPS and with StartTLS", async (certificate, reason) => {
    await using other = await startOpenLdap({ ldif, certificate });
    for (const url of [other.tlsUrl, other.url])
      await expect(read(configFor(other, { url }))).rejects.toMatchObject({
        code: "directory.tls",
        params: { reason },
      });
  });

  it("given a certificate for a name, then it counts when the name was typed", async () => {
    await using other = await startOpenLdap({ ldif, certificate: "name-only" });
    expect((await read(configFor(other, { url: `ldaps://localhost:${other.tlsPort}` }))).users).toHaveLength(30);
  });

  it("given LDAPS on the plain port, then it is no TLS", async () => {
    await expect(read(configFor(server, { url: `ldaps://127.0.0.1:${server.port}` }))).rejects.toMatchObject({
      code: "directory.tls",
    });
    const { port } = await createSocketServer((socket) => socket.write("220 mail.firm.test ESMTP\r\n"));
    await expect(read(configFor(server, { url: `ldaps://127.0.0.1:${port}` }))).rejects.toMatchObject({
      code: "directory.tls",
      params: { reason: "not_tls" },
    });
  });

  it("given silence during the handshake, then it is given up", async () => {
    const { port } = await createSocketServer(() => {});
    await expect(read(configFor(server, { url: `ldaps://127.0.0.1:${port}`, timeout: 1 }))).rejects.toMatchObject({
      code: "directory.tls",
      params: { reason: "timeout" },
    });
  });

  it("given an unknown host, then it is said", async () => {
    await expect(read(configFor(server, { url: "ldaps://no-such-host.invalid" }))).rejects.toMatchObject({
      code: "directory.unreachable",
      params: { host: "no-such-host.invalid", reason: "name_unknown" },
    });
  });

  it.each(["ldaps", "starttls", "plain"])(
    "given a %s connection that breaks between two questions, then the next one fails at once",
    async (how) => {
      await using open = await startOpenLdap({ ldif });
      const proxy = await createCuttingProxy(how === "ldaps" ? open.tlsPort : open.port);
      const url = how === "ldaps" ? `ldaps://127.0.0.1:${proxy.port}` : proxy.url;
      const plain = { startTls: how === "starttls", allowPlain: how === "plain" };
      await using directory = await ldapDirectory.open(configFor(open, { url, ...plain }), createWorld().dependencies);
      expect((await directory.check()).length).toBeGreaterThan(0);
      proxy.cut();
      const findings = await directory.check();
      expect(findings.at(-1)).toMatchObject({
        code: "directory.unreachable",
        severity: "error",
        params: { reason: "broken" },
      });
      expect(findings[0]).toMatchObject({ code: "check.directory.reached" });
      await expect(directory.lookup?.("u1")).rejects.toMatchObject({ params: { reason: "broken" } });
    },
  );

  it.each(["cut", "silence", "spoil"] as const)(
    "given a secure connection and a %s in the middle of a read, then nothing was read",
    async (how) => {
      const proxy = await createCuttingProxy(server.tlsPort);
      const url = `ldaps://127.0.0.1:${proxy.port}`;
      const config = configFor(server, { url, timeout: 1, pageSize: 1 });
      await using directory = await ldapDirectory.open(config, createWorld().dependencies);
      const reading = (async () => {
        let pages = 0;
        for await (const page of directory.read()) {
          if ("end" in page) return "the end";
          pages += 1;
          if (pages === 3) proxy[how](Buffer.from("nonsense"));
        }
        return "no end";
      })();
      await expect(reading).rejects.toMatchObject({
        code: expect.stringMatching(/^directory\.(?:unreachable|bad_response|tls)$/u),
      });
    },
  );

  it("given a log-in without a name at a server that answers anybody, then it reads, and check says so", async () => {
    await using open = await startOpenLdap({ ldif, requireLogin: false });
    const { bindDn, password, ...anonymous } = configFor(open, { url: open.url, startTls: false });
    expect([bindDn, password]).not.toContain("");
    await using directory = await ldapDirectory.open(anonymous, createWorld().dependencies);
    const codes = (await directory.check()).map((finding) => finding.code);
    expect(codes.slice(0, 3)).toEqual([
      "check.directory.reached",
      "check.directory.plain",
      "check.directory.anonymous",
    ]);
  });

  it("given a check, then each step is told in order, with numbers", async () => {
    await using directory = await ldapDirectory.open(configFor(server), createWorld().dependencies);
    expect(await directory.check()).toMatchObject([
      { code: "check.directory.reached", severity: "ok", params: { host: `127.0.0.1:${server.tlsPort}` } },
      {
        code: "check.directory.certificate",
        params: { subject: "ldap.firm.test", issuer: "Firm CA", until: expect.stringMatching(/^20\d\d-\d\d-\d\d$/u) },
      },
      { code: "check.directory.logged_in", params: { user: server.reader.dn } },
      { code: "check.directory.server", params: { server: "OpenLDAP", base: suffix } },
      {
        code: "check.directory.layout_people",
        params: {
          filter: "(objectClass=inetOrgPerson)",
          id: "entryUUID",
          email: ["mail"],
          disabled: ["pwdAccountLockedTime", "shadowExpire"],
        },
      },
      { code: "check.directory.layout_groups", params: { members: ["member", "uniqueMember"], membersFrom: "groups" } },
      { code: "check.directory.people", severity: "ok", params: { count: 30, withEmail: 30 } },
      { code: "check.directory.groups", severity: "ok", params: { count: 0 } },
      { code: "check.directory.pages", severity: "ok", params: { size: 10 } },
      { code: "check.directory.changes", severity: "info", params: { how: "none", reason: "not_offered" } },
    ]);
  });
});

describe.skipIf(skip !== undefined)(`a log-in by certificate${skip === undefined ? "" : ` (${skip})`}`, () => {
  let server: OpenLdap;
  beforeAll(async () => {
    server = await startOpenLdap({ ldif, clientCertificates: "try" });
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  const show = async (kind: ClientKind, more: Partial<Resolved<LdapConfig>> = {}): Promise<Resolved<LdapConfig>> => {
    const { certificate, key } = await server.authority.issue(kind);
    const { bindDn, password, ...nameless } = configFor(server, { certFile: certificate, keyFile: key });
    expect([bindDn, password]).toEqual([server.reader.dn, server.reader.password]);
    return { ...nameless, ...more };
  };

  it("given one the server knows, then it reads with LDAPS and with StartTLS, and check says as whom", async () => {
    for (const url of [server.tlsUrl, server.url]) {
      const config = await show("client", { url });
      expect((await read(config)).users).toHaveLength(30);
      await using open = await ldapDirectory.open(config, createWorld().dependencies);
      expect(await open.check()).toContainEqual({
        code: "check.directory.by_certificate",
        severity: "ok",
        params: { as: server.reader.dn },
      });
    }
  });

  it("given one of somebody the server does not know, then nothing of the directory is taken for all of it", async () => {
    await expect(read(await show("client-stranger"))).rejects.toMatchObject({
      code: "directory.base_missing",
    });
  });

  it("given one of an authority the server does not trust, which ends the connection, then that is guessed", async () => {
    await expect(read(await show("client-other-issuer"))).rejects.toMatchObject({
      code: "directory.tls",
      params: { reason: "closed_early" },
    });
  });

  it("given a server without such log-ins, then its words are told", async () => {
    await using other = await startOpenLdap({ ldif });
    const config = await show("client", { url: other.tlsUrl, caFile: other.authority.caFile });
    await expect(read(config)).rejects.toMatchObject({
      code: "directory.auth_failed",
      params: { by: "certificate", reason: "certificate_refused", detail: expect.stringContaining("result 7") },
    });
  });

  it("given one and no encryption, then it is said before anything is sent", async () => {
    await expect(read(await show("client", { url: server.url, startTls: false }))).rejects.toMatchObject({
      code: "directory.auth_failed",
      params: { reason: "certificate_plain" },
    });
  });

  it("given a name and a password besides, then those are the log-in", async () => {
    const config = await show("client-stranger", { bindDn: server.reader.dn, password: server.reader.password });
    expect((await read(config)).users).toHaveLength(30);
  });

  it("given a key that belongs to another certificate, then it is said", async () => {
    const other = await server.authority.issue("client-stranger");
    await expect(read(await show("client", { keyFile: other.key }))).rejects.toMatchObject({
      code: "network.file_unreadable",
      params: { field: "directory.keyFile", reason: "pair" },
    });
  });

  it("given a server that demands one, then without one that is guessed", async () => {
    await using strict = await startOpenLdap({ ldif, clientCertificates: "demand" });
    for (const url of [strict.tlsUrl, strict.url])
      await expect(read(configFor(strict, { url }))).rejects.toMatchObject({
        code: "directory.tls",
        params: { reason: "closed_early" },
      });
  });
});

describe.skipIf(skip !== undefined)(`several servers${skip === undefined ? "" : ` (${skip})`}`, () => {
  let server: OpenLdap;
  beforeAll(async () => {
    server = await startOpenLdap({ ldif });
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  it("given first ones that are down, silent, unable or wrong, then the next is asked, and it is noted", async () => {
    const { port: silent } = await createSocketServer(() => {});
    const { port: busy } = await createLdapScript(({ id }) => bound(id, { code: 51, text: "busy" }));
    await using expired = await startOpenLdap({ ldif, certificate: "expired" });
    const first = [`ldaps://127.0.0.1:1`, `ldaps://127.0.0.1:${silent}`, expired.tlsUrl];
    const config = configFor(server, {
      url: first[0] ?? "",
      fallbackUrls: [...first.slice(1), server.tlsUrl],
      timeout: 1,
    });
    const { users, pages } = await read(config);
    expect(users).toHaveLength(30);
    const notes = pages.flatMap((page) => ("notes" in page ? page.notes : []));
    expect(notes.map(({ code, params }) => [code, params?.["reason"]])).toEqual([
      ["ldap.passed_over", "refused"],
      ["ldap.passed_over", "timeout"],
      ["ldap.passed_over", "expired"],
    ]);
    const plain = { startTls: false, allowPlain: true };
    const other = configFor(server, { url: `ldap://127.0.0.1:${busy}`, fallbackUrls: [server.url], ...plain });
    expect((await read(other)).users).toHaveLength(30);
  });

  it("given a refused log-in, then the next server is not asked, since each would count a wrong password", async () => {
    const asked: string[] = [];
    const { url } = await createLdapScript(({ id, kind }) => {
      asked.push(kind);
      return bound(id);
    });
    const plain = { startTls: false, allowPlain: true };
    const config = configFor(server, { url: server.url, fallbackUrls: [url], password: "wrong", ...plain });
    await expect(read(config)).rejects.toMatchObject({ code: "directory.auth_failed" });
    expect(asked).toEqual([]);
  });

  it("given none that answers, then the first one's reason is told", async () => {
    const { port } = await createSocketServer((socket) => socket.end());
    const config = configFor(server, { url: "ldaps://127.0.0.1:1", fallbackUrls: [`ldaps://127.0.0.1:${port}`] });
    await expect(read(config)).rejects.toMatchObject({
      code: "directory.unreachable",
      params: { host: "127.0.0.1:1", reason: "refused" },
    });
  });

  it("given a plain one among them, then the password is not sent anywhere", async () => {
    const config = configFor(server, { fallbackUrls: [server.url], startTls: false });
    await expect(read(config)).rejects.toMatchObject({ code: "directory.plain_refused" });
  });
});
