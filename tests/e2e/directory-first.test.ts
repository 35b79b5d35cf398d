/** The directory is set up before anybody has the organization's key, by the link on the log-in page. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolve } from "node:path";
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, patient, usePages } from "./pages.ts";
import { startOrganization, startServed, type Served } from "./served.ts";
import { looks, wordsOf } from "./words.ts";

const file = { en: "File", nl: "Bestand" } as const;

describe.skipIf(whyNoBrowser() !== undefined).each(looks)("the directory first, $language, $theme", patient, (look) => {
  const { t } = wordsOf(look.language);
  const pages = usePages();
  let served: Served;
  let organization: Sandbox;
  beforeAll(async () => {
    organization = await startOrganization();
    served = await startServed();
  }, 120_000);
  afterAll(async () => {
    await served[Symbol.asyncDispose]();
    await organization.close();
  });

  it("is checked and saved without a key; whoever logs in later goes on from there", async () => {
    const page = await pages.open(served, look);
    const button = (key: string) => page.getByRole("button", { name: t(key), exact: true });
    await page.getByRole("link", { name: t("ui.login.directory_first"), exact: true }).click();
    await page.locator("select").first().selectOption("file");
    await page.getByLabel(file[look.language], { exact: true }).fill(resolve("samples/company.ldif"));
    await button("ui.check.start").click();
    await button("ui.check.again").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await button("ui.settings.save").click();
    await button("ui.organization.log_in").click();

    await page.getByText(t("ui.login.own"), { exact: true }).click();
    await page.getByLabel(t("ui.login.server_url"), { exact: true }).fill(organization.url);
    await page.getByLabel(t("ui.login.client_id"), { exact: true }).fill(organization.clientId);
    await page.getByRole("textbox", { name: t("ui.login.secret"), exact: true }).fill(organization.clientSecret);
    await button("ui.login.title").click();
    await button("ui.start.test_button").click();
    await page.getByRole("heading", { level: 1, name: t("ui.plan.changes", { count: 62 }), exact: true }).waitFor();
    expect(organization.state.members.size).toBe(1);
  });
});
