import { describe, expect, test } from "vitest";
import { flattenSettings, selectionFingerprint } from "./fingerprint.ts";
import { ProfileConfig } from "./schema.ts";
import { isObject } from "./shape.ts";

const base = {
  id: "6f2b8a3e-5d0c-4a53-9a55-0d3f7f3c6f10",
  organization: "acme",
  directory: {
    kind: "ldap",
    url: "ldaps://dc1.acme.test",
    baseDn: "dc=acme,dc=test",
    bindDn: "svc@acme.test",
    password: { env: "LDAP_PASSWORD" },
  },
};

/** The base profile with one dotted key changed. */
const withChange = (path: string, value: unknown): ProfileConfig =>
  ProfileConfig.parse(changed(base, path.split("."), value));

const changed = (into: object, [key = "", ...rest]: readonly string[], value: unknown): object => {
  const inner: unknown = Object.entries(into).find(([name]) => name === key)?.[1];
  return { ...into, [key]: rest.length === 0 ? value : changed(isObject(inner) ? inner : {}, rest, value) };
};

const before = selectionFingerprint(ProfileConfig.parse(base));

describe("a changed selection", () => {
  test.each([
    ["directory.baseDn", "ou=people,dc=acme,dc=test"],
    ["directory.userBase", "ou=people,dc=acme,dc=test"],
    ["directory.groupBase", "ou=groups,dc=acme,dc=test"],
    ["directory.userObjectClass", "person"],
    ["directory.groupObjectClass", "posixGroup"],
    ["directory.emailAttributes", ["mail"]],
    ["directory.nameAttribute", "cn"],
    ["directory.groupNameAttribute", "description"],
    ["directory.memberAttribute", "memberUid"],
    ["directory.idAttribute", "uid"],
    ["directory", { kind: "file", path: "people.ldif" }],
    ["sync.users", false],
    ["sync.groups", false],
    ["sync.userFilter", "mail:*@acme.test"],
    ["sync.groupFilter", "name:Sales"],
    ["sync.nested", false],
    ["sync.narrow", "direct"],
  ])("is one of %s", (path, value) => {
    expect(selectionFingerprint(withChange(path, value))).not.toBe(before);
  });

  test.each([
    ["id", "0d3f7f3c-5d0c-4a53-9a55-6f2b8a3e6f10"],
    ["organization", "other"],
    ["directory.url", "ldap://dc2.acme.test:3389"],
    ["directory.startTls", false],
    ["directory.allowPlain", true],
    ["directory.caFile", "/etc/ca.pem"],
    ["directory.verifyTls", false],
    ["directory.bindDn", "other@acme.test"],
    ["directory.password", { file: "/run/secrets/ldap" }],
    ["directory.pageSize", 500],
    ["directory.timeout", 5],
    ["sync.joiners", "stage"],
    ["sync.leavers", { gone: "keep" }],
    ["sync.keepManualMembers", false],
    ["guards.age", 30],
    ["onGuard", "hold"],
    ["protect", ["boss@acme.test"]],
    ["schedule.every", "5m"],
  ])("is not one of %s", (path, value) => {
    expect(selectionFingerprint(withChange(path, value))).toBe(before);
  });

  test("is not the writing out of a default, nor another order of the keys", () => {
    expect(selectionFingerprint(withChange("sync.nested", true))).toBe(before);
    const { directory, ...rest } = base;
    const turned = { directory: Object.fromEntries(Object.entries(directory).reverse()), ...rest };
    expect(selectionFingerprint(ProfileConfig.parse(turned))).toBe(before);
  });
});

describe("the settings as text", () => {
  test("have dotted keys, defaults included, and name where a secret is", () => {
    expect(flattenSettings(ProfileConfig.parse(base))).toMatchObject({
      "directory.kind": "ldap",
      "directory.url": "ldaps://dc1.acme.test",
      "directory.password": "env:LDAP_PASSWORD",
      "sync.nested": "true",
      "guards.seats": "stop",
      protect: "[]",
    });
    expect(flattenSettings(ProfileConfig.parse(base))).not.toHaveProperty("directory.caFile");
  });

  test("never hold what stands where a reference should", () => {
    const profile = ProfileConfig.parse(base);
    Object.assign(profile.directory, { password: "hunter2" });
    expect(flattenSettings(profile)["directory.password"]).toBe("***");
  });

  test("write a list with commas where that comes back the same, and as JSON where it does not", () => {
    expect(flattenSettings(withChange("protect", ["a@b.test", "c@d.test"]))["protect"]).toBe("a@b.test,c@d.test");
    expect(flattenSettings(withChange("protect", ["a, b"]))["protect"]).toBe('["a, b"]');
  });
});
