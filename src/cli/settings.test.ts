import { describe, expect, it } from "vitest";
import { Fault } from "../core/fault.ts";
import type { Output } from "../rpc/contract.ts";
import { runInProcess, type Answers } from "./testing.ts";

const loggedIn: Output<"organizations.login"> = {
  name: "acme",
  server: "https://vault.bitwarden.eu",
  dialect: "official-cloud",
  version: "2026.8.0",
  region: "EU",
  organizationId: "3f2c0000-0000-4000-8000-000000000001",
  replaced: false,
  storedIn: "sealed",
  findings: [{ code: "check.organization.logged_in", severity: "ok", params: { server: "vault.bitwarden.eu" } }],
};
const id = "organization.3f2c0000-0000-4000-8000-000000000001";

describe("login", () => {
  const answers: Answers = { "organizations.login": loggedIn };

  it("given server, id and a secret on stdin, then who answered, where the secret is, and what comes next", async () => {
    const ran = await runInProcess(
      ["login", "--server", "vault.bitwarden.eu", "--client-id", id, "--client-secret-stdin", "--sealed"],
      { answers, stdin: "s3cret\n" },
    );
    expect(ran).toMatchObject({
      code: 0,
      stderr: "",
      stdout: `Logged in to acme at vault.bitwarden.eu: official server 2026.8.0, EU cloud.
  The secret is in the sealed file of the home.
  ok    logged in
Next: directory-connector profile add
`,
    });
    expect(ran.calls).toEqual([
      ["organizations.login", { server: "vault.bitwarden.eu", clientId: id, clientSecret: "s3cret", store: "sealed" }],
    ]);
  });

  it("given a secret that lies somewhere, then that place is told, unless a copy is asked for", async () => {
    const world = { answers, environment: { KEY: "from-env" }, readText: () => Promise.resolve("from-file\r\n") };
    const asked = async (...argv: readonly string[]): Promise<unknown> =>
      (await runInProcess(["login", "--server", "x", "--client-id", id, ...argv], world)).calls[0]?.[1];
    expect(await asked("--client-secret-env", "KEY")).toMatchObject({ clientSecret: "from-env", reference: "env:KEY" });
    expect(await asked("--client-secret-file", "k.txt")).toMatchObject({
      clientSecret: "from-file",
      reference: "file:/work/here/k.txt",
    });
    expect(await asked("--client-secret-env", "KEY", "--keychain")).toEqual({
      server: "x",
      clientId: id,
      clientSecret: "from-env",
      store: "keychain",
    });
  });

  it("given a person at a terminal, then server, id and secret are asked for, hidden", async () => {
    const hidden = [id, "typed"];
    const ran = await runInProcess(["login"], {
      answers,
      prompts: {
        select: <Value extends string>({ choices }: { choices: readonly { value: Value }[] }) =>
          Promise.resolve(choices[1]?.value),
        hidden: () => Promise.resolve(hidden.shift()),
      },
    });
    expect(ran.calls[0]?.[1]).toEqual({ server: "https://vault.bitwarden.eu", clientId: id, clientSecret: "typed" });
  });

  it("given both parts pasted at once, then nothing more is asked", async () => {
    const ran = await runInProcess(["login", "--server", "x"], {
      answers,
      prompts: { hidden: () => Promise.resolve(`${id} pasted`) },
    });
    expect(ran.calls[0]?.[1]).toEqual({ server: "x", clientId: `${id} pasted`, clientSecret: "" });
  });

  it("given a person who cancels, then nothing is done and the exit code is 130", async () => {
    const ran = await runInProcess(["login", "--server", "x"], {
      answers,
      prompts: { hidden: () => Promise.resolve(undefined) },
    });
    expect([ran.code, ran.calls, ran.stderr]).toEqual([130, [], "Nothing was done.\n"]);
  });

  it.each([
    [["login"], "--server is missing, and there is nobody to ask."],
    [["login", "--server", "x", "--client-id", id], "--client-secret-stdin is missing, and there is nobody to ask."],
    [
      ["login", "--server", "x", "--client-id", id, "--client-secret-stdin", "--client-secret-env", "K"],
      "--client-secret-env and --client-secret-stdin cannot be given together.",
    ],
    [
      ["login", "--server", "x", "--client-id", id, "--client-secret-stdin", "--keychain", "--sealed"],
      "--keychain and --sealed cannot be given together.",
    ],
  ])("given %j without a terminal, then what is missing", async (argv, words) => {
    const { code, stderr } = await runInProcess(argv, { answers, stdin: "x" });
    expect(code).toBe(1);
    expect(stderr.replaceAll(/\s+/gu, " ")).toContain(words);
  });

  it.each([
    [["--client-secret-env", "KEY"], "could not be read from KEY: the variable is not set."],
    [["--client-secret-file", "k.txt"], "could not be read from /work/here/k.txt: it does not exist."],
    [["--client-secret-stdin"], "could not be read from stdin: it is empty."],
  ])("given a secret that is not there (%j), then where it was looked for", async (argv, words) => {
    const { code, stderr } = await runInProcess(["login", "--server", "x", "--client-id", id, ...argv], { answers });
    expect(code).toBe(1);
    expect(stderr).toContain("error[secret.unreadable]");
    expect(stderr.replaceAll(/\s+/gu, " ")).toContain(words);
  });

  it("given Vaultwarden and no owners, then they are asked for, or said to be missing", async () => {
    const world: Answers = {
      "organizations.login": { ...loggedIn, dialect: "vaultwarden" },
      "config.set": { path: "organizations.acme.owners", text: "a@x.test,b@x.test" },
    };
    const argv = ["login", "--server", "x", "--client-id", id, "--client-secret-stdin"];
    const asked = await runInProcess(argv, {
      answers: world,
      stdin: "s",
      prompts: { text: () => Promise.resolve("a@x.test; b@x.test") },
    });
    expect(asked.calls[1]).toEqual(["config.set", { path: "organizations.acme.owners", value: "a@x.test,b@x.test" }]);
    const alone = await runInProcess(argv, { answers: world, stdin: "s" });
    expect(alone.stderr).toContain("directory-connector config set organizations.acme.owners");
  });

  it("given --json, then the answer as data", async () => {
    const { stdout } = await runInProcess(
      ["login", "--server", "x", "--client-id", id, "--client-secret-stdin", "--json"],
      { answers, stdin: "s3cret" },
    );
    expect(JSON.parse(stdout)).toEqual(loggedIn);
  });
});

describe("logout", () => {
  it("given a stored secret, then it is gone; one kept elsewhere is said to be there still", async () => {
    const stored = { name: "acme", removed: true, reference: "sealed" };
    expect((await runInProcess(["logout"], { answers: { "organizations.logout": stored } })).stdout).toContain(
      "Logged out of acme: its secret is removed.",
    );
    const elsewhere = { name: "acme", removed: false, reference: "env:KEY" };
    const ran = await runInProcess(["logout", "acme"], { answers: { "organizations.logout": elsewhere } });
    expect(ran.stdout).toContain("The secret of acme is kept elsewhere (env:KEY)");
    expect(ran.calls).toEqual([["organizations.logout", { name: "acme" }]]);
  });
});

describe("secrets", () => {
  const answers: Answers = { "secrets.set": ({ name }) => ({ name, storedIn: "sealed" }) };

  it("given a pipe, a file or a hidden answer, then the secret is stored and never printed", async () => {
    const piped = await runInProcess(["secrets", "set", "x.y"], { answers, stdin: "s3cret\n" });
    expect(piped.calls[0]).toEqual(["secrets.set", { name: "x.y", secret: "s3cret" }]);
    expect(piped.stdout).toBe("x.y is stored in the sealed file of the home.\n");
    const file = await runInProcess(["secrets", "set", "x.y", "--file", "k", "--sealed"], {
      answers,
      readText: () => Promise.resolve("f"),
    });
    expect(file.calls[0]?.[1]).toEqual({ name: "x.y", secret: "f", store: "sealed" });
    const typed = await runInProcess(["secrets", "set", "x.y"], {
      answers,
      terminal: 80,
      prompts: { hidden: () => Promise.resolve("t") },
    });
    expect(typed.calls[0]?.[1]).toEqual({ name: "x.y", secret: "t" });
    for (const ran of [piped, file, typed]) expect(ran.stdout + ran.stderr).not.toContain("s3cret");
  });

  it("given a secret as an argument, then it is refused", async () => {
    expect((await runInProcess(["secrets", "set", "x.y", "s3cret"], { answers })).code).toBe(1);
  });

  it("given one that cannot be read, then why, and exit 1", async () => {
    const { code, stdout } = await runInProcess(["secrets", "status"], {
      answers: {
        "secrets.status": {
          secrets: [
            { name: "organizations.acme.clientSecret", reference: "sealed", readable: true },
            {
              name: "p.q",
              reference: "env:LDAP",
              readable: false,
              fault: { code: "secret.missing", params: { field: "p.q", source: "environment", place: "LDAP" } },
            },
          ],
          store: "sealed",
        },
      },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^ {2}ok {5}organizations\.acme\.clientSecret {2}sealed\n {2}error {2}p\.q +env:LDAP {2}The environment variable LDAP/,
    );
  });
});

describe("config", () => {
  it("given a change, then what it is now and what it was", async () => {
    const said = async (answer: Output<"config.set">): Promise<string> =>
      (await runInProcess(["config", "set", "sync.users", "false"], { answers: { "config.set": answer } })).stdout;
    expect(await said({ path: "p", text: "false" })).toBe("p is now false.\n");
    expect(await said({ path: "p", text: "false", before: "true" })).toBe("p is now false; it was true.\n");
    expect(await said({ path: "p", text: "false", before: "false" })).toBe("p was false already.\n");
  });

  it("given show, then every value whole, with where it comes from", async () => {
    const long = "x".repeat(120);
    const { stdout } = await runInProcess(["config", "show"], {
      answers: {
        "config.show": {
          values: [
            { path: "a.b", value: long, source: "environment" },
            { path: "a.c", value: "", source: "default" },
          ],
        },
      },
    });
    expect(stdout).toBe(`a.b  ${long}  environment\na.c  (not set)${" ".repeat(111)}  default\n`);
  });

  it("given mistakes, then each with its place, on stdout, and the exit code of the gravest", async () => {
    const fault = {
      code: "config.invalid",
      params: { path: "config.json", line: 14, column: 21, field: "leavers.gone", reason: "json" },
    };
    const { code, stdout } = await runInProcess(["config", "check"], {
      answers: { "config.check": { file: "/h/config.json", faults: [fault] } },
    });
    expect(code).toBe(1);
    expect(stdout).toContain("error[config.invalid]: config.json, line 14, column 21: leavers.gone");
    const fits = await runInProcess(["config", "check"], {
      answers: { "config.check": { file: "/h/config.json", faults: [] } },
    });
    expect([fits.code, fits.stdout]).toEqual([0, "/h/config.json and everything it refers to fit.\n"]);
  });

  it("given dump and load, then the text as it is, and what was taken over", async () => {
    expect(
      (await runInProcess(["config", "dump"], { answers: { "config.dump": { text: '{"version":1}' } } })).stdout,
    ).toBe('{"version":1}\n');
    const loaded = await runInProcess(["config", "load", "c.json"], {
      answers: { "config.load": { profiles: ["a", "b"], organizations: ["acme"] } },
    });
    expect(loaded.stdout).toBe("Taken over: profiles a, b, organization acme.\n");
    expect(loaded.calls[0]?.[1]).toEqual({ path: "/work/here/c.json" });
  });

  it("given a locked one, then why it was not changed", async () => {
    const { code, stderr } = await runInProcess(["config", "unset", "x"], {
      answers: {
        "config.unset": () => {
          throw new Fault("config.locked", { path: "/etc/c.json", field: "x" });
        },
      },
    });
    expect(code).toBe(1);
    expect(stderr).toContain("error[config.locked]: /etc/c.json may not be written, so x cannot be changed here.");
  });
});

describe("for scripts", () => {
  it("given last-sync, then the time alone, or nothing where there was none", async () => {
    const answers: Answers = { "runs.last": { users: "2026-11-14T14:02:00.000Z" } };
    const said = async (...argv: readonly string[]): Promise<string> =>
      (await runInProcess(["last-sync", ...argv], { answers })).stdout;
    expect(await said("users")).toBe("2026-11-14T14:02:00.000Z\n");
    expect(await said("groups")).toBe("");
    expect(await said()).toBe("users 2026-11-14T14:02:00.000Z\n");
    expect(JSON.parse(await said("--json"))).toEqual({ users: "2026-11-14T14:02:00.000Z", groups: null, run: null });
  });

  it("given somebody to restore whom a run removed, then the plan that invites them anew, and that it pauses", async () => {
    const rows = [
      { of: 2, reach: "new-invitation" as const, because: "undo.new_invitation", action: "remove", who: "Tom de Wit" },
    ];
    const undo = { path: "/p", digest: "d", changes: 1, fully: 0, newInvitation: 1, impossible: 0, rows, run: 12 };
    const answers: Answers = { "person.restore": { who: "Tom de Wit", marked: false, undo } };
    const { stdout } = await runInProcess(["restore", "tom@x.test", "--out", "tom.jsonl"], { answers });
    expect(stdout).toBe(
      `Tom de Wit was removed in run 12 and is managed no more; nothing is sent yet. They can come back:

Only by a new invitation (1)
  remove  Tom de Wit

Apply exactly this:  directory-connector apply tom.jsonl
Applying it pauses the profile, so that the next sync does not do it all again.
`,
    );
  });

  it("given data-file, then the path alone", async () => {
    const info = {
      version: "1",
      home: "/h",
      configFile: "/h/config.json",
      stateFile: "/h/state.db",
      locked: false,
      command: "dc",
    };
    expect((await runInProcess(["data-file"], { answers: { "app.info": info } })).stdout).toBe("/h/state.db\n");
  });

  it("given adopt, restore, protect and clear-cache, then what was marked and what comes next", async () => {
    const answers: Answers = {
      "people.adopt": { marked: [{ kind: "adopt", subject: "person", who: "Ana Costa" }], unknown: ["x@y.test"] },
      "person.restore": ({ who }) => ({ who, marked: true }),
      "profiles.protect": ({ add = [] }) => ({ protect: add }),
      "cache.clear": { profile: "main" },
    };
    const adopted = await runInProcess(["adopt", "ana@firm.test", "x@y.test", "--groups"], { answers });
    expect(adopted.calls[0]?.[1]).toEqual({
      addresses: ["ana@firm.test", "x@y.test"],
      sameAddress: false,
      groups: true,
      gone: false,
    });
    expect([adopted.code, adopted.stdout]).toEqual([
      1,
      "1 was marked.\n  = adopt  Ana Costa\nNot proposed by the newest plan: x@y.test. directory-connector plan shows what is.\nThe next plan carries them: directory-connector plan\n",
    ]);
    const restored = await runInProcess(["restore", "tom@x.test"], { answers });
    expect(restored.calls[0]?.[1]).toEqual({ who: "tom@x.test", path: "/work/here/bring-back.jsonl" });
    expect(restored.stdout).toContain("tom@x.test is marked to come back");
    expect((await runInProcess(["protect", "a@x.test", "b@x.test"], { answers })).stdout).toBe(
      "2 people are never revoked or removed:\n  a@x.test\n  b@x.test\n",
    );
    expect((await runInProcess(["protect"], { answers })).stdout).toBe("Nobody is protected.\n");
    expect((await runInProcess(["protect", "--remove"], { answers })).code).toBe(1);
    expect((await runInProcess(["clear-cache"], { answers })).stdout).toContain("What was read for main is forgotten");
  });
});
