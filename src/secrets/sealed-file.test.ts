import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { faultOf } from "../../tests/fault-of.ts";
import { sentenceOf, useSecretsHome } from "../../tests/secrets-home.ts";
import { createSealedFile, type SealedFile } from "./sealed-file.ts";

const home = useSecretsHome();
const open = (passphrase?: string, patienceMs = 5_000): SealedFile =>
  createSealedFile({
    folder: join(home.folder, "home"),
    random: randomBytes,
    patienceMs,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
const sealed = (): string => join(home.folder, "home", "secrets.sealed");
const key = (): string => join(home.folder, "home", "secrets.key");
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("the sealed file", () => {
  it("given nothing stored, then nothing is there and nothing is made", async () => {
    expect(await open().get("a")).toBeUndefined();
    await open().delete("a");
    expect(existsSync(join(home.folder, "home"))).toBe(false);
  });

  it("given secrets of every kind of text, then another process reads them as they were", async () => {
    const secrets = { a: "hunter2", "ü.ñ": "päss\0wörd\n😀", b: "x".repeat(100_000), __proto__: "kept" };
    for (const [name, secret] of Object.entries(secrets)) await open().set(name, secret);
    await open().set("__proto__", "kept");
    for (const [name, secret] of Object.entries(secrets)) expect(await open().get(name)).toBe(secret);
    expect(await open().get("__proto__")).toBe("kept");
    expect(await open().get("toString")).toBeUndefined();
  });

  it("given one deleted, then the others stay", async () => {
    await open().set("a", "1");
    await open().set("b", "2");
    await open().delete("a");
    await open().delete("none");
    expect([await open().get("a"), await open().get("b")]).toEqual([undefined, "2"]);
  });

  it.skipIf(process.platform === "win32")(
    "given both files, then nobody else may read them or their folder",
    async () => {
      await open().set("a", "1");
      expect([modeOf(sealed()), modeOf(key()), modeOf(join(home.folder, "home"))]).toEqual([0o600, 0o600, 0o700]);
      await open().set("b", "2");
      expect(modeOf(sealed())).toBe(0o600);
    },
  );

  it.skipIf(process.platform === "win32")(
    "given files that a restore left open to all, then reading closes them",
    async () => {
      await open().set("a", "1");
      for (const path of [sealed(), key()]) chmodSync(path, 0o644);
      await open().get("a");
      expect([modeOf(sealed()), modeOf(key())]).toEqual([0o600, 0o600]);
    },
  );

  it("given the same secret twice, then the file is another one: nonces are never used again", async () => {
    await open().set("a", "1");
    const first = readFileSync(sealed(), "utf8");
    await open().set("a", "1");
    expect(readFileSync(sealed(), "utf8")).not.toBe(first);
  });

  it("given any damage, then the fault names the file, and storing does not overwrite it", async () => {
    await open().set("a", "1");
    const whole = readFileSync(sealed(), "utf8");
    const damages = [
      "",
      "{",
      "[]",
      "null",
      `{"version":1}`,
      whole.slice(0, -20),
      whole.replace(/"sealed": "../u, `"sealed": "--`),
    ];
    for (const damage of damages) {
      writeFileSync(sealed(), damage);
      for (const work of [() => open().get("a"), () => open().set("b", "2"), () => open().delete("a")]) {
        const fault = await faultOf(work());
        expect(fault.code).toBe("secret.unreadable");
        expect(fault.params["place"]).toBe(sealed());
      }
      expect(readFileSync(sealed(), "utf8")).toBe(damage);
    }
  });

  it("given a file of a newer version, then it is left alone and that is said", async () => {
    await open().set("a", "1");
    writeFileSync(sealed(), readFileSync(sealed(), "utf8").replace(`"version": 1`, `"version": 2`));
    expect(sentenceOf(await faultOf(open().set("a", "2")))).toContain("a newer version wrote it");
  });

  it("given a key file that is gone, cut or another one's, then that is said", async () => {
    await open().set("a", "1");
    const whole = readFileSync(key(), "utf8");
    writeFileSync(key(), whole.slice(0, 10));
    expect((await faultOf(open().get("a"))).params).toMatchObject({ reason: "damaged_key", key: key() });
    writeFileSync(key(), `${randomBytes(32).toString("base64url")}\n`);
    expect((await faultOf(open().get("a"))).params).toMatchObject({ reason: "wrong_key" });
    rmSync(key());
    expect(sentenceOf(await faultOf(open().get("a")))).toContain(`its key file ${key()} is missing`);
    expect(existsSync(key())).toBe(false);
  });
});

describe("under a passphrase", () => {
  it("given it, then a copy of the folder is enough with it and of no use without", async () => {
    await open("correct horse").set("a", "1");
    expect(existsSync(key())).toBe(false);
    expect(await open("correct horse").get("a")).toBe("1");
    const wrong = await faultOf(open("correct horse ").get("a"));
    expect(sentenceOf(wrong)).toContain(
      `could not be read from ${sealed()}: the passphrase is another one, or it is damaged`,
    );
    const none = await faultOf(open().get("a"));
    expect(sentenceOf(none)).toContain("it is under a passphrase, and none was given");
    expect((await faultOf(open("wrong").set("b", "2"))).code).toBe("secret.unreadable");
    expect(await open("correct horse").get("a")).toBe("1");
  });

  it("given accents typed as one character or two, then it is the same passphrase", async () => {
    await open("pässword".normalize("NFC")).set("a", "1");
    expect(await open("pässword".normalize("NFD")).get("a")).toBe("1");
  });

  it("given a file under a key file, then the next secret puts everything under the passphrase", async () => {
    await open().set("a", "1");
    expect(await open("correct horse").get("a")).toBe("1");
    await open("correct horse").set("b", "2");
    expect(existsSync(key())).toBe(false);
    expect([await open("correct horse").get("a"), await open("correct horse").get("b")]).toEqual(["1", "2"]);
    expect((await faultOf(open().get("a"))).params["reason"]).toBe("no_passphrase");
  });
});

describe("several processes at once", () => {
  it("given eight that store, two of them in a folder nobody has made, then no secret is lost", async () => {
    const module = new URL("sealed-file.ts", import.meta.url).href;
    const script = `
      import { randomBytes } from "node:crypto";
      import { createSealedFile } from ${JSON.stringify(module)};
      const file = createSealedFile({ folder: process.argv[1], random: randomBytes, patienceMs: 60_000 });
      for (let at = 0; at < 5; at += 1) await file.set(process.argv[2] + at, "secret " + process.argv[2] + at);`;
    const run = (name: string): Promise<number | null> =>
      new Promise((resolve) => {
        const args = ["--input-type=module", "-e", script, join(home.folder, "home"), name];
        spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] }).on("close", resolve);
      });
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    expect(await Promise.all(names.map(run))).toEqual(names.map(() => 0));
    const missing = [];
    for (const name of names)
      for (let at = 0; at < 5; at += 1)
        if ((await open().get(`${name}${at}`)) !== `secret ${name}${at}`) missing.push(`${name}${at}`);
    expect(missing).toEqual([]);
    expect(readdirSync(join(home.folder, "home")).sort()).toEqual(["secrets.key", "secrets.sealed"]);
  }, 60_000);

  it("given a lock and a half-written file that a killed process left, then storing goes on after a while and clears up", async () => {
    await open().set("a", "1");
    writeFileSync(`${sealed()}.lock`, "left behind");
    copyFileSync(sealed(), `${sealed()}.xyz.tmp`);
    await open(undefined, 100).set("b", "2");
    expect([await open().get("a"), await open().get("b")]).toEqual(["1", "2"]);
    expect(readdirSync(join(home.folder, "home")).sort()).toEqual(["secrets.key", "secrets.sealed"]);
  });

  it("given several that wait for a lock left behind, then no secret is lost", async () => {
    await open().set("a", "1");
    writeFileSync(`${sealed()}.lock`, "left behind");
    await Promise.all(["b", "c", "d", "e"].map((name) => open(undefined, 100).set(name, name)));
    for (const name of ["b", "c", "d", "e"]) expect(await open().get(name)).toBe(name);
  });
});
