/**
 * Distinguished names (RFC 4514) in one spelling each, so that a member value and the entry it means are the same text
 * however either was written: `CN=Li\2C Bo, OU=Staff` and `cn=li\, bo,ou=staff`.
 *
 * Values are compared as caseIgnoreMatch does (RFC 4518): NFKC, lower case, runs of spaces as one. Naming attributes
 * that tell upper from lower case are not used by any server for people or groups.
 */

/**
 * The canonical spelling of a DN: types as short lower-case names, values folded, the parts of a multi-valued RDN
 * sorted, one way of escaping. Undefined where the text is no DN; "" for the empty DN. Also takes the spellings of
 * RFC 2253 §4 (`;` between RDNs, quoted values, `OID.` before a type).
 */
export function canonicalDn(text: string): string | undefined {
  if (plainDn.test(text)) return text.toLowerCase();
  const reader: Reader = { text, at: 0 };
  skipSpaces(reader);
  if (reader.at === text.length) return "";
  const names: string[] = [];
  let parts: string[] = [];
  for (;;) {
    const part = readPart(reader);
    if (part === undefined) return undefined;
    parts.push(part);
    const separator = text[reader.at];
    reader.at += 1;
    if (separator === "+") continue;
    names.push(parts.length === 1 ? part : [...new Set(parts)].toSorted().join("+"));
    parts = [];
    if (separator === undefined) return names.join(",");
  }
}

/** The canonical DN of a value of `uniqueMember`: a DN, perhaps with a unique identifier behind it (RFC 4517 §3.3.21). */
export function canonicalUniqueMember(text: string): string | undefined {
  return canonicalDn(text.endsWith("'B") ? text.replace(/#'[01]*'B$/u, "") : text);
}

interface Reader {
  readonly text: string;
  at: number;
}

/** Most DNs need no more than lower case; one test finds them, since a large directory holds hundreds of thousands. */
const plainDn =
  /^(?:(?:cn|ou|dc|uid|o|c|l|st)=[!$-*\-./0-:?-[\]-~]+(?: [!$-*\-./0-:?-[\]-~]+)*,)*(?:cn|ou|dc|uid|o|c|l|st)=[!$-*\-./0-:?-[\]-~]+(?: [!$-*\-./0-:?-[\]-~]+)*$/iu;

/** `type=value`; stands behind it afterwards, at a separator or the end. */
function readPart(reader: Reader): string | undefined {
  typePattern.lastIndex = reader.at;
  const found = typePattern.exec(reader.text);
  const name = found?.[1]?.toLowerCase();
  if (found === null || name === undefined) return undefined;
  reader.at = typePattern.lastIndex;
  const value = reader.text[reader.at] === '"' ? readQuoted(reader) : readPlain(reader);
  return value === undefined ? undefined : `${shortNames.get(name) ?? name}=${escape(fold(value))}`;
}

const typePattern = / *(?:oid\.)?([a-z][a-z\d-]*|\d+(?:\.\d+)+) *= */giuy;

/** Names of naming attributes that mean another one here (RFC 4519), by long name and by object identifier. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ["commonname", "cn"],
  ["2.5.4.3", "cn"],
  ["surname", "sn"],
  ["2.5.4.4", "sn"],
  ["countryname", "c"],
  ["2.5.4.6", "c"],
  ["localityname", "l"],
  ["2.5.4.7", "l"],
  ["stateorprovincename", "st"],
  ["2.5.4.8", "st"],
  ["streetaddress", "street"],
  ["2.5.4.9", "street"],
  ["organizationname", "o"],
  ["2.5.4.10", "o"],
  ["organizationalunitname", "ou"],
  ["2.5.4.11", "ou"],
  ["userid", "uid"],
  ["0.9.2342.19200300.100.1.1", "uid"],
  ["domaincomponent", "dc"],
  ["0.9.2342.19200300.100.1.25", "dc"],
]);

/** An unquoted value up to the next separator, escapes resolved. */
function readPlain(reader: Reader): string | undefined {
  const { text } = reader;
  let value = "";
  if (text[reader.at] === "#") return readHex(reader);
  while (reader.at < text.length) {
    const character = text[reader.at] ?? "";
    if (character === "," || character === ";" || character === "+") break;
    if (character === '"') return undefined;
    const piece = character === "\\" ? readEscape(reader) : character;
    if (piece === undefined) return undefined;
    if (character !== "\\") reader.at += 1;
    value += piece;
  }
  return value;
}

/** A value between quotation marks (RFC 1779), in which separators stand for themselves. */
function readQuoted(reader: Reader): string | undefined {
  let value = "";
  reader.at += 1;
  for (;;) {
    const character = reader.text[reader.at];
    if (character === undefined) return undefined;
    if (character === '"') break;
    const piece = character === "\\" ? readEscape(reader) : character;
    if (piece === undefined) return undefined;
    if (character !== "\\") reader.at += 1;
    value += piece;
  }
  reader.at += 1;
  skipSpaces(reader);
  return isAtSeparator(reader) ? value : undefined;
}

/** One escaped character, or a run of bytes in hexadecimal, which together are UTF-8. */
function readEscape(reader: Reader): string | undefined {
  bytesPattern.lastIndex = reader.at;
  const bytes = bytesPattern.exec(reader.text)?.[0];
  if (bytes !== undefined) {
    reader.at += bytes.length;
    return decode(bytes.replaceAll("\\", ""));
  }
  const character = reader.text[reader.at + 1];
  if (character === undefined || !escapable.has(character)) return undefined;
  reader.at += 2;
  return character;
}

const bytesPattern = /(?:\\[\da-f]{2})+/giuy;
const escapable: ReadonlySet<string> = new Set(' "#+,;<=>\\');

/** A value as its encoding (`#0402486A`): the text in it where it is a short string, else the same digits in lower case. */
function readHex(reader: Reader): string | undefined {
  hexPattern.lastIndex = reader.at;
  const digits = hexPattern.exec(reader.text)?.[1]?.toLowerCase();
  if (digits === undefined) return undefined;
  reader.at += digits.length + 1;
  skipSpaces(reader);
  if (!isAtSeparator(reader)) return undefined;
  // Octet string, UTF8String, PrintableString, IA5String with a length of one byte (X.690 §8.1.3.4).
  const isString =
    /^(?:04|0c|13|16)/u.test(digits) && Number.parseInt(digits.slice(2, 4), 16) === digits.length / 2 - 2;
  return (isString ? decode(digits.slice(4)) : undefined) ?? `#${digits}`;
}

const hexPattern = /#((?:[\da-f]{2})+)/giuy;

function decode(digits: string): string | undefined {
  try {
    return utf8.decode(Uint8Array.from({ length: digits.length / 2 }, (_, at) => byteAt(digits, at)));
  } catch {
    return undefined;
  }
}

const byteAt = (digits: string, at: number): number => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const isAtSeparator = ({ text, at }: Reader): boolean => at === text.length || ",;+".includes(text[at] ?? "");

function skipSpaces(reader: Reader): void {
  while (reader.text[reader.at] === " ") reader.at += 1;
}

/** Case folded as far as text written by people differs: a final sigma is a sigma. */
function fold(value: string): string {
  const lower = isAscii.test(value)
    ? value.toLowerCase()
    : value.normalize("NFKC").toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
  return lower.replaceAll(/ +/gu, " ").replaceAll(/^ | $/gu, "");
}

// oxlint-disable-next-line no-control-regex -- all of ASCII is meant
const isAscii = /^[\u0000-\u007F]*$/u;

const escape = (value: string): string => value.replaceAll(/[,+"\\<>;=]|^#/gu, (character) => `\\${character}`);
