// Debian packages that a task needs beside npm's, and how they are installed.
// Plain JavaScript for Node 20 without dependencies, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";

const libraries = `/usr/lib/${{ x64: "x86_64", arm64: "aarch64" }[process.arch] ?? process.arch}-linux-gnu`;

/**
 * Each a Debian package, a file that proves it is there, and what it is for, which is what cannot be done without it.
 * `command`: any program of that name on the PATH will do.
 */
const servers = [
  { name: "slapd", proof: "/usr/sbin/slapd", for: "everything against a real OpenLDAP server" },
  { name: "ldap-utils", proof: "/usr/bin/ldapsearch", for: "comparisons with ldapsearch" },
  { name: "slapd-contrib", proof: "/usr/lib/ldap/pw-pbkdf2.so", for: "OpenLDAP with contributed modules" },
  { name: "samba-ad-dc", proof: "/usr/sbin/samba", for: "everything against a real Samba domain controller" },
  { name: "samba-ad-provision", proof: "/usr/share/samba/setup/provision.ldif", for: "making a Samba domain" },
  { name: "389-ds-base", proof: "/usr/sbin/ns-slapd", for: "everything against a real 389 Directory Server" },
  { name: "libnss3-tools", proof: "/usr/bin/certutil", for: "certificates of a 389 Directory Server" },
  { name: "openssl", proof: "/usr/bin/openssl", for: "connections with certificates made for the test" },
];
const keychain = [
  { name: "gnome-keyring", proof: "/usr/bin/gnome-keyring-daemon", for: "secrets in a desktop's keychain" },
  { name: "dbus-daemon", proof: "/usr/bin/dbus-run-session", for: "secrets in a desktop's keychain" },
];
const letters = {
  name: "fonts-dejavu-core",
  proof: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
  for: "the letters of a page",
};
const browser = [{ name: "chromium", proof: "/usr/bin/chromium", for: "the page in a real browser" }, letters];
const windowBuild = [
  { name: "build-essential", proof: "/usr/bin/cc", command: "cc", for: "building the window" },
  { name: "pkg-config", proof: "/usr/bin/pkg-config", for: "building the window" },
  { name: "libwebkit2gtk-4.1-dev", proof: `${libraries}/pkgconfig/webkit2gtk-4.1.pc`, for: "building the window" },
  {
    name: "libayatana-appindicator3-dev",
    proof: `${libraries}/pkgconfig/ayatana-appindicator3-0.1.pc`,
    for: "building the window's tray",
  },
  { name: "librsvg2-dev", proof: `${libraries}/pkgconfig/librsvg-2.0.pc`, for: "building the window" },
  { name: "libssl-dev", proof: `${libraries}/pkgconfig/libssl.pc`, for: "building the window" },
  { name: "libxdo-dev", proof: "/usr/include/xdo.h", for: "building the window" },
  { name: "patchelf", proof: "/usr/bin/patchelf", for: "building the window" },
  { name: "file", proof: "/usr/bin/file", for: "building the window" },
  // Debian's own Rust is too old; these are the ones its browsers are built with.
  { name: "rustc-web", proof: "/usr/bin/rustc", command: "rustc", for: "building the window" },
  { name: "cargo-web", proof: "/usr/bin/cargo", command: "cargo", for: "building the window" },
];
const windowTests = [
  { name: "xvfb", proof: "/usr/bin/Xvfb", for: "the window on a screen that is not there" },
  { name: "xauth", proof: "/usr/bin/xauth", for: "the window on a screen that is not there" },
  { name: "webkit2gtk-driver", proof: "/usr/bin/WebKitWebDriver", for: "clicking in the window" },
  { name: "dbus", proof: "/usr/bin/dbus-daemon", for: "one window a user" },
  { name: "dbus-daemon", proof: "/usr/bin/dbus-run-session", for: "one window a user" },
  { name: "dbus-x11", proof: "/usr/bin/dbus-launch", for: "one window a user" },
  { name: "x11-apps", proof: "/usr/bin/xwd", for: "seeing what the menu bar shows" },
  { name: "openbox", proof: "/usr/bin/openbox", for: "closing the window as a person does" },
  { name: "wmctrl", proof: "/usr/bin/wmctrl", for: "closing the window as a person does" },
  { name: "xdotool", proof: "/usr/bin/xdotool", for: "keys in the window" },
  letters,
];
const packaging = [
  { name: "squashfs-tools", proof: "/usr/bin/mksquashfs", for: "making the AppImage" },
  { name: "libsquashfuse-dev", proof: `${libraries}/libsquashfuse.a`, for: "making the AppImage" },
  { name: "libfuse3-dev", proof: `${libraries}/libfuse3.a`, for: "making the AppImage" },
  { name: "libzstd-dev", proof: `${libraries}/libzstd.a`, for: "making the AppImage" },
  { name: "zlib1g-dev", proof: `${libraries}/libz.a`, for: "making the AppImage" },
  { name: "liblzma-dev", proof: `${libraries}/liblzma.a`, for: "making the AppImage" },
  { name: "liblz4-dev", proof: `${libraries}/liblz4.a`, for: "making the AppImage" },
];

const neededBy = {
  test: [...servers, ...browser, ...keychain],
  screenshots: browser,
  desktop: windowBuild,
  "test:desktop": [...windowBuild, ...windowTests, servers[0]],
  package: [...windowBuild, ...packaging],
  "test:packages": [...windowBuild, ...windowTests, ...packaging, servers[0]],
};

/**
 * Installs what a task needs and is missing, where that is allowed; gives what cannot be done without the rest, each with
 * its reason. Never throws. `alone` runs it while no other set-up does.
 */
export async function provideSystemPackages(task, alone, say) {
  const missing = (neededBy[task] ?? []).filter((each) => !isThere(each));
  if (missing.length === 0) return [];
  const names = missing.map((each) => each.name);
  const reason = refusalToInstall() ?? (await alone(() => aptInstall(names, say)));
  const skipped = missing
    .filter((each) => !isThere(each))
    .map((each) => `${each.for}: ${each.name} is not here; ${reason ?? "its Debian package brought no " + each.proof}`);
  for (const line of skipped) say(`Will skip ${line}`);
  return skipped;
}

function isThere({ proof, command }) {
  const folders = command === undefined ? [] : (process.env.PATH ?? "").split(":");
  return existsSync(proof) || folders.some((folder) => existsSync(`${folder}/${command}`));
}

function refusalToInstall() {
  if (!existsSync("/usr/bin/apt-get")) return "packages can be installed only where apt-get is";
  return process.getuid?.() === 0 ? undefined : "installing it needs root (apt-get install it, then run this again)";
}

/** Gives the reason it did not work, or undefined. No service is started, and none is configured. */
function aptInstall(names, say) {
  say(`Installing Debian packages (once): ${names.join(", ")}…`);
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  try {
    if (ours) {
      writeFileSync(policy, "#!/bin/sh\nexit 101\n");
      chmodSync(policy, 0o755);
    }
    if (names.includes("slapd")) apt("debconf-set-selections", [], "slapd slapd/no_configuration boolean true\n");
    const options = [
      "-qq",
      "-o",
      "DPkg::Lock::Timeout=300",
      "-o",
      "Acquire::http::Timeout=20",
      "-o",
      "Acquire::Retries=1",
    ];
    const install = (...wanted) => apt("apt-get", [...options, "install", "-y", "--no-install-recommends", ...wanted]);
    if (install(...names) || (apt("apt-get", [...options, "update"]) && install(...names))) return undefined;
    // One that cannot be had must not keep out the others.
    for (const name of names) install(name);
    return "apt-get could not install it";
  } catch (error) {
    return `installing it failed (${error instanceof Error ? error.message : error})`;
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

function apt(file, args, input) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(file, args, { input: input ?? "", stdio: ["pipe", "ignore", "ignore"], env }).status === 0;
}
