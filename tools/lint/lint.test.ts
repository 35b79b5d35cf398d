import { describe, expect, it } from "vitest";
import { isTest, refusal } from "./rooms.ts";
import { readSource } from "./source.ts";

/** What the import table says about a file with this source. */
const refusals = (file: string, code: string): (string | undefined)[] =>
  readSource(code).imports.map((imported) => refusal(file, imported));

describe("the import table", () => {
  it.each([
    [
      "src/core/plan.ts",
      `import { z } from "zod"; import { createHash, type Hash } from "node:crypto"; import { Fault } from "./fault.ts";`,
    ],
    [
      "src/directories/ldap/index.ts",
      `import { Client } from "ldapts"; import type { Directory } from "../directory.ts";`,
    ],
    ["src/directories/ldap/index.ts", `import { a } from "./page.ts"; import net from "node:net";`],
    ["src/directories/directory.ts", `import type { z } from "zod";`],
    ["src/directories/configs.ts", `import { ldap } from "./ldap/config.ts";`],
    ["src/directories/registry.ts", `export const load = () => import("./ldap/index.ts");`],
    ["src/organizations/registry.ts", `import type { Organization } from "./organization.ts";`],
    ["src/engine/plan.ts", `import { Cron } from "croner"; import type { Store } from "../store/store.ts";`],
    ["src/store/sqlite/open.ts", `import { DatabaseSync } from "node:sqlite"; import { x } from "../store.ts";`],
    [
      "src/cli/command.ts",
      `import type { Plan } from "../core/plan.ts"; import { type Entry } from "../core/entry.ts";`,
    ],
    [
      "src/cli/command.ts",
      `import { createFormat } from "../../locales/format.ts"; import { z } from "../rpc/contract.ts";`,
    ],
    ["src/rpc/links/stdio.ts", `import { peer } from "../peer.ts";`],
    [
      "src/main/cli.ts",
      `import en from "../../locales/en.json" with { type: "json" }; import { x } from "../store/sqlite/open.ts";`,
    ],
    [
      "src/core/plan.test.ts",
      `import { x } from "../engine/run.ts"; import { y } from "../../tests/z.ts"; import "vitest";`,
    ],
    ["src/store/contract.ts", `import { it } from "vitest"; import { x } from "../engine/run.ts";`],
    ["tools/x.ts", `import { x } from "../src/core/fault.ts"; import ts from "typescript";`],
  ])("allows in %s: %s", (file, code) => {
    expect(refusals(file, code).filter((each) => each !== undefined)).toEqual([]);
  });

  it.each([
    ["src/core/plan.ts", `import { x } from "../http/request.ts";`, "core/ may not import http/request.ts"],
    ["src/core/plan.ts", `import { readFileSync } from "node:fs";`, "core/ may not import node:fs"],
    [
      "src/core/plan.ts",
      `import { randomUUID } from "node:crypto";`,
      "core/ may import only createHash of node:crypto",
    ],
    ["src/core/plan.ts", `import * as crypto from "node:crypto";`, "core/ may import only createHash of node:crypto"],
    ["src/core/plan.ts", `import { request } from "undici";`, "core/ may not import the package undici"],
    ["src/core/plan.ts", `export { x } from "../config/field.ts";`, "core/ may not import config/field.ts"],
    ["src/http/request.ts", `import { DatabaseSync } from "node:sqlite";`, "only store/sqlite/ may import node:sqlite"],
    ["src/store/store.ts", `const s = await import("node:sqlite");`, "only store/sqlite/ may import node:sqlite"],
    [
      "src/directories/ldap/index.ts",
      `import type { X } from "../file/config.ts";`,
      "directories/ldap/ may not import directories/file/config.ts",
    ],
    [
      "src/directories/okta/index.ts",
      `import { Client } from "ldapts";`,
      "directories/*/ may not import the package ldapts",
    ],
    [
      "src/directories/onelogin/index.ts",
      `import { x } from "../okta/page.ts";`,
      "directories/*/ may not import directories/okta/page.ts",
    ],
    [
      "src/organizations/sandbox/server.ts",
      `import { Fault } from "../../core/fault.ts";`,
      "organizations/sandbox/ may not import core/fault.ts",
    ],
    [
      "src/directories/directory.ts",
      `import { z } from "zod";`,
      "directories/directory.ts may import only types of the package zod",
    ],
    [
      "src/engine/plan.ts",
      `import { open } from "../store/sqlite/open.ts";`,
      "engine/ may not import store/sqlite/open.ts",
    ],
    ["src/cli/command.ts", `import { guard } from "../core/guard.ts";`, "cli/ may import only types of core/guard.ts"],
    ["src/cli/command.ts", `type X = import("../engine/run.ts").Run;`, "cli/ may not import engine/run.ts"],
    ["src/main/cli.ts", `import { x } from "../../tests/x.ts";`, "nothing imports tests/x.ts"],
    ["src/main/cli.ts", `import { x } from "../store/contract.ts";`, "only tests import store/contract.ts"],
    ["src/attic/x.ts", `import { x } from "./y.ts";`, "no row of tools/lint/rooms.json covers src/attic/x.ts"],
  ])("refuses in %s: %s", (file, code, message) => {
    expect(refusals(file, code)).toEqual([message]);
  });

  it("given the RPC contract, then it is a room and no test", () => {
    expect([isTest("rpc/contract.ts"), isTest("store/contract.ts"), isTest("core/plan.test.ts")]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe("the surroundings", () => {
  it.each([
    "const now = Date.now();",
    "const now = new Date();",
    "const x = Math.random();",
    "const x = performance.now();",
    "process.exit(1);",
    "const { env } = process;",
    "const x = { process };",
    "console.log(1);",
  ])("finds %s", (code) => {
    expect(readSource(code).surroundings.map((each) => each.line)).toEqual([1]);
  });

  it.each([
    "const x = new Date(5);",
    "clock.now();",
    "const x = { process: 1 };",
    "x.process();",
    "Math.max(1);",
    "type A = { console: 1 };",
  ])("lets pass %s", (code) => {
    expect(readSource(code).surroundings).toEqual([]);
  });

  it("given a finding below the first line, then it names that line", () => {
    expect(readSource("const a = 1;\n\nexport const b = () => Date.now();\n").surroundings[0]?.line).toBe(3);
  });

  it("given a cast through unknown, then it is found; a plain cast is not", () => {
    expect(readSource("const a = b as unknown as string;").doubleCasts).toHaveLength(1);
    expect(readSource("const a = b as string;").doubleCasts).toEqual([]);
  });

  it("given a hook set up while the module is loaded, then it is found; one inside a function is not", () => {
    expect(readSource("const a = 1;\nafterEach(() => a);").moduleHooks.map((each) => each.line)).toEqual([2]);
    expect(readSource("export const use = () => {\n  afterEach(() => 1);\n};").moduleHooks).toEqual([]);
  });
});
