import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { faultOf } from "../../tests/fault-of.ts";
import { sentenceOf, useSecretsHome, workingKeyring } from "../../tests/secrets-home.ts";
import type { SecretReference } from "../config/field.ts";

const home = useSecretsHome();
const field = "profiles.main.directory.password";
const node = (script: string, ...args: string[]): SecretReference => ({
  command: [process.execPath, "-e", script, ...args],
});

describe("resolving a reference", () => {
  it("given an environment variable, then its value, spaces and line ends included", async () => {
    expect(await home.open({ env: { LDAP: " pass word\n" } }).resolve(field, { env: "LDAP" })).toBe(" pass word\n");
  });

  it.each([undefined, ""])("given a variable that is %j, then the fault names it", async (value) => {
    const fault = await faultOf(home.open({ env: { LDAP: value } }).resolve(field, { env: "LDAP" }));
    expect(fault.code).toBe("secret.missing");
    expect(sentenceOf(fault)).toBe(
      `The environment variable LDAP, which holds the secret for ${field}, is not set or empty. Set LDAP where this program is started.`,
    );
  });

  it.each([
    ["hunter2\n", "hunter2"],
    ["hunter2\r\n", "hunter2"],
    ["hunter2\n\n", "hunter2\n"],
    ["hunter2", "hunter2"],
    [" hunter2 ", " hunter2 "],
    ["\uFEFFhunter2\n", "hunter2"],
    ["-----BEGIN\nabc\n-----END\n", "-----BEGIN\nabc\n-----END"],
  ])("given a file with %j, then %j", async (text, secret) => {
    const path = join(home.folder, "ldap");
    writeFileSync(path, text);
    expect(await home.open().resolve(field, { file: path })).toBe(secret);
  });

  it("given a path without a root, then it starts at the configuration's folder", async () => {
    writeFileSync(join(home.folder, "ldap"), "hunter2\n");
    const secrets = home.open({ configFile: join(home.folder, "config.json") });
    expect(await secrets.resolve(field, { file: "ldap" })).toBe("hunter2");
  });

  it.each([
    ["is not there", () => join(home.folder, "none"), "it does not exist"],
    ["is a folder", () => home.folder, "it is a folder"],
  ])("given a file that %s, then the fault names it and says so", async (_, path, reason) => {
    const fault = await faultOf(home.open().resolve(field, { file: path() }));
    expect(fault.code).toBe("secret.unreadable");
    expect(sentenceOf(fault)).toContain(`The secret for ${field} could not be read from ${path()}: ${reason}.`);
  });

  it("given an empty file, then the secret is missing", async () => {
    const path = join(home.folder, "ldap");
    writeFileSync(path, "\n");
    const fault = await faultOf(home.open().resolve(field, { file: path }));
    expect(fault.code).toBe("secret.missing");
    expect(sentenceOf(fault)).toContain(`The file ${path}, which holds the secret for ${field}, is empty.`);
  });

  it("given a file that changes, then the next call finds the new secret", async () => {
    const path = join(home.folder, "ldap");
    const secrets = home.open();
    writeFileSync(path, "old-secret");
    await secrets.resolve(field, { file: path });
    writeFileSync(path, "new-secret");
    expect(await secrets.resolve(field, { file: path })).toBe("new-secret");
    expect(secrets.redact("old-secret new-secret")).toBe("*** ***");
  });

  it("given a command, then what it prints without one line end, and no shell reads its arguments", async () => {
    const secret = await home.open().resolve(field, node("console.log(process.argv[1])", '$HOME; `id` "x"'));
    expect(secret).toBe('$HOME; `id` "x"');
  });

  it("given a command, then it sees the environment, but not the passphrase", async () => {
    const script = "console.log(process.env.GIVEN + ' ' + process.env.DIRECTORY_CONNECTOR_PASSPHRASE)";
    const secrets = home.open({
      env: { GIVEN: "there", DIRECTORY_CONNECTOR_PASSPHRASE: "correct horse" },
      passphrase: "correct horse",
    });
    expect(await secrets.resolve(field, node(script))).toBe("there undefined");
  });

  it("given a command that waits for input, then it finds none", async () => {
    const script = "process.stdin.on('end', () => console.log('no input')).resume()";
    expect(await home.open().resolve(field, node(script))).toBe("no input");
  });

  it("given a command that prints nothing, then the secret is missing", async () => {
    expect((await faultOf(home.open().resolve(field, node("")))).code).toBe("secret.missing");
  });

  it("given a command that fails, then the exit code and its first words, and nothing it printed as the secret", async () => {
    const script = "console.log('hunter2-canary'); console.error('vault is sealed\\nmore'); process.exit(3)";
    const fault = await faultOf(home.open().resolve(field, node(script)));
    expect(fault.code).toBe("secret.command_failed");
    expect(sentenceOf(fault)).toContain(
      `The command that gives the secret for ${field} failed: it ended with exit code 3 (vault is sealed).`,
    );
    expect(fault.params["line"]).toBe("vault is sealed");
  });

  it("given a command that fails and repeats the secret in its complaint, then the complaint is told without it", async () => {
    const script = "console.log('hunter2-canary'); console.error('cannot use hunter2-canary'); process.exit(1)";
    const fault = await faultOf(home.open().resolve(field, node(script)));
    expect(fault.params["line"]).toBe("cannot use ***");
  });

  it("given a command that fails in silence, then the exit code alone", async () => {
    const fault = await faultOf(home.open().resolve(field, node("process.exit(9)")));
    expect(sentenceOf(fault)).toContain("failed: it ended with exit code 9.");
  });

  it("given a command that is killed, then the signal", async () => {
    const fault = await faultOf(
      home.open().resolve(field, node("process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 1e6)")),
    );
    expect(sentenceOf(fault)).toContain("failed: it was ended by SIGTERM.");
  });

  it("given a command that does not end, then it is stopped and that is said", async () => {
    const fault = await faultOf(
      home.open({ limits: { command: 300 } }).resolve(field, node("setInterval(() => {}, 1000)")),
    );
    expect(fault.params).toMatchObject({ reason: "late" });
    expect(sentenceOf(fault)).toContain("failed: it had not ended after");
  });

  it("given a command that prints without end, then it is stopped and that is said", async () => {
    const script = "setInterval(() => process.stdout.write('x'.repeat(10000)), 1)";
    expect((await faultOf(home.open().resolve(field, node(script)))).params).toMatchObject({ reason: "too_long" });
  });

  it("given a command that is not there, then that is said", async () => {
    const fault = await faultOf(home.open().resolve(field, { command: [join(home.folder, "none"), "x"] }));
    expect(sentenceOf(fault)).toContain("failed: it could not be started (ENOENT).");
  });

  it.each([{ sealed: true } as const, { keychain: true } as const])(
    "given %j and nothing stored, then the secret is missing",
    async (reference) => {
      const fault = await faultOf(home.open({ loadKeyring: workingKeyring() }).resolve(field, reference));
      expect(fault.code).toBe("secret.missing");
      expect(sentenceOf(fault)).toBe(
        `The secret for ${field} has not been stored. Store it with directory-connector secrets set ${field}.`,
      );
    },
  );

  it("given what a store keeps, then its reference leads to it", async () => {
    const secrets = home.open({ loadKeyring: workingKeyring() });
    for (const kind of ["sealed", "keychain"] as const) {
      const store = await secrets.store(kind);
      const reference = await store.set(field, `hunter2 in ${kind} ü`);
      expect(reference).toEqual({ [kind]: true });
      expect(await secrets.resolve(field, reference)).toBe(`hunter2 in ${kind} ü`);
      await store.delete(field);
      expect(await store.get(field)).toBeUndefined();
    }
  });
});
