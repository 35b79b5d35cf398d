/**
 * `npm run screenshots [folder]`: every page of the window in both languages and themes, at its reference size, of the
 * sample company in a life of its own. All of them go to `.cache/screenshots`, or the folder given; those that README and
 * the documentation show go to `docs/screenshots` too.
 */
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { firstSync, startCompany, type Company } from "../tests/e2e/company.ts";
import { sharedBrowser, whyNoBrowser } from "../tests/e2e/browser.ts";
import { openPage } from "../tests/e2e/pages.ts";
import { good, startServed, type Served } from "../tests/e2e/served.ts";
import type { Writer } from "../tests/servers/writer.ts";
import { memberStatus, type Sandbox } from "../src/organizations/sandbox/sandbox.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const [folder = ".cache/screenshots"] = positionals;
/** What people see who only look at the project. */
const shown = [
  "dashboard-en-light",
  "dashboard-en-dark",
  "plan-en-light",
  "guard-en-light",
  "settings-directory-en-light",
];
const looks = (["en", "nl"] as const).flatMap((language) =>
  (["light", "dark"] as const).map((theme) => ({ language, theme })),
);

/** A page as somebody sees it at `at`, once what it shows is there. */
interface Scene {
  readonly name: string;
  readonly at: string;
  readonly before?: (page: Page) => Promise<void>;
}

/** Nothing is set up yet. */
async function newcomer(): Promise<void> {
  await using served = await startServed();
  await shoot(served, [{ name: "login", at: "" }]);
}

/** The sample company: before its first sync, in its daily life, with a plan, with a guard, while it runs, cut off. */
async function company(): Promise<void> {
  const clock = { now: (): number => Date.now() };
  await using firm = await startCompany({ seats: 60, now: () => clock.now() });
  clock.now = () => firm.served.now();
  const { served, ldap, organization } = firm;
  await shoot(served, [{ name: "firststart", at: "/dashboard" }]);
  await firstSync(firm, ["j.gross@firm.test", "nuria.vila@firm.test"]);
  await live(firm);
  await using client = await served.client();
  await shoot(served, [
    { name: "dashboard", at: "/dashboard" },
    ...["organization", "directory", "people", "leavers", "schedule", "notices"].map((section) => ({
      name: `settings-${section}`,
      at: `/settings/${section}`,
    })),
    { name: "history", at: "/history" },
    { name: "more", at: "/more" },
  ]);
  await using writer = await ldap.writer();
  await change(writer, organization);
  const plan = await client.call("plan.create", { profile: "main", kind: "test" });
  await shoot(served, [
    { name: "plan", at: `/plan/${plan.run}` },
    { name: "plan-why", at: `/plan/${plan.run}`, before: openWhy },
    { name: "plan-directory", at: `/plan/${plan.run}`, before: (page) => page.getByRole("tab").nth(1).click() },
  ]);
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  organization.control.onRequest = async (when, { path }) => {
    if (when === "after" || path !== "/public/members") return;
    reached.resolve();
    await gate.promise;
  };
  const running = client.call("sync.run", { profile: "main", full: true });
  await reached.promise;
  await shoot(served, [{ name: "dashboard-running", at: "/dashboard" }]);
  organization.control.onRequest = undefined;
  gate.resolve();
  const done = await running;
  await shoot(served, [
    { name: "dashboard-result", at: "/dashboard" },
    { name: "history-run", at: `/history/${done.run}` },
  ]);
  for (const entry of worksPeople()) await lock(writer, entry);
  const stopped = await client.call("plan.create", { profile: "main", kind: "test" });
  await shoot(served, [{ name: "guard", at: `/guard/${stopped.run}` }]);
  const pages: { readonly look: (typeof looks)[number]; readonly page: Page }[] = [];
  // One after the other: a link works until the next one is made.
  for (const look of looks) pages.push({ look, page: await openPage(served, { ...look, at: "/dashboard" }) });
  await served.kill();
  for (const { look, page } of pages) {
    await page.locator(".offline").waitFor();
    await picture(page, "offline", look);
    await page.context().close();
  }
}

/** A first plan where the organization cannot be read. */
async function vaultwarden(): Promise<void> {
  await using firm = await startCompany({ dialect: "vaultwarden" });
  await using client = await firm.served.client();
  const plan = await client.call("plan.create", { profile: "main", kind: "plan" });
  await shoot(firm.served, [{ name: "baseline", at: `/baseline/${plan.run}` }]);
}

async function shoot(served: Served, scenes: readonly Scene[]): Promise<void> {
  for (const look of looks) {
    const page = await openPage(served, look);
    for (const { name, at, before } of scenes) {
      await page.evaluate(`location.hash = ${JSON.stringify(at)}`);
      await before?.(page);
      await picture(page, name, look);
    }
    await page.context().close();
  }
}

async function picture(page: Page, name: string, { language, theme }: (typeof looks)[number]): Promise<void> {
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(folder, `${name}-${language}-${theme}.png`), animations: "disabled" });
}

async function openWhy(page: Page): Promise<void> {
  await page.getByRole("row").nth(2).click();
  await page.keyboard.press("Enter");
}

const people = "ou=people,dc=firm,dc=test";
const groups = "ou=groups,dc=firm,dc=test";

const hire = (writer: Writer, department: string, given: string, surname: string): Promise<void> => {
  const uid = `${given[0]}${surname}`.toLowerCase().replaceAll(/[^a-z]/gu, "");
  return writer.add(`uid=${uid},ou=${department},${people}`, {
    objectClass: "inetOrgPerson",
    uid,
    cn: `${given} ${surname}`,
    givenName: given,
    sn: surname,
    mail: `${given}.${surname}`.toLowerCase().replaceAll(/[^a-z.]/gu, "") + "@firm.test",
  });
};
const lock = (writer: Writer, name: string): Promise<void> =>
  writer.modify(`${name},${people}`, "replace", "pwdAccountLockedTime", ["000001010000Z"]);
const put = (writer: Writer, group: string, name: string): Promise<void> =>
  writer.modify(`cn=${group},${groups}`, "add", "member", [`${name},${people}`]);

/** Three weeks in which people come, go and change, a run a day. */
const weeks: Readonly<Record<number, (writer: Writer) => Promise<void>>> = {
  2: async (writer) => {
    await hire(writer, "Service", "Noor", "Visser");
    await hire(writer, "Service", "Emre", "Kaya");
    await put(writer, "Help desk", "uid=nvisser,ou=Service");
    await put(writer, "Field service", "uid=ekaya,ou=Service");
  },
  5: (writer) => lock(writer, "uid=rbakker,ou=Service"),
  8: (writer) => put(writer, "Planning", "uid=cobrien,ou=Service"),
  12: async (writer) => {
    await hire(writer, "Sales", "Sofie", "Maes");
    await put(writer, "Sales Benelux", "uid=smaes,ou=Sales");
  },
  15: (writer) => lock(writer, "uid=molsen,ou=Service"),
  18: (writer) => hire(writer, "Finance", "Daan", "Mulder"),
};

async function live({ served, ldap, organization }: Company): Promise<void> {
  await using writer = await ldap.writer();
  await served.stop();
  for (let day = 1; day <= 21; day += 1) {
    served.liveAhead(day);
    await weeks[day]?.(writer);
    await good(served, ["sync"]);
    for (const { email, status } of organization.state.members.values())
      if (email !== null && status === memberStatus.invited && day < 18) {
        organization.byHand.accept(email);
        organization.byHand.confirm(email);
      }
  }
  await served.restart();
}

/** Whom a typo in a script of the directory locks all at once. */
const worksPeople = (): string[] =>
  [...readFileSync("samples/company.ldif", "utf8").matchAll(/^dn: (uid=\w+,ou=Works),/gmu)]
    .map(([, name = ""]) => name)
    .slice(0, 6);

/** What a morning's plan holds: somebody leaves, three people begin, a group has another name. */
async function change(writer: Writer, organization: Sandbox): Promise<void> {
  await lock(writer, "uid=bli,ou=Sales");
  await hire(writer, "Works", "Lotte", "Peeters");
  await hire(writer, "Works", "Ines", "Duarte");
  await hire(writer, "IT", "Jonas", "Weiss");
  await put(writer, "Warehouse", "uid=lpeeters,ou=Works");
  await put(writer, "Assembly", "uid=iduarte,ou=Works");
  await put(writer, "IT", "uid=jweiss,ou=IT");
  await writer.rename(`cn=Help desk,${groups}`, "cn=Service desk");
  organization.byHand.addMember({ email: "accountant@books.test", name: "Books & Co" });
}

const missing = whyNoBrowser();
if (missing !== undefined) throw new Error(missing);
mkdirSync(folder, { recursive: true });
mkdirSync("docs/screenshots", { recursive: true });
await newcomer();
await company();
await vaultwarden();
for (const name of shown) copyFileSync(join(folder, `${name}.png`), join("docs/screenshots", `${name}.png`));
await (await sharedBrowser()).close();
