/** What holds on every page: for people who use a screen reader, a keyboard, large letters or a small window, light and dark. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingOpenLdap } from "../servers/openldap/openldap.ts";
import { whyNoBrowser } from "./browser.ts";
import { firstSync, startCompany, type Company } from "./company.ts";
import { accessibilityFaults, patient, usePages } from "./pages.ts";
import { looks, wordsOf } from "./words.ts";

const sections = ["organization", "directory", "people", "leavers", "schedule", "notices"].map(
  (name) => `/settings/${name}`,
);
const places = ["/login", "/dashboard", ...sections, "/history", "/more"];

/** 800 × 600, a browser's zoom at 200 %, and letters twice as large in a window of the usual size. */
const sizes = [
  { name: "800 × 600", width: 800, height: 600, letters: 1 },
  { name: "zoomed to 200 %", width: 480, height: 340, letters: 1 },
  { name: "letters at 200 %", width: 960, height: 680, letters: 2 },
] as const;

describe.skipIf((whyNoBrowser() ?? missingOpenLdap()) !== undefined)("every page", patient, () => {
  const pages = usePages();
  let company: Company;
  let runs: readonly string[];
  beforeAll(async () => {
    company = await startCompany();
    await firstSync(company);
    await using client = await company.served.client();
    const { run } = await client.call("plan.create", { profile: "main", kind: "test" });
    runs = [`/plan/${run}`, `/history/${run}`];
  }, 180_000);
  afterAll(() => company[Symbol.asyncDispose]());

  /** Goes there and waits until what belongs there is shown and stands still. */
  const goTo = async (page: Page, place: string): Promise<void> => {
    await page.evaluate(`location.hash = ${JSON.stringify(place)}`);
    await page.locator("main").first().waitFor();
    // The page's policy lets nobody wait by a text that is run in it again and again.
    await expect.poll(() => page.locator("[aria-busy=true], .loading").count(), { timeout: 45_000 }).toBe(0);
    await page.waitForTimeout(300);
  };

  it.each(looks)("has no faults of accessibility, $theme, $language", async (look) => {
    const page = await pages.open(company.served, look);
    const faults: Record<string, string[]> = {};
    for (const place of [...places, ...runs]) {
      await goTo(page, place);
      const found = await accessibilityFaults(page);
      if (found.length > 0) faults[place] = found;
    }
    expect(faults).toEqual({});
  });

  it.each(looks)("has one heading of the first level, a title, and its language, $language", async (look) => {
    const page = await pages.open(company.served, look);
    for (const place of [...places, ...runs]) {
      await goTo(page, place);
      expect([place, await page.getByRole("heading", { level: 1 }).count()]).toEqual([place, 1]);
      expect(await page.title()).not.toBe("");
      expect(await page.locator("html").getAttribute("lang")).toBe(look.language);
    }
  });

  it.each(sizes)("loses nothing at $name", async ({ width, height, letters }) => {
    const page = await pages.open(company.served, { language: "nl", width, height });
    if (letters > 1) await page.evaluate(`document.documentElement.style.fontSize = "${letters * 100}%"`);
    const lost: Record<string, string[]> = {};
    for (const place of [...places, ...runs]) {
      await goTo(page, place);
      const found = await page.evaluate<string[]>(whatIsLost);
      if (found.length > 0) lost[place] = found;
    }
    expect(lost).toEqual({});
  });

  it("is reached by Ctrl and its number, and shows where the focus is", async () => {
    const { t } = wordsOf("en");
    const page = await pages.open(company.served);
    await page.getByRole("navigation").first().waitFor();
    for (const [key, name] of [
      ["2", "settings"],
      ["3", "history"],
      ["4", "more"],
      ["1", "dashboard"],
    ] as const) {
      await page.keyboard.press(`Control+${key}`);
      await page
        .getByRole("link", { name: t(`ui.header.${name}`), exact: true })
        .and(page.locator("[aria-current=page]"))
        .waitFor();
    }
    const unseen: string[] = [];
    for (const place of [...places, ...runs]) {
      await goTo(page, place);
      await page.evaluate(`document.activeElement?.blur()`);
      for (let step = 0; step < 12; step += 1) {
        await page.keyboard.press("Tab");
        const hidden = await page.evaluate<string | undefined>(focusedButUnseen);
        if (hidden !== undefined) unseen.push(`${place}: ${hidden}`);
      }
    }
    expect(unseen).toEqual([]);
  });
});

/** In the page: everything one can use that is outside the window sideways, or covered, once it is scrolled to. */
const whatIsLost = `(() => {
  const nameOf = (element) => element.tagName.toLowerCase() + " " + (element.getAttribute("aria-label") ?? element.textContent ?? element.id).trim().slice(0, 40);
  const scrollsSideways = (element) => {
    for (let one = element.parentElement; one !== null && one !== document.documentElement; one = one.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth) return true;
    return false;
  };
  const lost = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) lost.push("the page scrolls sideways: " + document.documentElement.scrollWidth);
  for (const element of document.querySelectorAll("a[href], button, input, select, textarea, [role=tab], [role=radio], summary")) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const whole = element.matches("input[type=radio], input[type=checkbox]") ? (element.closest("label") ?? element) : element;
    whole.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const { left, right, top, bottom, width, height } = whole.getBoundingClientRect();
    if (width < 2 || height < 2) continue;
    if ((left < -1 || right > innerWidth + 1) && !scrollsSideways(whole)) lost.push(nameOf(whole) + " is cut off at " + Math.round(left) + " to " + Math.round(right));
    const at = document.elementFromPoint((Math.max(left, 0) + Math.min(right, innerWidth)) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2);
    if (at !== null && !whole.contains(at) && !at.contains(whole) && at.closest("label")?.contains(whole) !== true)
      lost.push(nameOf(whole) + " is covered by " + nameOf(at));
  }
  return lost;
})()`;

/** In the page: what has the focus, where nothing tells that it has. */
const focusedButUnseen = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return undefined;
  const shows = (one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  const around = [element, element.parentElement, element.nextElementSibling, element.closest("label"), element.closest("label")?.querySelector("span, .box, i"), document.getElementById(element.getAttribute("aria-activedescendant") ?? "")];
  return around.some((one) => one !== null && one !== undefined && shows(one)) ? undefined : element.outerHTML.slice(0, 120);
})()`;
