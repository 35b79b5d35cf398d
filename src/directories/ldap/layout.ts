import type { Filter } from "ldapts";
import type { Resolved } from "../../config/field.ts";
import { canonicalDn } from "../../core/dn.ts";
import type { NativeFilters } from "../directory.ts";
import type { LdapConfig } from "./config.ts";
import { allOf, equals, parseFilter } from "./filter.ts";
import { disabledRules, type DisabledRule, type ServerKind } from "./servers.ts";

/** What to search and which attributes mean what: the configuration, with the server's own habits where it says nothing. Attribute names are in lower case. */
export interface Layout {
  readonly server: ServerKind;
  readonly base: string;
  readonly userBase: string;
  readonly groupBase: string;
  /** What a person or a group is, without the profile's own filters. */
  readonly userClass: Filter;
  readonly groupClass: Filter;
  readonly userFilter: Filter;
  readonly groupFilter: Filter;
  /** The two of them as people write them, for `check`. */
  readonly filterTexts: { readonly users: string; readonly groups: string };
  /** Groups exist below the base that the profile's selection leaves out. */
  readonly leavesGroupsOut: boolean;
  /** `dn`: the entry's own name. */
  readonly idAttribute: string;
  /** The same as people write it, for messages. */
  readonly idName: string;
  readonly emailAttributes: readonly string[];
  readonly emailSuffix?: string;
  readonly loginAttribute: string;
  readonly nameAttributes: readonly string[];
  readonly groupNameAttributes: readonly string[];
  readonly memberAttributes: readonly string[];
  readonly membersFrom: "groups" | "memberOf";
  /** Whoever has a group as the primary one counts as a member of it (Active Directory). */
  readonly primaryGroup: boolean;
  readonly disabled: readonly DisabledRule[];
  /** Only what is needed of people and of groups. */
  readonly userAttributes: readonly string[];
  readonly groupAttributes: readonly string[];
}

/** The profile's own filters, read before anything is sent; Fault `filter.syntax`. */
export interface ParsedFilters {
  readonly users?: Written;
  readonly groups?: Written;
}

/** A filter and the text it was read from. */
interface Written {
  readonly filter: Filter;
  readonly text: string;
}

export function parseFilters(filters: NativeFilters | undefined): ParsedFilters {
  const parse = (text: string | undefined, field: string): Written | undefined =>
    text === undefined || text.trim() === "" ? undefined : { filter: parseFilter(text, field), text: text.trim() };
  const users = parse(filters?.users, "userFilter");
  const groups = parse(filters?.groups, "groupFilter");
  return { ...(users === undefined ? {} : { users }), ...(groups === undefined ? {} : { groups }) };
}

/** Puts the configuration and the server's preset together. */
export function createLayout(
  config: Resolved<LdapConfig>,
  filters: ParsedFilters,
  server: ServerKind,
  namingContexts: readonly string[],
): Layout {
  const users = classFilter(config.userObjectClass, server.userFilter);
  const groups = classFilter(config.groupObjectClass, server.groupFilter);
  const selected = { users: joined(users, filters.users), groups: joined(groups, filters.groups) };
  const isRoot = namingContexts.some((context) => canonicalDn(context) === canonicalDn(config.baseDn));
  const userBase = placeBelow(config.userBase ?? (isRoot ? server.userBase : undefined), config.baseDn, namingContexts);
  const groupBase = placeBelow(
    config.groupBase ?? (isRoot ? server.groupBase : undefined),
    config.baseDn,
    namingContexts,
  );
  const lower = (names: readonly string[]): string[] => names.map((name) => name.trim().toLowerCase());
  const chosen = (own: string | undefined, preset: readonly string[]): string[] =>
    own === undefined || own.trim() === "" ? lower(preset) : lower([own]);
  const idName = config.idAttribute?.trim() || server.idAttribute;
  const idAttribute = idName.toLowerCase();
  const emailAttributes = lower(config.emailAttributes?.length ? config.emailAttributes : server.emailAttributes);
  const nameAttributes = chosen(config.nameAttribute, server.nameAttributes);
  const groupNameAttributes = chosen(config.groupNameAttribute, server.groupNameAttributes);
  const memberAttributes = chosen(config.memberAttribute, server.memberAttributes);
  const loginAttribute = chosen(config.loginAttribute, [server.loginAttribute])[0] ?? "";
  const disabled = config.disabledWhen?.flatMap(readRule) ?? server.disabled;
  const id = idAttribute === "dn" ? [] : [idAttribute];
  const membersFrom = config.membersFrom ?? "groups";
  const primaryGroup = config.primaryGroup === true;
  const needsLogin = config.emailSuffix !== undefined || memberAttributes.includes(memberUid);
  return {
    server,
    base: config.baseDn,
    userBase,
    groupBase,
    userClass: users.filter,
    groupClass: groups.filter,
    userFilter: selected.users.filter,
    groupFilter: selected.groups.filter,
    filterTexts: { users: selected.users.text, groups: selected.groups.text },
    leavesGroupsOut: filters.groups !== undefined || canonicalDn(groupBase) !== canonicalDn(config.baseDn),
    idAttribute,
    idName,
    emailAttributes,
    ...(config.emailSuffix === undefined ? {} : { emailSuffix: config.emailSuffix }),
    loginAttribute,
    nameAttributes,
    groupNameAttributes,
    memberAttributes,
    membersFrom,
    primaryGroup,
    disabled,
    userAttributes: unique([
      ...id,
      ...emailAttributes,
      ...nameAttributes,
      ...(needsLogin ? [loginAttribute] : []),
      ...(membersFrom === "memberOf" ? [memberOf] : []),
      ...(primaryGroup ? [primaryGroupId, objectSid] : []),
      ...lower(disabled.map((rule) => rule.attribute)),
    ]),
    groupAttributes: unique([
      ...id,
      ...groupNameAttributes,
      ...memberAttributes,
      ...(primaryGroup ? [objectSid] : []),
      ...(server.splitsLongLists === true ? [changeStamp] : []),
    ]),
  };
}

/** The attribute whose values are login names instead of DNs (RFC 2307). */
export const memberUid = "memberuid";
/** What names a person's groups: the direct ones with OpenLDAP and Active Directory, all of them with 389. */
export const memberOf = "memberof";
/** The last part of the SID of a group in the person's own domain (MS-ADA2 §2.120). */
export const primaryGroupId = "primarygroupid";
export const objectSid = "objectsid";
/** Larger after every change of an entry, on one Active Directory server (MS-ADA3 §2.346); long lists come only from there. */
export const changeStamp = "usnchanged";

/** Whether a canonical DN is `base` or below it. */
export const isBelow = (dn: string, base: string): boolean =>
  base === "" || dn === base || (dn.endsWith(base) && dn.at(-base.length - 1) === ",");

/** A whole DN when it ends in the base or in a naming context, else the part before the base. */
function placeBelow(typed: string | undefined, base: string, namingContexts: readonly string[]): string {
  if (typed === undefined || typed.trim() === "") return base;
  const canonical = canonicalDn(typed);
  const roots = [base, ...namingContexts].flatMap((root) => canonicalDn(root) ?? []).filter((root) => root !== "");
  const isWhole = canonical === undefined || roots.some((root) => isBelow(canonical, root));
  return isWhole || base.trim() === "" ? typed : `${typed},${base}`;
}

const classFilter = (own: string | undefined, preset: string): Written =>
  own === undefined || own.trim() === ""
    ? { filter: parseFilter(preset, "preset"), text: preset }
    : { filter: equals("objectClass", own.trim()), text: `(objectClass=${own.trim()})` };

const joined = (first: Written, second: Written | undefined): Written =>
  second === undefined ? first : { filter: allOf(first.filter, second.filter), text: `(&${first.text}${second.text})` };

/** A rule by its name, or `attribute=value`; an attribute alone that is not known counts when it says true. */
function readRule(text: string): readonly DisabledRule[] {
  const at = text.indexOf("=");
  if (at === -1) return disabledRules[text.trim().toLowerCase()] ?? [{ attribute: text.trim(), value: "true" }];
  return [{ attribute: text.slice(0, at).trim(), value: text.slice(at + 1).trim() }];
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
