import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import en from "../../locales/en.json" with { type: "json" };
import nl from "../../locales/nl.json" with { type: "json" };
import { engineProgram } from "../build/program.ts";
import { windowProgram } from "../build/window.ts";
import { crateNotices } from "./crates.ts";

/** The name of the window's entry; on Wayland it must be that of the program, or the window has no icon. */
export const entryName = "directory-connector-window";
export const iconName = "directory-connector";
/** Of the reversed kind that software centres want. */
const appId = "org.directory_connector.DirectoryConnector";
const icons = {
  "32x32": "32x32.png",
  "64x64": "64x64.png",
  "128x128": "128x128.png",
  "256x256": "128x128@2x.png",
  "512x512": "icon.png",
};

/** Lays out `<folder>/usr` as a Linux system has it: both programs, entry, icons, completion, licences. */
export function layOut(folder: string): void {
  const put = (path: string, content: string | Uint8Array, mode = 0o644): void => {
    const file = join(folder, "usr", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  };
  for (const [from, name] of [
    [engineProgram, "directory-connector"],
    [windowProgram, "directory-connector-window"],
  ] as const) {
    mkdirSync(join(folder, "usr/bin"), { recursive: true });
    copyFileSync(from, join(folder, "usr/bin", name));
  }
  put(`share/applications/${entryName}.desktop`, desktopEntry());
  for (const [size, file] of Object.entries(icons))
    put(`share/icons/hicolor/${size}/apps/${iconName}.png`, readFileSync(`desktop/icons/${file}`));
  put(`share/icons/hicolor/scalable/apps/${iconName}.svg`, readFileSync("desktop/icons/icon.svg"));
  put(`share/metainfo/${appId}.metainfo.xml`, metainfo());
  put("share/bash-completion/completions/directory-connector", completion("bash"));
  put("share/zsh/vendor-completions/_directory-connector", completion("zsh"));
  put("share/doc/directory-connector/copyright", copyright());
  put("share/doc/directory-connector/changelog.gz", gzipSync(readFileSync("CHANGELOG.md"), { level: 9 }));
  put(
    "share/doc/directory-connector/THIRD_PARTY_NOTICES.gz",
    gzipSync(readFileSync("THIRD_PARTY_NOTICES"), { level: 9 }),
  );
  put("share/doc/directory-connector/THIRD_PARTY_NOTICES.window.gz", gzipSync(crateNotices(), { level: 9 }));
}

/** freedesktop.org, Desktop Entry Specification 1.5. */
export function desktopEntry(): string {
  return `[Desktop Entry]
Type=Application
Version=1.5
Name=Directory Connector
GenericName=${en["ui.shell.genericName"]}
GenericName[nl]=${nl["ui.shell.genericName"]}
Comment=${en["ui.shell.summary"]}
Comment[nl]=${nl["ui.shell.summary"]}
Exec=directory-connector-window
TryExec=directory-connector-window
Icon=${iconName}
Terminal=false
Categories=System;Security;Network;
Keywords=bitwarden;vaultwarden;ldap;directory;sync;
StartupWMClass=${entryName}
`;
}

/** freedesktop.org, AppStream 1.0: what software centres show. */
function metainfo(): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>${appId}</id>
  <metadata_license>MIT</metadata_license>
  <project_license>MIT</project_license>
  <name>Directory Connector</name>
  <summary>${en["ui.shell.summary"]}</summary>
  <summary xml:lang="nl">${nl["ui.shell.summary"]}</summary>
  <description>
    <p>${en["ui.shell.description"]}</p>
    <p xml:lang="nl">${nl["ui.shell.description"]}</p>
  </description>
  <launchable type="desktop-id">${entryName}.desktop</launchable>
  <content_rating type="oars-1.1"/>
</component>
`;
}

function completion(shell: string): string {
  const { status, stdout, stderr } = spawnSync(engineProgram, ["completion", shell], { encoding: "utf8" });
  if (status !== 0) throw new Error(`completion ${shell}: ${stderr}`);
  return stdout;
}

/** Debian's machine-readable form (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/). */
function copyright(): string {
  const [, holder = ""] = /^Copyright \(c\) (.+)$/mu.exec(readFileSync("LICENSE", "utf8")) ?? [];
  const text = readFileSync("LICENSE", "utf8").split("\n").slice(4).join("\n").trimEnd();
  const indented = text.split("\n").map((line) => (line === "" ? " ." : ` ${line}`));
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Comment: What the programs contain of others is in THIRD_PARTY_NOTICES.gz and THIRD_PARTY_NOTICES.window.gz beside this file.

Files: *
Copyright: ${holder}
License: MIT
${indented.join("\n")}
`;
}
