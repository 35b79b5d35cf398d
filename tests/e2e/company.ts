/** The sample company with everything real: its directory in an OpenLDAP server, its organization, and `serve` with a profile between them. */
import { readFileSync } from "node:fs";
import type { Sandbox, SandboxOptions } from "../../src/organizations/sandbox/sandbox.ts";
import { startOpenLdap, type OpenLdap } from "../servers/openldap/openldap.ts";
import { good, logIn, startOrganization, startServed, type Served } from "./served.ts";

export interface Company extends AsyncDisposable {
  readonly served: Served;
  readonly organization: Sandbox;
  readonly ldap: OpenLdap;
}

/** Logged in, with the profile `main` for the directory; nothing has been read yet. */
export const startCompany = async (options: Partial<Omit<SandboxOptions, "random">> = {}): Promise<Company> => {
  const parts = new AsyncDisposableStack();
  try {
    const ldap = parts.use(await startCompanyDirectory());
    const organization = parts.adopt(await startOrganization(options), (one) => one.close());
    const served = parts.use(await startServed({ LDAP_PASSWORD: ldap.reader.password }));
    await logIn(served, organization);
    const place = ["--url", ldap.tlsUrl, "--base-dn", ldap.suffix, "--ca-file", ldap.authority.caFile];
    const account = ["--bind-dn", ldap.reader.dn, "--password-env", "LDAP_PASSWORD"];
    await good(served, ["profile", "add", "main", "--directory", "ldap", ...place, ...account]);
    return { served, organization, ldap, [Symbol.asyncDispose]: () => parts.disposeAsync() };
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
};

/** The company's first sync, reviewed by somebody; then all but a few of the people accept, and an owner confirms most. */
export const firstSync = async ({ served, organization }: Company, late: readonly string[] = []): Promise<void> => {
  const plan = `${served.folder}/first.jsonl`;
  await good(served, ["plan", "--out", plan]);
  await good(served, ["apply", plan]);
  const { byHand, state } = organization;
  const invited = [...state.members.values()].flatMap(({ email }) =>
    email === null || email === undefined ? [] : [email],
  );
  for (const email of invited) {
    const member = byHand.findMember(email);
    if (member === undefined || member.type === 0 || late.includes(email)) continue;
    byHand.accept(email);
    byHand.confirm(email);
  }
};

export const startCompanyDirectory = (): Promise<OpenLdap> =>
  startOpenLdap({ ldif: companyLdif(), passwordPolicy: true });

/** The sample's entries below its suffix, which every test server has already. */
const companyLdif = (): string =>
  readFileSync("samples/company.ldif", "utf8")
    .split(/\n(?=dn:|#.*\ndn:)/u)
    .filter((entry) => !/^(version|#[^\n]*\n#|dn: dc=firm,dc=test\n)/u.test(entry))
    .join("\n");
