import { readFile } from "node:fs/promises";
import { afterEach, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

const id = "0d5be7f3-6d7c-4a4f-9a34-b2a900d1c0aa";
const original = (more: object = {}): string =>
  JSON.stringify({
    organizationId: id,
    apiKeyClientSecret: "canary-key",
    directoryType: 0,
    directoryLdap: { ssl: true, hostname: "dc1.firm.test", port: 636, rootPath: "dc=firm,dc=test", username: "svc" },
    sync: { users: true, groups: true, removeDisabled: true },
    ...more,
  });

it("given a file, then what it comes to is shown first and nothing is changed; taken over, it is a profile like any other", async () => {
  world = await createAppWorld();
  const read = await world.client.call("import.read", { text: original() });
  expect(read).toMatchObject({
    organization: { name: "main", server: "https://vault.bitwarden.com", clientId: `organization.${id}`, known: false },
    profile: "main",
    directory: expect.stringContaining("dc=firm,dc=test"),
    missing: ["profiles.main.directory.password"],
  });
  expect(read.settings).toContainEqual({ path: "sync.leavers.disabled", text: "revoke" });
  expect(JSON.stringify(read)).not.toContain("canary");
  expect((await world.configuration.read()).config.profiles).toEqual({});

  await world.client.call("import.apply", { text: original() });
  const { config } = await world.configuration.read();
  expect(config.profiles["main"]).toMatchObject({ organization: "main", sync: { leavers: { disabled: "revoke" } } });
  expect(config.organizations["main"]).toMatchObject({ clientId: `organization.${id}` });
  expect(await (await world.secrets.store()).get("organizations.main.clientSecret")).toBe("canary-key");
  expect(await readFile(world.configuration.file, "utf8")).not.toContain("canary");
  expect(await world.store.audits({ limit: 1 })).toMatchObject([{ what: "profile.import" }]);
});

it("given its organization is logged in to, then it is that one, and its key stays; and a second profile has a name of its own", async () => {
  world = await createAppWorld();
  await world.client.call("import.apply", { text: original() });
  const again = original({ apiKeyClientSecret: "canary-other" });
  expect(await world.client.call("import.read", { text: again })).toMatchObject({
    organization: { name: "main", known: true },
    profile: "main-2",
  });
  await world.client.call("import.apply", { text: again });
  expect(await (await world.secrets.store()).get("organizations.main.clientSecret")).toBe("canary-key");
  expect(Object.keys((await world.configuration.read()).config.profiles)).toEqual(["main", "main-2"]);
});

it("given settings that are not complete, or a file that is not there, then that is told and nothing is changed", async () => {
  world = await createAppWorld();
  const half = original({ directoryLdap: { hostname: "dc1.firm.test", ssl: true, username: "svc" } });
  expect(await faultOf(world.client.call("import.read", { text: half }))).toMatchObject({
    code: "config.invalid",
    params: { field: "profiles.main.directory.baseDn" },
  });
  expect(await faultOf(world.client.call("import.apply", { text: half }))).toMatchObject({ code: "config.invalid" });
  expect(await faultOf(world.client.call("import.read", { path: world.path("none.json") }))).toMatchObject({
    code: "config.unreadable",
  });
  expect((await world.configuration.read()).config.profiles).toEqual({});
  expect(await (await world.secrets.store()).get("organizations.main.clientSecret")).toBeUndefined();
});
