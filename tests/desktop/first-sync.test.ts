import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { windowProgram } from "../../tools/build/window.ts";
import { startCompanyDirectory } from "../e2e/company.ts";
import { startOrganization } from "../e2e/served.ts";
import { missingOpenLdap } from "../servers/openldap/openldap.ts";
import { whyNoWindow } from "./available.ts";
import { firstSync } from "./first-sync.ts";
import { engineOf, familyOf, isAlive, openScreen, title } from "./screen.ts";
import { eventually } from "./webdriver.ts";

describe.skipIf((whyNoWindow() ?? missingOpenLdap()) !== undefined)("somebody new, in the window", () => {
  it.each(["en", "nl"] as const)(
    "logs in, connects an LDAP directory, tests, syncs, keeps it in the tray, and quits (%s)",
    async (language) => {
      await using parts = new AsyncDisposableStack();
      const organization = parts.adopt(await startOrganization(), (one) => one.close());
      const ldap = parts.use(await startCompanyDirectory());
      const screen = parts.use(await openScreen());
      const session = await screen.driver.open(resolve(windowProgram));
      const { press, t } = await firstSync(session, { language, organization, ldap });
      expect(organization.state.members.size).toBeGreaterThan(40);

      // Start Sync; whoever closes the window then is asked once, and it goes on in the tray.
      await press("ui.dashboard.start");
      await session.role("button", t("ui.dashboard.stop"));
      const engines = engineOf(session.pid);
      expect(engines).toHaveLength(1);
      screen.closeWindow(title);
      await session.role("button", t("ui.close.tray"));
      // By the keyboard: a driver waits for an answer that a window in the tray does not give.
      await session.run(
        `[...document.querySelectorAll("button")].find((one) => one.textContent.trim() === args[0]).focus()`,
        t("ui.close.tray"),
      );
      screen.press("Return");
      await eventually(() => !screen.windows().includes(title), "it is not in the tray");
      expect([session.pid, ...engines].every(isAlive)).toBe(true);
      const second = spawnSync(resolve(windowProgram), [], { env: screen.env, timeout: 30_000 });
      expect(second.status).toBe(0);
      await eventually(() => screen.windows().includes(title), "not shown again");
      const family = familyOf(session.pid);
      screen.press("ctrl+q");
      await eventually(() => !family.some(isAlive), "still there");

      // It was on, so it goes on; stopped, it stays so.
      const again = await screen.driver.open(resolve(windowProgram));
      await (await again.role("button", t("ui.dashboard.stop"))).click();
      await again.role("button", t("ui.dashboard.start"));
      expect(engineOf(again.pid)).toHaveLength(1);
    },
  );
});
