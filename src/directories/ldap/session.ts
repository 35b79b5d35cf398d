import type { Resolved } from "../../config/field.ts";
import { canonicalDn } from "../../core/dn.ts";
import { Fault } from "../../core/fault.ts";
import type { DirectoryDependencies } from "../directory.ts";
import type { LdapConfig } from "./config.ts";
import type { Connection } from "./connection.ts";
import type { Parties } from "./errors.ts";
import { parseFilter } from "./filter.ts";
import { createLayout, isBelow, parseFilters, type Layout } from "./layout.ts";
import { chooseLogin, type Login } from "./login.ts";
import { reach, type PassedOver } from "./reach.ts";
import { searchOne, type Searcher } from "./search.ts";
import { createTrust, type Certificate } from "./secure.ts";
import { detectServer, rootAttributes } from "./servers.ts";
import type { Values } from "./values.ts";

/** A logged-in connection and what is known of the server behind it. */
export interface Session extends Searcher {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly facts: Facts;
}

/** What the log-in showed, for `check` and `identity`. */
export interface Facts {
  /** Milliseconds until the connection stood. */
  readonly reachedIn: number;
  readonly login: Login["kind"];
  /** Servers that come before this one and could not be used. */
  readonly passedOver: readonly PassedOver[];
  readonly certificate?: Certificate;
  /** "" = nobody in particular. */
  readonly user: string;
  readonly namingContexts: readonly string[];
  /** Of the domain, on Active Directory. */
  readonly defaultNamingContext?: string;
  readonly version?: string;
  /** Where the server describes its attributes. */
  readonly schema?: string;
  /** Where Active Directory keeps its schema. */
  readonly schemaContext?: string;
  /** Of Active Directory: the number of this server's last change, and which server it is. */
  readonly changes?: { readonly last: string; readonly server: string };
  /** Object identifiers of the controls the server takes. */
  readonly controls: ReadonlySet<string>;
}

/**
 * Connects, encrypts, logs in and asks the server what it is. Everything that can be known to be wrong beforehand is
 * said before anything is sent: Faults `filter.syntax`, `directory.plain_refused`, `directory.auth_failed` (no password).
 */
export async function openSession(config: Resolved<LdapConfig>, dependencies: DirectoryDependencies): Promise<Session> {
  const { network, now, log, signal, found } = dependencies;
  const filters = parseFilters(dependencies.filters);
  if (config.membersFrom === "memberOf" && filters.groups !== undefined)
    throw new Fault("directory.filter_unsupported", { filter: "groupFilter" });
  const login = chooseLogin(config);
  const trust = await createTrust(network.authorities(), config);
  const reached = await reach(config, { login, trust, now, log, signal, found });
  const { connection, parties } = reached;
  try {
    const root = await readRoot(connection, parties);
    const server = detectServer(root);
    const namingContexts = root.get("namingcontexts") ?? [];
    const certificate = connection.certificate();
    const defaultNamingContext = root.get("defaultnamingcontext")?.[0];
    const version = root.get("vendorversion")?.[0];
    const schema = root.get("subschemasubentry")?.[0];
    log.info("logged in to an LDAP server", { host: parties.host, kind: server.id, version });
    return {
      connection,
      parties,
      paging: {
        size: config.pageSize,
        isKnown: root.get("supportedcontrol")?.includes(pagedResults) === true,
      },
      refusesMissingBase: server.refusesMissingBase === true,
      references: new Set(),
      layout: createLayout(config, filters, server, namingContexts),
      facts: {
        login: login.kind,
        reachedIn: reached.milliseconds,
        passedOver: reached.passedOver,
        user: parties.user,
        namingContexts,
        ...activeDirectoryFacts(root),
        controls: new Set(root.get("supportedcontrol")),
        ...(certificate === undefined ? {} : { certificate }),
        ...(defaultNamingContext === undefined ? {} : { defaultNamingContext }),
        ...(version === undefined ? {} : { version }),
        ...(schema === undefined ? {} : { schema }),
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function activeDirectoryFacts(root: Values): Pick<Facts, "schemaContext" | "changes"> {
  const schemaContext = root.get("schemanamingcontext")?.[0];
  const last = root.get("highestcommittedusn")?.[0];
  const server = root.get("dsservicename")?.[0];
  return {
    ...(schemaContext === undefined ? {} : { schemaContext }),
    ...(last === undefined || server === undefined ? {} : { changes: { last, server } }),
  };
}

const pagedResults = "1.2.840.113556.1.4.319";

/** The naming context that holds the base: what makes this directory this one, wherever it is served from. */
export function namingContextOf({ facts, layout }: Session): string {
  const base = canonicalDn(layout.base) ?? layout.base;
  const contexts = facts.namingContexts
    .flatMap((context) => canonicalDn(context) ?? [])
    .filter((each) => isBelow(base, each));
  const nearest = contexts.toSorted((a, b) => b.length - a.length)[0];
  if (nearest !== undefined && nearest !== "") return nearest;
  // The server does not say: the domain components, or all of the base.
  return /(?:^|,)(dc=[^,+]+(?:,dc=[^,+]+)*)$/u.exec(base)?.[1] ?? base;
}

/** What the server says of itself; empty where it does not tell this account. */
async function readRoot(connection: Connection, parties: Parties): Promise<Values> {
  const entry = await searchOne(
    { connection, parties },
    { base: "", filter: parseFilter("(objectClass=*)", "root"), attributes: rootAttributes, what: "server" },
  );
  return entry?.values ?? new Map();
}
