import { canonicalDn, canonicalUniqueMember } from "../../core/dn.ts";
import type { Ref, SourceGroup, SourceUser } from "../../core/entry.ts";
import { accountState, stateAttributes } from "./account-state.ts";
import { filled, type FileSource, type FormatReader, type Item, warning } from "./content.ts";
import { syntaxFault } from "./faults.ts";
import { binaryIdAttributes, idAttributes, idOf } from "./identifiers.ts";
import { readLdif, type LdifEntry, type LdifValue } from "./ldif.ts";
import { kindOf } from "./object-class.ts";

/** People and groups of an LDIF file, told apart by object class; references are canonical DNs. */
export const readLdifDirectory: FormatReader = async function* readLdifDirectory(source) {
  const collector = createCollector(source);
  const kept = { attributes: wanted, binary: binaryIdAttributes };
  for await (const entries of readLdif(source.path, kept, source.signal)) {
    const items: Item[] = [];
    for (const entry of entries) collector.add(entry, items);
    yield items;
  }
  yield collector.groups();
};

const memberAttributes = ["member", "uniquemember"] as const;
const wanted: ReadonlySet<string> = new Set([
  "objectclass",
  "mail",
  "rfc822mailbox",
  "displayname",
  "cn",
  "name",
  "givenname",
  "sn",
  "uid",
  "memberuid",
  "memberurl",
  ...memberAttributes,
  ...idAttributes,
  ...stateAttributes,
]);

interface OpenGroup {
  readonly entry: Omit<SourceGroup, "members">;
  readonly members: Ref[];
  readonly line: number;
  /** Members by log-in name (`memberUid`), found when everybody has been read. */
  readonly logins: readonly LdifValue[];
}

function createCollector({ path, now }: FileSource) {
  const lineOfDn = new Map<string, number>();
  const lineOfId = new Map<string, number>();
  const refsOfLogin = new Map<string, string | undefined>();
  const groups: OpenGroup[] = [];
  const notes: Item[] = [];

  const once = (
    seen: Map<string, number>,
    key: string,
    line: number,
    reason: "duplicate_dn" | "duplicate_id",
  ): void => {
    const first = seen.get(key);
    if (first !== undefined) throw syntaxFault(path, reason, { line, first, found: key });
    seen.set(key, line);
  };

  const add = (entry: LdifEntry, items: Item[]): void => {
    const ref = canonicalDn(entry.dn);
    if (ref === undefined) throw syntaxFault(path, "dn", { line: entry.line, found: entry.dn });
    once(lineOfDn, ref, entry.line, "duplicate_dn");
    const classes = entry.values.get("objectclass");
    if (classes === undefined) items.push(warning("file.no_object_class", { path, line: entry.line, dn: entry.dn }));
    const kind = kindOf(classes ?? []);
    if (kind === "other") return;
    const id = idOf(entry, (value): never => {
      throw syntaxFault(path, "id", { line: value.line });
    });
    if (id !== undefined) once(lineOfId, id.text, id.line, "duplicate_id");
    const named = { id: id?.text ?? ref, ref, externalId: id?.text ?? entry.dn };
    if (kind === "group") addGroup(entry, named);
    else {
      items.push({ kind: "person", entry: { ...named, ...personOf(entry, kind) }, path, place: entry.line });
      for (const { text } of entry.values.get("uid") ?? []) addLogin(text.trim().toLowerCase(), ref);
    }
  };

  const personOf = (entry: LdifEntry, kind: "person" | "contact"): Omit<SourceUser, "id" | "externalId"> => {
    const email = filled(textOf(entry, "mail")) ?? filled(textOf(entry, "rfc822mailbox"));
    const name = nameOf(entry);
    const state = accountState(entry, now, (value): never => {
      throw syntaxFault(path, "number", { line: value.line, found: value.text });
    });
    const selection = kind === "person" ? { selected: true } : { selected: false, because: "unselected.contact" };
    return {
      ...(email === undefined ? {} : { email }),
      ...(name === undefined ? {} : { name }),
      state,
      ...selection,
    };
  };

  /** Two people with one log-in name: undefined, so that nobody is taken for the other. */
  const addLogin = (login: string, ref: string): void => {
    refsOfLogin.set(login, refsOfLogin.has(login) ? undefined : ref);
  };

  const addGroup = (entry: LdifEntry, named: { id: string; ref: string; externalId: string }): void => {
    const name = filled(textOf(entry, "cn")) ?? nameOf(entry) ?? "";
    const direct = memberAttributes.flatMap((attribute) => entry.values.get(attribute) ?? []);
    const logins = entry.values.get("memberuid") ?? [];
    const query = entry.values.get("memberurl")?.[0];
    if (query !== undefined) notes.push(warning("file.dynamic_group", { path, line: query.line, group: name }));
    // Who is in it is decided by the server; as a group without members it would lose everybody.
    if (query !== undefined && direct.length + logins.length === 0) return;
    const members = direct.flatMap((value) => memberOf(value, name));
    groups.push({ entry: { ...named, name, selected: true }, members, logins, line: entry.line });
  };

  const memberOf = ({ text, line }: LdifValue, group: string): readonly Ref[] => {
    const ref = canonicalUniqueMember(text);
    if (ref === undefined) notes.push(warning("file.unreadable_member", { path, line, group, member: text }));
    // The empty name is what stands in a group whose server demands a member.
    return ref === "" ? [] : [{ ref: ref ?? text }];
  };

  const byLogin = ({ text, line }: LdifValue): Ref => {
    const login = text.trim().toLowerCase();
    const ref = refsOfLogin.get(login);
    if (ref === undefined && refsOfLogin.has(login)) throw syntaxFault(path, "member_ambiguous", { line, found: text });
    return { ref: ref ?? text };
  };

  return {
    add,
    /** All groups, in the order of the file, with what is to be said of them. */
    groups: (): readonly Item[] => [
      ...groups.map(({ entry, members, logins, line }): Item => {
        for (const login of logins) members.push(byLogin(login));
        return { kind: "group", entry: { ...entry, members }, path, place: line };
      }),
      ...notes,
    ],
  };
}

const textOf = (entry: LdifEntry, name: string): string | undefined => entry.values.get(name)?.[0]?.text;

const nameOf = (entry: LdifEntry): string | undefined =>
  filled(textOf(entry, "displayname")) ??
  filled(textOf(entry, "cn")) ??
  filled(textOf(entry, "name")) ??
  filled([textOf(entry, "givenname"), textOf(entry, "sn")].filter((part) => part !== undefined).join(" "));
