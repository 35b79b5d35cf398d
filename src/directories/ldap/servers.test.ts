import { describe, expect, it } from "vitest";
import { createLayout, parseFilters } from "./layout.ts";
import { LdapConfig } from "./config.ts";
import { detectServer, serverKinds } from "./servers.ts";

const detect = (root: Readonly<Record<string, readonly string[]>>): string =>
  detectServer(new Map(Object.entries(root))).id;
const layout = (given: Readonly<Record<string, unknown>>, kind: keyof typeof serverKinds = "generic") => {
  const { password, keyPassphrase, ...config } = LdapConfig.parse({
    kind: "ldap",
    url: "ldaps://x",
    baseDn: "dc=firm,dc=test",
    ...given,
  });
  expect([password, keyPassphrase]).toEqual([undefined, undefined]);
  return createLayout(config, parseFilters({}), serverKinds[kind], ["dc=firm,dc=test", "o=other"]);
};

describe("the kind of a server", () => {
  it.each([
    [{ supportedcapabilities: ["1.2.840.113556.1.4.800"] }, "active-directory"],
    [
      { supportedcapabilities: ["1.2.840.113556.1.4.800"], vendorname: ["Samba Team (https://www.samba.org)"] },
      "samba",
    ],
    [{ objectclass: ["top", "OpenLDAProotDSE"] }, "openldap"],
    [{ structuralobjectclass: ["OpenLDAProotDSE"] }, "openldap"],
    [{ vendorname: ["389 Project"], vendorversion: ["389-Directory/2.3.1"] }, "389ds"],
    [{ vendorname: ["389 Project"], ipadomainlevel: ["1"] }, "freeipa"],
    [{ vendorname: ["NetIQ Corporation"] }, "edirectory"],
    [{ vendorname: ["Apache Software Foundation"], vendorversion: ["2.0.0.AM27"] }, "apacheds"],
    [{ vendorname: ["Somebody else"] }, "generic"],
    [{}, "generic"],
  ])("given %j, then it is %s", (root, kind) => {
    expect(detect(root)).toBe(kind);
  });
});

describe("the layout of a directory", () => {
  it("given nothing but a base, then the server's habits count, and only what is needed is asked for", () => {
    expect(layout({}, "active-directory")).toMatchObject({
      userBase: "dc=firm,dc=test",
      groupBase: "dc=firm,dc=test",
      leavesGroupsOut: false,
      idAttribute: "objectguid",
      userAttributes: ["objectguid", "mail", "displayname", "name", "cn", "useraccountcontrol", "accountexpires"],
      groupAttributes: ["objectguid", "name", "cn", "member", "usnchanged"],
    });
    expect(layout({}, "openldap").userAttributes).toEqual([
      "entryuuid",
      "mail",
      "displayname",
      "cn",
      "pwdaccountlockedtime",
      "shadowexpire",
    ]);
  });

  it("given a server that has its people in one place, then that counts where the base is the root and nothing is said", () => {
    const accounts = "cn=accounts,dc=firm,dc=test";
    expect(layout({}, "freeipa")).toMatchObject({
      userBase: `cn=users,${accounts}`,
      groupBase: `cn=groups,${accounts}`,
    });
    expect(layout({ userBase: "ou=own" }, "freeipa").userBase).toBe("ou=own,dc=firm,dc=test");
    expect(layout({ baseDn: "cn=accounts,dc=firm,dc=test" }, "freeipa").userBase).toBe(accounts);
  });

  it("given memberships by memberOf and by primary group, then what they need is asked for", () => {
    const { userAttributes, groupAttributes } = layout({ membersFrom: "memberOf", primaryGroup: true });
    expect(userAttributes).toEqual(expect.arrayContaining(["memberof", "primarygroupid", "objectsid"]));
    expect(groupAttributes).toContain("objectsid");
  });

  it("given a configuration, then it counts instead", () => {
    const own = {
      idAttribute: "DN",
      emailAttributes: ["otherMail", "mail"],
      nameAttribute: "gecos",
      groupNameAttribute: "description",
      memberAttribute: "memberUid",
      disabledWhen: ["nsAccountLock", "status=left", "locked"],
    };
    expect(layout(own)).toMatchObject({
      idAttribute: "dn",
      disabled: [
        { attribute: "nsAccountLock", value: "true" },
        { attribute: "status", value: "left" },
        { attribute: "locked", value: "true" },
      ],
      userAttributes: ["othermail", "mail", "gecos", "uid", "nsaccountlock", "status", "locked"],
      groupAttributes: ["description", "memberuid"],
    });
  });

  it.each([
    ["ou=people", "ou=people,dc=firm,dc=test"],
    ["OU=People, DC=Firm, DC=Test", "OU=People, DC=Firm, DC=Test"],
    ["ou=x,o=other", "ou=x,o=other"],
    ["cn=users,ou=a\\,b", "cn=users,ou=a\\,b,dc=firm,dc=test"],
    ["  ", "dc=firm,dc=test"],
  ])("given %j as the base of people, then it is %j", (userBase, expected) => {
    expect(layout({ userBase }).userBase).toBe(expected);
  });
});
