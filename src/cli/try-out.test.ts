import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { DemoHome, RunningSandbox, SandboxOptions } from "./context.ts";
import { planned, recorded, unchanged } from "./testing-firm.ts";
import { runInProcess, type Answers } from "./testing.ts";

/** A sandbox that is not there, and what became of it. */
const createSandbox = () => {
  const started: SandboxOptions[] = [];
  let closed = 0;
  const sandbox: RunningSandbox = {
    url: "http://127.0.0.1:8087",
    clientId: "organization.1",
    clientSecret: "s3cret",
    close: () => Promise.resolve(void (closed += 1)),
  };
  return {
    started,
    closed: () => closed,
    startSandbox: (options: SandboxOptions) => Promise.resolve((started.push(options), sandbox)),
  };
};

describe("sandbox", () => {
  it("given its options, then it starts so, prints what one logs in with, and ends when it is stopped", async () => {
    const sandbox = createSandbox();
    const stop = new AbortController();
    const running = runInProcess(
      [
        "sandbox",
        "--dialect",
        "vaultwarden",
        "--plan",
        "teams-starter",
        "--seats",
        "10",
        "--port",
        "8087",
        "--latency",
        "20",
        "--state",
        "s.json",
      ],
      { startSandbox: sandbox.startSandbox, signal: stop.signal },
    );
    stop.abort("SIGINT");
    const ran = await running;
    expect(ran).toMatchObject({
      code: 0,
      opened: [],
      stdout: "Server URL     http://127.0.0.1:8087\nClient id      organization.1\nClient secret  s3cret\n",
    });
    expect(ran.stderr).toContain(
      "directory-connector login --server http://127.0.0.1:8087 --client-id organization.1\n",
    );
    expect(sandbox.started).toEqual([
      {
        dialect: "vaultwarden",
        plan: "teams-starter",
        seats: 10,
        port: 8087,
        latency: 20,
        stateFile: "/work/here/s.json",
      },
    ]);
    expect(sandbox.closed()).toBe(1);
  });

  it("given --json, then one line for scripts", async () => {
    const ran = await runInProcess(["sandbox", "--json"], { ...createSandbox(), signal: AbortSignal.abort("SIGTERM") });
    expect(JSON.parse(ran.stdout)).toEqual({
      version: 1,
      url: "http://127.0.0.1:8087",
      clientId: "organization.1",
      clientSecret: "s3cret",
      dialect: "official-cloud",
    });
  });

  it("given a port that is taken, then another one is advised", async () => {
    const taken = (): Promise<never> => Promise.reject(Object.assign(new Error("listen"), { code: "EADDRINUSE" }));
    const { code, stderr } = await runInProcess(["sandbox", "--port", "80"], { startSandbox: taken });
    expect(code).toBe(1);
    expect(stderr).toContain("error[sandbox.port_taken]: The port 80 cannot be used: another program uses it.");
  });
});

describe("demo", () => {
  const createDemo = () => {
    const sandbox = createSandbox();
    let removed = 0;
    const home: DemoHome = {
      home: "/tmp/demo",
      directoryFile: "/tmp/demo/company.ldif",
      remove: () => Promise.resolve(void (removed += 1)),
    };
    let plans = 0;
    const answers: Answers = {
      "organizations.login": ({ server, clientSecret }) => ({
        name: clientSecret,
        server,
        dialect: "official-cloud",
        organizationId: "1",
        replaced: false,
        storedIn: "sealed",
        findings: [],
      }),
      "profiles.add": { name: "main", id: "1", organization: "acme", directory: "file", current: true },
      "plan.create": () => ((plans += 1) === 1 ? planned : unchanged),
      "plan.write": ({ path }) => ({ path, rows: 1, digest: "" }),
      "plan.apply": { ...planned, kind: "apply", outcome: "done", guards: [], tally: { done: 7 } },
      ...recorded,
    };
    const environment = { DIRECTORY_CONNECTOR_PROFILE: "mine", HOME: "/home/me" };
    return {
      world: { answers, environment, startSandbox: sandbox.startSandbox, startDemo: () => Promise.resolve(home) },
      sandbox,
      removed: () => removed,
    };
  };

  it("given nobody to ask, then it walks the whole way by the commands a user types, and leaves nothing behind", async () => {
    const { world, sandbox, removed } = createDemo();
    const ran = await runInProcess(["demo"], world);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.calls.filter(([name]) => !name.startsWith("runs."))).toEqual([
      [
        "organizations.login",
        { server: "http://127.0.0.1:8087", clientId: "organization.1", clientSecret: "s3cret", store: "sealed" },
      ],
      [
        "profiles.add",
        { name: "main", settings: { "directory.kind": "file", "directory.path": "/tmp/demo/company.ldif" } },
      ],
      ["plan.create", { kind: "plan", full: false, wait: false }],
      ["plan.write", { run: 12, path: "/tmp/demo/plan.jsonl", redact: false }],
      ["plan.apply", { path: "/tmp/demo/plan.jsonl", wait: false }],
      ["plan.create", { kind: "plan", full: true, wait: false }],
    ]);
    for (const { home, environment, profile } of ran.opened)
      expect([home, environment, profile]).toEqual([
        "/tmp/demo",
        { HOME: "/home/me", NO_PROXY: "127.0.0.1" },
        undefined,
      ]);
    expect(ran.closed).toBe(ran.opened.length);
    expect([sandbox.closed(), removed()]).toEqual([1, 1]);
    expect(ran.stdout).toContain("$ directory-connector apply plan.jsonl\nDone: 3 invited");
    expect(ran.stdout).toContain("Nothing to do. Directory and organization agree.\n");
    expect(ran.stdout).toMatch(
      /directory-connector profile add main --directory ldap[\s\S]*\(\/tmp\/demo\) is removed now\.\n$/,
    );
  });

  it("given a person who says no, then nothing is applied", async () => {
    const { world, removed } = createDemo();
    const ran = await runInProcess(["demo"], { ...world, prompts: { confirm: () => Promise.resolve(false) } });
    expect(ran.code).toBe(0);
    expect(ran.calls.map(([name]) => name)).not.toContain("plan.apply");
    expect(ran.stdout).toMatch(/Nothing was applied\.\n$/);
    expect(removed()).toBe(1);
  });

  it("given a step that fails, then it ends there with that exit code, and still cleans up", async () => {
    const { world, sandbox, removed } = createDemo();
    const ran = await runInProcess(["demo"], {
      ...world,
      answers: { ...world.answers, "plan.create": planned, "plan.apply": { ...planned, outcome: "incomplete" } },
    });
    expect(ran.code).toBe(1);
    expect([sandbox.closed(), removed()]).toEqual([1, 1]);
  });
});

describe("completion", () => {
  const scriptOf = async (shell: string): Promise<string> => (await runInProcess(["completion", shell])).stdout;

  it("given bash, then it completes commands, options, choices and files", async () => {
    const script = await scriptOf("bash");
    const complete = (...typed: readonly string[]): string[] => {
      const quoted = typed.map((word) => `'${word}'`).join(" ");
      const probe = `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${typed.length - 1}; _directory_connector; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync("bash", ["--norc", "-c", probe], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line !== "");
    };
    expect(complete("directory-connector", "pl")).toEqual(["plan"]);
    expect(complete("directory-connector", "config", "s")).toEqual(["set", "show"]);
    expect(complete("directory-connector", "--profile", "plan", "plan", "--o")).toEqual([
      "--out",
      "--only",
      "--override",
    ]);
    expect(complete("directory-connector", "plan", "--only", "inv")).toEqual(["invited"]);
    expect(complete("directory-connector", "completion", "")).toEqual(["bash", "zsh", "fish"]);
    expect(complete("directory-connector", "profile", "add", "--base")).toEqual(["--base-dn"]);
    expect(complete("directory-connector", "apply", "/etc/host")).toContain("/etc/hosts");
    expect(complete("directory-connector", "--profile", "")).toEqual([]);
  });

  it("given zsh and fish, then a script that names every command", async () => {
    const [zsh, fish] = [await scriptOf("zsh"), await scriptOf("fish")];
    expect(zsh).toMatch(/^#compdef directory-connector\n/);
    for (const word of ["login", "clear-cache", "data-file", "sandbox"]) expect(fish).toContain(` -a ${word} -d '`);
    expect(fish).toContain("-l base-dn");
  });
});
