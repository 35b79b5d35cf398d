/** `directory-connector serve` as a process: who else runs, how it ends, and what it does at intervals beside others. */
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import type { Client, ProgressEvent } from "../../src/rpc/contract.ts";
import { good, logIn, startOrganization, startServed, type Served } from "../e2e/served.ts";
import { faultOf } from "../fault-of.ts";

let served: Served;
let organization: Sandbox;
const clients: Client[] = [];

beforeEach(async () => {
  organization = await startOrganization();
  served = await startServed();
}, 120_000);
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await served[Symbol.asyncDispose]();
  await organization.close();
});

const openClient = async (): Promise<Client> => {
  const client = await served.client();
  clients.push(client);
  return client;
};

const people = (count: number): void => {
  const users = Array.from({ length: count }, (_, index) => ({ id: `u${index}`, email: `u${index}@firm.test` }));
  writeFileSync(join(served.folder, "people.json"), JSON.stringify({ users, groups: [] }));
};

/** A profile whose first sync needs nobody's review. */
const addProfile = async (): Promise<void> => {
  people(3);
  await logIn(served, organization);
  await good(served, ["profile", "add", "main", "--directory", "file", "--path", join(served.folder, "people.json")]);
  await good(served, ["config", "set", "guards.first.invite", "50"]);
};

/** Holds the organization's answer to the next import until the test lets it go; `reached` when a request waits there. */
const holdImports = () => {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  organization.control.onRequest = async (when, { path }) => {
    if (when === "after" || !path.endsWith("/import")) return;
    reached.resolve();
    await gate.promise;
  };
  return { reached: reached.promise, release: gate.resolve };
};

const until = async <Value>(look: () => Promise<Value>, isRight: (value: Value) => boolean): Promise<Value> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const value = await look();
    if (isRight(value)) return value;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`it did not happen: ${JSON.stringify(await look())}`);
};

describe("serve", () => {
  it("given a second one on the same home, then it says who holds it, and --link leads to the first", async () => {
    const second = await served.cli(["serve", "--port", "0"]);
    expect(second.code).toBe(75);
    expect(second.stderr).toContain(`process ${served.pid}`);
    expect(second.stderr).toContain(served.url);
    expect(second.stderr).toContain("serve --link");
    const { stdout } = await served.cli(["serve", "--link"]);
    expect(stdout).toMatch(new RegExp(`^${served.url}/open\\?key=[\\w-]{43}\\n$`, "u"));
  });

  it("given a request to end, then it ends with 0, and --link says that nobody serves", async () => {
    expect(await served.stop()).toBe(0);
    const { code, stderr } = await served.cli(["serve", "--link"]);
    expect(code).toBe(1);
    expect(stderr).toContain("serve.not_running");
  });

  it("given it was killed, then the next one starts at once", async () => {
    await served.kill();
    await served.restart();
    expect((await fetch(await served.link())).status).toBe(200);
  });

  it("given a port that another program has, then it says so", async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const address = other.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    await served.stop();
    const { code, stderr } = await served.cli(["serve", "--port", String(address.port)]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain("serve.port_taken");
    expect(stderr).toContain("another program uses it");
  });

  it("given another address than this computer's own, then it refuses, and names the way there is", async () => {
    for (const address of ["0.0.0.0", "::", "192.0.2.1", "localhost"]) {
      const { code, stderr } = await served.cli(["serve", "--address", address]);
      expect(code).toBe(1);
      expect(stderr).toContain("serve.loopback_only");
      expect(stderr).toContain("ssh -L");
    }
  });

  it("given a request to end during a run, then it ends within seconds, and the run is recorded as interrupted", async () => {
    await addProfile();
    const client = await openClient();
    const { reached, release } = holdImports();
    const run = faultOf(client.call("sync.run", { profile: "main" }));
    await reached;
    const from = Date.now();
    expect(await served.stop()).toBe(0);
    expect(Date.now() - from).toBeLessThan(10_000);
    release();
    expect(["run.interrupted", "rpc.closed"]).toContain((await run).code);
    await served.restart();
    const { rows } = await (await openClient()).call("runs.list", { profile: "main" });
    expect(rows[0]).toMatchObject({ kind: "sync", outcome: "interrupted" });
    organization.control.onRequest = undefined;
    const { code, stdout } = await served.cli(["sync"]);
    expect([code, stdout]).toEqual([0, expect.any(String)]);
  });

  it("given the page is closed during a run, then the run goes on to its end", async () => {
    await addProfile();
    const client = await openClient();
    const { reached, release } = holdImports();
    const run = faultOf(client.call("sync.run", { profile: "main" }));
    await reached;
    await client.close();
    expect((await run).code).toBe("rpc.closed");
    const other = await openClient();
    release();
    const { rows } = await until(
      () => other.call("runs.list", { profile: "main" }),
      ({ rows: [newest] }) => newest?.endedAt !== undefined,
    );
    expect(rows[0]).toMatchObject({ kind: "sync", outcome: "done" });
  });
});

describe("polling by serve", () => {
  it("given Start, then it syncs at once, tells all pages, and goes on after a restart", async () => {
    await addProfile();
    const client = await openClient();
    const told: ProgressEvent[] = [];
    const following = new AbortController();
    const followed = client.call(
      "schedule.follow",
      {},
      { signal: following.signal, onProgress: (event) => told.push(event) },
    );
    expect(await client.call("schedule.set", { profile: "main", on: true })).toMatchObject({
      on: true,
      everyMinutes: 60,
    });
    const done = await until(
      () => client.call("schedule.get", { profile: "main" }),
      ({ last }) => last !== undefined,
    );
    expect(done.last?.fault).toBeUndefined();
    expect(Date.parse(done.next ?? "") - Date.parse(done.last?.started ?? "")).toBe(3_600_000);
    expect(done.driver).toMatchObject({ pid: served.pid });
    following.abort();
    await followed;
    expect(told.length).toBeGreaterThan(1);
    await served.stop();
    await served.restart();
    const again = await until(
      async () => (await openClient()).call("schedule.get", { profile: "main" }),
      ({ driver }) => driver?.pid === served.pid,
    );
    expect(again).toMatchObject({ on: true, next: done.next });
  });

  it("given the command line at work on the profile, then the run that is due is skipped, and says who has it", async () => {
    await addProfile();
    const client = await openClient();
    const { reached, release } = holdImports();
    const beside = served.cli(["sync"]);
    await reached;
    await client.call("schedule.set", { profile: "main", on: true });
    const skipped = await until(
      () => client.call("schedule.get", { profile: "main" }),
      ({ last }) => last !== undefined,
    );
    expect(skipped).toMatchObject({ failures: 0, last: { fault: { code: "lease.held", params: { what: "sync" } } } });
    expect(skipped.busy?.pid).not.toBe(served.pid);
    release();
    expect((await beside).code).toBe(0);
  });

  it("given Stop during its run, then that run is stopped and recorded, and the command line may go on at once", async () => {
    await addProfile();
    const client = await openClient();
    const { reached, release } = holdImports();
    await client.call("schedule.set", { profile: "main", on: true });
    await reached;
    expect(await client.call("schedule.set", { profile: "main", on: false })).toMatchObject({ on: false });
    release();
    organization.control.onRequest = undefined;
    const ended = await served.cli(["sync", "--wait"]);
    expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
  });

  it("given another window on the same home, then one of the two runs it, and the other when that one ends", async () => {
    await addProfile();
    const client = await openClient();
    await client.call("schedule.set", { profile: "main", on: true });
    await until(
      () => client.call("schedule.get", { profile: "main" }),
      ({ last }) => last !== undefined,
    );
    // What a desktop window starts.
    const window = served.sidecar();
    const first = await window.call("schedule.get", { profile: "main" });
    expect(first.driver).toMatchObject({ pid: served.pid });
    await served.stop();
    const second = await until(
      () => window.call("schedule.get", { profile: "main" }),
      ({ driver }) => driver !== undefined && driver.pid !== served.pid,
    );
    expect(second).toMatchObject({ on: true, next: first.next, last: first.last });
    await window.close();
  });

  it("given a guard, then it stops and says which, and nothing was sent", async () => {
    await addProfile();
    const client = await openClient();
    await client.call("schedule.set", { profile: "main", on: true });
    await until(
      () => client.call("schedule.get", { profile: "main" }),
      ({ last }) => last !== undefined,
    );
    people(60);
    await client.call("schedule.set", { profile: "main", on: true });
    const stopped = await until(
      () => client.call("schedule.get", { profile: "main" }),
      (view) => view.stopped !== undefined,
    );
    expect(stopped.stopped?.code).toBe("guard.invitations");
    expect(stopped.next).toBeUndefined();
  });
});
