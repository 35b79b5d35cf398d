import type { Diagnostic } from "../../core/diagnostic.ts";
import { emailOf } from "./people.ts";
import { search, searchOne } from "./search.ts";
import { present } from "./filter.ts";
import type { Session } from "./session.ts";

/** One finding a step: reached, certificate, logged in, kind and base, people, groups. Faults where a step cannot be taken. */
export async function checkDirectory(session: Session): Promise<Diagnostic[]> {
  const { facts, layout, parties } = session;
  const { host } = parties;
  const findings: Diagnostic[] = [
    { code: "check.directory.reached", severity: "ok", params: { host, milliseconds: Math.round(facts.reachedIn) } },
    certificateFinding(session),
    facts.user === ""
      ? { code: "check.directory.anonymous", severity: "warning", params: { host } }
      : { code: "check.directory.logged_in", severity: "ok", params: { user: facts.user } },
  ];
  await searchOne(session, { base: layout.base, filter: present("objectClass"), attributes: [], what: "people" });
  const server = facts.version === undefined ? layout.server.name : `${layout.server.name} (${facts.version})`;
  findings.push({ code: "check.directory.server", severity: "ok", params: { server, base: layout.base } });
  findings.push(await checkPeople(session), await checkGroups(session));
  if (session.references.size > 0)
    findings.push({
      code: "ldap.referral",
      severity: "warning",
      params: { count: session.references.size, urls: [...session.references].slice(0, 5) },
    });
  return findings;
}

function certificateFinding({ facts, parties }: Session): Diagnostic {
  const { certificate } = facts;
  if (certificate === undefined)
    return { code: "check.directory.plain", severity: "warning", params: { host: parties.host } };
  const { subject, issuer, until, isTrusted } = certificate;
  return isTrusted
    ? { code: "check.directory.certificate", severity: "ok", params: { subject, issuer, until } }
    : { code: "check.directory.certificate_unverified", severity: "warning", params: { subject, issuer, until } };
}

async function checkPeople(session: Session): Promise<Diagnostic> {
  const { layout } = session;
  const question = { base: layout.userBase, scope: "sub", filter: layout.userFilter, what: "people" } as const;
  const attributes = [...layout.emailAttributes, ...(layout.emailSuffix === undefined ? [] : [layout.loginAttribute])];
  let count = 0;
  let withEmail = 0;
  for await (const page of search(
    session,
    { ...question, attributes },
    (entry) => emailOf(entry, layout) !== undefined,
  )) {
    count += page.length;
    withEmail += page.filter(Boolean).length;
  }
  const params = { count, withEmail, base: layout.userBase, attributes: layout.emailAttributes };
  return { code: "check.directory.people", severity: withEmail === 0 ? "warning" : "ok", params };
}

async function checkGroups(session: Session): Promise<Diagnostic> {
  const { layout } = session;
  const question = { base: layout.groupBase, scope: "sub", filter: layout.groupFilter, what: "groups" } as const;
  let count = 0;
  for await (const page of search(session, { ...question, attributes: [] }, () => true)) count += page.length;
  return { code: "check.directory.groups", severity: "ok", params: { count, base: layout.groupBase } };
}
