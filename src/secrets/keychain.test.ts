import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { faultOf } from "../../tests/fault-of.ts";
import { useSecretsHome, workingKeyring } from "../../tests/secrets-home.ts";
import { openKeychain, type Keyring, type KeyringEntry } from "./keychain.ts";
import type { SecretStore } from "./secret-store.ts";

const home = useSecretsHome();

const open = (load: () => Promise<Keyring>): ReturnType<typeof openKeychain> =>
  openKeychain({ service: "Directory Connector /home", load, patienceMs: 100 });

const openWorking = async (load: () => Promise<Keyring>): Promise<SecretStore> => {
  const store = await open(load);
  if ("reason" in store) throw new Error(store.reason);
  return store;
};

/** A keychain whose entries do `entry`, and work otherwise. */
const keyringWith = async (entry: Partial<KeyringEntry>): Promise<Keyring> => {
  const { AsyncEntry } = await workingKeyring()();
  return {
    AsyncEntry: class {
      constructor(...args: ConstructorParameters<Keyring["AsyncEntry"]>) {
        return { ...new AsyncEntry(...args), ...entry };
      }
      declare getPassword: KeyringEntry["getPassword"];
      declare setPassword: KeyringEntry["setPassword"];
      declare deletePassword: KeyringEntry["deletePassword"];
    },
  };
};

describe("the keychain", () => {
  it("given secrets, then they come back, and deleting one twice is fine", async () => {
    const store = await openWorking(workingKeyring());
    expect(await store.set("a", "hunter2")).toEqual({ keychain: true });
    expect([await store.get("a"), await store.get("b")]).toEqual(["hunter2", undefined]);
    await store.delete("a");
    await store.delete("a");
    expect(await store.get("a")).toBeUndefined();
  });

  it("given Linux, then only the Secret Service will do: the kernel's keys do not outlive a restart", async () => {
    const asked: unknown[] = [];
    const { AsyncEntry } = await workingKeyring()();
    const watched = class extends AsyncEntry {
      constructor(...args: ConstructorParameters<Keyring["AsyncEntry"]>) {
        super(...args);
        asked.push(args[2]);
      }
    };
    await (await openWorking(async () => ({ AsyncEntry: watched }))).get("a");
    expect(asked.length).toBeGreaterThan(1);
    for (const options of asked) expect(options).toEqual({ linux: { store: "secret-service" } });
  });

  it("given a library that cannot be loaded, then its reason in one line", async () => {
    expect(await open(() => Promise.reject(new Error("no such module\nat x")))).toEqual({ reason: "no such module" });
  });

  it("given a platform that refuses, then its reason", async () => {
    const refused = keyringWith({ getPassword: () => Promise.reject(new Error("Platform failure: AccessDenied")) });
    expect(await open(() => refused)).toEqual({ reason: "Platform failure: AccessDenied" });
  });

  it("given a keychain that waits for somebody who is not there, then it does not hold us up", async () => {
    const silent = keyringWith({ getPassword: () => new Promise(() => undefined) });
    expect(await open(() => silent)).toEqual({ reason: "silent" });
  });

  it("given a keychain that forgets what it took, then that is a fault, at once", async () => {
    const store = await openWorking(() => keyringWith({ setPassword: async () => undefined }));
    const fault = await faultOf(store.set("a", "hunter2"));
    expect([fault.code, fault.params["reason"]]).toEqual(["secret.store_unavailable", "not_kept"]);
  });
});

describe("a real Secret Service", () => {
  // The daemon has a capability that some containers do not allow: then it is there and cannot be started.
  const present = (program: string): boolean => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
  const missing = ["dbus-run-session", "gnome-keyring-daemon"].filter((program) => !present(program));
  const session = `
    printf unlocking | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 & daemon=$!
    "$0" --input-type=module -e "$1"; code=$?
    kill $daemon; exit $code`;
  const script = `
    import { setTimeout as sleep } from "node:timers/promises";
    import { openKeychain } from ${JSON.stringify(new URL("keychain.ts", import.meta.url).href)};
    const options = { service: "Directory Connector test", load: () => import("@napi-rs/keyring"), patienceMs: 10000 };
    let store = await openKeychain(options);
    for (let tries = 0; "reason" in store && tries < 50; tries += 1) {
      await sleep(100);
      store = await openKeychain(options);
    }
    if ("reason" in store) throw new Error(store.reason);
    await store.set("a", "päss 😀");
    const there = await store.get("a");
    await store.delete("a");
    console.log(JSON.stringify([there, (await store.get("a")) ?? null]));`;

  it.skipIf(missing.length > 0)(
    `round trip${missing.length > 0 ? ` (cannot be started: ${missing.join(", ")})` : ""}`,
    () => {
      const { stdout, stderr } = spawnSync("dbus-run-session", ["--", "sh", "-c", session, process.execPath, script], {
        encoding: "utf8",
        // A keyring of its own: never that of whoever runs the tests.
        env: { ...process.env, HOME: home.folder, XDG_DATA_HOME: home.folder, XDG_RUNTIME_DIR: home.folder },
        timeout: 20_000,
      });
      expect(`${stdout}${stderr}`).toContain(`${JSON.stringify(["päss 😀", null])}\n`);
    },
  );
});
