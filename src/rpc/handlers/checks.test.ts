import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";
import { contentLdif } from "../../../tests/servers/openldap/ldif.ts";
import { configFor, missingOpenLdap, startOpenLdap, type OpenLdap } from "../../../tests/servers/openldap/openldap.ts";
import type { ProgressEvent } from "../contract.ts";

const skip = missingOpenLdap();
const users = Array.from({ length: 5 }, (_, key) => ({ key: `u${key}`, name: `U ${key}`, email: `u${key}@firm.test` }));

describe.skipIf(skip !== undefined)(`checking unsaved settings${skip === undefined ? "" : ` (${skip})`}`, () => {
  let server: OpenLdap;
  let world: AppWorld;
  beforeAll(async () => {
    server = await startOpenLdap({ ldif: contentLdif({ users, groups: [] }, "dc=firm,dc=test"), requireTls: true });
  });
  afterAll(async () => server[Symbol.asyncDispose]());
  afterEach(() => world[Symbol.asyncDispose]());

  const check = async (secret: string, changes: Record<string, string> = {}) => {
    world = await createAppWorld();
    await world.addProfile({ users: [], groups: [] });
    const { password: _password, ...config } = configFor(server);
    const drafted = Object.entries(config).map(([key, value]) => [`directory.${key}`, value]);
    const told: ProgressEvent[] = [];
    const answer = await world.client.call(
      "directory.check",
      {
        profile: "main",
        draft: {
          changes: { ...JSON.parse(JSON.stringify(Object.fromEntries(drafted))), ...changes },
          secrets: { "directory.password": secret },
        },
      },
      { onProgress: (event) => told.push(event) },
    );
    return { codes: answer.findings.map(({ code }) => code), findings: answer.findings, told };
  };

  it("given another kind with a password that is stored nowhere, then all of it is tried, and nothing is stored", async () => {
    const { codes, told } = await check(configFor(server).password ?? "");
    expect(codes).toEqual(
      expect.arrayContaining([
        "check.directory.reached",
        "check.directory.certificate",
        "check.directory.logged_in",
        "check.directory.people",
        "check.directory.groups",
      ]),
    );
    expect(new Set(codes).size).toBe(codes.length);
    const first = told.find((event) => "findings" in event);
    expect(first).toMatchObject({ findings: [{ code: "check.directory.reached" }] });
    expect((await world.configuration.read()).config.profiles["main"]?.directory.kind).toBe("file");
    expect(await (await world.secrets.store()).get("profiles.main.directory.password")).toBeUndefined();
  });

  it("given a wrong password, then what went well before it is told too, and the password by nobody", async () => {
    const { codes, findings } = await check("canary-wrong");
    expect(codes).toEqual(["check.directory.reached", "check.directory.certificate", "directory.auth_failed"]);
    expect(JSON.stringify(findings) + world.lines.join("")).not.toContain("canary-wrong");
  });

  it("given an address where nobody is, then that is all there is to tell", async () => {
    expect((await check("x", { "directory.url": "ldaps://127.0.0.1:1" })).codes).toEqual(["directory.unreachable"]);
  });
});
