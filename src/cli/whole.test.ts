import { copyFile, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openClient } from "../main/client.ts";
import { startDemo, startSandbox } from "../main/try-out.ts";
import type { RunningSandbox, SandboxOptions } from "./context.ts";
import { runInProcess, type Ran, type World } from "./testing.ts";

/** The command line on the real engine: a real home, a real file, a real server over HTTP. */
let home = "";
let sandbox: RunningSandbox;
const canary = "c4n4ry-Secret";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "directory-connector-test-"));
  await copyFile("samples/company.ldif", join(home, "people.ldif"));
  sandbox = await startSandbox({ dialect: "official-cloud" });
});
afterEach(async () => {
  await sandbox.close();
  await rm(home, { recursive: true, force: true });
});

const run = (argv: readonly string[], world: World = {}): Promise<Ran> =>
  runInProcess(argv, {
    client: async (options) => openClient(options),
    environment: { DIRECTORY_CONNECTOR_HOME: join(home, "home"), NO_PROXY: "127.0.0.1", HOME: home },
    workingDirectory: home,
    readText: (path) => readFile(path, "utf8"),
    ...clockOfNow,
    ...world,
  });
const clockOfNow = { clock: { now: () => Date.now(), sleep: () => Promise.resolve() } };

const logIn = async (server = sandbox): Promise<void> => {
  const argv = ["login", "--server", server.url, "--client-id", server.clientId, "--client-secret-stdin", "--sealed"];
  const ran = await run(argv, { stdin: server.clientSecret });
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
};
const setUp = async (): Promise<void> => {
  await logIn();
  const ran = await run(["profile", "add", "main", "--directory", "file", "--path", "people.ldif"]);
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
};

it("given a state that is no database, then a run says so as every other command does", async () => {
  await setUp();
  const [path = ""] = (await run(["data-file"])).stdout.trim().split("\n");
  await writeFile(path, "somebody's notes");
  const [synced, told] = [await run(["sync"]), await run(["last-sync"])];
  expect(synced.stderr).toContain("error[store.damaged]");
  expect([synced.code, synced.stderr]).toEqual([told.code, told.stderr]);
});

describe("a first sync by hand", () => {
  it("given a directory and a key, then plan, review, apply, and nothing is left to do", async () => {
    await setUp();
    const plan = await run(["plan", "--out", "p.jsonl", "--detailed-exitcode"]);
    expect([plan.code, plan.stderr]).toEqual([2, ""]);
    expect(plan.stdout).toContain("Apply exactly this:  directory-connector apply p.jsonl\n");
    const applied = await run(["apply", "p.jsonl"]);
    expect([applied.code, applied.stderr]).toEqual([0, ""]);
    expect(applied.stdout).toMatch(/^Done: 41 invited, 21 groups created\.\n/);
    const again = await run(["plan", "--full", "--detailed-exitcode"]);
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toContain("Nothing to do. Directory and organization agree.\n");
    expect((await run(["sync"])).stdout).toMatch(/^Nothing to do\./);
  });

  it("given sync before a review, then the guard stops it, and the digest it names lets it through", async () => {
    await setUp();
    const stopped = await run(["sync"]);
    expect(stopped.code).toBe(4);
    expect(stopped.stderr).toMatch(/^error\[guard\.first\]: Stopped, nothing was sent\.\n/);
    const [plan] = (await run(["plan", "--json"])).stdout.split("\n");
    const digest = /"digest":"([0-9a-f]{64})"/u.exec(plan ?? "")?.[1] ?? "";
    const accepted = await run(["sync", "--accept", digest.slice(0, 8)]);
    expect([accepted.code, accepted.stderr]).toEqual([0, ""]);
    expect(accepted.stdout).toMatch(/^Done: 41 invited/);
  });

  it("given the written plan and the printed one, then they are the same bytes, and redacted they name nobody", async () => {
    await setUp();
    const json = await run(["plan", "--json", "--out", "p.jsonl"]);
    expect(json.stdout).toBe(await readFile(join(home, "p.jsonl"), "utf8"));
    const redacted = await run(["plan", "--json", "--redact", "--out", "r.jsonl"]);
    expect(redacted.stdout).not.toMatch(/firm\.test|Ivanova|Sales/u);
    const refused = await run(["apply", "r.jsonl"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("error[plan.not_applicable]");
    const markdown = await run(["plan", "--markdown", "--redact"]);
    expect(markdown.stdout).not.toMatch(/firm\.test|Ivanova/u);
  });

  it("given somebody left out, then explain says which rule and what to do", async () => {
    await setUp();
    await run(["test"]);
    const { stdout, code } = await run(["explain", "Eva Blom"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Eva Blom is left out\.\n {2}Found .*\n(?:.*\n)* {2}Left out +no e-mail address\n/);
    expect(stdout).not.toMatch(/explain\.|note\.|line\./u);
  });

  it("given a run, then history shows it, and undo plans the reverse", async () => {
    await setUp();
    await run(["plan", "--out", "p.jsonl"]);
    await run(["apply", "p.jsonl"]);
    const history = await run(["history"]);
    expect(history.stdout).toMatch(/^2 {2}\S+ {2}apply {2}done/);
    const undo = await run(["history", "2", "--undo"]);
    expect([undo.code, undo.stderr]).toEqual([0, ""]);
    expect(undo.stdout).toContain("Apply exactly this:  directory-connector apply undo-2.jsonl\n");
    const back = await run(["apply", "undo-2.jsonl"]);
    expect([back.code, back.stderr]).toEqual([0, ""]);
    const sync = await run(["sync"]);
    expect([sync.code, sync.stderr.split("\n")[0]]).toEqual([
      4,
      expect.stringMatching(/^error\[profile\.paused\]: main has been paused since /),
    ]);
  });
});

describe("what a beginner gets wrong", () => {
  it.each([
    ["a wrong secret", ["--client-secret-stdin"], "wrong", 5, "organization.refused"],
    ["a person's own key", ["--client-secret-stdin"], "x", 5, "organization.personal_key"],
  ])("given %s, then what to do, and nothing is stored", async (what, argv, stdin, code, fault) => {
    const id = what.includes("person") ? "user.3f2c0000-0000-4000-8000-000000000001" : sandbox.clientId;
    const ran = await run(["login", "--server", sandbox.url, "--client-id", id, ...argv, "--sealed"], { stdin });
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(`error[${fault}]: `);
    expect(ran.stderr).not.toContain("?:");
    expect((await run(["secrets", "status"])).stdout).toBe("No setting needs a secret yet.\n");
  });

  it("given a server that is not there, then exit 6 and where to look", async () => {
    const { url, clientId } = sandbox;
    await sandbox.close();
    const ran = await run(["login", "--server", url, "--client-id", clientId, "--client-secret-stdin"], { stdin: "x" });
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain("error[organization.unreachable]: ");
    expect(ran.stderr).toContain("cannot be reached: nothing listens at that address\n");
    sandbox = await startSandbox({ dialect: "official-cloud" });
  });

  it("given nothing set up, then what comes first", async () => {
    const ran = await run(["plan"]);
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toContain("error[profile.none]: No profile has been set up");
    const added = await run(["profile", "add", "--directory", "file", "--path", "people.ldif"]);
    expect(added.stderr).toContain("error[organization.none]: ");
  });

  it("given a filter with a slip, then the place in it", async () => {
    await setUp();
    const { code, stderr } = await run(["config", "set", "sync.userFilter", "exclude alice@firm.test"]);
    expect(code).toBe(1);
    expect(stderr).toContain("error[filter.syntax]: ");
    expect(stderr).toContain("\n    exclude alice@firm.test\n            ^\n");
  });

  it("given a configuration with a slip, then file, line and column, and the file as it was", async () => {
    await setUp();
    const path = join(home, "home", "config.json");
    const text = (await readFile(path, "utf8")).replace('"organizations"', '"organisations"');
    await writeFile(path, text);
    const { code, stderr } = await run(["plan"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error\[config\.(?:invalid|unknown_key)\]: .*line \d+, column \d+/);
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("given a setting that is not there, then the one that was meant", async () => {
    await setUp();
    const { code, stderr } = await run(["config", "set", "sync.usrs", "false"]);
    expect(code).toBe(1);
    expect(stderr).toContain("Did you mean sync.users?");
  });

  it("given a second run at once, then 75 and who holds it", async () => {
    await sandbox.close();
    sandbox = await startSandbox({ dialect: "official-cloud", latency: 400 });
    await setUp();
    const both = await Promise.all([run(["sync"]), run(["sync"])]);
    expect(both.map(({ code }) => code).toSorted((left, right) => left - right)).toEqual([4, 75]);
    const held = both.find(({ code }) => code === 75);
    expect(held?.stderr).toMatch(/^error\[lease\.held\]: \S+ on \S+ has been busy with/);
  });
});

describe("secrets", () => {
  it("given every command, then no secret is in anything it printed or wrote", async () => {
    await logIn();
    await run(
      [
        "profile",
        "add",
        "main",
        "--directory",
        "ldap",
        "--url",
        "ldap://127.0.0.1:1",
        "--base-dn",
        "dc=x",
        "--no-start-tls",
        "--allow-plain",
        "--bind-dn",
        "cn=x",
        "--password-stdin",
      ],
      { stdin: canary },
    );
    const argvs: readonly (readonly string[])[] = [
      ["profile", "list"],
      ["config", "show"],
      ["config", "dump"],
      ["config", "check"],
      ["config", "get", "directory.password"],
      ["secrets", "status"],
      ["check"],
      ["doctor"],
      ["plan"],
      ["test"],
      ["sync"],
      ["explain", "x"],
      ["history"],
      ["data-file"],
      ["last-sync"],
      ["logout"],
    ];
    let said = "";
    const log = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      said += text.toString();
      return true;
    });
    for (const argv of argvs)
      for (const json of [[], ["--json"]]) {
        const ran = await run([...argv, ...json, "--log-level", "debug"]);
        said += ran.stdout + ran.stderr;
      }
    log.mockRestore();
    const files = await readdir(join(home, "home"), { recursive: true, withFileTypes: true });
    for (const file of files)
      if (file.isFile()) said += (await readFile(join(file.parentPath, file.name))).toString("latin1");
    expect(said).not.toContain(canary);
    expect(said).not.toContain(sandbox.clientSecret);
    expect(said).toContain("directory.unreachable");
  });
});

describe("demo", () => {
  it("given a fresh machine, then the whole way works, twice, and nothing is left behind", async () => {
    const homes: string[] = [];
    const world: World = {
      startSandbox: (options: SandboxOptions) => startSandbox(options),
      startDemo: async () => {
        const demo = await startDemo();
        homes.push(demo.home);
        return demo;
      },
    };
    for (const round of [1, 2]) {
      const ran = await run(["demo"], world);
      expect([round, ran.code, ran.stderr]).toEqual([round, 0, ""]);
      expect(ran.stdout).toContain("Done: 41 invited, 21 groups created.\n");
      expect(ran.stdout).toContain("Nothing to do. Directory and organization agree.\n");
    }
    expect(new Set(homes).size).toBe(2);
    for (const path of homes) await expect(readdir(path)).rejects.toThrow("ENOENT");
    await expect(readdir(join(home, "home"))).rejects.toThrow("ENOENT");
  });
});
