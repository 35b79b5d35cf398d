/** From nothing to a first sync of an LDAP directory, in the browser alone, as a new user goes: help-page rows 1, 3–9. */
import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { missingOpenLdap, type OpenLdap } from "../servers/openldap/openldap.ts";
import { whyNoBrowser } from "./browser.ts";
import { startCompanyDirectory } from "./company.ts";
import { accessibilityFaults, usePages } from "./pages.ts";
import { startOrganization, startServed, type Served } from "./served.ts";
import { looks, wordsOf } from "./words.ts";

const labels = {
  en: { kind: "Directory", url: "Server", base: "Base DN", bind: "Bind as", password: "Password", ca: "CA file (PEM)" },
  nl: {
    kind: "Directory",
    url: "Server",
    base: "Base DN",
    bind: "Inloggen als",
    password: "Wachtwoord",
    ca: "CA-bestand (PEM)",
  },
} as const;

describe.skipIf((whyNoBrowser() ?? missingOpenLdap()) !== undefined).each(looks)(
  "a new user, $language, $theme",
  { timeout: 180_000 },
  (look) => {
    const { t } = wordsOf(look.language);
    const label = labels[look.language];
    const pages = usePages();
    let organization: Sandbox;
    let ldap: OpenLdap;
    let served: Served;
    let page: Page;
    beforeEach(async () => {
      organization = await startOrganization();
      ldap = await startCompanyDirectory();
      served = await startServed();
    }, 120_000);
    afterEach(async () => {
      // Before its server: a page whose server ends says so on the console.
      await page.close();
      await served[Symbol.asyncDispose]();
      await ldap[Symbol.asyncDispose]();
      await organization.close();
    });

    const field = (name: string) => page.getByLabel(name, { exact: true });
    const button = (key: string) => page.getByRole("button", { name: t(key), exact: true });

    it("logs in, connects the directory, sees what fails and why, tests, and syncs", async () => {
      page = await pages.open(served, look);
      await page.getByText(t("ui.login.own"), { exact: true }).click();
      await field(t("ui.login.server_url")).fill(organization.url);
      await field(t("ui.login.client_id")).fill(organization.clientId);
      await page.getByRole("textbox", { name: t("ui.login.secret"), exact: true }).fill(organization.clientSecret);
      await button("ui.login.title").click();

      await page.getByRole("link", { name: t("ui.start.connect_button"), exact: true }).click();
      await field(label.kind).selectOption("ldap");
      await field(label.url).fill(ldap.tlsUrl);
      await field(label.base).fill(ldap.suffix);
      await field(label.bind).fill(ldap.reader.dn);
      await page.getByRole("textbox", { name: label.password, exact: true }).fill("not-the-password");

      // An issuer that nobody knows: nothing is sent to it, and the way out is beside the step.
      await button("ui.check.start").click();
      const failedStep = page.getByRole("listitem").filter({ hasText: t("ui.check.state.failed") });
      await failedStep.filter({ hasText: t("ui.check.ca_field") }).waitFor();
      await field(label.ca).fill(ldap.authority.caFile);
      await button("ui.check.again").click();
      await failedStep.filter({ hasText: t("remedy.directory.auth_failed").slice(0, 24) }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole("textbox", { name: label.password, exact: true }).fill(ldap.reader.password);
      await button("ui.check.again").click();
      await failedStep.first().waitFor({ state: "detached" });
      await page.getByRole("list", { includeHidden: true }).locator(".ok").nth(4).waitFor();
      await button("ui.settings.save").click();
      await button("ui.settings.test_now").click();
      await page.waitForURL(/#\/plan\/\d+$/u);
      // Looking sends nothing.
      expect([...organization.state.members.values()]).toHaveLength(1);
    });
  },
);
