import type { LdifEntry, LdifValue } from "./ldif.ts";

/**
 * Attributes that never change while an entry lives, best first: the order gives the id that reading the server itself
 * gives, since FreeIPA's entries have the first three of them and 389 DS's two.
 */
export const idAttributes: readonly string[] = ["ipauniqueid", "nsuniqueid", "entryuuid", "objectguid", "guid"];
/** Those of them that servers hold as 16 bytes. */
export const binaryIdAttributes: ReadonlySet<string> = new Set(["objectguid", "guid"]);

/**
 * The entry's immutable id as lower-case text, with its line, or undefined where the file has none.
 * `unreadable` is told of an id that is neither text nor 16 bytes.
 */
export function idOf(entry: LdifEntry, unreadable: (value: LdifValue) => never): LdifValue | undefined {
  for (const name of idAttributes) {
    const value = entry.values.get(name)?.[0];
    if (value === undefined) continue;
    const text = value.text.trim().toLowerCase();
    if (binaryIdAttributes.has(name) && !guidText.test(text))
      return value.text.length === 16 ? { ...value, text: guidOf(name, value.text) } : unreadable(value);
    if (text === "") return unreadable(value);
    return { ...value, text: text.replace(/^\{(.*)\}$/u, "$1") };
  }
  return undefined;
}

const guidText = /^\{?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\}?$/u;

/** 16 bytes as text; Microsoft's order has the first three groups reversed (MS-DTYP §2.3.4.2). */
function guidOf(name: string, bytes: string): string {
  const order = name === "objectguid" ? microsoftOrder : plainOrder;
  const digits = order.map((at) => bytes.charCodeAt(at).toString(16).padStart(2, "0")).join("");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

const microsoftOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
const plainOrder = Array.from({ length: 16 }, (_, at) => at);
