import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalDn, canonicalUniqueMember } from "./dn.ts";

describe("the canonical spelling of a distinguished name", () => {
  it.each([
    ["case", "CN=Bo Li,OU=Staff,DC=Firm,DC=test", "cn=bo li,ou=staff,dc=firm,dc=test"],
    ["spaces around separators", " cn = Bo  Li , ou=Staff ;dc=firm, dc=test ", "cn=bo li,ou=staff,dc=firm,dc=test"],
    ["an escaped comma as character", "cn=Li\\, Bo,dc=test", "cn=li\\, bo,dc=test"],
    ["an escaped comma as byte", "cn=Li\\2C Bo,dc=test", "cn=li\\, bo,dc=test"],
    ["a quoted value", 'cn="Li, Bo",dc=test', "cn=li\\, bo,dc=test"],
    ["UTF-8 bytes", "cn=Zo\\C3\\AB,dc=test", "cn=zoë,dc=test"],
    ["composed and decomposed letters", "cn=Zoe\u0308,dc=test", "cn=zoë,dc=test"],
    ["Greek with a final sigma", "cn=ΝΙΚΟΣ,dc=test", "cn=νικοσ,dc=test"],
    ["Greek in lower case", "cn=νικος,dc=test", "cn=νικοσ,dc=test"],
    ["the order inside a multi-valued name", "uid=bo+CN=Bo,dc=test", "cn=bo+uid=bo,dc=test"],
    ["long type names", "commonName=Bo,organizationalUnitName=A,domainComponent=test", "cn=bo,ou=a,dc=test"],
    ["object identifiers", "OID.2.5.4.3=Bo,0.9.2342.19200300.100.1.25=test", "cn=bo,dc=test"],
    ["a value as its encoding", "2.5.4.3=#0C02426F,dc=test", "cn=bo,dc=test"],
    ["an escaped space at the end", "cn=Bo\\ ,dc=test", "cn=bo,dc=test"],
    ["an equals sign in a value", "cn=a=b,dc=test", "cn=a\\=b,dc=test"],
    ["a leading number sign", "cn=\\#1,dc=test", "cn=\\#1,dc=test"],
    ["the empty name", "", ""],
  ])("given %s, then one spelling", (_, text, expected) => {
    expect(canonicalDn(text)).toBe(expected);
  });

  it.each([
    "bo",
    "cn",
    "=bo",
    "cn=Bo,",
    "cn=Bo,,dc=test",
    'cn="Bo',
    'cn="Bo"x,dc=test',
    "cn=Bo\\",
    "cn=Bo\\x",
    "cn=\\C3(",
    "cn=#0",
  ])("given %s, which is no name, then undefined", (text) => {
    expect(canonicalDn(text)).toBeUndefined();
  });

  it("given names that only look alike, then they stay different", () => {
    const names = ["cn=a\\,b", "cn=a b", "cn=a\\+b", "cn=ab", "cn=a+cn=b", "cn=a,cn=b", "cn=\\#ff"];
    expect(new Set(names.map(canonicalDn)).size).toBe(names.length);
  });

  it("given any values, then the canonical name is its own canonical name", () => {
    fc.assert(
      fc.property(fc.array(anyPart, { minLength: 1, maxLength: 4 }), (parts) => {
        const canonical = canonicalDn(parts.join(","));
        expect(canonical).toBeDefined();
        expect(canonicalDn(canonical ?? "")).toBe(canonical);
      }),
    );
  });

  it("given any value, then writing each character as bytes changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (value) => {
        const asBytes = Buffer.from(value).reduce((text, byte) => `${text}\\${byte.toString(16).padStart(2, "0")}`, "");
        expect(canonicalDn(`cn=${asBytes},dc=test`)).toBe(canonicalDn(`cn=${escaped(value)},dc=test`));
      }),
    );
  });
});

describe("a value of uniqueMember", () => {
  it("given a unique identifier behind the name, then the name without it", () => {
    expect(canonicalUniqueMember("CN=Bo,dc=test#'0101'B")).toBe("cn=bo,dc=test");
    expect(canonicalUniqueMember("CN=Bo,dc=test")).toBe("cn=bo,dc=test");
  });
});

const escaped = (value: string): string => value.replaceAll(/[,+"\\<>;=# ]/gu, (character) => `\\${character}`);
const anyPart = fc
  .tuple(fc.constantFrom("cn", "OU", "dc", "employeeNumber", "2.5.4.3"), fc.string({ unit: "grapheme" }))
  .map(([type, value]) => `${type}=${escaped(value)}`);
