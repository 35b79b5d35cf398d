import { createHash } from "node:crypto";
import type { Content } from "../../directory-world.ts";

/** One LDIF record; values that are not plain ASCII are written in base64 (RFC 2849). */
export function record(
  dn: string,
  attributes: Readonly<Record<string, string | Buffer | readonly string[] | undefined>>,
): string {
  const lines = [line("dn", dn)];
  for (const [name, value] of Object.entries(attributes))
    for (const each of Array.isArray(value) ? value : value === undefined ? [] : [value]) lines.push(line(name, each));
  return `${lines.join("\n")}\n\n`;
}

const line = (name: string, value: string | Buffer): string =>
  typeof value === "string" && /^[!-9;=-~][ -~]*$/u.test(value) && !value.endsWith(" ")
    ? `${name}: ${value}`
    : `${name}:: ${Buffer.from(value).toString("base64")}`;

/** A UUID that belongs to a text, for entries whose id a test has to know. */
export const uuidOf = (text: string): string =>
  createHash("sha256")
    .update(text)
    .digest("hex")
    .slice(0, 32)
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/u, "$1-$2-4$3-8$4-$5");

export const unit = (dn: string): string =>
  record(dn, { objectClass: "organizationalUnit", ou: /^ou=([^,]+)/iu.exec(dn)?.[1] ?? "unit" });

/** A contract's content as LDIF: people in `ou=people`, groups in `ou=groups`; entry UUIDs belong to the keys. */
export function contentLdif({ users, groups }: Content, suffix: string): string {
  const people = `ou=people,${suffix}`;
  const teams = `ou=groups,${suffix}`;
  const names = new Map(groups.map((group) => [group.key, group.name]));
  const dnOf = (key: string): string => {
    const name = names.get(key);
    return name === undefined ? `uid=${key},${people}` : `cn=${name},${teams}`;
  };
  return [
    unit(people),
    unit(teams),
    ...users.map((user) =>
      record(dnOf(user.key), {
        objectClass: user.state === "disabled" ? ["inetOrgPerson", "shadowAccount"] : ["inetOrgPerson"],
        uid: user.key,
        cn: user.name,
        sn: user.name,
        displayName: user.name,
        mail: user.email,
        shadowExpire: user.state === "disabled" ? "1" : undefined,
        entryUUID: uuidOf(user.key),
      }),
    ),
    ...groups.map((group) =>
      record(dnOf(group.key), {
        objectClass: "groupOfNames",
        cn: group.name,
        member: group.members.map(dnOf),
        entryUUID: uuidOf(group.key),
      }),
    ),
  ].join("");
}
