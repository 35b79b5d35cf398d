import { describe, expect, it } from "vitest";
import type { SecretReference } from "../config/field.ts";
import { isSecretReference, resolveSecrets } from "./resolve-config.ts";

const resolveByName = async (name: string, reference: SecretReference): Promise<string> =>
  `${name} from ${Object.keys(reference).join()}`;

describe("a configuration with its secrets", () => {
  it("given references at any depth, then each is named by its dotted path and everything else is the same", async () => {
    const config = {
      kind: "ldap",
      port: 636,
      password: { file: "/run/secrets/ldap" },
      nested: { on: true, nothing: undefined, key: { keychain: true } as const },
      list: [{ token: { env: "TOKEN" } }, "x"],
      empty: null,
    };
    expect(await resolveSecrets("profiles.main.directory", config, resolveByName)).toEqual({
      kind: "ldap",
      port: 636,
      password: "profiles.main.directory.password from file",
      nested: { on: true, nothing: undefined, key: "profiles.main.directory.nested.key from keychain" },
      list: [{ token: "profiles.main.directory.list.0.token from env" }, "x"],
      empty: null,
    });
  });

  it("given no prefix, then paths begin with the first key", async () => {
    expect(await resolveSecrets("", { a: { sealed: true } }, resolveByName)).toEqual({ a: "a from sealed" });
  });

  it("given a configuration, then it is not changed", async () => {
    const config = Object.freeze({ password: Object.freeze({ env: "X" }) });
    await resolveSecrets("p", config, resolveByName);
    expect(config).toEqual({ password: { env: "X" } });
  });

  it("given a secret that cannot be resolved, then that is the failure", async () => {
    const failing = async (name: string): Promise<string> => Promise.reject(new Error(name));
    await expect(resolveSecrets("p", { a: 1, b: { env: "X" } }, failing)).rejects.toThrow("p.b");
  });

  it.each([
    [{ keychain: true }],
    [{ sealed: true }],
    [{ env: "NAME" }],
    [{ file: "/path" }],
    [{ command: ["pass", "show", "x"] }],
  ])("takes %j for a reference", (value) => {
    expect(isSecretReference(value)).toBe(true);
  });

  it.each([
    [{ keychain: false }],
    [{ file: "/path", kind: "file" }],
    [{ file: "" }],
    [{ file: { path: "x" } }],
    [{ env: 5 }],
    [{ command: [] }],
    [{ command: "pass show x" }],
    [{ command: ["a", 1] }],
    [{ other: true }],
    [{}],
    [["file"]],
    ["text"],
    [null],
    [undefined],
  ])("leaves %j as it is", (value) => {
    expect(isSecretReference(value)).toBe(false);
  });
});
