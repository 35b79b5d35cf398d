/** Settings, History and More in a real browser, against the real engine, a real slapd and the sandbox organization. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { contentLdif } from "../servers/openldap/ldif.ts";
import { configFor, missingOpenLdap, startOpenLdap, type OpenLdap } from "../servers/openldap/openldap.ts";
import { whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, usePages } from "./pages.ts";
import { good, logIn, startOrganization, startServed, type Served } from "./served.ts";

const skip = whyNoBrowser() ?? missingOpenLdap();
const variable = "DIRECTORY_CONNECTOR_PROFILES_MAIN_SYNC_NESTED";
const users = ["Tom de Wit", "Ana Lopes", "Kim Pol", "Bo Li"].map((name, at) => ({
  key: `u${at}`,
  name,
  email: `u${at}@firm.test`,
}));
const groups = [
  { key: "g1", name: "Engineering", members: ["u0", "u1"] },
  { key: "g2", name: "Board", members: ["u2"] },
];

describe.skipIf(skip !== undefined)("settings, history and more in the browser", { timeout: 60_000 }, () => {
  const pages = usePages();
  let organization: Sandbox;
  let ldap: OpenLdap;
  let served: Served;
  beforeAll(async () => {
    organization = await startOrganization();
    ldap = await startOpenLdap({ ldif: contentLdif({ users, groups }, "dc=firm,dc=test"), requireTls: true });
    served = await startServed();
    await logIn(served, organization);
  }, 120_000);
  afterAll(async () => {
    await served[Symbol.asyncDispose]();
    await ldap[Symbol.asyncDispose]();
    await organization.close();
  });

  /** Who of the directory is in the organization. */
  const namesLeft = (): string[] =>
    [...organization.state.members.values()].map(({ email }) => email).filter((email) => /^u\d@/u.test(email));
  const footer = (page: Page) => page.locator("footer");
  const setting = async (path: string): Promise<string> =>
    (await served.cli(["config", "get", path, "--profile", "main"])).stdout.trim();

  it("given a first directory, then it is filled in, checked before it is saved, and the command line has it then", async () => {
    const page = await pages.open(served, { at: "/settings/directory" });
    const config = configFor(ldap);
    await page.getByLabel("Directory", { exact: true }).selectOption("ldap");
    await page.getByLabel("Server", { exact: true }).fill("dc1");
    await page.getByLabel("Server", { exact: true }).blur();
    await page.getByText("Has to look like ldaps://dc1.example.test or ldap://ldap.example.test:389.").waitFor();
    await page.getByLabel("Server", { exact: true }).fill(config.url);
    await page.getByLabel("Base DN", { exact: true }).fill(config.baseDn);
    await page.getByLabel("Bind as", { exact: true }).fill(config.bindDn ?? "");
    await page.getByLabel("Password", { exact: true }).fill(config.password ?? "");
    await page.getByRole("button", { name: "Check connection" }).click();
    await page.locator(".steps .bad").getByText("which this computer does not trust").waitFor();
    expect(await page.locator(".steps .skip").count()).toBe(3);
    await page
      .getByLabel("CA file (PEM)", { exact: true })
      .first()
      .fill(config.caFile ?? "");
    await page.getByRole("button", { name: "Check again" }).click();
    await expect.poll(() => page.locator(".steps li.ok").count(), { timeout: 45_000 }).toBe(5);
    await page.getByText("4 people readable").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect((await served.cli(["profile", "list"])).stdout).not.toContain("main");
    await footer(page).getByRole("button", { name: "Save" }).click();
    await footer(page).getByText("Saved.").waitFor();
    expect((await served.cli(["profile", "list"])).stdout).toContain("main");
    await footer(page).getByRole("button", { name: "Test Now" }).click();
    await page.waitForURL(/#\/plan\/\d+$/u);
  });

  it("given a wrong password, then the step that failed says so, in Dutch, and the stored one is still the right one", async () => {
    const page = await pages.open(served, { at: "/settings/directory", language: "nl", theme: "dark" });
    await page
      .getByRole("button", { name: /^Vervangen: / })
      .first()
      .click();
    await page.getByLabel("Wachtwoord", { exact: true }).fill("verkeerd");
    await page.getByRole("button", { name: "Verbinding controleren" }).click();
    await page.locator(".steps .bad").waitFor();
    expect(await page.locator(".steps li.ok").count()).toBe(2);
    expect(await accessibilityFaults(page)).toEqual([]);
    await footer(page).getByRole("button", { name: "Weggooien" }).click();
    expect((await served.cli(["check"])).code).toBe(0);
  });

  it.each([
    {
      language: "en",
      said: 'Character 11: expected "=", ">=", "<=", "~=" or ":=", found " ".',
      make: "Make it cn=Engineering",
      save: "Save",
      saved: "Saved.",
    },
    {
      language: "nl",
      said: 'Teken 11: hier hoort "=", ">=", "<=", "~=" of ":=", er staat " ".',
      make: "Maak er cn=Engineering van",
      save: "Opslaan",
      saved: "Opgeslagen.",
    },
  ] as const)(
    "given a filter that cannot be read, then its place, one repair, and nothing saved before, $language",
    async ({ language, said, make, save, saved }) => {
      await good(served, ["config", "unset", "sync.groupFilter", "--profile", "main"]);
      const page = await pages.open(served, { at: "/settings/people", language });
      await page.getByText(language === "nl" ? "2 van 2 gevonden" : "2 of 2 found").waitFor();
      const field = page.getByLabel(language === "nl" ? "Groepsfilter" : "Group filter");
      await field.fill("(|(o=B)(cn Engineering))");
      await field.blur();
      await page.getByText(said).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await footer(page).getByRole("button", { name: save }).getAttribute("aria-disabled")).toBe("true");
      await page.getByRole("button", { name: make }).click();
      expect(await field.inputValue()).toBe("(|(o=B)(cn=Engineering))");
      await expect
        .poll(() => footer(page).getByRole("button", { name: save }).getAttribute("aria-disabled"))
        .toBeNull();
      await footer(page).getByRole("button", { name: save }).click();
      await footer(page).getByText(saved).waitFor();
      expect(await setting("sync.groupFilter")).toBe("(|(o=B)(cn=Engineering))");
    },
  );

  it("given unsaved changes, then leaving asks once, and staying keeps them", async () => {
    const page = await pages.open(served, { at: "/settings/leavers" });
    await page.getByRole("radio", { name: "Keep access" }).first().check();
    await footer(page).getByText("1 unsaved change: Disabled in the directory").waitFor();
    await page.getByRole("link", { name: "People and groups" }).click();
    await page.getByRole("heading", { name: "People", exact: true }).waitFor();
    await page.getByRole("link", { name: "More", exact: true }).click();
    await page.getByRole("button", { name: "Stay here" }).click();
    await footer(page).getByText("1 unsaved change").waitFor();
    await page.getByRole("link", { name: "More", exact: true }).click();
    await page.getByRole("button", { name: "Discard them" }).click();
    await page.getByRole("heading", { name: "More", exact: true }).waitFor();
    expect(await setting("sync.leavers.disabled")).toBe("revoke");
  });

  it("given somebody else saved meanwhile, then nothing is overwritten, and it says so", async () => {
    const page = await pages.open(served, { at: "/settings/leavers" });
    await page.getByRole("radio", { name: "Keep access" }).first().check();
    await good(served, ["config", "set", "guards.age", "9", "--profile", "main"]);
    await footer(page).getByRole("button", { name: "Save" }).click();
    await footer(page).getByRole("alert").getByText("was changed by somebody else").waitFor();
    expect(await setting("sync.leavers.disabled")).toBe("revoke");
    await footer(page).getByRole("button", { name: "Load again" }).click();
    await expect.poll(() => page.getByLabel("Age of the last good run").inputValue()).toBe("9");
  });

  it("given a value from the environment, then it is shown locked with the variable", async () => {
    await served.stop();
    await using other = await startServed({ [variable]: "false" });
    await logIn(other, organization);
    await good(other, ["profile", "add", "main", "--directory", "file", "--path", "samples/company.ldif"]);
    const page = await pages.open(other, { at: "/settings/people" });
    await page.getByText(`Set by the variable ${variable}; change it there.`).waitFor();
    expect(await page.locator(".in.locked").count()).toBe(1);
    await served.restart();
  });

  it("given the organization, then its owners are kept, and a wrong new secret is refused and replaces nothing", async () => {
    const page = await pages.open(served, { at: "/settings/organization" });
    await page.getByText("secrets are kept in a sealed file").waitFor();
    await page.getByLabel("Addresses of the owners").fill("Owner@firm.test");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    expect((await served.cli(["config", "get", "organizations.firm.owners"])).stdout.trim()).toBe("owner@firm.test");
    await page.getByRole("button", { name: "New secret…" }).click();
    await page.getByLabel("Client secret").fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").getByText("refuses this API key").waitFor();
    await page.getByLabel("Client secret").fill(organization.clientSecret);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("accepted the key.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("given a schedule, then the interval is saved, and the line to copy calls the same home", async () => {
    const page = await pages.open(served, { at: "/settings/schedule", language: "nl" });
    await page.getByLabel("Elke", { exact: true }).fill("2");
    await page.getByLabel("Eenheid").selectOption("h");
    await page.getByText(`--home ${served.home} sync --profile main`).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await footer(page).getByRole("button", { name: "Opslaan" }).click();
    await footer(page).getByText("Opgeslagen.").waitFor();
    expect(await setting("schedule.every")).toBe("2h");
  });

  it("given runs, then their list, one of them in the past tense, its undo, and what happened to one person", async () => {
    await good(served, ["config", "unset", "sync.groupFilter", "--profile", "main"]);
    const plan = join(served.folder, "plan.jsonl");
    await good(served, ["plan", "--out", plan]);
    await good(served, ["apply", plan]);
    const page = await pages.open(served, { at: "/history" });
    await page.getByRole("cell", { name: "+4" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("combobox", { name: "Search a person" }).fill("tom");
    await page.getByRole("option", { name: /Tom de Wit/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Tom de Wit" }).waitFor();
    await page.locator(".trail").getByText("Joined Engineering").waitFor();
    expect(await page.locator(".trail li").allInnerTexts()).toEqual([
      expect.stringMatching(/^Joined Engineering Today/u),
      expect.stringMatching(/^Invited Today/u),
    ]);
    await page.getByRole("row", { name: /\+4/ }).getByRole("link").click();
    await page.getByRole("heading", { name: /^Accepted plan \d+: done$/ }).waitFor();
    await page.getByRole("row", { name: /Tom de Wit.*Invited/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Undo…" }).click();
    await page.getByRole("dialog").getByText("comes back whole").first().waitFor();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Undo these/ })
      .click();
    await page.getByRole("heading", { name: /^(?:Undo|Accepted plan) \d+: done$/ }).waitFor();
    await expect.poll(() => namesLeft(), { timeout: 45_000 }).toEqual([]);
  });

  it.each([
    { language: "en", clear: "Clear", cleared: "Sync cache cleared.", diagnostics: "Make…", log: "Open" },
    { language: "nl", clear: "Wissen", cleared: "Synchronisatiecache gewist.", diagnostics: "Maken…", log: "Openen" },
  ] as const)(
    "given More, then the cache is cleared after asking, and log and diagnostics can be looked at, $language",
    async (words) => {
      const page = await pages.open(served, { at: "/more", language: words.language });
      await page.getByRole("button", { name: words.clear, exact: true }).click();
      await page.getByRole("dialog").getByRole("button", { name: words.clear, exact: true }).click();
      await page.getByText(words.cleared).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole("button", { name: words.diagnostics }).click();
      await page.getByText("profiles.1.directory.kind = ldap").waitFor();
      expect(await page.getByRole("dialog").innerText()).not.toMatch(/firm\.test|127\.0\.0\.1/u);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: words.log, exact: true }).first().click();
      await page.getByRole("dialog").waitFor();
    },
  );

  it("given the theme and the language are chosen, then they change at once and stay", async () => {
    const page = await pages.open(served, { at: "/more" });
    await page.getByLabel("Language").selectOption("nl");
    await page.getByRole("heading", { name: "Meer", exact: true }).waitFor();
    await page.getByRole("radio", { name: "Donker" }).check();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.reload();
    await page.getByRole("heading", { name: "Meer", exact: true }).waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  });
});
