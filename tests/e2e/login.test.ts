/** Logging in by the page: help-page rows 4 and 5, with what goes wrong. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, patient, usePages } from "./pages.ts";
import { good, startOrganization, startServed, type Served } from "./served.ts";
import { looks, wordsOf } from "./words.ts";

describe.skipIf(whyNoBrowser() !== undefined).each(looks)("logging in, $language, $theme", patient, (look) => {
  const { t } = wordsOf(look.language);
  const pages = usePages();
  let served: Served;
  let organization: Sandbox;
  let page: Page;
  beforeAll(async () => {
    organization = await startOrganization();
    served = await startServed();
  }, 120_000);
  afterAll(async () => {
    await served[Symbol.asyncDispose]();
    await organization.close();
  });
  beforeEach(async () => {
    page = await pages.open(served, { ...look, at: "/login" });
  });

  const ownServer = async (url: string): Promise<void> => {
    await page.getByText(t("ui.login.own"), { exact: true }).click();
    await page.getByLabel(t("ui.login.server_url"), { exact: true }).fill(url);
  };
  const key = async (id: string, secret: string): Promise<void> => {
    await page.getByLabel(t("ui.login.client_id"), { exact: true }).fill(id);
    await page.getByRole("textbox", { name: t("ui.login.secret"), exact: true }).fill(secret);
  };
  const button = () => page.getByRole("button", { name: t("ui.login.title"), exact: true });
  const organizations = async (): Promise<string> => (await served.cli(["config", "get", "organizations"])).stdout;

  it("given nothing but a server, then the button says what it needs, and does nothing", async () => {
    await ownServer(organization.url);
    expect(await button().getAttribute("aria-disabled")).toBe("true");
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("given a server, then it says what answers there, before anybody typed a key", async () => {
    await ownServer(organization.url);
    await page.keyboard.press("Tab");
    await page.getByText(new URL(organization.url).host, { exact: false }).first().waitFor();
  });

  it("given a server that is not there, then it says so at its field", async () => {
    await ownServer("http://127.0.0.1:1");
    await key(organization.clientId, organization.clientSecret);
    await page.getByText(t("remedy.organization.unreachable"), { exact: false }).waitFor();
    expect(await organizations()).not.toContain("127.0.0.1:1");
  });

  it("given a wrong secret, then it says what it may be, keeps nothing, and keeps what was typed", async () => {
    await ownServer(organization.url);
    await key(organization.clientId, "wrong-secret");
    await button().click();
    await page.getByText(t("remedy.organization.refused").slice(0, 30), { exact: false }).waitFor();
    expect(await page.getByLabel(t("ui.login.client_id"), { exact: true }).inputValue()).toBe(organization.clientId);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await organizations()).not.toContain(organization.clientId);
  });

  it("given the right key pasted in one piece, then it logs in, and no page and no storage of the browser holds the secret", async () => {
    await ownServer(organization.url);
    const field = page.getByLabel(t("ui.login.client_id"), { exact: true });
    await field.focus();
    const pasted = `client_id: ${organization.clientId}\nclient_secret: ${organization.clientSecret}`;
    await page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", ${JSON.stringify(pasted)});
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }`);
    await button().click();
    await page.getByRole("navigation").waitFor();
    const kept = await page.evaluate<string>(
      `JSON.stringify([localStorage, sessionStorage, document.documentElement.outerHTML])`,
    );
    expect(kept).not.toContain(organization.clientSecret);
    expect(await organizations()).toContain(organization.clientId);
  });

  it("given a new secret for the same organization, then it replaces the old one in place", async () => {
    const before = await organizations();
    organization.byHand.rotateKey();
    await ownServer(organization.url);
    await key(organization.clientId, organization.clientSecret);
    await button().click();
    await page.getByRole("navigation").waitFor();
    expect(await organizations()).toBe(before);
    await good(served, ["secrets", "status"]);
  });
});
