/** The engine as a desktop window starts it: `directory-connector --stdio`, from the sources. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contract, type Client } from "../../src/rpc/contract.ts";
import { stdioLink } from "../../src/rpc/links/stdio.ts";
import { connect } from "../../src/rpc/peer.ts";
import { faultOf } from "../fault-of.ts";

let home: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "directory-connector-sidecar-"));
});
afterEach(async () => {
  for (const child of running.splice(0))
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((ended) => child.once("close", ended).kill("SIGKILL"));
  rmSync(home, { recursive: true, force: true });
});

const start = (): { client: Client; child: ChildProcess; ended: Promise<number | null> } => {
  const child = spawn(process.execPath, ["src/main/cli.ts", "--stdio", "--home", home], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  running.push(child);
  const ended = new Promise<number | null>((done) => child.once("close", done));
  return { client: connect(contract, stdioLink(child.stdout, child.stdin)), child, ended };
};

describe("the engine beside a window", () => {
  it("answers over standard input and output, and ends with the input", async () => {
    const { client, child, ended } = start();
    expect(await client.call("app.info", {})).toMatchObject({ home });
    expect((await faultOf(client.call("sync.run", {}))).code).toBe("profile.none");
    child.stdin?.end();
    expect(await ended).toBe(0);
  });

  it.runIf(process.platform === "linux")("is called what it is in a list of processes", async () => {
    const { client, child } = start();
    await client.call("app.info", {});
    expect(readFileSync(`/proc/${child.pid}/cmdline`, "utf8")).toMatch(/^directory-connector/u);
  });

  it("given a request to end, then it ends although the window is still there", async () => {
    const { client, child, ended } = start();
    await client.call("app.info", {});
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("given a home it cannot use, then every call says so, and it stays for the window to show it", async () => {
    writeFileSync(
      join(home, "state.db"),
      "this is no database, and long enough to be looked at as if it were one".repeat(9),
    );
    const { client, child, ended } = start();
    expect((await faultOf(client.call("app.info", {}))).code).toBe("store.damaged");
    expect((await faultOf(client.call("profiles.list", {}))).code).toBe("store.damaged");
    child.stdin?.end();
    expect(await ended).toBe(0);
  });
});
