import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** A window as somebody sees and uses it, through WebKit's own driver (W3C WebDriver, https://www.w3.org/TR/webdriver2/). */
export interface Session {
  /** The process of the program. */
  readonly pid: number;
  /** Waits for the first element that matches and is shown. */
  find(selector: string): Promise<Element>;
  /** Waits for a button, link, tab or the like with this name. */
  role(role: string, name: string | RegExp): Promise<Element>;
  /** Waits for what stands beside a choice, which may be pressed instead of it. */
  label(text: string): Promise<Element>;
  /** Chooses an entry of the list with this name. */
  choose(list: string, value: string): Promise<void>;
  /** Waits until the page's text holds this. */
  text(part: string | RegExp, seconds?: number): Promise<string>;
  /** Runs a function body in the page; what it returns or resolves with comes back as JSON. */
  run(body: string, ...args: readonly unknown[]): Promise<unknown>;
  keys(...keys: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface Element {
  readonly id: string;
  click(): Promise<void>;
  type(text: string): Promise<void>;
  clear(): Promise<void>;
  /** As assistive technology reads it. */
  label(): Promise<string>;
  text(): Promise<string>;
}

export interface Driver extends AsyncDisposable {
  open(program: string, args?: readonly string[]): Promise<Session>;
}

/** Patience with what the page does, on a busy machine. */
const patience = 30_000;
const elementKey = "element-6066-11e4-a52e-4f735466cecf";
const Reply = z.object({ value: z.unknown() });
const Reference = z.record(z.string(), z.string());

/** Starts WebKitWebDriver with this environment, which the programs it opens get too. */
export async function startDriver(env: NodeJS.ProcessEnv): Promise<Driver> {
  const port = await freePort();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
    env: { ...env, TAURI_AUTOMATION: "true", TAURI_WEBVIEW_AUTOMATION: "true" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = new Promise<void>((resolve) => driver.once("exit", () => resolve()));
  const call = caller(`http://127.0.0.1:${port}`);
  await eventually(async () => (await call("GET", "/status")) !== undefined, "WebKitWebDriver does not answer");
  let last: string | undefined;
  return {
    open: async (program, args = []) => {
      // The driver knows one session, and keeps it when its program has ended.
      if (last !== undefined) await call("DELETE", `/session/${last}`).catch(() => undefined);
      const before = childrenOf(driver);
      const options = { "webkitgtk:browserOptions": { binary: program, args } };
      const value = await call("POST", "/session", { capabilities: { alwaysMatch: options } });
      const { sessionId } = z.object({ sessionId: z.string() }).parse(value);
      last = sessionId;
      const pid = childrenOf(driver).find((each) => !before.includes(each)) ?? 0;
      return sessionOf((method, path, body) => call(method, `/session/${sessionId}${path}`, body), pid);
    },
    [Symbol.asyncDispose]: async () => {
      driver.kill();
      await ended;
    },
  };
}

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

function sessionOf(call: Call, pid: number): Session {
  const run = (body: string, ...args: readonly unknown[]): Promise<unknown> =>
    call("POST", "/execute/async", {
      script: `const done = arguments[arguments.length - 1]; const args = [...arguments].slice(0, -1);
        (async () => { ${body} })().then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }));`,
      args,
    }).then((answer) => {
      const { value, error } = z.object({ value: z.unknown().optional(), error: z.string().optional() }).parse(answer);
      if (error !== undefined) throw new Error(`in the page: ${error}`);
      return value;
    });
  const wait = async (
    selector: string,
    what: string,
    fits: (element: Element) => Promise<boolean>,
  ): Promise<Element> => {
    let found: Element | undefined;
    await eventually(
      async () => {
        const value = z
          .array(Reference)
          .parse(await call("POST", "/elements", { using: "css selector", value: selector }));
        for (const reference of value) {
          const id = reference[elementKey] ?? "";
          const element = elementOf(call, id);
          if ((await call("GET", `/element/${id}/displayed`)) !== true || !(await fits(element))) continue;
          found = element;
          return true;
        }
        return false;
      },
      async () => `the window shows no ${what}; it shows: ${await pageText()}`,
    );
    if (found === undefined) throw new Error(what);
    return found;
  };
  const pageText = async (): Promise<string> => String(await run("return document.body.innerText"));
  const role = (kind: string, name: string | RegExp): Promise<Element> =>
    wait(selectors[kind] ?? `[role=${kind}]`, `${kind} “${name}”`, async (element) => {
      const label = await element.label();
      return typeof name === "string" ? label === name : name.test(label);
    });
  return {
    pid,
    run,
    find: (selector) => wait(selector, selector, async () => true),
    role,
    label: (text) => wait("label", `label “${text}”`, async (element) => (await element.text()) === text),
    choose: async (list, value) => {
      const { id } = await role("combobox", list);
      const option = { using: "css selector", value: `option[value="${value}"]` };
      const found = Reference.parse(await call("POST", `/element/${id}/element`, option));
      await elementOf(call, found[elementKey] ?? "").click();
    },
    text: async (part, seconds = patience / 1000) => {
      let text = "";
      await eventually(
        async () => {
          text = await pageText();
          return typeof part === "string" ? text.includes(part) : part.test(text);
        },
        () => `the window does not show “${part}”; it shows: ${text}`,
        seconds * 1000,
      );
      return text;
    },
    keys: async (...keys) => {
      const actions = keys.flatMap((value) => [
        { type: "keyDown", value },
        { type: "keyUp", value },
      ]);
      await call("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
    },
    close: async () => void (await call("DELETE", "")),
  };
}

const selectors: Readonly<Record<string, string>> = {
  button: "button, [role=button]",
  link: "a[href], [role=link]",
  textbox: "input, textarea",
  combobox: "select, [role=combobox]",
  tab: "[role=tab]",
  radio: "[role=radio], input[type=radio]",
};

function elementOf(call: Call, id: string): Element {
  return {
    id,
    // What lies under something else for a moment, while the page moves, is tried again.
    click: () => eventually(async () => (await call("POST", `/element/${id}/click`, {})) === null, `not to be pressed`),
    type: async (text) => void (await call("POST", `/element/${id}/value`, { text })),
    clear: async () => void (await call("POST", `/element/${id}/clear`, {})),
    label: async () => String(await call("GET", `/element/${id}/computedlabel`)),
    text: async () => String(await call("GET", `/element/${id}/text`)),
  };
}

function caller(base: string): Call {
  return async (method, path, body) => {
    const response = await fetch(`${base}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const { value } = Reply.parse(await response.json());
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value).slice(0, 500)}`);
    return value;
  };
}

/** Asks again until it is so; an error while asking counts as not yet. */
export async function eventually(
  isSo: () => Promise<boolean> | boolean,
  complaint: string | (() => string | Promise<string>),
  within = patience,
): Promise<void> {
  const deadline = Date.now() + within;
  for (;;) {
    let failure: unknown;
    try {
      if (await isSo()) return;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline)
      throw new Error(typeof complaint === "string" ? complaint : await complaint(), { cause: failure });
    await sleep(50);
  }
}

function childrenOf(driver: ChildProcess): number[] {
  return readFileSync(`/proc/${driver.pid}/task/${driver.pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
