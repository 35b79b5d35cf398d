import { wordsOf } from "../e2e/words.ts";
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import type { OpenLdap } from "../servers/openldap/openldap.ts";
import type { Session } from "./webdriver.ts";

export interface FirstSync {
  readonly language: "en" | "nl";
  readonly organization: Sandbox;
  readonly ldap: OpenLdap;
}

/** The settings of the directory as the form names them, which their schema does. */
const fields = {
  en: { kind: "Directory", base: "Base DN", bind: "Bind as", password: "Password", ca: "CA file (PEM)" },
  nl: { kind: "Directory", base: "Base DN", bind: "Inloggen als", password: "Wachtwoord", ca: "CA-bestand (PEM)" },
} as const;

/**
 * From nothing to a first sync in the window alone, by the words people see (help-page rows 4 to 9): log in, connect the
 * directory, Test Now, Sync Now. Gives the page's words of the language.
 */
export const firstSync = async (session: Session, { language, organization, ldap }: FirstSync) => {
  const { t } = wordsOf(language);
  const label = fields[language];
  const press = async (key: string): Promise<void> => (await session.role("button", t(key))).click();
  const fill = async (name: string, text: string): Promise<void> => {
    const field = await session.role("textbox", name);
    await field.clear();
    await field.type(text);
  };
  if (language === "nl") {
    await (await session.role("button", wordsOf("en").t("ui.login.language", { language: "English" }))).click();
    await (await session.role("menuitemradio", "Nederlands")).click();
  }
  await (await session.label(t("ui.login.own"))).click();
  await fill(t("ui.login.server_url"), organization.url);
  await fill(t("ui.login.client_id"), organization.clientId);
  await fill(t("ui.login.secret"), organization.clientSecret);
  await press("ui.login.title");

  await (await session.role("link", t("ui.start.connect_button"))).click();
  await session.choose(label.kind, "ldap");
  await fill("Server", ldap.tlsUrl);
  await fill(label.base, ldap.suffix);
  await fill(label.bind, ldap.reader.dn);
  await fill(label.password, ldap.reader.password);
  await fill(label.ca, ldap.authority.caFile);
  await press("ui.check.start");
  await session.role("button", t("ui.check.again"));
  await press("ui.settings.save");

  await press("ui.settings.test_now");
  await session.role("button", t("ui.plan.sync"));
  if (organization.state.members.size !== 1) throw new Error("a test sent something");
  await press("ui.plan.sync");
  await session.text(t("ui.dashboard.well"));
  return { t, press };
};
