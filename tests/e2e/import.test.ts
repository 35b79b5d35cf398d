/** What was set up in Bitwarden's own Directory Connector is taken over in the page, from the log-in page and from More. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, patient, usePages } from "./pages.ts";
import { startOrganization, startServed, type Served } from "./served.ts";
import { looks, wordsOf } from "./words.ts";

describe.skipIf(whyNoBrowser() !== undefined).each(looks)("importing, $language, $theme", patient, (look) => {
  const { t } = wordsOf(look.language);
  const pages = usePages();
  let served: Served;
  let organization: Sandbox;
  let file: string;
  beforeAll(async () => {
    organization = await startOrganization();
    served = await startServed();
    file = join(served.folder, "data.json");
    const original = {
      stateVersion: 8,
      organizationId: organization.clientId.replace("organization.", ""),
      environmentUrls: { base: organization.url },
      directoryType: 3,
      directoryOkta: { orgUrl: "https://firm.okta.com", token: "[STORED SECURELY]" },
      sync: { users: true, groups: true, removeDisabled: true, interval: 15 },
    };
    writeFileSync(file, JSON.stringify(original));
  }, 120_000);
  afterAll(async () => {
    await served[Symbol.asyncDispose]();
    await organization.close();
  });

  const button = (page: Page, key: string) => page.getByRole("button", { name: t(key), exact: true });
  const choose = (page: Page, path: string) => page.locator("input[type=file]").setInputFiles(path);

  it("shows what it comes to, takes it over, and leads to what is left to give", async () => {
    const page = await pages.open(served, look);
    await button(page, "ui.login.import").click();
    expect(await button(page, "ui.import.take").getAttribute("aria-disabled")).toBe("true");
    await choose(page, file);
    await page.getByText("15m", { exact: true }).waitFor();
    await page.getByText(t("note.import.revokes").slice(0, 30), { exact: false }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect((await served.cli(["profile", "list"])).stdout).not.toContain("okta");
    await button(page, "ui.import.take").click();
    await page.waitForURL(/#\/settings\/organization$/u);
    expect((await served.cli(["profile", "list"])).stdout).toContain("okta");
  });

  it("given another file, from More, then it is told that this is no such file, and nothing is taken over", async () => {
    const other = join(served.folder, "other.json");
    writeFileSync(other, "{}");
    const page = await pages.open(served, { ...look, at: "/more" });
    await button(page, "ui.more.import_button").click();
    await choose(page, other);
    await page.getByText(t("remedy.import.unknown"), { exact: false }).waitFor();
    await button(page, "ui.import.cancel").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });
});
