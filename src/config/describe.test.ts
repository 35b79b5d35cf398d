import { describe, expect, test } from "vitest";
import { directoryConfigs } from "../directories/configs.ts";
import { describeFields, flagName } from "./describe.ts";
import { Config } from "./schema.ts";

const all = describeFields(Config);
const find = (path: string) => all.filter((field) => field.path === path);

describe("the fields of the configuration", () => {
  test("have a title each, of their own", () => {
    expect(all.filter(({ title, keys }) => title === keys.at(-1))).toEqual([]);
  });

  test("that hold a secret are marked, and no other is", () => {
    expect(all.filter(({ secret }) => secret).map(({ path, title }) => [path, title])).toEqual([
      ["organizations.<name>.clientSecret", "Client secret"],
      ["profiles.<name>.directory.clientSecret", "Client secret"],
      ["profiles.<name>.directory.privateKey", "Private key of the certificate (PEM)"],
      ["profiles.<name>.directory.serviceAccountKey", "Key of the service account"],
      ["profiles.<name>.directory.keyPassphrase", "Passphrase of the key"],
      ["profiles.<name>.directory.password", "Password"],
      ["profiles.<name>.directory.token", "API token"],
      ["profiles.<name>.directory.privateKey", "Private key of the service app (PEM)"],
      ["profiles.<name>.directory.clientSecret", "Client secret"],
      ["network.keyPassphrase", "Passphrase of the key"],
    ]);
  });

  test("tell type, default, limits and unit", () => {
    expect(find("profiles.<name>.sync.leavers.wait")).toMatchObject([
      { type: "whole number", defaultText: "0", minimum: 0, maximum: 3650, unit: "days", required: false },
    ]);
    expect(find("profiles.<name>.sync.narrow")).toMatchObject([
      { type: "one of", values: ["off", "direct", "nested"], defaultText: "off" },
    ]);
    expect(find("organizations.<name>.owners")).toMatchObject([{ type: "list", defaultText: undefined }]);
  });

  test("of a directory belong to its kind, after the field that chooses", () => {
    expect(find("profiles.<name>.directory.kind")).toMatchObject([
      { title: "Directory", values: Object.keys(directoryConfigs), required: true },
    ]);
    expect(find("profiles.<name>.directory.baseDn")).toMatchObject([
      { required: true, only: { path: "profiles.<name>.directory.kind", is: "ldap" } },
    ]);
  });

  test("of one kind of directory make the flags of profile add", () => {
    const flags = describeFields(directoryConfigs.ldap).map(({ path }) => flagName(path));
    expect(flags).toEqual(expect.arrayContaining(["kind", "url", "start-tls", "base-dn", "user-object-class"]));
    expect(new Set(flags).size).toBe(flags.length);
  });
});
