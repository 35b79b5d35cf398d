import type { DisabledRule } from "./servers.ts";

/** Values of an entry by attribute name in lower case. */
export type Values = ReadonlyMap<string, readonly string[]>;

/** The first value that is more than blanks, of the first attribute that has one. */
export function firstOf(values: Values, attributes: readonly string[]): string | undefined {
  for (const attribute of attributes) {
    const found = values.get(attribute)?.find((value) => value.trim() !== "");
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * An identifier as text in one spelling. Microsoft's objectGUID and its kin are 16 bytes of which the first three groups
 * are little-endian (MS-DTYP §2.3.4.2); eDirectory's GUID is taken in the order of its bytes. Undefined where the value
 * is none, as an empty one.
 */
export function spellId(attribute: string, value: string): string | undefined {
  if (attribute === "objectsid") return spellSid(value);
  const order = byteOrders[attribute];
  if (order === undefined) return value.trim().toLowerCase() || undefined;
  if (value.length !== 16) return undefined;
  return order.map((at) => (at === -1 ? "-" : value.charCodeAt(at).toString(16).padStart(2, "0"))).join("");
}

/** A security identifier's bytes, one a character, as `S-1-5-21-…` (MS-DTYP §2.4.2); undefined where they are none. */
export function spellSid(value: string): string | undefined {
  const bytes = Buffer.from(value, "latin1");
  const count = bytes[1] ?? 0;
  if (bytes[0] !== 1 || bytes.length !== 8 + 4 * count) return undefined;
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + 4 * index));
  return ["S", 1, bytes.readUIntBE(2, 6), ...parts].join("-");
}

/** A UUID in the order of its bytes, as `entryUUID` spells it. */
export function spellUuid(data: Buffer, at: number): string {
  const digits = data.toString("hex", at, at + 16);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    "-",
  );
}

/** Where in the 16 bytes each byte of the text stands; -1 is a hyphen. */
const littleEndian = [3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15];
const inOrder = [0, 1, 2, 3, -1, 4, 5, -1, 6, 7, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15];
const byteOrders: Readonly<Record<string, readonly number[]>> = {
  objectguid: littleEndian,
  "ms-ds-consistencyguid": littleEndian,
  guid: inOrder,
};

/** The bytes an identifier of this attribute is searched by; undefined where the text cannot be one. */
export function idBytes(attribute: string, text: string): Buffer | undefined {
  if (attribute === "objectsid") return sidBytes(text);
  const order = byteOrders[attribute];
  if (order === undefined) return Buffer.from(text);
  const digits = text.replaceAll("-", "");
  if (!/^[\da-f]{32}$/iu.test(digits)) return undefined;
  const bytes = Buffer.alloc(16);
  for (const [index, at] of order.filter((each) => each !== -1).entries())
    bytes[at] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  return bytes;
}

function sidBytes(text: string): Buffer | undefined {
  if (!/^S-1-\d{1,14}(?:-\d{1,10}){1,15}$/iu.test(text)) return undefined;
  const [authority = 0, ...parts] = text.split("-").slice(2).map(Number);
  if (parts.some((part) => part > 0xffff_ffff)) return undefined;
  const bytes = Buffer.alloc(8 + 4 * parts.length);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(authority, 2, 6);
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + 4 * index);
  return bytes;
}

/** Whether an account may be used; `unclear` names an attribute whose value is not what it should be, which disables nobody. */
export function stateOf(
  values: Values,
  rules: readonly DisabledRule[],
  now: number,
): { readonly state: "enabled" | "disabled"; readonly disabledFrom?: number; readonly unclear?: string } {
  let unclear: string | undefined;
  let from = Infinity;
  for (const rule of rules)
    for (const value of values.get(rule.attribute.toLowerCase()) ?? []) {
      const start = startOf(rule, value);
      if (start === undefined) unclear = rule.attribute;
      else if (start <= now) return { state: "disabled" };
      else from = Math.min(from, start);
    }
  return {
    state: "enabled",
    ...(from === Infinity ? {} : { disabledFrom: from }),
    ...(unclear === undefined ? {} : { unclear }),
  };
}

/** From when on a value disables: -Infinity = always, Infinity = never; undefined where it is not what it should be. */
function startOf(rule: DisabledRule, value: string): number | undefined {
  if ("value" in rule) return value.trim().toLowerCase() === rule.value.toLowerCase() ? -Infinity : Infinity;
  if (!/^-?\d{1,20}$/u.test(value)) return undefined;
  if ("bit" in rule) return (BigInt(value) & BigInt(rule.bit)) === 0n ? Infinity : -Infinity;
  if (rule.passed === "days") {
    const days = Number(value);
    return days > 0 ? (days + 1) * day : Infinity;
  }
  const ticks = BigInt(value);
  return ticks > 0n && ticks < never ? Number(ticks / 10_000n) - from1601 : Infinity;
}

/** Days count from 1970; 0 is "never" to some and "long ago" to others (shadow(5)), so it disables nobody. */
const day = 86_400_000;
/** Milliseconds from 1601 to 1970. */
const from1601 = 11_644_473_600_000;
const never = 0x7fff_ffff_ffff_ffffn;
