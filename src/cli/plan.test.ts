import { describe, expect, it } from "vitest";
import { contract } from "../rpc/contract.ts";
import { findings, notes, planned, recorded, rows, unchanged } from "./testing-firm.ts";
import { runInProcess, type Answers } from "./testing.ts";

const answers: Answers = {
  "plan.create": planned,
  "plan.write": ({ path }) => ({ path, rows: 8, digest: planned.header?.digest ?? "" }),
  ...recorded,
};

const shown = `Profile main   ldap dc=firm,dc=test  →  acme (vault.bitwarden.eu)
Read 52 people, 14 groups in 0.3 s; compared with the organization just now.

7 changes, nothing sent yet
  1 loses access   3 invitations   2 groups   15 memberships
  47 people and 12 groups unchanged, 1 kept, 3 left out, 1 stranger

Loses access
  - revoke   Tom de Wit <tom@firm.test>       disabled in the directory

Invited
  + invite   Ana Costa <ana@firm.test>        new
  + invite   Bo Li <bo@firm.test>             new
  + invite   Jürgen Groß <j.gross@firm.test>  new

Groups
  + create   Field service                    12 members
  ~ rename   Sales → Sales & Service

Memberships
  ~ members  Sales & Service                  +2 (Ana Costa, Bo Li)  −1 (Kim Pol)

Kept as they are
  = keep     Mia Vos <mia@firm.test>          an owner, never revoked or removed (disabled in the
                                              directory)

Left out (they keep what they have)
  ! Eva Blom              no e-mail address
  ! Kim Pol, Kim Pol-Vos  one address for 2: kim@firm.test

Notes
  · 4 people do not take part: left out by the user filter

Seats: 49 used of 50; this plan needs 3, frees 1: short by 1. The server may buy or refuse.
A sync stops here: guard seats. Applying the reviewed plan accepts it.
Why: directory-connector explain --guard seats

`;

describe("plan", () => {
  it("given changes, then what it is, how many, who and why, what stands in the way, and how to go on", async () => {
    const ran = await runInProcess(["plan"], { answers });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toBe(
      `${shown}Apply exactly this:  directory-connector plan --out plan.jsonl && directory-connector apply plan.jsonl\n`,
    );
    expect(ran.calls[0]).toEqual(["plan.create", { kind: "plan", full: false, wait: false }]);
  });

  it("given --out, then it is written there and the last line applies it", async () => {
    const ran = await runInProcess(["plan", "--out", "my plan.jsonl", "--full", "--wait"], { answers });
    expect(ran.stdout).toBe(`${shown}Apply exactly this:  directory-connector apply 'my plan.jsonl'\n`);
    expect(ran.calls.slice(0, 2)).toEqual([
      ["plan.create", { kind: "plan", full: true, wait: true }],
      ["plan.write", { run: 12, path: "/work/here/my plan.jsonl", redact: false }],
    ]);
  });

  it("given something the server would refuse, then that stands in the way, and no guard asks for a review that leads nowhere", async () => {
    const header = planned.header === undefined ? undefined : { ...planned.header, applicable: false };
    const obstructed = { ...planned, ...(header === undefined ? {} : { header }) };
    const { stdout } = await runInProcess(["plan"], { answers: { ...answers, "plan.create": obstructed } });
    expect(stdout).toMatch(/\nIt cannot be applied until the error among the notes is corrected\.\n$/u);
    expect(stdout).not.toContain("A sync stops here");
  });

  it.each([
    [{ unlimited: true as const }, "There is no limit."],
    [{}, "How many there are is not told."],
  ])("given no number of seats and %j, then: %s", async (known, said) => {
    const seats = { ...known, used: 49, needs: 3, frees: 1, short: 0 };
    const header = planned.header === undefined ? undefined : { ...planned.header, seats };
    const run = { ...planned, ...(header === undefined ? {} : { header }) };
    const { stdout } = await runInProcess(["plan"], { answers: { ...answers, "plan.create": run } });
    expect(stdout).toContain(`Seats: 49 used; this plan needs 3, frees 1. ${said}\n`);
  });

  it("given nothing to do, then it says so in two lines", async () => {
    const { stdout } = await runInProcess(["plan"], {
      answers: {
        ...answers,
        "plan.create": unchanged,
        "runs.changes": { rows: [], total: 0 },
        "runs.notes": { rows: [], total: 0 },
      },
    });
    expect(stdout).toBe(
      `Profile main   ldap dc=firm,dc=test  →  acme (vault.bitwarden.eu)
Read 52 people, 14 groups in 0.3 s; compared with the organization just now.

Nothing to do. Directory and organization agree.
  52 people and 14 groups unchanged
`,
    );
  });

  it("given the exit codes that were asked for: 2 with changes, 3 with people left out, guards never count", async () => {
    const code = async (argv: readonly string[], run = planned): Promise<number> =>
      (await runInProcess(["plan", ...argv], { answers: { ...answers, "plan.create": run } })).code;
    expect(await code(["--detailed-exitcode"])).toBe(2);
    expect(await code(["--detailed-exitcode"], unchanged)).toBe(0);
    expect(await code(["--strict"])).toBe(3);
    expect(await code(["--strict"], unchanged)).toBe(0);
    expect(await code([])).toBe(0);
  });

  it("given --only, then that section, whole", async () => {
    const many = Array.from({ length: 650 }, (_none, row) => ({
      ...(rows[1] ?? never()),
      row,
      subject: { kind: "person" as const, id: `${row}`, name: `Person ${row}` },
    }));
    const world = {
      answers: {
        ...answers,
        "runs.changes": ({ limit = 100, cursor = 0, actions = [] }) => {
          const own = actions.includes("invite") ? many : [];
          return {
            rows: own.slice(cursor, cursor + limit),
            total: own.length,
            ...(cursor + limit < own.length ? { next: cursor + limit } : {}),
          };
        },
      } satisfies Answers,
    };
    const whole = await runInProcess(["plan", "--only", "invited"], world);
    expect(whole.stdout.match(/\+ invite/gu)).toHaveLength(650);
    const cut = await runInProcess(["plan"], world);
    expect(cut.stdout.match(/\+ invite/gu)).toHaveLength(20);
    expect(cut.stdout).toContain("  … and 630 more: directory-connector history 12 --only invited\n");
  });

  it("given --only strangers, then who they are", async () => {
    const { stdout } = await runInProcess(["plan", "--only", "strangers"], { answers });
    expect(stdout).toContain(
      "Strangers (members the directory does not know; never touched)\n  · guest@other.test  not known to this directory\n",
    );
  });

  it("given --json, then the plan's own lines, as they come", async () => {
    const { stdout } = await runInProcess(["plan", "--json"], { answers });
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines.map((line) => Object.keys(line ?? {}))).toEqual([["plan"], ["change"], ["note"], ["end"]]);
  });

  it("given --json in another state of the terminal, then the same bytes", async () => {
    const plain = await runInProcess(["plan", "--json"], { answers });
    const terminal = await runInProcess(["plan", "--json"], { answers, terminal: 60, timeZone: "Asia/Tokyo" });
    expect(terminal.stdout).toBe(plain.stdout);
  });

  it("given --redact, then it asks for and shows the plan without names, and says that it cannot be applied", async () => {
    const ran = await runInProcess(["plan", "--redact", "--out", "p.jsonl"], { answers });
    expect(ran.calls.filter(([name]) => name === "plan.text")[0]).toEqual(["plan.text", { run: 12, redact: true }]);
    expect(ran.calls).toContainEqual(["plan.write", { run: 12, path: "/work/here/p.jsonl", redact: true }]);
    expect(ran.calls.map(([name]) => name)).not.toContain("runs.changes");
    expect(ran.stdout).toContain(
      "Written to p.jsonl, without names and addresses; it is for reading and cannot be applied.",
    );
  });

  it("given --markdown, then a text for a pull request in which names are only text", async () => {
    const hostile = {
      ...(rows[0] ?? never()),
      subject: { kind: "person" as const, id: "1", name: "[x](http://y) @all #1 | `a` <b>" },
    };
    const { stdout } = await runInProcess(["plan", "--markdown"], {
      answers: {
        ...answers,
        "runs.changes": ({ actions }) =>
          actions?.includes("revoke") === true ? { rows: [hostile], total: 1 } : { rows: [], total: 0 },
      },
    });
    expect(stdout).toMatch(/^### 7 changes, nothing sent yet\n/);
    expect(stdout).toContain("<details open><summary>Loses access (1)</summary>");
    expect(stdout).toContain(
      "| - revoke | \\[x\\](http:&#47;/y) &#64;all &#35;1 \\| \\`a\\` &lt;b&gt; &lt;tom&#64;firm.test&gt; | disabled in the directory |",
    );
  });

  it("given --all, then each profile, and the gravest exit code", async () => {
    const ran = await runInProcess(["plan", "--all", "--detailed-exitcode"], {
      answers: {
        ...answers,
        "profiles.list": {
          profiles: ["main", "nl"].map((name) => ({
            name,
            id: name,
            organization: "acme",
            directory: "",
            current: false,
          })),
        },
        "plan.create": ({ profile = "" }) => (profile === "nl" ? { ...planned, profile } : { ...unchanged, profile }),
      },
    });
    expect(ran.code).toBe(2);
    expect(ran.calls.filter(([name]) => name === "plan.create").map(([, input]) => input)).toMatchObject([
      { profile: "main" },
      { profile: "nl" },
    ]);
  });
});

describe("test", () => {
  const world: Answers = {
    ...answers,
    "plan.create": { ...planned, kind: "test" },
    "directory.people": {
      rows: [
        { id: "1", name: "Ana Costa", email: "ana@firm.test", state: "enabled", selected: true },
        { id: "2", name: "Tom de Wit", email: "tom@firm.test", state: "disabled", selected: true },
        { id: "3", name: "Guest", state: "enabled", selected: false, because: { code: "unselected.guest" } },
      ],
      total: 3,
    },
    "directory.groups": {
      rows: [
        { id: "g", name: "Sales", selected: true, members: 9, memberNames: ["Ana Costa", "Bo Li", "C", "D", "E"] },
      ],
      total: 1,
    },
  };

  it("given a directory, then who is in it and in which groups, and then the plan", async () => {
    const ran = await runInProcess(["test"], { answers: world });
    expect(ran.calls[0]).toEqual(["plan.create", { kind: "test", full: true, wait: false }]);
    expect(ran.stdout).toContain(`In the directory: 3 people (2 enabled, 1 disabled, 0 deleted)
  Ana Costa <ana@firm.test>
  Tom de Wit <tom@firm.test>  disabled
  … and 1 more: directory-connector test --json

1 group
  Sales  9 members  Ana Costa, Bo Li, C, D and 5 more

Profile main `);
    expect(ran.stdout).toContain(shown);
  });

  it("given --json, then one object with everybody", async () => {
    const { stdout } = await runInProcess(["test", "--json"], { answers: world });
    expect(stdout.split("\n")).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      profile: "main",
      people: [{ id: "1" }, { id: "2" }, { id: "3", because: { code: "unselected.guest" } }],
      groups: [{ id: "g", members: 9 }],
      plan: [{ plan: {} }, { change: {} }, { note: {} }, { end: {} }],
    });
  });
});

describe("the answers the tests of the command line are made of", () => {
  it("are in the shape of the contract", () => {
    expect(contract["runs.get"].output.safeParse(planned).error).toBeUndefined();
    expect(contract["runs.get"].output.safeParse(unchanged).error).toBeUndefined();
    for (const row of rows)
      expect(contract["runs.changes"].output.shape.rows.element.safeParse(row).error).toBeUndefined();
    for (const note of notes)
      expect(contract["runs.notes"].output.shape.rows.element.safeParse(note).error).toBeUndefined();
    expect(contract["directory.check"].output.safeParse(findings).error).toBeUndefined();
  });
});

function never(): never {
  throw new Error("the firm has no such row");
}
