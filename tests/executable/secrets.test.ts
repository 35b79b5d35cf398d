import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { commands, type CommandSpec } from "../../src/cli/specs.ts";
import { builtExecutable, createPlace, type Place } from "./built.ts";

const Server = z.object({ url: z.string(), clientId: z.string(), clientSecret: z.string() });
const password = "canary/Pass+word&7Q";

/** What each command is called with; a command that is not here fails the test. */
const calls: Readonly<Record<string, readonly (readonly string[])[]>> = {
  test: [[], ["--json"]],
  plan: [["--json"], ["--markdown"], ["--redact", "--out", "r.jsonl"], ["--out", "p.jsonl"]],
  apply: [["r.jsonl"], ["p.jsonl"]],
  sync: [[], ["--full"], ["--json"]],
  explain: [["Eva Blom"], ["--guard", "first"]],
  check: [[], ["--json"]],
  adopt: [["--same-address"]],
  "last-sync": [[]],
  "clear-cache": [[]],
  "data-file": [[]],
  "config get": [["organizations.main.clientSecret"], ["directory"]],
  "config set": [
    ["guards.age", "9"],
    ["directory.password", password],
    ["organizations.main.clientSecret", password],
  ],
  "config unset": [["guards.age"]],
  "config show": [[], ["--json"]],
  "config check": [[]],
  "config dump": [[]],
  "config load": [["dump.json"]],
  "profile list": [[], ["--json"]],
  "profile add": [["third", "--directory", "file", "--path", "company.ldif"]],
  "profile use": [["third"]],
  "profile rename": [["third", "fourth"]],
  "profile remove": [["fourth", "--yes"]],
  "secrets set": [["profiles.dir.directory.password", "--stdin"]],
  "secrets clear": [["profiles.dir.directory.password"]],
  "secrets status": [[], ["--json"]],
  history: [[], ["1"], ["--who", "bo.li@firm.test"], ["--json"]],
  restore: [["bo.li@firm.test"]],
  protect: [["bo.li@firm.test"]],
  pause: [["--why", "a look"]],
  resume: [[]],
  doctor: [[], ["--json"]],
  update: [[], ["--json"]],
  completion: [["bash"]],
  help: [[], ["secrets"]],
  demo: [[]],
  logout: [[]],
  import: [["original.json"]],
};
/** Shown on purpose (a key, a link that lets in once), or run before the others. */
const apart: ReadonlySet<string> = new Set(["sandbox", "login", "serve"]);

const pathsOf = (specs: readonly CommandSpec[], before: readonly string[] = []): string[] =>
  specs.flatMap(({ name, commands: inner }) =>
    inner === undefined ? [[...before, name].join(" ")] : pathsOf(inner, [...before, name]),
  );

describe("secrets", () => {
  let place: Place;
  let sandbox: z.infer<typeof Server>;
  let outputs = "";

  const run = async (argv: readonly string[], input = ""): Promise<void> => {
    const { stdout, stderr } = await place.run([...argv, "--log-level", "debug"], { input });
    outputs += `$ ${argv.filter((word) => word !== password).join(" ")}\n${stdout}${stderr}`;
  };

  beforeAll(async () => {
    place = createPlace(builtExecutable());
    copyFileSync(resolve("samples/company.ldif"), join(place.home, "company.ldif"));
    const original = { orgUrl: "https://firm.okta.com", token: password };
    writeFileSync(join(place.home, "original.json"), JSON.stringify({ directoryType: 3, directoryOkta: original }));
    const { stdout } = await place.start(["sandbox", "--json"], /\n/u);
    sandbox = Server.parse(JSON.parse(stdout.split("\n")[0] ?? ""));
    await run(
      ["login", "--server", sandbox.url, "--client-id", sandbox.clientId, "--client-secret-stdin"],
      sandbox.clientSecret,
    );
    await run(["profile", "add", "main", "--directory", "file", "--path", "company.ldif"]);
    await run(
      [
        "profile",
        "add",
        "dir",
        "--directory",
        "ldap",
        "--url",
        "ldaps://127.0.0.1:1",
        "--base-dn",
        "dc=x",
        "--bind-dn",
        "cn=x",
        "--password-stdin",
      ],
      password,
    );
  }, 120_000);
  afterAll(() => place.end());

  it("are known to every command's call here", () => {
    expect(pathsOf(commands).filter((path) => !apart.has(path) && calls[path] === undefined)).toEqual([]);
  });

  it("given every command, then no output, log, file or database holds one, in no spelling", async () => {
    for (const [path, variants] of Object.entries(calls))
      for (const words of variants)
        for (const profile of ["main", "dir"])
          await run([...path.split(" "), ...words, "--profile", profile], password);
    // Somebody else's file, which stays as it is.
    rmSync(join(place.home, "original.json"));
    expect(outputs).toContain("Eva Blom");
    expect(spellingsFoundIn(outputs)).toEqual([]);
    for (const file of readdirSync(place.home, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const path = join(file.parentPath, file.name);
      expect({ path, found: spellingsFoundIn(readFileSync(path, "latin1")) }).toEqual({ path, found: [] });
    }
  }, 180_000);

  const spellingsFoundIn = (text: string): string[] => {
    const spellings = [password, sandbox.clientSecret].flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
      JSON.stringify(secret).slice(1, -1),
    ]);
    const tokens = /eyJ[\w-]{20,}\.[\w-]{20,}/u.exec(text);
    return [...spellings.filter((spelling) => text.includes(spelling)), ...(tokens === null ? [] : [tokens[0]])];
  };
});
