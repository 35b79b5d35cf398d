import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFault, type Fault } from "../../core/fault.ts";
import { readUrls, serverName, type ServerAddress } from "./urls.ts";

const us = {
  api: "https://api.bitwarden.com",
  identity: "https://identity.bitwarden.com",
  vault: "https://vault.bitwarden.com",
  region: "US",
};
const eu = {
  api: "https://api.bitwarden.eu",
  identity: "https://identity.bitwarden.eu",
  vault: "https://vault.bitwarden.eu",
  region: "EU",
};
const gov = {
  api: "https://api.bitwarden-gov.com",
  identity: "https://identity.bitwarden-gov.com",
  vault: "https://vault.bitwarden-gov.com",
  region: "GOV",
};
const own = (base: string) => ({ api: `${base}/api`, identity: `${base}/identity`, vault: base });

describe("the address of a server", () => {
  it.each([
    ["https://vault.bitwarden.com", us],
    ["vault.bitwarden.com", us],
    ["bitwarden.com", us],
    ["US", us],
    ["https://vault.bitwarden.com/#/login", us],
    ["https://api.bitwarden.com", us],
    ["https://identity.bitwarden.com/connect/token", us],
    ["HTTPS://VAULT.BITWARDEN.EU/", eu],
    ["vault.bitwarden.eu", eu],
    [" vault.bitwarden.eu/ ", eu],
    ["http://vault.bitwarden.eu", eu],
    ["eu", eu],
    ["vault.bitwarden-gov.com", gov],
    ["https://vault.bitwarden-gov.com/#/vault?x=1", gov],
    ["vault.example.test", own("https://vault.example.test")],
    ["https://vault.example.test/", own("https://vault.example.test")],
    ["https://vault.example.test///", own("https://vault.example.test")],
    ["https://example.test/vw", own("https://example.test/vw")],
    ["https://example.test/vw/#/login", own("https://example.test/vw")],
    ["https://example.test:8443/vw/?x=1", own("https://example.test:8443/vw")],
    ["https://Example.Test", own("https://example.test")],
    ["http://127.0.0.1:8087", own("http://127.0.0.1:8087")],
    ["127.0.0.1:8087", own("http://127.0.0.1:8087")],
    ["localhost:8087", own("http://localhost:8087")],
    ["http://[::1]:8087/", own("http://[::1]:8087")],
    ["https://localhost:8443", own("https://localhost:8443")],
    ["notbitwarden.com", own("https://notbitwarden.com")],
    ["vault.bitwarden.com.evil.test", own("https://vault.bitwarden.com.evil.test")],
    ["bücher.test", own("https://xn--bcher-kva.test")],
  ])("%s", (server, expected) => {
    expect(readUrls({ server })).toEqual(expected);
  });

  it("may have its API and identity apart", () => {
    const apart = { apiUrl: "https://api.example.test/", identityUrl: "https://id.example.test" };
    expect(readUrls({ server: "https://vault.example.test", ...apart })).toEqual({
      api: "https://api.example.test",
      identity: "https://id.example.test",
      vault: "https://vault.example.test",
    });
    expect(readUrls({ server: "", ...apart })).toMatchObject({ vault: "https://api.example.test" });
    expect(readUrls({ server: "vault.example.test", apiUrl: "https://api.example.test" })).toEqual({
      api: "https://api.example.test",
      identity: "https://vault.example.test/identity",
      vault: "https://vault.example.test",
    });
  });

  it.each([
    [{ server: "http://vault.example.test" }, "vault.example.test"],
    [{ server: "http://192.168.1.5:8080/vw" }, "192.168.1.5:8080"],
    [{ server: "http://127.0.0.1.example.test" }, "127.0.0.1.example.test"],
    [{ server: "vault.example.test", apiUrl: "http://api.example.test" }, "api.example.test"],
    [{ server: "vault.example.test", identityUrl: "http://id.example.test" }, "id.example.test"],
  ])("given %j, then plain http is refused", (address, server) => {
    expect(caught(address)).toMatchObject({ code: "organization.insecure", params: { server } });
  });

  it.each([
    ["", "empty"],
    ["   ", "empty"],
    ["ldap://dc.example.test", "scheme"],
    ["https://", "syntax"],
    ["https://a b.test", "syntax"],
    ["https://vault.example.test:99999", "syntax"],
    ["https://me:canary@vault.example.test", "credentials"],
  ])("given %s, then it is no address: %s", (server, reason) => {
    const fault = caught({ server });
    expect(fault).toMatchObject({ code: "organization.url_invalid", params: { reason } });
    expect(String(fault)).not.toContain("canary");
  });

  it("whatever is typed gives URLs that are encrypted or of this computer, or a Fault", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl({ validSchemes: ["http", "https", "ftp"] })), (server) => {
        const fault = caught({ server });
        if (fault !== undefined) return;
        const { api, identity, vault } = readUrls({ server });
        for (const url of [api, identity, vault].map((text) => new URL(text)))
          expect(url.protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)).toBe(true);
      }),
    );
  });

  it("is named by its host", () => {
    expect(serverName(readUrls({ server: "https://example.test:8443/vw" }))).toBe("example.test:8443");
    expect(serverName(readUrls({ server: "eu" }))).toBe("vault.bitwarden.eu");
  });
});

const caught = (address: ServerAddress): Fault | undefined => {
  try {
    readUrls(address);
  } catch (error) {
    if (isFault(error, "organization.insecure", "organization.url_invalid")) return error;
    throw error;
  }
  return undefined;
};
