import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { windowProgram } from "../../tools/build/window.ts";
import { whyNoWindow } from "./available.ts";
import { childOf, engineOf, isAlive, openScreen, portsOf, title, type Screen } from "./screen.ts";
import { eventually, type Session } from "./webdriver.ts";

const program = resolve(windowProgram);

/** The shell by itself: what it does whatever the page in it shows. */
describe.skipIf(whyNoWindow() !== undefined)("the window", () => {
  let screen: Screen;
  let session: Session;
  const open = async (...args: string[]): Promise<void> => {
    session = await screen.driver.open(program, args);
    // The page's own; a test that speaks to an engine by itself takes its place.
    await eventually(() => engineOf(session.pid).length === 1, "no engine");
    await eventually(() => screen.windows().includes(title) || args.length > 0, "no window");
  };
  const remembered = (): Record<string, unknown> =>
    z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(readFileSync(join(screen.folder, "state/directory-connector/window.json"), "utf8")));
  const gone = async (...pids: number[]): Promise<void> =>
    eventually(
      () => !pids.some(isAlive),
      () => `still there: ${pids.filter(isAlive).join(", ")}`,
    );
  const secondStart = (): number | null => spawnSync(program, [], { env: screen.env, timeout: 30_000 }).status;
  const until = (what: string): Promise<void> =>
    eventually(() => screen.windows().includes(title) === (what === "shown"), `the window is not ${what}`);

  beforeEach(async () => {
    screen = await openScreen();
    await open();
  });
  afterEach(async () => {
    await session.close().catch(() => undefined);
    await screen[Symbol.asyncDispose]();
  });

  it("talks to an engine of its own, whole messages of a megabyte too", async () => {
    await session.run(engine);
    const name = "x".repeat(900_000);
    const answer = await session.run(`window.ask(0, ${JSON.stringify(name)}); return await window.answerTo(0);`);
    expect(answer).toMatchObject({ code: "rpc.unknown" });
    expect(JSON.stringify(answer).length).toBeGreaterThan(900_000);
    const told = await session.run(`
      for (let call = 1; call <= 200; call++) window.ask(call, "app.info");
      for (let call = 1; call <= 200; call++) await window.answerTo(call);
      return window.told.filter(Boolean).length;`);
    expect(told).toBe(202);
  });

  it("given the window is closed, then it and its engine are gone, and the next start finds it as it was", async () => {
    await session.run(engine);
    screen.placeWindow(title, { x: 120, y: 90, width: 900, height: 700 });
    await eventually(async () => (await session.run("return innerWidth")) === 900, "not resized");
    await session.run(
      `await invoke("window_zoom", { step: 1 })`.replace("invoke", "window.__TAURI_INTERNALS__.invoke"),
    );
    const before = screen.placeOf(title);
    const engines = engineOf(session.pid);
    expect(engines).toHaveLength(1);
    screen.closeWindow(title);
    await gone(session.pid, ...engines);
    const width = remembered()["width"];
    expect(remembered()).toMatchObject({ zoom: 1.1, maximized: false });
    await open();
    await eventually(
      () => screen.placeOf(title).width === before.width,
      () => JSON.stringify([before, screen.placeOf(title)]),
    );
    expect(screen.placeOf(title)).toEqual(before);
    screen.closeWindow(title);
    await gone(session.pid);
    expect(remembered()["width"]).toBe(width);
  });

  it("given the window is killed, then its engine ends by itself", async () => {
    await session.run(engine);
    const engines = engineOf(session.pid);
    process.kill(session.pid, "SIGKILL");
    await gone(...engines);
  });

  it("given the engine is killed, then it is reaped and started again once, and the page is told", async () => {
    await session.run(engine);
    const [first = 0] = engineOf(session.pid);
    process.kill(first, "SIGKILL");
    expect(await session.run(`return await window.tellsFrom(1, 2);`)).toMatchObject([
      { ended: { again: true } },
      "started",
    ]);
    expect(existsSync(`/proc/${first}`)).toBe(false);
    expect(await session.run(`window.ask(7, "app.info"); return (await window.answerTo(7)).value.version;`)).toMatch(
      /^\d/u,
    );
    const [second = 0] = engineOf(session.pid);
    const seen = z.number().parse(await session.run(`return window.told.length`));
    process.kill(second, "SIGKILL");
    expect(await session.run(`return await window.tellsFrom(${seen}, 1);`)).toMatchObject([
      { ended: { again: false } },
    ]);
    expect(engineOf(session.pid)).toEqual([]);
    await expect(session.run(`await window.__TAURI_INTERNALS__.invoke("engine_send", { line: "{}" })`)).rejects.toThrow(
      "not running",
    );
    await session.run(engine);
    expect(engineOf(session.pid)).toHaveLength(1);
  });

  it("given it is started a second time, then the first comes to the front and the second ends", async () => {
    expect(secondStart()).toBe(0);
    expect(screen.windows().filter((each) => each === title)).toHaveLength(1);
    expect(isAlive(session.pid)).toBe(true);
  });

  it("given it stays in the tray, then closing hides it, a second start shows it, and quitting ends it", async () => {
    await session.run(engine);
    await session.run(`await window.__TAURI_INTERNALS__.invoke("window_keep_in_tray", { on: true })`);
    screen.closeWindow(title);
    await until("hidden");
    expect(isAlive(session.pid)).toBe(true);
    expect(engineOf(session.pid)).toHaveLength(1);
    expect(secondStart()).toBe(0);
    await until("shown");
    const engines = engineOf(session.pid);
    screen.press("ctrl+q");
    await gone(session.pid, ...engines);
    expect(remembered()["keepInTray"]).toBe(true);
  });

  it("given it synchronises by itself, then the first closing is asked about, and what was answered counts from then on", async () => {
    await session.run(engine);
    await session.run(`
      window.asked = 0;
      const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
      await invoke("plugin:event|listen", { event: "window-close-asked", target: { kind: "Any" }, handler: transformCallback(() => window.asked++) });
      await invoke("window_status", { text: "Next 15:02", polling: true });`);
    screen.closeWindow(title);
    await eventually(async () => (await session.run("return window.asked")) === 1, "not asked");
    expect(screen.windows()).toContain(title);
    await session.run(`await window.__TAURI_INTERNALS__.invoke("window_close_answer", { choice: "stay" })`);
    screen.closeWindow(title);
    await eventually(async () => (await session.run("return window.asked")) === 2, "not asked again");
    await session.run(`await window.__TAURI_INTERNALS__.invoke("window_close_answer", { choice: "tray" })`);
    await until("hidden");
    expect(secondStart()).toBe(0);
    await until("shown");
    screen.closeWindow(title);
    await until("hidden");
    expect(await session.run("return window.asked")).toBe(2);
  });

  it("given something to tell while nobody looks, then the system shows it; while somebody does, it does not", async () => {
    await session.run(engine);
    await session.run(`await window.__TAURI_INTERNALS__.invoke("window_keep_in_tray", { on: true })`);
    const tell = (words: string): string =>
      `return await window.__TAURI_INTERNALS__.invoke("window_notify", { title: "Directory Connector", body: "${words}" })`;
    const bus = spawn("dbus-monitor", ["--session", "member='Notify'"], { env: screen.env, stdio: "pipe" });
    let heard = "";
    bus.stdout.setEncoding("utf8").on("data", (part: string) => (heard += part));
    await eventually(() => heard !== "", "nothing of the bus");
    await eventually(async () => (await session.run("return document.hasFocus()")) === true, "no focus");
    expect(await session.run(tell("seen already"))).toBe(false);
    await session.run(`setTimeout(async () => { ${tell("Stopped, nothing was sent.")} }, 1500)`);
    screen.closeWindow(title);
    await until("hidden");
    await eventually(() => heard.includes("Stopped, nothing was sent."), "nothing was shown");
    expect(heard).not.toContain("seen already");
    bus.kill();
  });

  it("given it starts with the computer, then the entry names this program, and started so it stays in the tray", async () => {
    const file = join(screen.folder, "config/autostart/directory-connector-window.desktop");
    await session.run(`await window.__TAURI_INTERNALS__.invoke("window_start_with_computer", { on: true })`);
    expect(readFileSync(file, "utf8")).toContain(`\nExec="${program}" --background\n`);
    expect(await session.run(`return await window.__TAURI_INTERNALS__.invoke("window_state")`)).toEqual({
      tray: true,
      keepInTray: false,
      startWithComputer: true,
    });
    await session.run(`await window.__TAURI_INTERNALS__.invoke("window_start_with_computer", { on: false })`);
    expect(existsSync(file)).toBe(false);
    screen.closeWindow(title);
    await gone(session.pid);
    await open("--background");
    await session.run(engine);
    expect(screen.windows()).not.toContain(title);
    expect(secondStart()).toBe(0);
    await until("shown");
  });

  it("lets the page do nothing but what it needs: no other command, no request, no other page, no code from elsewhere", async () => {
    const refused = (call: string): Promise<unknown> =>
      session.run(`try { await (${call}); return "allowed"; } catch (error) { return String(error); }`);
    for (const command of [
      "plugin:dialog|open",
      "plugin:notification|notify",
      "plugin:window|close",
      "plugin:webview|create_webview_window",
      "plugin:fs|read_file",
    ])
      expect(`${command}: ${await refused(`window.__TAURI_INTERNALS__.invoke("${command}", {})`)}`).toMatch(
        /not allowed|not found/u,
      );
    expect(await refused(`fetch("http://127.0.0.1:1/")`)).not.toBe("allowed");
    expect(await refused(`(async () => eval("1 + 1"))()`)).toContain("EvalError");
    expect(await refused(`window.__TAURI_INTERNALS__.invoke("open_link", { url: "file:///etc/passwd" })`)).toBe(
      "not opened: file",
    );
    expect(await refused(`window.__TAURI_INTERNALS__.invoke("open_folder", { path: "/etc/passwd" })`)).toBe(
      "no folder: /etc/passwd",
    );
    await session.run(`location.href = "http://127.0.0.1:1/"`);
    await session.run(`return new Promise((resolve) => setTimeout(resolve, 300))`);
    expect(await session.run("return location.href")).toMatch(/^tauri:\/\/localhost/u);
  });

  it("given the page's process dies, then the page is loaded again instead of an empty window", async () => {
    await session.close();
    await gone(session.pid);
    const alone = spawn(program, [], { env: screen.env, stdio: "ignore" });
    const page = (): number => childOf(alone.pid ?? 0, "WebKitWebProces");
    await eventually(() => page() !== 0 && engineOf(alone.pid ?? 0).length === 1, "no page with an engine");
    const [first, [engine = 0]] = [page(), engineOf(alone.pid ?? 0)];
    process.kill(first, "SIGKILL");
    await gone(first, engine);
    await eventually(() => page() !== 0 && engineOf(alone.pid ?? 0).length === 1, "not loaded again");
    alone.kill("SIGTERM");
    await gone(alone.pid ?? 0);
  });

  it("gives the page the clipboard's text", async () => {
    await session.run(`window.wanted = () => window.__TAURI_INTERNALS__.invoke("clipboard_text")`);
    expect(await session.run(`return await window.wanted()`)).toBe("");
    await session.run(`
      const field = document.body.appendChild(document.createElement("textarea"));
      field.value = "organization.5f6d — é"; field.select(); document.execCommand("copy");`);
    expect(await session.run(`return await window.wanted()`)).toBe("organization.5f6d — é");
  });

  it("listens on no port", async () => {
    await session.close();
    await gone(session.pid);
    // By itself: under its driver the web view listens for that.
    const alone = spawn(program, [], { env: screen.env, stdio: "ignore" });
    await until("shown");
    for (const pid of [alone.pid ?? 0, ...engineOf(alone.pid ?? 0)]) expect(portsOf(pid)).toEqual([]);
    alone.kill("SIGTERM");
    await gone(alone.pid ?? 0);
  });

  it("given another language is chosen, then the menu bar speaks it at once, and it is remembered", async () => {
    const menuBar = (): Buffer => screen.rows(screen.placeOf(title).y, 20);
    await session.text(/./u);
    const before = menuBar();
    await session.run(`await window.__TAURI_INTERNALS__.invoke("window_language", { language: "nl" })`);
    expect(remembered()["language"]).toBe("nl");
    await eventually(() => !menuBar().equals(before), "the menu bar stays as it was");
  });
});

describe.skipIf(whyNoWindow() !== undefined)("without a screen", () => {
  it("says so, and what to use instead", () => {
    const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
    const { status, stderr } = spawnSync(program, [], { env: { ...env, LANG: "en" }, encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain("directory-connector serve");
  });
});

/** Gives the page an engine, and ways to wait for what it says. Runs in the page. */
const engine = `
  const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
  const told = (window.told = []);
  const soon = async (what) => {
    for (let tries = 0; tries < 400; tries++) {
      const found = what();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("never told; so far: " + JSON.stringify(told).slice(0, 500));
  };
  window.ask = (call, name) => void invoke("engine_send", { line: JSON.stringify({ call, name, input: {} }) });
  window.answerTo = (call) => soon(() => told.filter((each) => each?.line).map((each) => JSON.parse(each.line)).find((each) => (each.result ?? each.fault) === call));
  window.tellsFrom = (from, count) => soon(() => (told.length >= from + count ? told.slice(from, from + count) : undefined));
  const channel = transformCallback(({ index, message }) => { if (index !== undefined && message !== undefined) told[index] = message; });
  await invoke("engine_connect", { channel: "__CHANNEL__:" + channel });
  await window.tellsFrom(0, 1);
`;
