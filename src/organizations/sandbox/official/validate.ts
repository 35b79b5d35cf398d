/** Reads an import request as the official server does: a lenient JSON reader first, then the rules of every field. */
import { isBlank } from "../state.ts";
import { refuseModel, serverError } from "./errors.ts";
import { fieldsOf, flag, list, scalarText, text, unreadable } from "./json.ts";

export interface ImportMember {
  /** Lower case. */
  readonly email: string | null;
  readonly externalId: string;
  readonly deleted: boolean;
}

export interface ImportGroup {
  readonly name: string;
  readonly externalId: string;
  /** Null crashes the server, but only once it gets to the groups. */
  readonly memberExternalIds: readonly string[] | null;
}

export interface ImportRequest {
  readonly members: readonly ImportMember[];
  readonly groups: readonly ImportGroup[];
  readonly overwriteExisting: boolean;
  readonly largeImport: boolean;
  readonly inviteUsersAfterProvisioning: boolean;
}

const maxErrors = 200;

export function readImport(body: string): ImportRequest {
  const root = fieldsOf(parse(body), "$");
  if (root === null) throw refuseModel({ "": ["Body is empty."] });
  const groups = readGroups(root.get("groups"));
  const members = readMembers(root.get("members"));
  const overwrite = root.get("overwriteexisting");
  const overwriteExisting = overwrite === undefined || overwrite.value === null ? undefined : flag(overwrite, false);
  const largeImport = flag(root.get("largeimport"), false);
  const inviteUsersAfterProvisioning = flag(root.get("inviteusersafterprovisioning"), true);

  const errors = createErrors();
  if (overwriteExisting === undefined) errors.add("OverwriteExisting", "The OverwriteExisting field is required.");
  groups?.forEach((group, index) => {
    if (group === null) return;
    required(errors, `Groups[${index}].Name`, "Name", group.name, 100);
    required(errors, `Groups[${index}].ExternalId`, "ExternalId", group.externalId, 300);
  });
  members?.forEach((member, index) => {
    if (member !== null) checkMember(errors, `Members[${index}]`, member);
  });
  if (errors.found.size > 0 || overwriteExisting === undefined) throw refuseModel(Object.fromEntries(errors.found));
  if (groups === null || members === null) throw serverError();

  return {
    groups: groups.map(finishGroup),
    members: members.map(finishMember),
    overwriteExisting,
    largeImport,
    inviteUsersAfterProvisioning,
  };
}

interface RawMember {
  readonly email: string | null;
  readonly externalId: string | null;
  readonly deleted: boolean;
}

interface RawGroup {
  readonly name: string | null;
  readonly externalId: string | null;
  readonly memberExternalIds: readonly string[] | null;
}

type Field = ReturnType<NonNullable<ReturnType<typeof fieldsOf>>["get"]>;

function readMembers(field: Field): (RawMember | null)[] | null {
  const items = list(field);
  if (items === null || field === undefined) return null;
  return items.map((item, index) => {
    const fields = fieldsOf(item, `${field.path}[${index}]`);
    if (fields === null) return null;
    return {
      email: text(fields.get("email"))?.toLowerCase() ?? null,
      externalId: scalarText(fields.get("externalid")),
      deleted: flag(fields.get("deleted"), false),
    };
  });
}

function readGroups(field: Field): (RawGroup | null)[] | null {
  const items = list(field);
  if (items === null || field === undefined) return null;
  return items.map((item, index) => {
    const fields = fieldsOf(item, `${field.path}[${index}]`);
    if (fields === null) return null;
    return {
      name: text(fields.get("name")),
      externalId: scalarText(fields.get("externalid")),
      memberExternalIds: idList(fields.get("memberexternalids")),
    };
  });
}

/** An array of ids; a lone scalar counts as an array of one. */
function idList(field: Field): readonly string[] | null {
  if (field === undefined || field.value === null) return null;
  if (!Array.isArray(field.value)) {
    const single = scalarText(field);
    return single === null ? null : [single];
  }
  return field.value.map((value: unknown, index) => {
    if (typeof value === "string") return value;
    const id = scalarText({ value, path: `${field.path}[${index}]` });
    if (id === null) throw unreadable(`${field.path}[${index}]`, "System.String");
    return id;
  });
}

function checkMember(errors: Errors, key: string, member: RawMember): void {
  const before = errors.found.size;
  required(errors, `${key}.ExternalId`, "ExternalId", member.externalId, 300);
  if (member.email !== null) {
    if (!isOfficialEmail(member.email)) errors.add(`${key}.Email`, "The Email field is not a valid e-mail address.");
    tooLong(errors, `${key}.Email`, "Email", member.email, 256);
  }
  if (errors.found.size === before && !member.deleted && isBlank(member.email)) {
    errors.add(`${key}.Email`, "Email is required for enabled members.");
  }
}

function required(errors: Errors, key: string, field: string, value: string | null, limit: number): void {
  if (isBlank(value)) errors.add(key, `The ${field} field is required.`);
  if (value !== null) tooLong(errors, key, field, value, limit);
}

function tooLong(errors: Errors, key: string, field: string, value: string, limit: number): void {
  if (value.length > limit) errors.add(key, `The field ${field} must be a string with a maximum length of ${limit}.`);
}

/** The lenient test of .NET: one @, neither first nor last, no line break. */
export function isOfficialEmail(email: string): boolean {
  const at = email.indexOf("@");
  return at > 0 && at < email.length - 1 && at === email.lastIndexOf("@") && !/[\r\n]/.test(email);
}

function finishMember(member: RawMember | null): ImportMember {
  if (member === null) throw serverError();
  return { email: member.email, externalId: member.externalId ?? "", deleted: member.deleted };
}

function finishGroup(group: RawGroup | null): ImportGroup {
  if (group === null) throw serverError();
  return { name: group.name ?? "", externalId: group.externalId ?? "", memberExternalIds: group.memberExternalIds };
}

interface Errors {
  readonly found: Map<string, string[]>;
  readonly add: (key: string, message: string) => void;
}

function createErrors(): Errors {
  const found = new Map<string, string[]>();
  let count = 0;
  return {
    found,
    add(key, message) {
      if (count >= maxErrors) return;
      count += 1;
      found.set(key, [...(found.get(key) ?? []), message]);
    },
  };
}

function parse(body: string): unknown {
  if (body.trim() === "") throw refuseModel({ "": ["Body is empty."] });
  try {
    return JSON.parse(body);
  } catch {
    throw refuseModel({ $: ["The JSON value could not be parsed. Path: $ | LineNumber: 0 | BytePositionInLine: 0."] });
  }
}
