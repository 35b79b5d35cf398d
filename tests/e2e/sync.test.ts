/** From a test to a sync in the page: help-page rows 8 to 10 and 12, and a run of the command line that is followed and stopped. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, patient, usePages } from "./pages.ts";
import { good, logIn, startOrganization, startServed, type Served } from "./served.ts";
import { looks, wordsOf } from "./words.ts";

const people = Array.from({ length: 12 }, (_, at) => ({
  id: `p${at}`,
  email: `p${at}@firm.test`,
  name: `Person ${String(at).padStart(2, "0")}`,
}));

describe.skipIf(whyNoBrowser() !== undefined).each(looks)("testing and syncing, $language, $theme", patient, (look) => {
  const { t } = wordsOf(look.language);
  const pages = usePages();
  let served: Served;
  let organization: Sandbox;
  let file: string;
  beforeAll(async () => {
    organization = await startOrganization({ seats: 50 });
    served = await startServed();
    file = join(served.folder, "directory", "people.json");
    mkdirSync(join(served.folder, "directory"));
    directory(people);
    await logIn(served, organization);
    await good(served, ["profile", "add", "main", "--directory", "file", "--path", file]);
  }, 120_000);
  afterAll(async () => {
    await served[Symbol.asyncDispose]();
    await organization.close();
  });

  const directory = (users: readonly object[]): void =>
    writeFileSync(file, JSON.stringify({ users, groups: [{ id: "g", name: "Sales", members: ["p1", "p2"] }] }));
  const button = (page: Page, key: string, params = {}) =>
    page.getByRole("button", { name: t(key, params), exact: true });
  const heading = (page: Page, text: string) => page.getByRole("heading", { level: 1, name: text, exact: true });
  const members = (): number => organization.state.members.size;

  it("given a first test, then the plan, who is in it and why; Sync Now does it, and the dashboard says what was done", async () => {
    const before = members();
    const page = await pages.open(served, look);
    await button(page, "ui.start.test_button").click();
    await heading(page, t("ui.plan.changes", { count: 13 })).waitFor();
    expect(members()).toBe(before);
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.keyboard.press("/");
    await page.keyboard.type("person 07");
    const row = page.getByRole("row", { name: /Person 07/u });
    await row.waitFor();
    await page.getByRole("row", { name: /Person 03/u }).waitFor({ state: "detached" });
    await row.click();
    await page.getByRole("complementary", { name: t("ui.plan.why_of", { name: "Person 07" }) }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("complementary").waitFor({ state: "detached" });

    await page.getByRole("tab", { name: t("ui.plan.from_directory") }).click();
    await page.getByRole("row", { name: /Person 07/u }).waitFor();
    await button(page, "ui.plan.sync").click();
    await heading(page, t("ui.dashboard.well")).waitFor();
    await page
      .getByText(t("ui.dashboard.done_invite", { count: 12 }), { exact: false })
      .first()
      .waitFor();
    expect(members()).toBe(before + 12);
  });

  it("given that the command line is at work, then the page shows how far it is and who does it, and can stop it", async () => {
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    organization.control.onRequest = async (when, { path }) => {
      if (when === "after" || path !== "/public/members") return;
      reached.resolve();
      await gate.promise;
    };
    const page = await pages.open(served, { ...look, at: "/dashboard" });
    const running = served.cli(["plan", "--full"]);
    await reached.promise;
    await heading(page, t("ui.running.test")).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.reload();
    await heading(page, t("ui.running.test")).waitFor();
    await button(page, "ui.running.cancel").click();
    const { code } = await running;
    organization.control.onRequest = undefined;
    gate.resolve();
    expect(code).not.toBe(0);
    await heading(page, t("ui.dashboard.interrupted")).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
