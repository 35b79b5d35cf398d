import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import about from "../package.json" with { type: "json" };

const main = `
import { writeSync } from "node:fs";
import { getAssetKeys, getAsset, getRawAsset } from "node:sea";
import { compileApp } from "${resolve("src/main/app-loader.ts")}";
import { startWorker } from "${resolve("src/main/start-worker.ts")}";

export async function main(argv: readonly string[]): Promise<number> {
  switch (argv[0]) {
    case "lazy":
      console.log((await import("./lazy.ts")).answer);
      return 0;
    case "parts": {
      const keys = getAssetKeys().filter((key) => key.endsWith(".cjs.cache"));
      const isTaken = (key: string) => {
        const name = key.slice(0, -6);
        return compileApp(getAsset(name, "utf8"), name, new Uint8Array(getRawAsset(key))).cachedDataRejected === false;
      };
      console.log(JSON.stringify(Object.fromEntries(keys.map((key) => [key.replace(/-.*/u, ""), isTaken(key)]))));
      return 0;
    }
    case "keychain":
      console.log(typeof (await import("@napi-rs/keyring")).Entry);
      return 0;
    case "worker":
      return await new Promise((done) =>
        startWorker({ workerData: 20 }).once("message", (message) => {
          console.log(message);
          done(0);
        }),
      );
    case "environment":
      console.log(String(Reflect.get(globalThis, "planted")));
      return 0;
    default:
      writeSync(2, argv.join(" "));
      return 7;
  }
}
`;
const worker = `
import { parentPort, workerData } from "node:worker_threads";
import { answer } from "./lazy.ts";
parentPort?.postMessage(workerData + answer + 1);
`;

describe.skipIf(process.platform === "win32")("an executable made of an entry and a worker", () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { status, stdout, stderr } = spawnSync(file("out/program"), args, {
      encoding: "utf8",
      env: { ...env, TMPDIR: file("tmp") },
    });
    return { status, stdout, stderr };
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "directory-connector-build-test-"));
    mkdirSync(file("tmp"));
    for (const [name, text] of [
      ["main.ts", main],
      ["worker.ts", worker],
      ["lazy.ts", "export const answer = 42;\n"],
    ] as const)
      writeFileSync(file(name), text);
    const options = ["--entry", file("main.ts"), "--worker", file("worker.ts"), "--output", file("out/program")];
    const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/build.ts", ...options], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("says its version without the program, and leaves nothing but itself", () => {
    expect(run(["--version"])).toEqual({ status: 0, stdout: `${about.version}\n`, stderr: "" });
    expect(readdirSync(file("out"))).toEqual(["program"]);
  });

  it("hands on arguments and exit code", () => {
    expect(run(["--version", "please"])).toEqual({ status: 7, stdout: "", stderr: "--version please" });
  });

  it("loads what the program imports later, from itself", () => {
    expect(run(["lazy"])).toEqual({ status: 0, stdout: "42\n", stderr: "" });
  });

  it("has every part compiled, in a form this Node takes", () => {
    const parts: unknown = JSON.parse(run(["parts"]).stdout);
    expect(parts).toMatchObject({ "cli.cjs.cache": true, "worker.cjs.cache": true, lazy: true });
    expect(JSON.stringify(parts)).not.toContain("false");
  });

  it("runs the worker in a thread", () => {
    expect(run(["worker"])).toEqual({ status: 0, stdout: "63\n", stderr: "" });
  });

  it("reaches the keychain's native code and leaves no copy of it", () => {
    expect(run(["keychain"])).toEqual({ status: 0, stdout: "function\n", stderr: "" });
    expect(readdirSync(file("tmp"))).toEqual([]);
  });

  it("takes no code from the environment", () => {
    writeFileSync(file("planted.cjs"), "globalThis.planted = 'here';\n");
    const env = { NODE_OPTIONS: `--require=${file("planted.cjs")}` };
    expect(run(["environment"], env)).toEqual({ status: 0, stdout: "undefined\n", stderr: "" });
    // The same is taken by Node itself, so that the test would see it.
    const node = spawnSync(process.execPath, ["-p", "globalThis.planted"], { encoding: "utf8", env });
    expect(node.stdout).toBe("here\n");
  });
});
