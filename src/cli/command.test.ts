import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Fault } from "../core/fault.ts";
import { planned, recorded } from "./testing-firm.ts";
import { runInProcess, type Answers } from "./testing.ts";

const answers: Answers = { "config.get": { path: "profiles.main.sync.users", value: true, text: "true" } };

describe("the command line", () => {
  it("given --version, then it says so without opening the engine", async () => {
    for (const argv of [["--version"], ["-V"]])
      expect(await runInProcess(argv)).toMatchObject({ code: 0, stdout: "1.2.3\n", stderr: "", opened: [] });
  });

  it("given nothing, help or --help, then it explains itself on stdout", async () => {
    for (const argv of [[], ["help"], ["--help"]]) {
      const { code, stdout, stderr } = await runInProcess(argv);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("  plan         Show what a sync would change; nothing is sent\n");
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    }
  });

  it("given help of a command, then its options and those of every command, whatever else is missing", async () => {
    for (const argv of [
      ["apply", "--help"],
      ["-h", "apply"],
      ["help", "apply"],
    ])
      expect((await runInProcess(argv)).stdout).toMatch(
        /^Send exactly what a reviewed plan holds\n\nUsage: directory-connector apply <file>\n[\s\S]*--detailed-exitcode/,
      );
    expect((await runInProcess(["config"])).stdout).toContain("Usage: directory-connector config <command>\n");
    expect((await runInProcess(["help", "config", "set"])).stdout).toContain("config set <setting> <value>\n");
  });

  it("given a topic, then its page", async () => {
    for (const topic of ["filters", "secrets", "guards", "exit-codes", "environment"])
      expect((await runInProcess(["help", topic])).stdout.length).toBeGreaterThan(300);
  });

  it("given global options before or after the command, then they count the same", async () => {
    const before = await runInProcess(["--json", "--home", "/h", "--profile", "main", "config", "get", "sync.users"], {
      answers,
    });
    const after = await runInProcess(["config", "get", "sync.users", "--profile=main", "--home=/h", "--json"], {
      answers,
    });
    for (const ran of [before, after]) {
      expect(ran).toMatchObject({ code: 0, stdout: '{"path":"profiles.main.sync.users","value":true}\n', closed: 1 });
      expect(ran.opened).toEqual([{ environment: {}, home: "/h", profile: "main" }]);
      expect(ran.calls).toEqual([["config.get", { profile: "main", path: "sync.users" }]]);
    }
  });

  it("given the variables of the environment, then they count where no option is given", async () => {
    const environment = { DIRECTORY_CONNECTOR_PROFILE: "nl", DIRECTORY_CONNECTOR_LOG_LEVEL: "debug" };
    const from = await runInProcess(["config", "get", "x"], { answers, environment });
    expect(from.opened[0]).toMatchObject({ profile: "nl", logLevel: "debug" });
    const over = await runInProcess(["config", "get", "x", "--profile", "main"], { answers, environment });
    expect(over.opened[0]).toMatchObject({ profile: "main" });
  });

  it.each([
    [["plna"], "there is no command plna.\n  Did you mean plan?"],
    [["config", "gte", "x"], "there is no command config gte.\n  Did you mean get?"],
    [["plan", "--ot", "x"], "there is no option --ot.\n  Did you mean --out?"],
    [["plan", "--jsn"], "there is no option --jsn.\n  Did you mean --json?"],
    [["plan", "x"], "x is one word too many."],
    [["config", "get"], "<setting> is missing."],
    [["plan", "--out"], "--out needs a value."],
    [["history", "x"], "run is a whole number, not x."],
    [["sandbox", "--port", "many"], "--port is a whole number, not many."],
    [["completion", "bsh"], "<shell> is one of bash, zsh, fish, not bsh.\n  Did you mean bash?"],
    [["sync", "--baseline", "sendd"], "--baseline takes one of record, send, not sendd.\n  Did you mean send?"],
    [["plan", "--log-level", "loud"], "--log-level takes one of error, warn, info, debug, not loud."],
    [["plan", "--all", "--profile", "x"], "--all and --profile cannot be given together."],
    [["plan", "--lang", "xx"], "there are no messages in xx; known: en, nl."],
    [["explain"], "<who> is missing."],
    [["adopt"], "it does not say what to adopt: name addresses, or give --same-address,"],
    [["help", "planx"], "there is no command planx.\n  Did you mean plan?"],
    [["toString"], "there is no command toString."],
  ])("given %j, then what was not understood, exit 1, and nothing on stdout", async (argv, words) => {
    const { code, stdout, stderr, opened } = await runInProcess(argv);
    expect([code, stdout, opened]).toEqual([1, "", []]);
    const said = `error[usage.invalid]: The command was not understood: ${words}`;
    expect(stderr.replaceAll(/\s+/gu, " ")).toContain(said.replaceAll(/\s+/gu, " "));
    expect(stderr).toMatch(/\n {2}docs: errors\.md#usage-invalid\n$/);
  });

  it("given words after --, then they are no options", async () => {
    const { calls } = await runInProcess(["explain", "--", "--json"], {
      answers: { "person.explain": { who: "", headline: { code: "x", params: {} }, lines: [] } },
    });
    expect(calls).toEqual([["person.explain", { who: "--json" }]]);
  });
});

describe("a failure", () => {
  const failing = (fault: Error): Answers => ({
    "config.get": () => {
      throw fault;
    },
  });

  it("given a fault, then what, who, why, the way out, and where there is more", async () => {
    const fault = new Fault("organization.refused", {
      server: "vault.bitwarden.eu",
      region: "EU",
      reason: "unsaid",
      detail: "none",
    });
    expect(await runInProcess(["config", "get", "x"], { answers: failing(fault) })).toMatchObject({
      code: 5,
      stdout: "",
      closed: 1,
      stderr: `error[organization.refused]: vault.bitwarden.eu refuses this API key, without saying why.
  It is one of: wrong or renewed secret, another region (this is EU), organization disabled, or a
  subscription without directory sync.
  An owner finds the key under Admin Console → Settings → Organization info → API key.
  docs: errors.md#organization-refused
`,
    });
  });

  it("given --json, then one line on stderr with the code, in English whatever the language", async () => {
    const fault = new Fault("lease.held", {
      subject: "main",
      what: "sync",
      who: "jan",
      host: "srv",
      pid: 7,
      since: "2026-11-14T14:02:00.000Z",
    });
    const { code, stdout, stderr } = await runInProcess(["config", "get", "x", "--json"], { answers: failing(fault) });
    expect([code, stdout]).toEqual([75, ""]);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "lease.held",
        params: { subject: "main", what: "sync", who: "jan", host: "srv", pid: 7, since: "2026-11-14T14:02:00.000Z" },
        exit: 75,
        retry: true,
        message:
          "jan on srv has been busy with main since 2026-11-14T14:02:00.000Z (sync, process 7); two at once would get in each other's way.",
        remedy: "Wait for it with --wait, or try again later.",
        docs: "errors.md#lease-held",
      },
    });
  });

  it("given a time in its values, then people read it short and local", async () => {
    const fault = new Fault("lease.held", {
      subject: "main",
      what: "sync",
      who: "jan",
      host: "srv",
      pid: 7,
      since: "2026-11-14T14:02:00.000Z",
    });
    const { stderr } = await runInProcess(["config", "get", "x"], {
      answers: failing(fault),
      timeZone: "Europe/Amsterdam",
    });
    expect(stderr).toContain("jan on srv has been busy with main since 15:02 (sync, process 7)");
  });

  it("given a filter that is not understood, then the place is marked", async () => {
    const fault = new Fault("filter.syntax", {
      filter: "userFilter",
      line: 1,
      column: 9,
      expected: '":"',
      found: '"alice"',
      text: "exclude alice@firm.test",
    });
    const { stderr } = await runInProcess(["config", "get", "x"], { answers: failing(fault) });
    expect(stderr).toContain("\n    exclude alice@firm.test\n            ^\n");
  });

  it("given something that is no fault, then it is a defect of ours, exit 1", async () => {
    const { code, stderr } = await runInProcess(["config", "get", "x"], { answers: failing(new Error("oops")) });
    expect(code).toBe(1);
    expect(stderr).toContain("error[internal.defect]: Something that should never happen did: oops.");
  });

  it("given values that could move the cursor or start a line, then they are shown, not obeyed", async () => {
    const fault = new Fault("profile.unknown", { profile: "a\u001b[2J\nerror: b\u202e", known: ["\u0007"] });
    const { stderr } = await runInProcess(["config", "get", "x"], { answers: failing(fault) });
    expect(stderr).toContain(String.raw`There is no profile a\u{1b}[2J error: b\u{202e}.`);
    expect(stderr).toContain(String.raw`Known are: \u{7}.`);
  });

  it("given an interruption, then 130, or 143 where the process was asked to end", async () => {
    for (const [reason, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const) {
      const ran = await runInProcess(["config", "get", "x"], {
        answers: failing(new Fault("run.interrupted", {})),
        signal: AbortSignal.abort(reason),
      });
      expect(ran.code).toBe(code);
    }
  });

  it("given a reader of stdout that went away, then it ends quietly", async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("gone"), { code: "EPIPE" })),
    });
    expect(await runInProcess(["plan"], { answers: { "plan.create": planned, ...recorded }, stdout })).toMatchObject({
      code: 0,
      stderr: "",
      closed: 1,
    });
  });
});

describe("colour", () => {
  const world = { answers: { "plan.create": planned, ...recorded } };
  it("given a terminal, then there is some; in a pipe, with NO_COLOR, --no-color or a plain terminal none", async () => {
    const escape = String.fromCodePoint(27);
    const has = async (argv: readonly string[], more: object): Promise<boolean> =>
      (await runInProcess(argv, { ...world, ...more })).stdout.includes(escape);
    expect(await has(["plan"], { terminal: 90 })).toBe(true);
    expect(await has(["plan"], {})).toBe(false);
    expect(await has(["plan"], { terminal: 90, environment: { NO_COLOR: "1" } })).toBe(false);
    expect(await has(["plan"], { terminal: 90, environment: { TERM: "dumb" } })).toBe(false);
    expect(await has(["plan", "--no-color"], { terminal: 90 })).toBe(false);
  });
});
