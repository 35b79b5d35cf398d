import { present } from "./filter.ts";
import { searchOne } from "./search.ts";
import { namingContextOf, type Session } from "./session.ts";
import { spellId } from "./values.ts";

/**
 * What stays the same whichever server answers: on Active Directory the id of the domain, which outlives its name, else
 * the naming context that holds the base.
 */
export async function identify(session: Session): Promise<string> {
  const { defaultNamingContext } = session.facts;
  if (session.layout.server.idAttribute === "objectGUID" && defaultNamingContext !== undefined) {
    const question = { base: defaultNamingContext, filter: present("objectClass"), attributes: ["objectGUID"] };
    const entry = await searchOne(session, { ...question, what: "server" });
    const id = spellId("objectguid", entry?.values.get("objectguid")?.[0] ?? "");
    if (id !== undefined) return `ad:${id}`;
  }
  return `ldap:${namingContextOf(session)}`;
}
