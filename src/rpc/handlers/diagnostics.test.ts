import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

const firm = {
  users: [{ id: "ann-canary", email: "ann-canary@canary.test", name: "Ann Canary" }],
  groups: [{ id: "g1", name: "Canary group", members: ["ann-canary"] }],
};

describe("what helps to find out what went wrong", () => {
  it("given an installation, then its text holds versions, settings and runs, and nobody's name, address, path, host or secret", async () => {
    world = await createAppWorld();
    await world.addProfile(firm);
    await world.client.call("config.set", {
      path: "sync.userFilter",
      value: 'include email:"*@canary.test"',
      profile: "main",
    });
    await world.client.call("plan.create", { kind: "test" });
    const { text } = await world.client.call("diagnostics.text", {});
    expect(text).toMatch(/^Directory Connector 1\.0\.0\n/u);
    expect(text).toContain("  profiles.1.sync.userFilter = (set)");
    expect(text).toContain("  profiles.1.directory.kind = file");
    expect(text).toMatch(/ {2}profile 1: 1 test .* planned/u);
    const { url, clientId, clientSecret } = world.sandbox;
    for (const secret of ["anary", url, clientId, clientSecret, world.folder, "acme", "main"])
      expect(text).not.toContain(secret);
    await world.client.call("diagnostics.write", { path: world.path("d.txt") });
    expect((await readFile(world.path("d.txt"), "utf8")).split("\n")[0]).toBe("Directory Connector 1.0.0");
    const nowhere = world.client.call("diagnostics.write", { path: world.path("no/folder/d.txt") });
    expect((await faultOf(nowhere)).code).toBe("plan.unwritable");
  });

  it("given a log, then its newest lines come first, and one that was cut off is left out", async () => {
    world = await createAppWorld();
    const { path, lines } = await world.client.call("logs.read", {});
    expect(lines).toEqual([]);
    await mkdir(dirname(path), { recursive: true });
    const line = (level: number, msg: string) =>
      JSON.stringify({ level, time: "2026-11-25T10:00:00.000Z", host: "dc1", msg });
    await writeFile(path, `${line(30, "one")}\n${line(40, "two")}\n{"level":50,"ti`);
    expect((await world.client.call("logs.read", { limit: 2 })).lines).toEqual([
      { at: "2026-11-25T10:00:00.000Z", level: "warn", message: "two", fields: "host=dc1" },
    ]);
    expect((await world.client.call("logs.read", {})).lines.map(({ message }) => message)).toEqual(["two", "one"]);
  });
});
