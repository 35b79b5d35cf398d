import { describe, expect, test } from "vitest";
import { type HomeFacts, locateHome } from "./home.ts";

const linux: HomeFacts = {
  platform: "linux",
  env: {},
  userFolder: "/home/jan",
  executableFolder: "/opt/dc",
  workingDirectory: "/work",
};
const windows: HomeFacts = {
  platform: "win32",
  env: { LOCALAPPDATA: "C:\\Users\\jan\\AppData\\Local", APPDATA: "C:\\Users\\jan\\AppData\\Roaming" },
  userFolder: "C:\\Users\\jan",
  executableFolder: "E:\\Tools",
  workingDirectory: "C:\\Work",
};
const mac: HomeFacts = { ...linux, platform: "darwin", userFolder: "/Users/jan" };

describe("a personal home", () => {
  test("on Linux is two folders, as XDG has them", () => {
    expect(locateHome(linux)).toEqual({
      kind: "personal",
      configChosen: false,
      configFolder: "/home/jan/.config/directory-connector",
      configFile: "/home/jan/.config/directory-connector/config.json",
      profilesFolder: "/home/jan/.config/directory-connector/profiles.d",
      stateFolder: "/home/jan/.local/state/directory-connector",
      stateFile: "/home/jan/.local/state/directory-connector/state.db",
      secretsFolder: "/home/jan/.local/state/directory-connector/secrets",
      logFolder: "/home/jan/.local/state/directory-connector/logs",
    });
  });

  test("follows XDG variables that are absolute, and no others", () => {
    const moved = locateHome({ ...linux, env: { XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "relative" } });
    expect(moved.configFile).toBe("/c/directory-connector/config.json");
    expect(moved.stateFolder).toBe("/home/jan/.local/state/directory-connector");
  });

  test("on Windows is local, never roaming", () => {
    expect(locateHome(windows).configFile).toBe("C:\\Users\\jan\\AppData\\Local\\Directory Connector\\config.json");
    expect(locateHome({ ...windows, env: {} }).stateFile).toBe(
      "C:\\Users\\jan\\AppData\\Local\\Directory Connector\\state.db",
    );
  });

  test("on macOS is in Application Support", () => {
    expect(locateHome(mac).stateFolder).toBe("/Users/jan/Library/Application Support/Directory Connector");
  });
});

test.each([
  [linux, "/etc/directory-connector/config.json", "/var/lib/directory-connector/state.db"],
  [
    mac,
    "/Library/Application Support/Directory Connector/config.json",
    "/Library/Application Support/Directory Connector/state.db",
  ],
  [windows, "C:\\ProgramData\\Directory Connector\\config.json", "C:\\ProgramData\\Directory Connector\\state.db"],
])("the machine's home of $platform", (facts, configFile, stateFile) => {
  expect(locateHome({ ...facts, kind: "machine" })).toMatchObject({ kind: "machine", configFile, stateFile });
});

test("a portable home lies beside the executable", () => {
  expect(locateHome({ ...windows, kind: "portable" })).toMatchObject({
    kind: "portable",
    stateFile: "E:\\Tools\\directory-connector-data\\state.db",
  });
});

describe("a chosen home", () => {
  test("holds everything; the flag counts over the variable, an empty variable counts as none", () => {
    const env = { DIRECTORY_CONNECTOR_HOME: "/data" };
    expect(locateHome({ ...linux, env })).toMatchObject({
      kind: "chosen",
      configFile: "/data/config.json",
      stateFile: "/data/state.db",
    });
    expect(locateHome({ ...linux, env, home: "here", kind: "machine" }).stateFile).toBe("/work/here/state.db");
    expect(locateHome({ ...linux, env: { DIRECTORY_CONNECTOR_HOME: "" } }).kind).toBe("personal");
  });

  test("may have its configuration elsewhere, with the profiles beside that", () => {
    const env = { DIRECTORY_CONNECTOR_HOME: "/data", DIRECTORY_CONNECTOR_CONFIG: "/etc/dc/acme.json" };
    expect(locateHome({ ...linux, env })).toMatchObject({
      configChosen: true,
      configFile: "/etc/dc/acme.json",
      profilesFolder: "/etc/dc/profiles.d",
      stateFile: "/data/state.db",
    });
    expect(locateHome({ ...linux, env, config: "other.json" }).configFile).toBe("/work/other.json");
  });
});
