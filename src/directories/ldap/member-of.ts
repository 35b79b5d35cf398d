import { canonicalDn } from "../../core/dn.ts";
import type { Ref, SourceGroup } from "../../core/entry.ts";
import { isBelow, memberOf, type Layout } from "./layout.ts";
import type { Entry } from "./replies.ts";

/** Puts groups together from what people say they are members of, for servers whose groups cannot be read. */
export interface MemberOf {
  /** A person just read, as members are named. */
  add(person: Entry, ref: Ref): void;
  /** Every group below the group base that somebody named, known by its DN and called by the first value in it. */
  pages(): Generator<SourceGroup[]>;
}

const pageSize = 1000;

export function createMemberOf({ groupBase }: Layout): MemberOf {
  const base = canonicalDn(groupBase) ?? groupBase;
  // By the text the server writes, so that a DN is taken apart once; undefined = outside the base, or no DN.
  const bySpelling = new Map<string, Ref[] | undefined>();
  const groups = new Map<string, SourceGroup & { readonly members: Ref[] }>();
  const begin = (spelling: string): Ref[] | undefined => {
    const dn = canonicalDn(spelling);
    if (dn === undefined || dn === "" || !isBelow(dn, base)) return undefined;
    const known = groups.get(dn)?.members;
    if (known !== undefined) return known;
    const members: Ref[] = [];
    groups.set(dn, { id: dn, ref: dn, externalId: dn, name: firstValue(spelling), selected: true, members });
    return members;
  };
  return {
    add: (person, ref) => {
      for (const spelling of person.values.get(memberOf) ?? []) {
        if (!bySpelling.has(spelling)) bySpelling.set(spelling, begin(spelling));
        bySpelling.get(spelling)?.push(ref);
      }
    },
    *pages() {
      const all = [...groups.values()];
      for (let at = 0; at < all.length; at += pageSize) yield all.slice(at, at + pageSize);
    },
  };
}

/** The value of the first part of a DN, escapes resolved (RFC 4514 §2.4), in the letters it is written with. */
function firstValue(dn: string): string {
  const value = /^[^=]*=\s*(?<value>(?:[^\\,+;]|\\.)*)/su.exec(dn)?.groups?.["value"] ?? dn;
  return value
    .replaceAll(/(?:\\[\da-f]{2})+/giu, (bytes) => Buffer.from(bytes.replaceAll("\\", ""), "hex").toString())
    .replaceAll(/\\(.)/gsu, "$1")
    .trim();
}
