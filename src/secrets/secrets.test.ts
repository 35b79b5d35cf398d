import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { faultOf } from "../../tests/fault-of.ts";
import { sentenceOf, useSecretsHome, workingKeyring } from "../../tests/secrets-home.ts";
import type { Keyring } from "./keychain.ts";

const home = useSecretsHome();
const field = "profiles.main.directory.password";
const brokenKeyring = (): Promise<Keyring> => Promise.reject(new Error("Platform failure: no bus\nmore"));

describe("where secrets are kept", () => {
  it("given a keychain that works and nobody asking, then it", async () => {
    const secrets = home.open({ keychain: "auto", loadKeyring: workingKeyring() });
    expect((await secrets.store()).kind).toBe("keychain");
  });

  it.each([
    ["it is switched off", { keychain: "off", loadKeyring: workingKeyring() } as const],
    ["it does not work", { keychain: "auto", loadKeyring: brokenKeyring } as const],
    ["the home is under a passphrase", { passphrase: "correct horse", loadKeyring: workingKeyring() } as const],
  ])("given nobody asking and a keychain, but %s, then the sealed file", async (_, options) => {
    expect((await home.open(options).store()).kind).toBe("sealed");
  });

  it("given a keychain that is asked for and does not work, then the fault says why", async () => {
    const fault = await faultOf(home.open({ loadKeyring: brokenKeyring }).store("keychain"));
    expect(fault.code).toBe("secret.store_unavailable");
    expect(sentenceOf(fault)).toContain("The keychain of this computer cannot be used: Platform failure: no bus.");
    const resolving = await faultOf(home.open({ loadKeyring: brokenKeyring }).resolve(field, { keychain: true }));
    expect(resolving.code).toBe("secret.store_unavailable");
  });

  it("given a secret that the keychain does not take, then it is sealed, and the reference says so", async () => {
    const load = workingKeyring();
    const secrets = home.open({
      keychain: "auto",
      loadKeyring: async () => {
        const { AsyncEntry } = await load();
        return {
          AsyncEntry: class extends AsyncEntry {
            override setPassword = async (): Promise<void> => Promise.reject(new Error("Attribute is too long"));
          },
        };
      },
    });
    const reference = await (await secrets.store()).set(field, "hunter2");
    expect(reference).toEqual({ sealed: true });
    expect(await secrets.resolve(field, reference)).toBe("hunter2");
  });

  it("given a secret that moves into the keychain, then the sealed file keeps no old one", async () => {
    const secrets = home.open({ keychain: "auto", loadKeyring: workingKeyring() });
    await (await secrets.store("sealed")).set(field, "old");
    await (await secrets.store()).set(field, "new");
    expect(await (await secrets.store("sealed")).get(field)).toBeUndefined();
  });

  it("given two homes of one user, then their secrets in the keychain keep apart", async () => {
    const kept = new Map<string, string>();
    const [one, other] = ["one", "other"].map((name) =>
      home.open({ folder: join(home.folder, name), loadKeyring: workingKeyring(kept) }),
    );
    await (await one?.store("keychain"))?.set(field, "hunter2");
    expect(await (await other?.store("keychain"))?.get(field)).toBeUndefined();
  });
});

describe("texts sealed for the store", () => {
  it("given a text, then only what sealed it reads it", async () => {
    const sealed = await home.open().seal("token-canary");
    expect(sealed).not.toContain("token-canary");
    expect(await home.open().unseal(sealed)).toBe("token-canary");
    expect(await home.open({ folder: join(home.folder, "other") }).unseal(sealed)).toBeUndefined();
  });

  it("given a text sealed before secrets were stored, then it can still be read", async () => {
    const sealed = await home.open().seal("token-canary");
    await (await home.open().store("sealed")).set(field, "hunter2");
    expect(await home.open().unseal(sealed)).toBe("token-canary");
  });

  it.each(["", "v1.", "v1.AAAA", "v2.xxxx", "plain text"])("given %j, then nothing", async (text) => {
    await home.open().seal("token");
    expect(await home.open().unseal(text)).toBeUndefined();
  });

  it("given one character changed anywhere, then nothing", async () => {
    const sealed = await home.open().seal("token");
    for (let at = 3; at < sealed.length - 1; at += 1) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === "A" ? "B" : "A"}${sealed.slice(at + 1)}`;
      expect(await home.open().unseal(changed)).toBeUndefined();
    }
  });
});

describe("nothing leaks", () => {
  const canary = 'CANARY-9f3b ü"\\ secret';

  it("given every way to fail with a secret at hand, then no fault holds it, in words, JSON, stack or cause", async () => {
    const sealedHome = join(home.folder, "home");
    const damaged = join(home.folder, "damaged");
    mkdirSync(damaged);
    writeFileSync(join(damaged, "secrets.sealed"), JSON.stringify({ secret: canary }));
    const script = `process.stdout.write(${JSON.stringify(canary)}); console.error(${JSON.stringify(canary)}); process.exit(2)`;
    const scriptFile = join(home.folder, "fail.cjs");
    writeFileSync(scriptFile, script);
    const secrets = home.open({ passphrase: canary });
    await (await secrets.store("sealed")).set(field, canary);
    const refusing: Keyring = {
      AsyncEntry: class {
        getPassword = async (): Promise<string | null> => null;
        setPassword = async (): Promise<void> => Promise.reject(new Error("locked"));
        deletePassword = async (): Promise<boolean> => false;
      },
    };
    const faults = await Promise.all([
      faultOf(home.open({ folder: sealedHome, passphrase: `${canary} not` }).resolve(field, { sealed: true })),
      faultOf(home.open({ folder: sealedHome }).resolve(field, { sealed: true })),
      faultOf(home.open({ folder: damaged }).resolve(field, { sealed: true })),
      faultOf(home.open().resolve(field, { command: [process.execPath, scriptFile] })),
      faultOf(
        home
          .open({ keychain: "auto", loadKeyring: async () => refusing })
          .store("keychain")
          .then((store) => store.set(field, canary)),
      ),
    ]);
    for (const fault of faults) {
      const told = [
        inspect(fault, { depth: 10 }),
        JSON.stringify(fault),
        fault.stack,
        fault.message,
        sentenceOf(fault),
      ];
      for (const text of told) {
        expect(text).not.toContain(canary);
        expect(text).not.toContain(JSON.stringify(canary).slice(1, -1));
      }
    }
  });

  it("given a stored secret, then no file of the home holds it in any spelling", async () => {
    const secrets = home.open({ random: randomBytes });
    await (await secrets.store("sealed")).set(field, canary);
    for (const name of ["secrets.sealed", "secrets.key"]) {
      const text = readFileSync(join(home.folder, "home", name), "utf8");
      expect(secrets.redact(text)).toBe(text);
    }
  });

  it("given secrets that were resolved, stored or given as passphrase, then all are taken out of texts", async () => {
    const secrets = home.open({ env: { A: "from-env" }, passphrase: "pass-phrase" });
    await secrets.resolve(field, { env: "A" });
    await (await secrets.store("sealed")).set("other", "just-stored");
    expect(secrets.redact("from-env just-stored pass-phrase")).toBe("*** *** ***");
  });

  it("given a folder that may not be written, then the fault names it", async () => {
    writeFileSync(join(home.folder, "file"), "");
    const fault = await faultOf(
      home
        .open({ folder: join(home.folder, "file") })
        .store("sealed")
        .then((store) => store.set(field, canary)),
    );
    expect(fault.code).toBe("home.unwritable");
    expect(sentenceOf(fault)).toContain(join(home.folder, "file"));
  });
});
