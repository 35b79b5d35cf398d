/** The page's parts in every state, by themselves: what they say to a screen reader, and a table that does not end. */
import { createServer, type ViteDevServer } from "vite";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sharedBrowser, whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, patient } from "./pages.ts";

describe.skipIf(whyNoBrowser() !== undefined)("the parts of the page", patient, () => {
  let server: ViteDevServer;
  let page: Page;
  beforeAll(async () => {
    server = await createServer({
      configFile: "ui/vite.config.ts",
      logLevel: "error",
      cacheDir: "../.cache/parts",
      server: { port: 0, hmr: false, watch: null },
    });
    await server.listen();
  }, 120_000);
  afterAll(() => server.close());
  afterEach(() => page.context().close());

  const open = async (colorScheme: "light" | "dark", width = 960): Promise<void> => {
    const browser = await sharedBrowser();
    const context = await browser.newContext({
      colorScheme,
      locale: "en-GB",
      reducedMotion: "reduce",
      viewport: { width, height: 680 },
    });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${server.resolvedUrls?.local[0]}parts.html`);
    await row("Person 1 of invited").waitFor();
  };
  const table = () => page.getByRole("grid");
  /** A row is named after what it is about. */
  const row = (name: string) => page.getByRole("row", { name, exact: false }).filter({ visible: true }).first();
  const current = (): Promise<string | null> =>
    page.evaluate<string | null>(
      `document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.getAttribute("aria-label") ?? null`,
    );

  it.each(["light", "dark"] as const)("given any of them, %s, then nothing keeps anybody out", async (theme) => {
    await open(theme);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Dialog" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate(`document.activeElement.textContent.trim()`)).toBe("Dialog");
  });

  it("given 100,000 rows, then any is a key away, and only those in sight are there", async () => {
    await open("light");
    expect(await table().getAttribute("aria-rowcount")).toBe(String(100_000 + 3 + 1));
    await table().focus();
    await page.keyboard.press("End");
    await page.getByRole("heading", { name: "Person 99,998 of invited" }).waitFor();
    await expect.poll(current, { timeout: 45_000 }).toBe("invited, Person 99,998 of invited");
    expect(await table().getByRole("row").count()).toBeLessThan(60);
    await page.keyboard.press("ArrowUp");
    await page.getByRole("heading", { name: "Person 99,997 of invited" }).waitFor();
    await page.keyboard.press("Home");
    await page.getByRole("heading", { name: "Person 1 of loses-access" }).waitFor();
    for (const name of ["Person 2 of loses", "Person 1 of invited", "Person 2 of invited"]) {
      await page.keyboard.press("ArrowDown");
      await expect.poll(current, { timeout: 45_000 }).toContain(name);
    }
  });

  it("given a list that is dragged through, then the head of what is in sight stays on top of it", async () => {
    await open("light");
    await page.evaluate(`document.querySelector("[role=grid]").parentElement.scrollTop = 1_600_000`);
    await table().getByRole("row", { name: "invited, Person 50," }).first().waitFor();
    const [head, titles] = await Promise.all([
      table().getByText("99,998").first().boundingBox(),
      table().getByRole("columnheader", { name: "Who" }).boundingBox(),
    ]);
    expect((head?.y ?? 0) - (titles?.y ?? 0)).toBeLessThan(40);
  });

  it("given an engine that is away, then it is said, and trying again brings the rows", async () => {
    await open("light");
    await page.getByRole("checkbox", { name: "The engine is away" }).check();
    await table().focus();
    await page.keyboard.press("End");
    await page.getByRole("alert").getByRole("button", { name: "Try again" }).waitFor();
    await page.getByRole("checkbox", { name: "The engine is away" }).uncheck();
    await page.getByRole("button", { name: "Try again" }).click();
    await table().getByRole("row", { name: "Person 99,998 of invited" }).waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor({ state: "detached" });
  });

  it("given a window a third as wide, then nothing is wider than it", async () => {
    await open("light", 320);
    expect(await page.evaluate(`document.querySelector(".page").scrollWidth - innerWidth`)).toBeLessThanOrEqual(0);
  });
});
