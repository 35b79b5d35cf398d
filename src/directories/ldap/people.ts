import { canonicalDn } from "../../core/dn.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import type { SourceUser } from "../../core/entry.ts";
import { Fault } from "../../core/fault.ts";
import type { Parties } from "./errors.ts";
import { objectSid, primaryGroupId, type Layout } from "./layout.ts";
import type { Entry } from "./replies.ts";
import { firstOf, spellId, spellSid, stateOf } from "./values.ts";

/** How an entry becomes a person; `note` is told of values that could not be understood. */
export function createPersonReader(
  layout: Layout,
  parties: Parties,
  now: number,
  note: (note: Diagnostic) => void,
): (entry: Entry) => SourceUser {
  return (entry) => {
    const { id, ref } = identify(entry, layout, parties);
    const email = emailOf(entry, layout);
    const name = firstOf(entry.values, layout.nameAttributes);
    const { state, disabledFrom, unclear } = stateOf(entry.values, layout.disabled, now);
    if (unclear !== undefined)
      note({
        code: "ldap.state_unclear",
        severity: "warning",
        subject: {
          kind: "person",
          id,
          ...(name === undefined ? {} : { name }),
          ...(email === undefined ? {} : { email }),
        },
        params: { attribute: unclear },
      });
    const user: { -readonly [Key in keyof SourceUser]: SourceUser[Key] } = {
      id,
      ref,
      externalId: id,
      state,
      selected: true,
    };
    if (email !== undefined) user.email = email;
    if (name !== undefined) user.name = name;
    if (disabledFrom !== undefined) user.disabledFrom = disabledFrom;
    return user;
  };
}

/** The address, or the login name with the configured domain behind it. */
export function emailOf(entry: Entry, layout: Layout): string | undefined {
  const email = firstOf(entry.values, layout.emailAttributes);
  if (email !== undefined || layout.emailSuffix === undefined) return email;
  const login = firstOf(entry.values, [layout.loginAttribute]);
  return login === undefined ? undefined : `${login.trim()}${layout.emailSuffix}`;
}

/**
 * Id and canonical DN. An entry without the id attribute would count as gone where it had one before, so it ends the
 * read: Fault `directory.no_id {host, user, entry, attribute}`.
 */
export function identify(entry: Entry, layout: Layout, { host, user }: Parties): { id: string; ref: string } {
  const ref = canonicalDn(entry.dn);
  if (ref === undefined || ref === "")
    throw new Fault("directory.bad_response", { host, field: "dn", reason: `"${entry.dn.slice(0, 200)}"` });
  const { idAttribute } = layout;
  const id = idAttribute === "dn" ? ref : idOf(entry, layout);
  if (id === undefined) throw new Fault("directory.no_id", { host, user, entry: entry.dn, attribute: layout.idName });
  // Bytes that are no text all look alike, so ids of several entries would be one.
  if (id.includes("\uFFFD"))
    throw new Fault("directory.bad_response", { host, field: layout.idName, reason: `${entry.dn}: bytes, not text` });
  return { id, ref };
}

/** The id as text; undefined where the entry shows none. */
export function idOf(entry: Entry, { idAttribute }: Layout): string | undefined {
  if (idAttribute === "dn") return canonicalDn(entry.dn);
  const value = entry.values.get(idAttribute)?.[0];
  return value === undefined ? undefined : spellId(idAttribute, value);
}

/** The SID of the primary group: that of the person, of the same domain, with another last part; undefined where it is not shown. */
export function primaryGroupOf({ values }: Entry): string | undefined {
  const own = spellSid(values.get(objectSid)?.[0] ?? "");
  const last = values.get(primaryGroupId)?.[0];
  return own === undefined || last === undefined ? undefined : own.replace(/-\d+$/u, `-${last}`);
}
