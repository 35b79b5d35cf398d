import { uuidOf } from "./ldif.ts";

export interface Size {
  readonly users: number;
  readonly groups: number;
  readonly averageMembers: number;
  /** Groups of everybody, or of 20,000. */
  readonly bigGroups: number;
}

/** A directory of any size as LDIF; the same each time. Every 97th person has no address; some groups are in others, three in a circle. */
export function generateDirectory(size: Size, suffix: string): { readonly ldif: string; readonly members: number } {
  const parts: string[] = [];
  const random = createRandom(42);
  for (const name of ["people", "groups"])
    parts.push(`dn: ou=${name},${suffix}\nobjectClass: organizationalUnit\nou: ${name}\n\n`);
  for (let shard = 0; shard < 8; shard += 1)
    parts.push(`dn: ou=p${shard},ou=people,${suffix}\nobjectClass: organizationalUnit\nou: p${shard}\n\n`);
  const people = Array.from({ length: size.users }, (_, index) => {
    const uid = `u${String(index).padStart(7, "0")}`;
    const dn = `uid=${uid},ou=p${index % 8},ou=people,${suffix}`;
    const mail = index % 97 === 13 ? "" : `mail: ${uid}@firm.test\n`;
    parts.push(
      `dn: ${dn}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: User ${index}\nsn: Surname${index % 1000}\n` +
        `givenName: Given${index % 500}\ndisplayName: User Number ${index}\n${mail}title: Engineer\nentryUUID: ${uuidOf(uid)}\n\n`,
    );
    return dn;
  });
  let members = 0;
  const groupDn = (index: number): string => `cn=g${String(index).padStart(5, "0")},ou=groups,${suffix}`;
  const write = (dn: string, list: readonly string[]): void => {
    members += list.length;
    parts.push(
      `dn: ${dn}\nobjectClass: groupOfNames\ncn: ${dn.slice(3, dn.indexOf(","))}\nentryUUID: ${uuidOf(dn)}\n` +
        `${list.map((member) => `member: ${member}\n`).join("")}\n`,
    );
  };
  for (let group = 0; group < size.groups; group += 1) {
    const count = Math.min(people.length, 1 + Math.floor(random() * 2 * size.averageMembers));
    const start = Math.floor(random() * people.length);
    // A prime stride picks each person once and from everywhere.
    const list = Array.from({ length: count }, (_, index) => people[(start + index * 7919) % people.length] ?? "");
    if (group < 6) list.push(groupDn(group + 1));
    if (group >= 6 && group < 9) list.push(groupDn(group === 8 ? 6 : group + 1));
    write(groupDn(group), list);
  }
  for (let group = 0; group < size.bigGroups; group += 1)
    write(`cn=big${group},ou=groups,${suffix}`, people.slice(0, 20_000));
  return { ldif: parts.join(""), members };
}

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
