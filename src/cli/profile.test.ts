import { describe, expect, it } from "vitest";
import { directoryConfigs } from "../directories/configs.ts";
import type { Output } from "../rpc/contract.ts";
import { runInProcess, type Answers } from "./testing.ts";

const profile: Output<"profiles.use"> = {
  name: "main",
  id: "0b6f3b1e-0000-4000-8000-000000000001",
  organization: "acme",
  directory: "file",
  current: true,
};

describe("profile", () => {
  const answers: Answers = { "profiles.add": profile };

  it("given a directory's fields as options, then they are settings, paths from where the command was called", async () => {
    const ran = await runInProcess(
      [
        "profile",
        "add",
        "main",
        "--directory",
        "file",
        "--path",
        "people.ldif",
        "--organization",
        "acme",
        "--set",
        "sync.groups=false",
        "--set",
        "protect=a@x.test,b@x.test",
      ],
      { answers },
    );
    expect(ran.calls).toEqual([
      [
        "profiles.add",
        {
          name: "main",
          organization: "acme",
          settings: {
            "directory.kind": "file",
            "directory.path": "/work/here/people.ldif",
            "sync.groups": "false",
            protect: "a@x.test,b@x.test",
          },
        },
      ],
    ]);
    expect(ran.stdout).toBe(
      "Profile main is added: directory file, organization acme.\nNext: directory-connector check, then directory-connector plan\n",
    );
  });

  it("given LDAP with its switches, lists and secret, then each in its own way", async () => {
    const argv = [
      "profile",
      "add",
      "--directory",
      "ldap",
      "--url",
      "ldap://dc1",
      "--base-dn",
      "dc=x",
      "--no-start-tls",
      "--allow-plain",
      "--email-attributes",
      "mail",
      "--email-attributes",
      "a,b",
    ];
    const file = await runInProcess([...argv, "--password-file", "p.txt"], {
      answers,
      readText: () => Promise.resolve("pw\n"),
    });
    expect(file.calls[0]?.[1]).toEqual({
      name: "main",
      settings: {
        "directory.kind": "ldap",
        "directory.url": "ldap://dc1",
        "directory.baseDn": "dc=x",
        "directory.startTls": "false",
        "directory.allowPlain": "true",
        "directory.emailAttributes": '["mail","a,b"]',
        "directory.password": "file:/work/here/p.txt",
      },
    });
    const piped = await runInProcess([...argv, "--password-stdin"], { answers, stdin: "pw\n" });
    expect(piped.calls[0]?.[1]).toMatchObject({ secrets: { "directory.password": "pw" } });
    const none = await runInProcess(argv, { answers });
    expect(none.calls[0]?.[1]).not.toHaveProperty("secrets");
  });

  it("given a person at a terminal, then kind, needed fields and secrets are asked for", async () => {
    const texts = ["ldaps://dc1", "dc=x"];
    const ran = await runInProcess(["profile", "add", "nl"], {
      answers,
      prompts: {
        select: <Value extends string>({ choices }: { choices: readonly { value: Value }[] }) =>
          Promise.resolve(choices.find(({ value }) => value === "ldap")?.value),
        text: () => Promise.resolve(texts.shift()),
        hidden: () => Promise.resolve("pw"),
      },
    });
    expect(ran.calls[0]?.[1]).toEqual({
      name: "nl",
      settings: { "directory.kind": "ldap", "directory.url": "ldaps://dc1", "directory.baseDn": "dc=x" },
      secrets: { "directory.password": "pw" },
    });
  });

  it.each([
    [["--directory", "fil"], `--directory takes one of ${Object.keys(directoryConfigs).join(", ")}`],
    [
      ["--directory", "file", "--base-dn", "x", "--path", "y"],
      "--base-dn belongs to a directory of kind ldap, not file.",
    ],
    [
      ["--directory", "file", "--start-tls", "--path", "y"],
      "--start-tls belongs to a directory of kind ldap, not file.",
    ],
    [["--directory", "file"], "--path is missing, and there is nobody to ask."],
    [
      ["--directory", "file", "--path", "y", "--set", "sync"],
      "--set takes a setting and its value, as in sync.groups=false, not sync.",
    ],
    [["--directory", "file", "--pth", "y"], "there is no option --pth. Did you mean --path?"],
  ])("given %j, then what was wrong with it", async (argv, words) => {
    const { code, stderr, calls } = await runInProcess(["profile", "add", ...argv], { answers });
    expect([code, calls]).toEqual([1, []]);
    expect(stderr.replaceAll(/\s+/gu, " ")).toContain(words);
  });

  it("given profiles, then a list with what is wrong with each; none is a hint", async () => {
    const paused = { at: "2026-11-14T10:00:00.000Z", by: "jan" };
    const fault = {
      code: "config.invalid",
      params: { path: "nl.json", line: 3, column: 1, field: "sync.users", reason: "json" },
    };
    const ran = await runInProcess(["profile", "list"], {
      answers: {
        "profiles.list": {
          profiles: [
            profile,
            { ...profile, name: "nl", current: false, paused },
            { ...profile, name: "uk", current: false, fault },
          ],
        },
      },
    });
    const [main, nl, uk] = ran.stdout.split("\n");
    expect(main).toBe("*  main  file  acme");
    expect(nl).toBe("   nl    file  acme  paused since 10:00 by jan");
    expect(uk).toContain("nl.json, line 3, column 1: sync.users");
    expect(
      (await runInProcess(["profile", "list"], { answers: { "profiles.list": { profiles: [] } } })).stdout,
    ).toContain("directory-connector profile add");
  });

  it("given use, rename, pause and resume, then one sentence each", async () => {
    const world: Answers = {
      "profiles.use": profile,
      "profiles.rename": { ...profile, name: "nl" },
      "profiles.pause": profile,
      "profiles.resume": profile,
    };
    const said = async (...argv: readonly string[]): Promise<string> =>
      (await runInProcess(argv, { answers: world })).stdout;
    expect(await said("profile", "use", "main")).toBe("main is meant from now on when no profile is named.\n");
    expect(await said("profile", "rename", "main", "nl")).toBe("main is now called nl.\n");
    expect(await said("pause", "--why", "holiday")).toContain(
      "main is paused: scheduled and unattended runs stop until",
    );
    expect(await said("resume")).toBe("main runs again.\n");
  });

  it("given remove --forget, then it asks first, and without a person needs --yes", async () => {
    const world: Answers = { "profiles.remove": ({ name, forget }) => ({ name, forgotten: forget === true }) };
    expect((await runInProcess(["profile", "remove", "nl", "--forget"], { answers: world })).stderr).toContain(
      "it needs --yes",
    );
    const no = await runInProcess(["profile", "remove", "nl", "--forget"], {
      answers: world,
      prompts: { confirm: () => Promise.resolve(false) },
    });
    expect(no.calls).toEqual([]);
    const yes = await runInProcess(["profile", "remove", "nl", "--forget", "--yes"], { answers: world });
    expect(yes.stdout).toContain("Profile nl and everything known of it are gone.");
    const kept = await runInProcess(["profile", "remove", "nl"], { answers: world });
    expect(kept.stdout).toContain("Whom it managed and its history are kept");
  });
});
