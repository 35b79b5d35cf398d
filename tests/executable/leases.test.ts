/**
 * Product §1, row 2: two processes at once are safe. The one that came first is held in the middle of a request, so that
 * whatever the second does it does meanwhile.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Config } from "../../src/config/schema.ts";
import type { RequestInfo } from "../../src/organizations/sandbox/knobs.ts";
import { membersOf, startTestSandbox, type TestSandbox } from "../../src/organizations/sandbox/testing.ts";
import { builtExecutable, createPlace, type Ended, type Place } from "./built.ts";
import { leasesGoStale, openStore } from "./stale.ts";

const names = ["sync", "apply", "test", "clear-cache", "config save"] as const;
type Name = (typeof names)[number];

/** Commands that somebody may give at once; `{profile}` is theirs. */
const commands: Readonly<Record<Name, readonly string[]>> = {
  sync: ["sync"],
  apply: ["apply", "{profile}.jsonl"],
  test: ["test"],
  "clear-cache": ["clear-cache"],
  "config save": ["config", "set", "guards.age", "9"],
};

const Staff = z.object({
  users: z.array(z.object({ id: z.string(), email: z.string(), state: z.enum(["disabled"]).optional() })),
});

let place: Place;
let sandbox: TestSandbox;
let staff = 0;

beforeAll(async () => {
  place = createPlace(builtExecutable());
  sandbox = await startTestSandbox({ dialect: "official-cloud", seats: null });
  sandbox.clock.now = Date.now();
  // Time matters to nobody here, but a token must not be one of the future.
  sandbox.control.rateLimits = false;
  const { url, clientId, clientSecret } = sandbox;
  await good(["login", "--server", url, "--client-id", clientId, "--client-secret-stdin"], clientSecret);
  for (const profile of ["main", "other"]) {
    hire(profile, 0);
    await good(["profile", "add", profile, "--directory", "file", "--path", fileOf(profile)]);
    await good(["config", "set", "guards.invitations", '{"percent": 100, "most": 100}', "--profile", profile]);
    await good(["plan", "--out", `${profile}.jsonl`, "--profile", profile]);
    await good(["apply", `${profile}.jsonl`, "--profile", profile]);
  }
}, 240_000);
afterAll(async () => {
  await place.end();
  await sandbox.close();
});

const fileOf = (profile: string): string => join(place.home, `${profile}.json`);

/** Twenty people, and whoever was hired since. */
const hire = (profile: string, more = 1): void => {
  const path = fileOf(profile);
  const known = existsSync(path) ? Staff.parse(JSON.parse(readFileSync(path, "utf8"))).users : [];
  const made = Array.from({ length: known.length === 0 ? 20 : more }, () => {
    staff += 1;
    return { id: `${profile}-${staff}`, email: `${profile}-${staff}@firm.test` };
  });
  writeFileSync(path, JSON.stringify({ users: [...known, ...made] }));
};

const good = async (given: readonly string[], input = ""): Promise<Ended> => {
  const ended = await place.run(given, { input });
  if (ended.code !== 0) throw new Error(`${given.join(" ")} ended with ${ended.code}: ${ended.stderr}`);
  return ended;
};

const give = (name: Name, profile: string, ...more: readonly string[]): Promise<Ended> =>
  place.run([...commands[name].map((one) => one.replace("{profile}", profile)), "--profile", profile, ...more]);

const plan = async (profile: string): Promise<void> => {
  hire(profile);
  await good(["plan", "--out", `${profile}.jsonl`, "--profile", profile]);
};

/** Holds the next request that fits; resolves when it has come, and lets go on demand. */
const holdRequest = (when: "before" | "after", fits: (info: RequestInfo) => boolean) => {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let held = false;
  sandbox.control.onRequest = async (moment, info) => {
    if (held || moment !== when || !fits(info)) return;
    held = true;
    arrived.resolve();
    await released.promise;
  };
  return { arrived: arrived.promise, release: () => released.resolve() };
};

/** Where each of those that ask the organization can be held: sending, or looking. */
const heldAt = {
  sync: ({ method, path }: RequestInfo) => method === "POST" && path.endsWith("/import"),
  apply: ({ method, path }: RequestInfo) => method === "POST" && path.endsWith("/import"),
  test: ({ path }: RequestInfo) => path === "/public/members",
} as const;

/** Once all have ended nobody is missing, nobody is there twice, and nothing is left to do. */
const settled = async (): Promise<void> => {
  for (const profile of ["main", "other"]) {
    await good(["sync", "--profile", profile]);
    const again = await place.run(["plan", "--full", "--detailed-exitcode", "--profile", profile]);
    expect([profile, again.code, again.stderr]).toEqual([profile, 0, ""]);
  }
  const emails = membersOf(sandbox.state).map((member) => member.split("/")[0] ?? "");
  expect(emails.toSorted()).toEqual([...new Set(emails)].toSorted());
  expect(emails).toHaveLength(staff);
  const mailed = sandbox.state.mails.filter(({ kind }) => kind === "invitation").map(({ to }) => to);
  expect(mailed).toHaveLength(new Set(mailed).size);
};

const busy = (first: Name) => ({ code: 75, stderr: expect.stringMatching(wordsOf(first)) as unknown });
const wordsOf = (first: Name): RegExp =>
  new RegExp(`error\\[lease\\.held\\][^]*busy with main since [^]*\\(${first},\\s+process\\s+\\d+\\)`, "u");

describe.each(["sync", "apply", "test"] as const)("while %s is at work on a profile", (first) => {
  const began: Record<string, Ended> = {};
  const applies = first !== "test";
  let holder: Ended;

  beforeAll(async () => {
    for (const profile of ["main", "other"]) await plan(profile);
    const { arrived, release } = holdRequest("before", heldAt[first]);
    const holding = give(first, "main");
    await arrived;
    const same = names.map(async (name) => (began[`main ${name}`] = await give(name, "main")));
    for (const name of ["test", "clear-cache", "config save"] as const)
      began[`other ${name}`] = await give(name, "other");
    await Promise.all(same);
    const waiting = give("apply", "other");
    const asleep = !applies ? waiting : Promise.race([waiting, pause(3_000)]);
    began["other apply, meanwhile"] = (await asleep) ?? { code: null, stdout: "", stderr: "" };
    release();
    holder = await holding;
    began["other apply"] = await waiting;
    sandbox.control.onRequest = undefined;
  }, 240_000);

  it.each(["sync", "apply", "test", "clear-cache"] as const)(
    "given %s on the same, then it ends with 75 and says who holds it",
    (second) => {
      expect(began[`main ${second}`]).toMatchObject(busy(first));
    },
  );

  it("given a setting is saved, then it is saved at once, on this profile and on the other", () => {
    expect(began["main config save"]).toMatchObject({ code: 0, stderr: "" });
    expect(began["other config save"]).toMatchObject({ code: 0, stderr: "" });
  });

  it("given test or clear-cache on another profile of the organization, then neither waits", () => {
    expect(began["other test"]).toMatchObject({ code: 0 });
    expect(began["other clear-cache"]).toMatchObject({ code: 0, stderr: "" });
  });

  it("given another profile applies to the same organization, then it waits while the first one applies, and says for whom", () => {
    expect(began["other apply, meanwhile"]?.code).toBe(applies ? null : 0);
    expect(began["other apply"]?.code).toBe(0);
    const waited = new RegExp(`Waiting for \\S+: .*\\(${first}, process \\d+\\)`, "u");
    expect(began["other apply"]?.stderr).toMatch(applies ? waited : /^$/u);
  });

  it("then the first one ends as if it had been alone", async () => {
    expect(holder).toMatchObject({ code: 0 });
    expect(holder.stdout).toContain(applies ? "1 invited" : "");
    await settled();
    for (const profile of ["main", "other"])
      expect((await good(["config", "get", "guards.age", "--profile", profile])).stdout.trim()).toBe("9");
  }, 120_000);
});

describe("two at once of those that ask nobody", () => {
  it.each([
    ["clear-cache", "clear-cache"],
    ["clear-cache", "sync"],
    ["clear-cache", "apply"],
    ["clear-cache", "test"],
    ["clear-cache", "config save"],
    ["config save", "config save"],
    ["config save", "sync"],
  ] as const)(
    "given %s and %s, then each is done or says who is at work, and nothing is lost",
    async (one, two) => {
      await plan("main");
      const both = await Promise.all([give(one, "main"), give(two, "main")]);
      const refused = both.filter(({ code }) => code !== 0);
      expect(refused.map(({ code, stderr }) => [code, stderr.includes("error[lease.held]")])).toEqual(
        refused.map(() => [75, true]),
      );
      expect(both.some(({ code }) => code === 0)).toBe(true);
      await settled();
    },
    120_000,
  );

  it("given two settings are saved at once, then both are kept", async () => {
    const set = (setting: string, value: string): Promise<Ended> =>
      good(["config", "set", setting, value, "--profile", "main"]);
    await Promise.all([set("sync.leavers.wait", "3"), set("guards.age", "5")]);
    const text = readFileSync(join(place.home, "home", "config.json"), "utf8");
    expect(Config.parse(JSON.parse(text)).profiles["main"]).toMatchObject({
      sync: { leavers: { wait: 3 } },
      guards: { age: 5 },
    });
  }, 60_000);
});

describe("--wait", () => {
  it.each(["sync", "clear-cache"] as const)(
    "given %s waits for whoever holds the profile, then it says so once and has its turn",
    async (second) => {
      hire("main");
      const { arrived, release } = holdRequest("before", heldAt.sync);
      const holding = give("sync", "main");
      await arrived;
      const waiting = give(second, "main", "--wait");
      expect(await Promise.race([waiting, pause(2_000)])).toBeUndefined();
      release();
      expect(await holding).toMatchObject({ code: 0 });
      const ended = await waiting;
      expect(ended.code).toBe(0);
      expect(ended.stderr).toMatch(/^Waiting for main: .* \(sync, process \d+\)\.\n$/u);
      await settled();
    },
    120_000,
  );
});

describe("a process that was asleep past its lease", () => {
  it("given somebody took over meanwhile, then it sends and writes nothing more, and ends saying so", async () => {
    const disabled = Staff.parse(JSON.parse(readFileSync(fileOf("main"), "utf8")));
    for (const user of disabled.users.slice(0, 2)) user.state = "disabled";
    writeFileSync(fileOf("main"), JSON.stringify(disabled));
    hire("main");
    const { arrived, release } = holdRequest("after", ({ path }) => path.endsWith("/revoke"));
    const sleeper = place.begin(["sync", "--profile", "main"]);
    await arrived;
    sleeper.process.kill("SIGSTOP");
    release();
    await leasesGoStale(place);
    const heir = await good(["sync", "--profile", "main"]);
    expect(heir.stdout).toMatch(/Run \d+ had been cut short: 1 change was surely done, 2 were left\./u);
    const requests = sandbox.requests.length;
    const before = await recorded();
    sleeper.process.kill("SIGCONT");
    const ended = await sleeper.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("error[lease.lost]");
    expect(sandbox.requests).toHaveLength(requests);
    expect(await recorded()).toEqual(before);
    expect(membersOf(sandbox.state).filter((member) => member.endsWith("/revoked"))).toHaveLength(2);
    await settled();
  }, 120_000);

  const recorded = async (): Promise<unknown> => {
    await using store = await openStore(place);
    return await store.runs({ limit: 100 });
  };
});
