/** What is on every page: where one is, and for whom; and the first steps. Help-page row 7. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, patient, usePages } from "./pages.ts";
import { good, logIn, startOrganization, startServed, type Served } from "./served.ts";
import { looks, wordsOf } from "./words.ts";

describe.skipIf(whyNoBrowser() !== undefined).each(looks)("the header, $language, $theme", patient, (look) => {
  const { t } = wordsOf(look.language);
  const pages = usePages();
  let served: Served;
  let organizations: readonly [Sandbox, Sandbox];
  beforeAll(async () => {
    organizations = [await startOrganization(), await startOrganization()];
    served = await startServed();
    await logIn(served, organizations[0]);
  }, 120_000);
  afterAll(async () => {
    await served[Symbol.asyncDispose]();
    for (const one of organizations) await one.close();
  });

  const organization = (page: Page) => {
    const [named = ""] = t("ui.header.organization", { name: "", server: "" }).split(":");
    return page.getByRole("button", { name: named });
  };
  const tab = (page: Page, name: string) =>
    page.getByRole("navigation").getByRole("link", { name: t(`ui.header.${name}`) });

  it("given an organization and no directory, then the first steps, of which the second is the next", async () => {
    const page = await pages.open(served, { ...look, at: "/dashboard" });
    await page.getByRole("heading", { level: 1, name: t("ui.start.title", { left: 2 }) }).waitFor();
    const now = page.locator("[aria-current='step']");
    expect(await now.textContent()).toContain(t("ui.start.connect"));
    expect(await accessibilityFaults(page)).toEqual([]);
    await now.getByRole("link").click();
    await page.waitForURL(/#\/settings\/directory$/u);
  });

  it("given its keys, then they lead to its pages, and each says that it is this one", async () => {
    const page = await pages.open(served, { ...look, at: "/dashboard" });
    for (const [at, name] of ["dashboard", "settings", "history", "more"].entries()) {
      await page.keyboard.press(`Control+${at + 1}`);
      await page.waitForURL(new RegExp(`#/${name}`, "u"));
      await page.locator(`nav a[aria-current="page"][href="#/${name}"]`).waitFor();
    }
  });

  it("given two organizations and a guard, then the keyboard alone changes the profile, and what needs somebody is marked", async () => {
    const people = join(served.folder, "people.csv");
    writeFileSync(people, "id,email,name\n1,ana@firm.test,Ana\n2,bo@firm.test,Bo\n");
    const { url, clientId, clientSecret } = organizations[1];
    await good(
      served,
      ["login", "--server", url, "--client-id", clientId, "--client-secret-stdin", "--name", "second"],
      clientSecret,
    );
    for (const [name, of] of [
      ["main", "firm"],
      ["branch", "second"],
    ] as const)
      await good(served, ["profile", "add", name, "--organization", of, "--directory", "file", "--path", people]);
    const { code } = await served.cli(["sync", "--profile", "branch"]);
    expect(code).toBe(4);

    const page = await pages.open(served, { ...look, at: "/more" });
    await organization(page).focus();
    await page.keyboard.press("Enter");
    const menu = page.getByRole("menu");
    await menu.waitFor();
    await expect.poll(() => menu.getByRole("menuitemradio").count(), { timeout: 45_000 }).toBe(2);
    const branch = menu.getByRole("menuitemradio", { name: "branch" });
    await branch.getByText(t("ui.badge.stopped")).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    while ((await branch.getAttribute("data-highlighted")) === null) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await organization(page).getByText("branch").waitFor();
    expect((await served.cli(["profile", "list", "--json"])).stdout).toMatch(/"name":"branch"[^}]*"current":true/u);
    await tab(page, "dashboard")
      .getByRole("img", { name: t("ui.header.needs_you") })
      .waitFor();

    await organization(page).click();
    await menu.getByRole("menuitem", { name: t("ui.header.add") }).click();
    await page.getByRole("heading", { level: 1, name: t("ui.login.title") }).waitFor();
  });

  it("given twice the size, then nothing of it is lost", async () => {
    const page = await pages.open(served, { ...look, at: "/more", width: 400, height: 340 });
    for (const name of ["dashboard", "settings", "history", "more"]) {
      const box = await tab(page, name).boundingBox();
      expect((box?.x ?? 400) + (box?.width ?? 0)).toBeLessThanOrEqual(400);
    }
    const box = await organization(page).boundingBox();
    expect(box?.width ?? 0).toBeGreaterThan(80);
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(400);
  });
});
