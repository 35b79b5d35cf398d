import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import en from "../../locales/en.json" with { type: "json" };
import about from "../../package.json" with { type: "json" };
import { runStep } from "../build/put-together.ts";
import { dependsOf } from "./depends.ts";

/** Debian's names of processors. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

export const debName = `directory-connector_${about.version}_${architectureOf(process.arch)}.deb`;

/** Makes a Debian package of a laid out folder; `quick` trades size for time. */
export function makeDeb(folder: string, output: string, quick: boolean): void {
  const files = globSync("usr/**/*", { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile());
  mkdirSync(join(folder, "DEBIAN"), { recursive: true });
  writeFileSync(join(folder, "DEBIAN/control"), control(folder, files));
  writeFileSync(
    join(folder, "DEBIAN/md5sums"),
    files
      .toSorted()
      .map((path) => `${md5(join(folder, path))}  ${path}\n`)
      .join(""),
  );
  // xz, since Debian 11 and Ubuntu 20.04 know no zstd here.
  runStep("dpkg-deb", "dpkg-deb", [
    "--root-owner-group",
    quick ? "-Zgzip" : "-Zxz",
    quick ? "-z1" : "-z6",
    "--build",
    folder,
    output,
  ]);
}

/** Debian Policy §5.3, "Binary package control files". */
function control(folder: string, files: readonly string[]): string {
  const size = files.reduce((total, path) => total + Math.ceil(statSync(join(folder, path)).size / 1024), 0);
  const programs = files.filter((path) => path.startsWith("usr/bin/")).map((path) => relative(".", join(folder, path)));
  return `Package: directory-connector
Version: ${about.version}
Architecture: ${architectureOf(process.arch)}
Maintainer: The Directory Connector authors <maintainers@directory-connector.invalid>
Installed-Size: ${size}
Depends: ${dependsOf(programs)}
Recommends: gnome-keyring | kwalletmanager | libsecret-1-0
Section: admin
Priority: optional
Description: ${en["ui.shell.summary"]}
${wrapped(en["ui.shell.description"])}
`;
}

/** The lines of a long description begin with a space. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 76) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => ` ${line}`).join("\n");
}

function architectureOf(processor: string): string {
  const name = architectures[processor];
  if (name === undefined) throw new Error(`no packages are made for ${processor}`);
  return name;
}

function md5(path: string): string {
  return createHash("md5").update(readFileSync(path)).digest("hex");
}
