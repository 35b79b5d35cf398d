import { describe, expect, it } from "vitest";
import { Fault } from "../core/fault.ts";
import type { RunSummary } from "../rpc/contract.ts";
import { planned, unchanged } from "./testing-firm.ts";
import { runInProcess, type Answers } from "./testing.ts";

const synced: RunSummary = {
  ...planned,
  kind: "sync",
  outcome: "done",
  guards: [],
  tally: { people: 52, groups: 14, done: 7, readMilliseconds: 300 },
};
const fails = (fault: Fault) => (): never => {
  throw fault;
};
const twoProfiles: Answers["profiles.list"] = {
  profiles: ["main", "nl"].map((name) => ({ name, id: name, organization: "acme", directory: "", current: false })),
};

describe("sync", () => {
  it("given changes, then what was done, in the past tense", async () => {
    const ran = await runInProcess(["sync"], { answers: { "sync.run": synced } });
    expect(ran).toMatchObject({
      code: 0,
      stderr: "",
      stdout: `Done: 3 invited, 1 revoked, 1 group created, 1 group renamed, 1 group with changed members.
  47 people and 12 groups unchanged, 1 kept, 3 left out, 1 stranger
`,
    });
    expect(ran.calls).toEqual([["sync.run", { full: false, wait: false }]]);
  });

  it("given nothing to do, then one sentence", async () => {
    const { stdout, code } = await runInProcess(["sync", "--detailed-exitcode"], {
      answers: { "sync.run": { ...unchanged, kind: "sync" } },
    });
    expect([code, stdout]).toEqual([
      0,
      "Nothing to do. Directory and organization agree: 52 people, 14 groups, compared at 14:02.\n",
    ]);
  });

  it("given a server that cannot be read, then what was sent, not what was done", async () => {
    const run = { ...synced, compared: "record" } as const;
    const { stdout } = await runInProcess(["sync"], { answers: { "sync.run": run } });
    expect(stdout).toContain("Sent: 3 invited,");
    expect(stdout).toMatch(/This\s+server does not tell what became of it\./);
  });

  it("given its options, then they reach the engine", async () => {
    const { calls } = await runInProcess(
      ["sync", "--profile", "main", "--accept", "7f3c19", "--baseline", "record", "--full", "--wait"],
      { answers: { "sync.run": synced } },
    );
    expect(calls).toEqual([
      ["sync.run", { profile: "main", accept: "7f3c19", baseline: "record", full: true, wait: true }],
    ]);
  });

  it("given a guard, however it is told, then what, how many, why, and both ways on; exit 4", async () => {
    const params = {
      n: 9,
      now: 9,
      earlier: 0,
      total: 52,
      limit: 2,
      admins: 0,
      reason: "gone.not_found",
      profile: "main",
      digest: "7f3c19ab",
      also: [],
      changes: 9,
    };
    const block = `error[guard.access-lost]: Stopped, nothing was sent.
  9 of 52 people would lose access; up to 2 go without asking.
  Main reason: no longer found in the directory.
  Look:    directory-connector plan --only loses-access
  Accept:  directory-connector sync --accept 7f3c19ab
  docs: errors.md#guard-access-lost
`;
    const thrown = { "sync.run": fails(new Fault("guard.access-lost", params)) };
    const stopped = { ...synced, outcome: "guard", tally: {}, fault: { code: "guard.access-lost", params } } as const;
    const answered: Answers = { "sync.run": stopped, "runs.changes": { rows: [], total: 0 } };
    for (const answers of [thrown, answered])
      expect(await runInProcess(["sync"], { answers })).toMatchObject({ code: 4, stdout: "", stderr: block });
  });

  it("given several guards, then each says what it counts, so that nobody accepts what only another one stopped", async () => {
    const lost = { n: 19, now: 19, earlier: 0, total: 51, limit: 2, admins: 0, reason: "gone.not_found" };
    const directory = { code: "guard.directory", params: { what: "groups", had: 2 } };
    const fault = { ...directory, params: { ...directory.params, profile: "main", digest: "520fede8" } };
    const guards = [directory, { code: "guard.access-lost", params: lost }, { code: "guard.first", params: { n: 21 } }];
    const stopped = { ...synced, outcome: "guard", tally: {}, guards, fault } as const;
    const answers: Answers = { "sync.run": stopped, "runs.changes": { rows: [], total: 0 } };
    expect((await runInProcess(["sync"], { answers })).stderr).toBe(`error[guard.directory]: Stopped, nothing was sent.
  The directory gave no group, where 2 groups are managed.
  Also: 19 of 51 people would lose access; up to 2 go without asking. Main reason: no longer found
    in the directory.
  Also: This is the first sync of main that changes something (21 changes), and the first one is
    always reviewed.
  Look:    directory-connector check
  If the directory really is empty: directory-connector sync --accept 520fede8
  All of it: directory-connector plan
  docs: errors.md#guard-directory
`);
  });

  it("given people who lost access within the day, then they are told apart", async () => {
    const params = {
      n: 4,
      now: 2,
      earlier: 2,
      total: 50,
      limit: 2,
      admins: 1,
      reason: "leaver.disabled",
      profile: "main",
      digest: "7f3c19ab",
    };
    const { stderr } = await runInProcess(["sync"], {
      answers: { "sync.run": fails(new Fault("guard.access-lost", params)) },
    });
    expect(stderr).toContain(
      "2 of 50 people would lose access, and 2 did within 24 hours; up to 2 go without asking. One of\n  them is an administrator.\n",
    );
  });

  it.each([
    [
      "guard.seats",
      { need: 11, have: 9, short: 2, total: 10 },
      "11 licences are needed, 9 known free: short by 2 of 10.",
    ],
    ["guard.first", { n: 40, invitations: 30 }, "This is the first sync of main that changes something (40 changes)"],
    ["guard.directory", { what: "people", had: 52 }, "The directory gave nobody, where 52 people are managed."],
    [
      "guard.selection",
      {
        n: 3,
        what: "selection",
        settings: "sync.userFilter",
        settingCount: 1,
        setting: "sync.userFilter",
        who: "jan",
        at: "2026-11-24T13:40:00.000Z",
        how: "changed",
      },
      "Changed since then: sync.userFilter, by jan at ",
    ],
    [
      "guard.selection",
      {
        n: 3,
        what: "directory",
        settings: "directory.baseDn, sync.userFilter",
        settingCount: 2,
        setting: "directory.baseDn",
        who: "jan",
        at: "2026-11-24T13:40:00.000Z",
        how: "noticed",
      },
      "directory.baseDn, sync.userFilter, the last of them directory.baseDn, in a file, by a variable or an option; a run of jan noticed it at ",
    ],
    [
      "guard.selection",
      { n: 3, what: "directory", settings: "", settingCount: 0, setting: "", who: "", at: "", how: "none" },
      "The directory is not what it was at the last good run, and the first sync after that is always reviewed: 3 changes.",
    ],
    [
      "guard.identity",
      { n: 1, now: 1, earlier: 0, total: 50, limit: 2, domains: "new.test" },
      "Addresses in a mail domain that this profile never had: new.test.",
    ],
    [
      "guard.groups",
      { n: 12, total: 20, size: 20, what: "members", group: "Sales" },
      "12 of 20 members of Sales would be taken out, counting the last 24 hours.",
    ],
    [
      "guard.age",
      { days: 12, limit: 7 },
      "The last good run was 12 days ago; after 7 days the next one is always reviewed.",
    ],
    [
      "guard.invitations",
      { n: 40, now: 40, earlier: 0, total: 50, limit: 9 },
      "40 people would be invited; up to 9 are without asking.",
    ],
  ] as const)("given %s, then its own words", async (code, params, words) => {
    const { stderr, code: exit } = await runInProcess(["sync"], {
      answers: { "sync.run": fails(new Fault(code, { ...params, profile: "main", digest: "7f3c19ab" })) },
    });
    expect(exit).toBe(4);
    expect(stderr.replaceAll("\n  ", " ")).toContain(words);
    expect(stderr).not.toContain("?");
  });

  it("given a run that did not get to its end, then what was done on stdout and why on stderr", async () => {
    const fault = {
      code: "organization.rejected",
      params: { server: "vault.bitwarden.eu", what: "import", reason: "too many", done: 1, total: 7 },
    };
    const { code, stdout, stderr } = await runInProcess(["sync"], {
      answers: {
        "sync.run": { ...synced, outcome: "incomplete", tally: { done: 1, refused: 6 }, fault },
        "runs.changes": ({ actions }) => ({ rows: [], total: actions?.includes("revoke") === true ? 1 : 0 }),
      },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Done: 1 revoked\.\n/);
    expect(stderr).toContain("error[organization.rejected]: vault.bitwarden.eu rejected people or groups: too many.");
    expect(stderr).toContain("1 of 7 changes was done, the others were not.");
  });

  it.each([
    [2, { revoke: 1, readdress: 3 }, "Done: 1 revoked, 1 address changed, 2 changed addresses noted.\n"],
    [3, { readdress: 3 }, "3 changed addresses noted"],
  ])(
    "given %d of three changed addresses are the members' own to change, then only what was sent counts as changed",
    async (noted, byAction, said) => {
      const known = synced.counts;
      if (known === undefined) throw new Error("the run of the test has no counts");
      const run = { ...synced, counts: { ...known, byAction, changes: 4 }, tally: { ...synced.tally, done: 4, noted } };
      const { stdout } = await runInProcess(["sync"], { answers: { "sync.run": run } });
      expect(stdout).toContain(said);
      expect(stdout.includes("address changed")).toBe(noted < 3);
    },
  );

  it("given --json, then the record of the run and how many of each kind are done", async () => {
    const { stdout } = await runInProcess(["sync", "--json"], { answers: { "sync.run": synced } });
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      run: 12,
      outcome: "done",
      done: { invited: 3, revoked: 1 },
    });
  });

  it("given --all, then one that fails does not keep the others from theirs, and the gravest code counts", async () => {
    const ran = await runInProcess(["sync", "--all"], {
      answers: {
        "profiles.list": twoProfiles,
        "sync.run": ({ profile }) => {
          if (profile === "main") throw new Fault("directory.unreachable", { host: "dc1", reason: "timeout" });
          return { ...unchanged, profile: "nl", kind: "sync" };
        },
      },
    });
    expect(ran.code).toBe(6);
    expect(ran.stderr).toMatch(
      /^Profile main\nerror\[directory\.unreachable\]: dc1 cannot be reached: it did not answer in time\./,
    );
    expect(ran.stdout).toMatch(/^Profile nl\nNothing to do\./);
  });
});

describe("apply", () => {
  it("given a file, then exactly it is sent, from where the command was called", async () => {
    const ran = await runInProcess(["apply", "p.jsonl"], { answers: { "plan.apply": { ...synced, kind: "apply" } } });
    expect(ran.calls).toEqual([["plan.apply", { path: "/work/here/p.jsonl", wait: false }]]);
    expect(ran.stdout).toMatch(/^Done: 3 invited, 1 revoked/);
  });

  it("given changes that no longer fit, then they are told apart", async () => {
    const { stdout } = await runInProcess(["apply", "p.jsonl"], {
      answers: {
        "plan.apply": { ...synced, kind: "apply", tally: { done: 5, skipped: 2 } },
        "runs.changes": ({ actions }) => ({ rows: [], total: actions?.includes("invite") === true ? 1 : 0 }),
      },
    });
    expect(stdout).toContain("Done: 1 invited.\n  2 changes were skipped; why: directory-connector history 12\n");
  });
});
