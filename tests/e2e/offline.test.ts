/** What the page says while the program behind it is gone, and when it is back. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, patient, usePages } from "./pages.ts";
import { startServed, type Served } from "./served.ts";
import { looks, wordsOf } from "./words.ts";

describe.skipIf(whyNoBrowser() !== undefined).each(looks)(
  "a page without its program, $language, $theme",
  patient,
  (look) => {
    const { t } = wordsOf(look.language);
    const pages = usePages();
    let served: Served;
    beforeEach(async () => {
      served = await startServed();
    }, 120_000);
    afterEach(() => served[Symbol.asyncDispose]());

    it("given the program is killed, then it says so; started again, then that a new link is needed, which works", async () => {
      const page = await pages.open(served, { ...look, expected: /WebSocket|Failed to load resource|403/u });
      await page.getByRole("heading", { level: 1 }).waitFor();
      await served.kill();
      await page.getByText(t("ui.offline.away"), { exact: false }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await served.restart();
      await page.getByText(t("ui.offline.shut"), { exact: false }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.goto(await served.link());
      await page.waitForURL(`${served.url}/`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await page.getByText(t("ui.offline.shut"), { exact: false }).count()).toBe(0);
    });
  },
);
