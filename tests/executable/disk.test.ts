/** Product §7: a disk that is full or read-only costs a run, never what was done; each says what, why and what to do. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RequestInfo } from "../../src/organizations/sandbox/knobs.ts";
import { membersOf, startTestSandbox, type TestSandbox } from "../../src/organizations/sandbox/testing.ts";
import { builtExecutable, createPlace, type Ended, type Place } from "./built.ts";
import { leasesGoStale } from "./stale.ts";

let place: Place;
let sandbox: TestSandbox;
const home = (): string => join(place.home, "home");

const good = async (given: readonly string[], input = ""): Promise<Ended> => {
  const ended = await place.run(given, { input });
  if (ended.code !== 0) throw new Error(`${given.join(" ")} ended with ${ended.code}: ${ended.stderr}`);
  return ended;
};

/** `p1 … pn` at work, those of them disabled that are told. */
const staff = (count: number, ...disabled: readonly number[]): void => {
  const users = Array.from({ length: count }, (_, at) => ({
    id: `p${at + 1}`,
    email: `p${at + 1}@firm.test`,
    ...(disabled.includes(at + 1) ? { state: "disabled" } : {}),
  }));
  writeFileSync(join(place.home, "staff.json"), JSON.stringify({ users }));
};

const begin = async (): Promise<void> => {
  sandbox = await startTestSandbox({ dialect: "official-cloud", seats: null });
  sandbox.clock.now = Date.now();
  const { url, clientId, clientSecret } = sandbox;
  await good(["login", "--server", url, "--client-id", clientId, "--client-secret-stdin"], clientSecret);
  staff(20);
  await good(["profile", "add", "main", "--directory", "file", "--path", join(place.home, "staff.json")]);
  await good(["config", "set", "guards.invitations", '{"percent": 100, "most": 100}', "--profile", "main"]);
  await good(["config", "set", "guards.accessLost", '{"percent": 100}', "--profile", "main"]);
  await good(["plan", "--out", "first.jsonl"]);
  await good(["apply", "first.jsonl"]);
};

/** Nobody is doubled, mailed twice or forgotten, and nothing is left to do. */
const settled = async (count: number): Promise<void> => {
  expect(await place.run(["plan", "--full", "--detailed-exitcode"])).toMatchObject({ code: 0, stderr: "" });
  const emails = membersOf(sandbox.state).map((member) => member.replace(/\/.*$/u, ""));
  expect(emails.toSorted()).toEqual(Array.from({ length: count }, (_, at) => `p${at + 1}@firm.test`).toSorted());
  const mailed = sandbox.state.mails.map(({ kind, to }) => `${kind} ${to}`);
  expect(mailed).toHaveLength(new Set(mailed).size);
};

const mount = (...given: readonly string[]): boolean => spawnSync("/usr/bin/mount", given).status === 0;

/** A disk of its own needs root and a system that lets root mount. */
const cannotMount = ((): string | undefined => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "only root may mount a small disk";
  const probe = createProbe();
  try {
    if (!mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", probe)) return "this system lets nobody mount a disk";
    spawnSync("/usr/bin/umount", [probe]);
    return undefined;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
})();

function createProbe(): string {
  const path = `/tmp/directory-connector-mount-${process.pid}`;
  mkdirSync(path);
  return path;
}

describe.skipIf(cannotMount !== undefined)(
  `a small disk${cannotMount === undefined ? "" : ` (${cannotMount})`}`,
  () => {
    beforeAll(async () => {
      place = createPlace(builtExecutable());
      mkdirSync(home());
      if (!mount("-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", home())) throw new Error("it cannot be mounted");
      await begin();
    }, 240_000);
    afterAll(async () => {
      spawnSync("/usr/bin/umount", ["-l", home()]);
      await place.end();
      await sandbox.close();
    });

    /** Leaves a few pages. */
    const fill = (left = 0): void => {
      const { bavail, bsize } = statfsSync(home());
      writeFileSync(join(home(), "ballast"), Buffer.alloc(Math.max(0, bavail * bsize - left), 1));
    };
    const free = (): void => rmSync(join(home(), "ballast"), { force: true });
    afterEach(() => {
      free();
      sandbox.control.onRequest = undefined;
    });
    const full = {
      code: 1,
      stderr: expect.stringMatching(
        /error\[home\.unwritable\][^]*the\s+disk\s+is\s+full\.\s+Free\s+some\s+space/u,
      ) as unknown,
    };

    it("given it is full before a run, then the run says so and sends nothing; freed, the next one does it all", async () => {
      staff(21);
      fill();
      const requests = sandbox.requests.length;
      expect(await place.run(["sync"])).toMatchObject(full);
      expect(sandbox.requests.slice(requests).filter(({ method }) => method !== "GET")).toEqual([]);
      free();
      expect((await good(["sync"])).stdout).toContain("1 invited");
      await settled(21);
    }, 60_000);

    it.each<[string, (info: RequestInfo) => boolean]>([
      ["revoking", ({ path }) => path.endsWith("/revoke")],
      ["inviting", ({ method, path }) => method === "POST" && path.endsWith("/import")],
    ])(
      "given it runs full while %s, then the run says so; freed, the next one says what was surely done and goes on",
      async (_, fits) => {
        const before = membersOf(sandbox.state).length;
        staff(before + 1, before - 1, before);
        sandbox.control.onRequest = (when, info) => {
          if (when === "after" && fits(info)) fill();
        };
        const cut = await place.run(["sync"]);
        sandbox.control.onRequest = undefined;
        expect(cut).toMatchObject({ code: 1, stderr: expect.stringContaining("error[store.full]") as unknown });
        expect(cut.stderr).toMatch(/What was done\s+before\s+is\s+recorded[^]*Free\s+some\s+space/u);
        free();
        // What could not be written down is also that it no longer holds the profile.
        await leasesGoStale(place);
        const next = await good(["sync"]);
        expect(next.stdout).toMatch(/Run \d+ had been cut short: \d+ changes? (?:was|were) surely done/u);
        await settled(before + 1);
        // Whom we revoked is ours to bring back.
        staff(before + 1);
        expect((await good(["sync"])).stdout).toContain("2 restored");
        await settled(before + 1);
      },
      120_000,
    );

    it("given it is full when a setting is saved, then that is said and the file stays as it was", async () => {
      const before = (await good(["config", "dump"])).stdout;
      fill();
      expect(await place.run(["config", "set", "sync.userFilter", "x".repeat(200), "--profile", "main"])).toMatchObject(
        full,
      );
      free();
      expect((await good(["config", "dump"])).stdout).toBe(before);
    }, 60_000);

    it("given it is read-only, then every command says so and why, and nothing is sent", async () => {
      staff(30);
      if (!mount("-o", "remount,ro", home())) throw new Error("it cannot be made read-only");
      const requests = sandbox.requests.length;
      try {
        for (const command of [
          ["sync"],
          ["plan"],
          ["clear-cache"],
          ["config", "set", "guards.age", "3", "--profile", "main"],
        ]) {
          const ended = await place.run(command);
          expect([command, ended.code]).toEqual([command, 1]);
          expect(ended.stderr).toMatch(/error\[home\.unwritable\][^]*read-only[^]*Make\s+it\s+writable/u);
        }
      } finally {
        mount("-o", "remount,rw", home());
      }
      expect(sandbox.requests).toHaveLength(requests);
      await good(["sync"]);
      await settled(30);
    }, 60_000);
  },
);

describe.skipIf(process.platform === "win32" || process.getuid?.() === 0)("a home that may not be written", () => {
  beforeAll(async () => {
    place = createPlace(builtExecutable());
    await begin();
  }, 240_000);
  afterAll(async () => {
    chmodSync(home(), 0o700);
    await place.end();
    await sandbox.close();
  });

  it("given a run, then it says so and why, and sends nothing; allowed again, the next one goes on", async () => {
    staff(21);
    chmodSync(home(), 0o500);
    const ended = await place.run(["sync"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/error\[home\.unwritable\]/u);
    chmodSync(home(), 0o700);
    await good(["sync"]);
    await settled(21);
  }, 60_000);
});
