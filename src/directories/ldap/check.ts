import { canonicalDn } from "../../core/dn.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { isFault } from "../../core/fault.ts";
import { openFeed } from "./changes/feed.ts";
import type { FeedScope } from "./changes/scope.ts";
import { emailOf } from "./people.ts";
import { noteReferences } from "./references.ts";
import { askOne, search, searchOne } from "./search.ts";
import { attributesIn, parseFilter, present } from "./filter.ts";
import type { NativeFilters } from "../directory.ts";
import { memberOf } from "./layout.ts";
import { whoAmI } from "./login.ts";
import { createMemberOf } from "./member-of.ts";
import { connectionFindings, notePassedOver } from "./reach.ts";
import { spellAttribute } from "./servers.ts";
import type { Session } from "./session.ts";

/** One finding a step: reached, certificate, logged in, kind and base, people, groups. A step that cannot be taken is the last, as its Fault. */
export async function checkDirectory(
  session: Session,
  filters: NativeFilters = {},
  tell: (finding: Diagnostic) => void = () => {},
): Promise<Diagnostic[]> {
  const findings: Diagnostic[] = [];
  try {
    for await (const found of steps(session, filters)) {
      findings.push(...found);
      for (const finding of found) tell(finding);
    }
  } catch (error) {
    if (!isFault(error) || error.code.startsWith("run.")) throw error;
    findings.push({ code: error.code, severity: "error", params: error.params });
  }
  return findings;
}

async function* steps(session: Session, filters: NativeFilters): AsyncGenerator<Diagnostic[]> {
  const { facts, layout, parties } = session;
  yield notePassedOver(facts.passedOver);
  yield connectionFindings(parties.host, facts.reachedIn, facts.certificate);
  yield [await loginFinding(session)];
  await searchOne(session, { base: layout.base, filter: present("objectClass"), attributes: [], what: "people" });
  yield describeServer(session);
  yield await checkPeople(session);
  if (layout.membersFrom === "groups") yield [await checkGroups(session)];
  yield [{ code: "check.directory.pages", severity: "ok", params: { size: session.paging.size } }];
  yield await checkFilters(session, filters);
  yield [await checkChanges(session, filters)];
  yield noteReferences(session);
}

/** Whether the reads between full ones ask for changes only, and if not, why. */
async function checkChanges(session: Session, filters: NativeFilters): Promise<Diagnostic> {
  const { scope: wanted, feed } = await openFeed(session, filters);
  const begins = feed === undefined || (await feed.begin()) !== undefined;
  const scope: FeedScope = begins ? wanted : { how: "none", because: feed.withoutBeginning };
  const reason = scope.how === "followed" ? "" : scope.because;
  const attribute = scope.how === "followed" ? "" : (scope.attribute ?? "");
  return {
    code: "check.directory.changes",
    severity: scope.how === "followed" ? "ok" : "info",
    params: { how: scope.how, reason, attribute },
  };
}

/** A filter on an attribute the server does not have fits nobody, without any error (RFC 4511 §4.5.1.7): say so. */
async function checkFilters(session: Session, filters: NativeFilters): Promise<Diagnostic[]> {
  const written = [
    { filter: "userFilter", attributes: attributesIn(filters.users || "(objectClass=*)", "userFilter") },
    { filter: "groupFilter", attributes: attributesIn(filters.groups || "(objectClass=*)", "groupFilter") },
  ];
  if (written.every(({ attributes }) => attributes.every((name) => name.toLowerCase() === "objectclass"))) return [];
  const known = await readAttributeNames(session);
  if (known === undefined) return [];
  return written.flatMap(({ filter, attributes }) => {
    const unknown = attributes.filter((name) => !known.has(name.toLowerCase().replace(/;.*$/u, "")));
    if (unknown.length === 0) return [];
    return [{ code: "ldap.unknown_attribute", severity: "warning", params: { filter, attributes: unknown } } as const];
  });
}

/** Names and object identifiers of every attribute the server knows, in lower case; undefined where it does not tell. */
async function readAttributeNames(session: Session): Promise<ReadonlySet<string> | undefined> {
  const { schema } = session.facts;
  if (schema === undefined) return undefined;
  const filter = parseFilter("(objectClass=subschema)", "schema");
  const reply = await askOne(session, { base: schema, filter, attributes: ["attributeTypes"], what: "server" });
  const definitions = reply.code === 0 ? (reply.entries[0]?.values.get("attributetypes") ?? []) : [];
  if (definitions.length === 0) return undefined;
  // ( 2.5.4.3 NAME ( 'cn' 'commonName' ) … ), RFC 4512 §4.1.2
  return new Set(
    definitions.flatMap((text) => {
      const names = /\bNAME\s+(?:\(([^)]*)\)|('[^']*'))/u.exec(text);
      const quoted = (names?.[1] ?? names?.[2] ?? "").match(/[^'\s]+/gu) ?? [];
      return [...quoted, /^\(\s*([\d.]+)/u.exec(text)?.[1] ?? ""].map((name) => name.toLowerCase());
    }),
  );
}

/** As whom we are logged in, in the server's own words where it tells (Samba does not). */
async function loginFinding({ connection, facts, parties }: Session): Promise<Diagnostic> {
  if (facts.login === "anonymous")
    return { code: "check.directory.anonymous", severity: "warning", params: { host: parties.host } };
  const as = (await whoAmI(connection)) || undefined;
  if (facts.login === "certificate") return { code: "check.directory.by_certificate", severity: "ok", params: { as } };
  const isSame = as !== undefined && (canonicalDn(as) ?? as) === (canonicalDn(facts.user) ?? facts.user);
  return {
    code: "check.directory.logged_in",
    severity: "ok",
    params: { user: facts.user, as: isSame ? undefined : as },
  };
}

/** What the server was found to be, and what is taken for people and groups because of it or of the configuration. */
function describeServer({ facts, layout }: Session): Diagnostic[] {
  const { name, tried } = layout.server;
  const server = facts.version === undefined ? name : `${name} (${facts.version})`;
  return [
    { code: "check.directory.server", severity: "ok", params: { server, base: layout.base } },
    ...(tried === "yes"
      ? []
      : [{ code: "check.directory.untried", severity: "info", params: { server: name, tried } } as const]),
    {
      code: "check.directory.layout_people",
      severity: "ok",
      params: {
        filter: layout.filterTexts.users,
        id: layout.idName,
        email: layout.emailAttributes.map(spellAttribute),
        suffix: layout.emailSuffix,
        login: spellAttribute(layout.loginAttribute),
        name: layout.nameAttributes.map(spellAttribute),
        disabled: layout.disabled.length === 0 ? ["-"] : [...new Set(layout.disabled.map((rule) => rule.attribute))],
      },
    },
    {
      code: "check.directory.layout_groups",
      severity: "ok",
      params: {
        filter: layout.filterTexts.groups,
        id: layout.idName,
        name: layout.groupNameAttributes.map(spellAttribute),
        members: layout.memberAttributes.map(spellAttribute),
        membersFrom: layout.membersFrom,
        primaryGroup: layout.primaryGroup,
      },
    },
  ];
}

async function checkPeople(session: Session): Promise<Diagnostic[]> {
  const { layout } = session;
  const question = { base: layout.userBase, scope: "sub", filter: layout.userFilter, what: "people" } as const;
  const byMemberOf = layout.membersFrom === "memberOf";
  const attributes = [
    ...layout.emailAttributes,
    ...(layout.emailSuffix === undefined ? [] : [layout.loginAttribute]),
    ...(byMemberOf ? [memberOf] : []),
  ];
  const groups = createMemberOf(layout);
  let count = 0;
  let withEmail = 0;
  for await (const page of search(session, { ...question, attributes }, (entry) => {
    if (byMemberOf) groups.add(entry, { ref: "" });
    return emailOf(entry, layout) !== undefined;
  })) {
    count += page.length;
    withEmail += page.filter(Boolean).length;
  }
  const params = { count, withEmail, base: layout.userBase, attributes: layout.emailAttributes };
  const people: Diagnostic = {
    code: "check.directory.people",
    severity: withEmail === 0 ? "warning" : "ok",
    params,
  };
  return byMemberOf ? [people, groupsFinding([...groups.pages()].flat().length, layout.groupBase)] : [people];
}

const groupsFinding = (count: number, base: string): Diagnostic => ({
  code: "check.directory.groups",
  severity: "ok",
  params: { count, base },
});

async function checkGroups(session: Session): Promise<Diagnostic> {
  const { layout } = session;
  const question = { base: layout.groupBase, scope: "sub", filter: layout.groupFilter, what: "groups" } as const;
  let count = 0;
  for await (const page of search(session, { ...question, attributes: [] }, () => true)) count += page.length;
  return groupsFinding(count, layout.groupBase);
}
