import { describe, expect, it } from "vitest";
import { Fault } from "../core/fault.ts";
import type { RunSummary } from "../rpc/contract.ts";
import { findings, planned, recorded } from "./testing-firm.ts";
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

describe("check", () => {
  const organization: Answers["organization.check"] = {
    name: "https://vault.bitwarden.eu",
    findings: [
      {
        code: "check.organization.reached",
        severity: "ok",
        params: { server: "x", dialect: "official-cloud", version: "2026.8.0", region: "EU" },
      },
      { code: "check.organization.readable", severity: "ok", params: { server: "x", members: 52, groups: 14 } },
    ],
  };

  it("given both ends well, then a line a step", async () => {
    const ran = await runInProcess(["check"], {
      answers: { "directory.check": findings, "organization.check": organization },
    });
    expect(ran).toMatchObject({
      code: 0,
      stdout: `Directory ldap dc=firm,dc=test
  ok    reached in 4 ms
  ok    logged in as svc@firm.test
  warn  the connection is not encrypted
Organization vault.bitwarden.eu
  ok    official server 2026.8.0, EU cloud
  ok    may read 52 members and 14 groups
`,
      stderr: "Nothing was changed.\n",
    });
  });

  it("given a step that failed, then why and what to do, and the exit code of that fault", async () => {
    const failed = {
      code: "directory.auth_failed",
      severity: "error",
      params: { host: "dc1", user: "svc", reason: "credentials", detail: "none" },
    } as const;
    const { code, stdout } = await runInProcess(["check"], {
      answers: { "directory.check": { name: "ldap", findings: [failed] }, "organization.check": organization },
    });
    expect(code).toBe(5);
    expect(stdout).toContain(`  error dc1 refuses the log-in of svc: the name or the password is wrong.
        Check the name and the secret; set a new one with directory-connector secrets set.
`);
  });

  it("given one end that cannot be opened, then the other is checked all the same", async () => {
    const ran = await runInProcess(["check"], {
      answers: {
        "directory.check": fails(new Fault("directory.file_unreadable", { path: "/x.ldif", reason: "missing" })),
        "organization.check": organization,
      },
    });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^Organization vault\.bitwarden\.eu\n/);
    expect(ran.stderr).toContain("error[directory.file_unreadable]: /x.ldif could not be read: there is no such file.");
  });

  it("given --json, then the findings as codes", async () => {
    const { stdout } = await runInProcess(["check", "--json"], {
      answers: { "directory.check": findings, "organization.check": organization },
    });
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, directory: findings, organization });
  });

  it("given a finding of doctor that is wrong, then exit 1", async () => {
    const info = {
      version: "1.2.3",
      home: "/h",
      configFile: "/h/c.json",
      stateFile: "/h/state.db",
      locked: false,
      command: "dc",
    };
    const { code, stdout } = await runInProcess(["doctor"], {
      answers: {
        "app.info": info,
        "doctor.run": {
          findings: [
            { code: "doctor.store", severity: "ok", params: { path: "/h/state.db", layout: 3 } },
            { code: "home.unwritable", severity: "error", params: { path: "/h", reason: "full" } },
          ],
        },
      },
    });
    expect(code).toBe(1);
    expect(stdout).toBe(`Directory Connector 1.2.3
  ok    /h/state.db can be read (layout 3)
  error /h cannot be written: the disk is full.
        Free some space on that disk, then run it again.
Something needs attention.
`);
  });
});

describe("history", () => {
  it("given runs, then newest first, with how each ended", async () => {
    const answers: Answers = {
      "runs.list": { rows: [synced, { ...planned, run: 11, kind: "sync", outcome: "guard" }], total: 40 },
    };
    const ran = await runInProcess(["history"], { answers });
    expect(ran.stdout).toBe(`12  14:02  sync  done     1 loses access, 3 invitations, 2 groups, 15 memberships
11  14:02  sync  stopped  guard.seats
… and 38 more: directory-connector history --limit 40
`);
    expect(JSON.parse((await runInProcess(["history", "--json"], { answers })).stdout)).toMatchObject({
      version: 1,
      total: 40,
    });
  });

  it("given a run, then what it did and how to take it back", async () => {
    const { stdout } = await runInProcess(["history", "12"], {
      answers: { ...recorded, "runs.get": { ...synced, accepted: { by: "jan", how: "apply p.jsonl" } } },
    });
    expect(stdout).toMatch(/^Run 12: sync at 14:02, done\nProfile main .*\nAccepted by jan \(apply p\.jsonl\)\.\n/);
    expect(stdout).toContain("  7 done\n");
    expect(stdout).toMatch(/\nTake it back: {2}directory-connector history 12 --undo\n$/);
  });

  it("given a run that failed, then why", async () => {
    const { stdout } = await runInProcess(["history", "9"], {
      answers: {
        "runs.get": {
          run: 9,
          kind: "sync",
          profile: "main",
          directory: "d",
          organization: "acme",
          server: "https://x.test",
          startedAt: "2025-01-02T03:04:05.000Z",
          outcome: "failed",
          guards: [],
          tally: {},
          compared: "record",
          fault: { code: "directory.unreachable", params: { host: "dc1", reason: "refused" } },
        },
      },
    });
    expect(stdout).toContain("Run 9: sync at 2 Jan 2025, failed");
    expect(stdout).toContain("error[directory.unreachable]: dc1 cannot be reached: nothing listens at that port.");
  });

  it("given a person, then what was done to them", async () => {
    const [row] = (
      await runInProcess(["history", "--who", "tom@firm.test"], {
        answers: {
          "person.history": ({ who }) => ({
            rows: [
              {
                row: 0,
                action: "revoke",
                subject: { kind: "person", id: "1", name: "Tom", email: who },
                before: {},
                after: {},
                because: { code: "leaver.disabled" },
                run: 12,
                at: "2026-11-13T10:00:00.000Z",
                state: "done",
              },
            ],
          }),
        },
      })
    ).stdout.split("\n");
    expect(row).toBe("13 Nov 10:00  run 12  - revoke  Tom <tom@firm.test>  disabled in the directory");
  });

  it("given --undo, then a plan of the reverse by how far it is possible; nothing is sent", async () => {
    const ran = await runInProcess(["history", "12", "--undo"], {
      answers: {
        "runs.undo": {
          path: "/work/here/undo-12.jsonl",
          digest: "d",
          changes: 2,
          fully: 1,
          newInvitation: 1,
          impossible: 1,
          rows: [
            { of: 0, reach: "fully", because: "undo.fully", action: "restore", who: "Tom" },
            { of: 1, reach: "new-invitation", because: "undo.new_invitation", action: "invite", who: "Ana" },
            { of: 2, reach: "impossible", because: "undo.stamp", action: "stamp", who: "Bo" },
          ],
        },
      },
    });
    expect(ran.calls).toEqual([["runs.undo", { run: 12, path: "/work/here/undo-12.jsonl" }]]);
    expect(ran.stdout).toBe(`To take run 12 back: 2 changes, nothing sent yet

Fully back (1)
  restore  Tom

Only by a new invitation (1)
  invite  Ana

Not possible on this server (1)
  stamp  Bo  an id that was recorded cannot be taken away

Apply exactly this:  directory-connector apply undo-12.jsonl
Applying it pauses the profile, so that the next sync does not do it all again.
`);
  });
});
