/** The page opens: real `serve`, real Chromium, in both languages and themes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, patient, usePages } from "./pages.ts";
import { startServed, type Served } from "./served.ts";

describe.skipIf(whyNoBrowser() !== undefined)("the page in the browser", patient, () => {
  const pages = usePages();
  let served: Served;
  beforeAll(async () => {
    served = await startServed();
  }, 120_000);
  afterAll(() => served[Symbol.asyncDispose]());

  it.each([
    { language: "en", theme: "light", words: "Log in" },
    { language: "nl", theme: "dark", words: "Inloggen" },
  ] as const)(
    "given nothing set up, then it opens at the log-in page, $language, $theme",
    async ({ words, ...look }) => {
      const page = await pages.open(served, look);
      await page.getByText(words, { exact: true }).first().waitFor();
      expect(await page.locator("html").getAttribute("lang")).toBe(look.language);
      expect(await accessibilityFaults(page)).toEqual([]);
    },
  );

  it("given the same link in another browser, then how to get a new one", async () => {
    const page = await pages.open(served, { expected: /403/u });
    const { code, stdout } = await served.cli(["serve", "--link"]);
    expect(code).toBe(0);
    await page.goto(stdout.trim());
    await page.waitForURL(`${served.url}/`);
    await page.context().clearCookies();
    await page.goto(stdout.trim());
    await page.getByRole("heading", { name: "This link does not open the page any more" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
