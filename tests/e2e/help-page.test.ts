/** What the help page promises of a directory that is set up already, one row after another: 4 and 7 later on, 8 to 12. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SandboxOptions } from "../../src/organizations/sandbox/sandbox.ts";
import { whyNoBrowser } from "./browser.ts";
import { accessibilityFaults, patient, usePages } from "./pages.ts";
import { good, logIn, startOrganization, startServed, type Served } from "./served.ts";
import { looks, wordsOf } from "./words.ts";

const people = (count: number, disabled = 0) =>
  Array.from({ length: count }, (_, at) => ({
    id: `p${at}`,
    email: `p${at}@firm.test`,
    name: `Person ${String(at).padStart(2, "0")}`,
    state: at < disabled ? "disabled" : "enabled",
  }));

describe.skipIf(whyNoBrowser() !== undefined).each(looks)("the help page, $language, $theme", patient, (look) => {
  const { t, fault } = wordsOf(look.language);
  const pages = usePages();
  const button = (page: Page, key: string, params = {}) =>
    page.getByRole("button", { name: t(key, params), exact: true });
  const heading = (page: Page, text: string) => page.getByRole("heading", { level: 1, name: text, exact: true });

  /** An organization with a profile for a file of people; `late` is for what has to end before the program. */
  const start = async (
    parts: AsyncDisposableStack,
    options: Partial<Omit<SandboxOptions, "random">> & { readonly count?: number } = {},
  ) => {
    const { count = 12, ...of } = options;
    const organization = parts.adopt(await startOrganization(of), (one) => one.close());
    const served = parts.use(await startServed());
    const folder = join(served.folder, "directory");
    if (!existsSync(folder)) mkdirSync(folder);
    const file = join(folder, "people.json");
    const directory = (users: readonly object[]): void =>
      writeFileSync(file, JSON.stringify({ users, groups: [{ id: "g", name: "Sales", members: ["p8", "p9"] }] }));
    directory(people(count));
    await logIn(served, organization);
    await good(served, ["profile", "add", "main", "--directory", "file", "--path", file]);
    return { organization, served, directory, members: () => organization.state.members.size };
  };
  const firstSync = async (served: Served): Promise<void> => {
    const plan = join(served.folder, "first.jsonl");
    await good(served, ["plan", "--out", plan]);
    await good(served, ["apply", plan]);
  };

  describe("a firm that has synchronised before", () => {
    const parts = new AsyncDisposableStack();
    let firm: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      firm = await start(parts, { seats: 50 });
      await firstSync(firm.served);
    }, 120_000);
    afterAll(() => parts.disposeAsync());

    it("row 4: given the server's address changes, then it is saved with what answers there, and profile and history stay", async () => {
      const { served, organization } = firm;
      const page = await pages.open(served, { ...look, at: "/settings/organization" });
      await button(page, "ui.organization.change").click();
      const moved = organization.url.replace("127.0.0.1", "localhost");
      await page.getByLabel(t("ui.organization.server"), { exact: true }).fill(moved);
      await page
        .getByRole("textbox", { name: t("ui.organization.secret"), exact: true })
        .fill(organization.clientSecret);
      await button(page, "ui.organization.log_in").click();
      await page.getByRole("status").getByText(new URL(moved).host, { exact: false }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect((await served.cli(["config", "get", "organizations.firm.server"])).stdout).toContain(moved);
      expect((await served.cli(["history"])).stdout).toContain("12");
    });

    it("row 10: Start Sync does one at once and goes on at the interval, also after the program was started again; Stop Sync ends that", async () => {
      const { served, directory, members } = firm;
      const before = members();
      directory(people(13));
      const page = await pages.open(served, {
        ...look,
        at: "/dashboard",
        expected: /ERR_CONNECTION_REFUSED|WebSocket/u,
      });
      await button(page, "ui.dashboard.start").click();
      await button(page, "ui.dashboard.stop").waitFor();
      await expect.poll(members, { timeout: 45_000 }).toBe(before + 1);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.context().close();
      await served.stop();
      await served.restart();
      const again = await pages.open(served, { ...look, at: "/dashboard" });
      await button(again, "ui.dashboard.stop").click();
      await button(again, "ui.dashboard.start").waitFor();
    });

    it("row 11: Clear Sync Cache asks, says what stays, and the next run compares everything", async () => {
      const page = await pages.open(firm.served, { ...look, at: "/more" });
      await page.getByText(t("ui.more.stays_text"), { exact: false }).first().waitFor();
      await button(page, "ui.more.clear_button").click();
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await dialog.getByRole("button", { name: t("ui.more.clear_button"), exact: true }).click();
      await page.getByText(t("ui.more.cleared"), { exact: false }).first().waitFor();
      expect((await firm.served.cli(["sync"])).code).toBe(0);
    });

    it("given the command line is at work on the profile, then Sync Now does not begin a second one, and says whose it is", async () => {
      const { organization, served } = firm;
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
      expect(await button(page, "ui.dashboard.sync").count()).toBe(0);
      await page.getByText(t("ui.running.cancel_test"), { exact: false }).waitFor();
      organization.control.onRequest = undefined;
      gate.resolve();
      expect((await running).code).toBe(0);
      await heading(page, t("ui.running.test")).waitFor({ state: "detached" });
    });

    it("given a limit is reached, then nothing is sent before somebody has read the list and typed its number", async () => {
      const { served, directory, organization } = firm;
      directory(people(13, 4));
      const revoked = (): number =>
        [...organization.state.members.values()].filter(({ status }) => status === -1).length;
      const page = await pages.open(served, { ...look, at: "/dashboard" });
      await button(page, "ui.dashboard.sync").click();
      await page.waitForURL(/#\/guard\/\d+$/u);
      await page.getByText("Person 03", { exact: true }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(revoked()).toBe(0);
      const accept = button(page, "ui.guard.accept", { count: 4 });
      expect(await accept.getAttribute("aria-disabled")).toBe("true");
      await page.locator("#guard-number").fill("4");
      await accept.click();
      await heading(page, t("ui.dashboard.well")).waitFor();
      expect(revoked()).toBe(4);
    });
  });

  it("row 12: given Teams Starter with eleven people, the owner among them, then the plan says that one is short, and nothing is sent", async () => {
    await using parts = new AsyncDisposableStack();
    const { served, members } = await start(parts, { plan: "teams-starter", count: 10 });
    const page = await pages.open(served, { ...look, at: "/dashboard" });
    await button(page, "ui.start.test_button").click();
    await heading(page, t("ui.plan.changes", { count: 11 })).waitFor();
    await button(page, "ui.plan.sync").click();
    await page.waitForURL(/#\/guard\/\d+$/u);
    await page.getByText(t("ui.guard.would_stop"), { exact: false }).first().waitFor();
    const short = fault("guard.seats", { need: 10, have: 9, short: 1, total: 10 }).what.split("\n")[1] ?? "";
    await page.getByRole("alert").getByText(short, { exact: false }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(members()).toBe(1);
    // Before the program, whose end it would tell.
    await page.context().close();
  });
});
