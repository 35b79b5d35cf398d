import { existsSync } from "node:fs";
import { join } from "node:path";
import { findCargo } from "../../tools/build/window.ts";

const needed = ["Xvfb", "WebKitWebDriver", "dbus-daemon", "openbox", "wmctrl", "xdotool", "xwd", "dbus-monitor"];

/** Why no window can be tested here; nothing where it can. The set-up installs what it may, and says what it could not. */
export const whyNoWindow = (): string | undefined => {
  if (process.platform !== "linux") return "the window is tested on Linux";
  const folders = (process.env["PATH"] ?? "").split(":");
  const missing = needed.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  if (missing.length > 0) return `not here: ${missing.join(", ")}`;
  return findCargo() === undefined ? "not here: cargo" : undefined;
};
