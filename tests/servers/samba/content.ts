import type { Content } from "../../directory-world.ts";
import type { NewEntry } from "../writer.ts";

/** A contract's content as entries of a domain; `short` makes their account names unlike those of others there. */
export function contentEntries(
  { users, groups }: Content,
  base: string,
  short: string,
): { readonly entries: readonly NewEntry[]; readonly dnOf: (key: string) => string } {
  const accounts = new Map([...users, ...groups].map(({ key }, index) => [key, `${short}-${index}`]));
  const names = new Map([
    ...users.map(({ key }) => [key, key] as const),
    ...groups.map(({ key, name }) => [key, name] as const),
  ]);
  const dnOf = (key: string): string => `CN=${names.get(key)},${base}`;
  const account = (key: string): string => accounts.get(key) ?? "";
  const people = users.map(({ key, name, email, state }): NewEntry => ({
    dn: dnOf(key),
    attributes: {
      objectClass: "user",
      sAMAccountName: account(key),
      displayName: name,
      ...(email === undefined ? {} : { mail: email }),
      userAccountControl: state === "disabled" ? "546" : "544",
    },
  }));
  const teams = groups.map(({ key }): NewEntry => ({
    dn: dnOf(key),
    attributes: { objectClass: "group", sAMAccountName: account(key) },
  }));
  // Groups may contain each other, so members come when all of them are there.
  const members = groups.map(({ key, members: keys }): NewEntry => ({
    dn: dnOf(key),
    add: { member: keys.map(dnOf) },
  }));
  const unit: NewEntry = { dn: base, attributes: { objectClass: "organizationalUnit" } };
  return { entries: [unit, ...people, ...teams, ...members], dnOf };
}

/** A GUID's bytes in their usual text form: the first three groups are little-endian (MS-DTYP §2.3.4.2). */
export function spellGuid(bytes: Buffer | undefined): string {
  if (bytes?.length !== 16) throw new TypeError("not a GUID");
  const [first, second, third] = [bytes.readUInt32LE(0), bytes.readUInt16LE(4), bytes.readUInt16LE(6)];
  const rest = bytes.toString("hex", 8);
  const digits = (number: number, count: number): string => number.toString(16).padStart(count, "0");
  return [digits(first, 8), digits(second, 4), digits(third, 4), rest.slice(0, 4), rest.slice(4)].join("-");
}
