import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContext, Page } from "playwright-core";
import { afterEach, expect } from "vitest";
import { sharedBrowser } from "./browser.ts";
import type { Served } from "./served.ts";

export interface PageOptions {
  readonly language?: "en" | "nl";
  readonly theme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** Console messages that belong to what the test does, such as a server that is killed. */
  readonly expected?: RegExp;
  /** The place in the window: `/settings/directory`. */
  readonly at?: string;
}

/** A browser takes its time on a busy machine. */
export const patient = { timeout: 180_000 } as const;

export interface Pages {
  /** A browser of its own (no cookies of others) with the page, let in by a fresh link. */
  open(served: Served, options?: PageOptions): Promise<Page>;
}

/**
 * Pages of the tests of one `describe`: call it there once. After each test they are closed, and the test fails when one
 * wrote an error to the console, broke the page's policy, or asked for anything from elsewhere.
 */
export const usePages = (): Pages => {
  const open: BrowserContext[] = [];
  const trouble: string[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((context) => context.close()));
    expect(trouble.splice(0)).toEqual([]);
  });
  return {
    open: (served, options = {}) =>
      openPage(served, options, (page) => {
        open.push(page.context());
        watch(page, served, options.expected, trouble);
      }),
  };
};

/** The page in a browser of its own; `before` is called with it before anything is loaded. */
export const openPage = async (
  served: Served,
  options: PageOptions = {},
  before: (page: Page) => void = () => undefined,
): Promise<Page> => {
  const { language = "en", theme = "light", width = 960, height = 680, at = "" } = options;
  const browser = await sharedBrowser();
  const context = await browser.newContext({
    locale: language === "nl" ? "nl-NL" : "en-GB",
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  before(page);
  if (served.now() - Date.now() > 1_000) await page.clock.setSystemTime(served.now());
  await page.goto(await served.link());
  await page.waitForURL(`${served.url}/`);
  await page.locator("#app > *").first().waitFor();
  if (at !== "") await page.evaluate(`location.hash = ${JSON.stringify(at)}`);
  return page;
};

const watch = (page: Page, served: Served, expected: RegExp | undefined, trouble: string[]): void => {
  const tell = (text: string): void => {
    if (expected?.test(text) !== true) trouble.push(text);
  };
  const isOurs = (url: string): boolean =>
    url.replace(/^ws/u, "http").startsWith(`${served.url}/`) || url.startsWith("data:");
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") tell(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => tell(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    if (!isOurs(request.url())) trouble.push(`asked elsewhere: ${request.url()}`);
  });
  page.on("websocket", (socket) => {
    if (!isOurs(socket.url())) trouble.push(`spoke elsewhere: ${socket.url()}`);
  });
};

/** What is wrong for people who use a screen reader, a keyboard, or need contrast: WCAG 2.2 A and AA; one line each. */
export const accessibilityFaults = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = "" }) => `${id}: ${target.join(" ")} ${failureSummary.replaceAll(/\s+/gu, " ")}`,
    ),
  );
};
