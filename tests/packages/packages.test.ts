import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifiedComment } from "../../src/updates/minisign.ts";
import { startCompanyDirectory } from "../e2e/company.ts";
import { startOrganization } from "../e2e/served.ts";
import { missingOpenLdap } from "../servers/openldap/openldap.ts";
import { firstSync } from "../desktop/first-sync.ts";
import { familyOf, isAlive, openScreen } from "../desktop/screen.ts";
import { eventually } from "../desktop/webdriver.ts";
import { packagesFolder, whyNoPackages } from "./make.ts";
import about from "../../package.json" with { type: "json" };

/** With what installs packages. */
const systemPath = "/usr/sbin:/usr/bin:/sbin:/bin";
const nothing = { status: -1, stdout: "", stderr: "" };

/** What is downloaded, used on a computer that has no clone: everything happens in a folder of its own. */
describe.skipIf(whyNoPackages() !== undefined)("what people download", () => {
  let folder = "";
  let appImage = "";
  const names = existsSync(packagesFolder) ? readdirSync(packagesFolder) : [];
  const named = (ending: string): string => join(packagesFolder, names.find((name) => name.endsWith(ending)) ?? ending);
  const run = (file: string, args: readonly string[] = [], options: { env?: NodeJS.ProcessEnv; uid?: number } = {}) => {
    const env = {
      PATH: "/usr/bin:/bin",
      HOME: folder,
      TMPDIR: folder,
      DIRECTORY_CONNECTOR_HOME: join(folder, "home"),
      ...options.env,
    };
    const who = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
    return { ...nothing, ...spawnSync(file, args, { cwd: folder, encoding: "utf8", env, timeout: 60_000, ...who }) };
  };
  /** Folders that a mounted or unpacked AppImage leaves; none, once its program has ended. */
  const leftovers = (): string[] => readdirSync(folder).filter((name) => /^\.mount|^appimage_/u.test(name));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "directory-connector-download-"));
    chmodSync(folder, 0o777);
    appImage = join(folder, basename(named(".AppImage")));
    copyFileSync(named(".AppImage"), appImage);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  it("has sums that hold, and signatures of the release key over everything", () => {
    expect(run("/usr/bin/env", ["-C", packagesFolder, "sha256sum", "--check", "--strict", "SHA256SUMS"]).status).toBe(
      0,
    );
    const signed = names.filter((name) => !name.endsWith(".minisig") && name !== "appimage-runtime.c");
    expect(signed.toSorted()).toEqual(
      [basename(appImage), "SHA256SUMS", basename(named(".deb")), "latest.json"].toSorted(),
    );
    const key = process.env["DIRECTORY_CONNECTOR_TEST_KEY"] ?? "";
    for (const name of signed) {
      const signature = readFileSync(join(packagesFolder, `${name}.minisig`), "utf8");
      expect(verifiedComment(readFileSync(join(packagesFolder, name)), signature, key)).toContain(`file:${name}`);
    }
  });

  describe("the Debian package", () => {
    const field = (name: string): string => run("dpkg-deb", ["--field", named(".deb"), name]).stdout.trim();

    it("says what it is and needs", () => {
      expect(field("Package")).toBe("directory-connector");
      expect(field("Version")).toBe(about.version);
      for (const name of [
        "libatomic1",
        "libstdc++6",
        "libwebkit2gtk-4.1-0",
        "libgtk-3-0",
        "libayatana-appindicator3-1",
      ])
        expect(field("Depends").split(/, /u)).toContain(name);
      expect(field("Description")).toContain("Bitwarden-compatible");
    });

    it("given it is unpacked, then every library is found, both programs are there, and the entry can be read", () => {
      const root = join(folder, "root");
      expect(run("dpkg-deb", ["--extract", named(".deb"), root]).status).toBe(0);
      for (const program of ["directory-connector", "directory-connector-window"]) {
        const { status, stdout } = run("ldd", [join(root, "usr/bin", program)]);
        expect([status, stdout.includes("not found")]).toEqual([0, false]);
      }
      expect(run(join(root, "usr/bin/directory-connector"), ["--version"]).stdout).toBe(`${about.version}\n`);
      const entry = readFileSync(join(root, "usr/share/applications/directory-connector-window.desktop"), "utf8");
      expect(entry).toMatch(/^Exec=directory-connector-window$/mu);
      expect(entry).toMatch(/^Categories=.+;$/mu);
      expect(entry).toMatch(/^Comment\[nl\]=.+$/mu);
      const sums = run("dpkg-deb", ["--control", named(".deb"), join(folder, "control")]);
      expect(sums.status).toBe(0);
      expect(
        run("/usr/bin/env", ["-C", root, "md5sum", "--check", "--strict", join(folder, "control/md5sums")]).status,
      ).toBe(0);
    });
  });

  describe.skipIf(missingOpenLdap() !== undefined)("somebody new, with what was downloaded alone", () => {
    /** Installed where that changes nobody's computer, else unpacked. */
    const debian = (): { readonly root: string; readonly remove: () => void } => {
      const isOurs = process.env["CI"] !== undefined && process.getuid?.() === 0;
      if (!isOurs) return { root: join(folder, "root"), remove: () => undefined };
      expect(run("dpkg", ["--install", named(".deb")], { env: { PATH: systemPath } })).toMatchObject({ status: 0 });
      return {
        root: "/",
        remove: () => void run("dpkg", ["--purge", "directory-connector"], { env: { PATH: systemPath } }),
      };
    };

    it.each(["the Debian package", "the AppImage"] as const)(
      "logs in, connects an LDAP directory, tests and syncs in the window; the command line goes on with the same profile (%s)",
      async (what) => {
        await using parts = new AsyncDisposableStack();
        const organization = parts.adopt(await startOrganization(), (one) => one.close());
        const ldap = parts.use(await startCompanyDirectory());
        const screen = parts.use(await openScreen());
        const installed = what === "the AppImage" ? undefined : parts.adopt(debian(), ({ remove }) => remove());
        const [program, line] =
          installed === undefined
            ? [appImage, appImage]
            : [
                join(installed.root, "usr/bin/directory-connector-window"),
                join(installed.root, "usr/bin/directory-connector"),
              ];
        const session = parts.adopt(await screen.driver.open(program), (one) => one.close().catch(() => undefined));
        const type = (...args: string[]) =>
          spawnSync(line, args, { cwd: folder, env: screen.env, encoding: "utf8", timeout: 60_000 });
        const { press, t } = await firstSync(session, { language: "en", organization, ldap });
        expect(organization.state.members.size).toBeGreaterThan(40);
        await press("ui.dashboard.start");
        await session.role("button", t("ui.dashboard.stop"));

        // Beside the window, which has it open and synchronises.
        const plan = type("plan", "--wait", "--detailed-exitcode");
        expect([plan.status, plan.stdout]).toEqual([0, expect.stringContaining("Nothing to do.")]);
        const family = familyOf(session.pid);
        screen.press("ctrl+q");
        await eventually(
          () => !family.some(isAlive),
          () => `still there: ${family.filter(isAlive).join(", ")}`,
        );
        expect(type("sync").status).toBe(0);
      },
    );
  });

  describe("the AppImage", () => {
    it("is the command line when it gets a command, or is called by that name", () => {
      expect(run(appImage, ["--version"]).stdout).toBe(`${about.version}\n`);
      expect(run(appImage, ["profile", "list"])).toMatchObject({ status: 0 });
      mkdirSync(join(folder, "bin"), { recursive: true });
      symlinkSync(appImage, join(folder, "bin/directory-connector"));
      expect(run(join(folder, "bin/directory-connector")).stdout).toContain("Usage");
      expect(run(appImage, ["config", "get", "no.such.thing"]).status).toBe(1);
    });

    it("unpacks itself, and the same is in it as in the Debian package", () => {
      expect(run(appImage, ["--appimage-extract"]).status).toBe(0);
      expect(run("diff", ["-r", "squashfs-root/usr", "root/usr"])).toMatchObject({ status: 0, stdout: "" });
      expect(Number(run(appImage, ["--appimage-offset"]).stdout)).toBeGreaterThan(1_000_000);
      rmSync(join(folder, "squashfs-root"), { recursive: true });
    });

    it("given it may not mount, then it unpacks itself for the time it runs, and leaves nothing", async () => {
      expect(run(appImage, ["--appimage-extract-and-run", "--version"])).toMatchObject({
        status: 0,
        stdout: `${about.version}\n`,
      });
      expect(run(appImage, ["--version"], { env: { APPIMAGE_EXTRACT_AND_RUN: "1" } }).stdout).toBe(
        `${about.version}\n`,
      );
      // Nobody, who has no right to /dev/fuse here, or has; either way it answers.
      const somebody = process.getuid?.() === 0 ? { uid: 65534 } : {};
      expect(run(appImage, ["--version"], somebody).stdout).toBe(`${about.version}\n`);
      expect(run(appImage, ["--appimage-extract-and-run", "config", "get", "no.such.thing"]).status).toBe(1);
      await eventually(
        () => leftovers().length === 0,
        () => leftovers().join(" "),
      );
    });

    it("given what is in it is killed, then its folder goes too", async () => {
      const { sandbox, ended } = startSandbox(appImage, folder);
      await eventually(() => readFileSync(join(folder, "sandbox.log"), "utf8").includes("http://"), "no sandbox");
      expect(leftovers()).toHaveLength(1);
      sandbox.kill("SIGKILL");
      await ended;
      await eventually(
        () => leftovers().length === 0,
        () => leftovers().join(" "),
      );
    });

    it("given it was cut short on the way, then it says so rather than start something", () => {
      const half = join(folder, "half.AppImage");
      writeFileSync(half, readFileSync(appImage).subarray(0, 20_000_000), { mode: 0o755 });
      expect(run(half, ["--version"])).not.toMatchObject({ status: 0 });
    });
  });
});

/** Something that goes on until it is ended. */
function startSandbox(appImage: string, folder: string) {
  const command = `exec "$0" sandbox > "$1/sandbox.log" 2>&1`;
  writeFileSync(join(folder, "sandbox.log"), "");
  const env = { PATH: "/usr/bin:/bin", HOME: folder, TMPDIR: folder };
  const sandbox = spawn("/bin/sh", ["-c", command, appImage, folder], { env, stdio: "ignore" });
  return { sandbox, ended: new Promise((resolve) => sandbox.once("exit", resolve)) };
}
