/** A place in a buffer of BER (X.690 as RFC 4511 §5.1 restricts it: definite lengths only) and where its enclosing value ends. */
export interface Cursor {
  readonly data: Buffer;
  at: number;
  end: number;
}

/** Thrown for bytes that are not what the protocol says; becomes a Fault where the host is known. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** Tag and content of the value at `at`; undefined when the header is not all there yet. */
export function header(data: Buffer, at: number, end: number): { tag: number; start: number; end: number } | undefined {
  if (end - at < 2) return undefined;
  const tag = data[at] ?? 0;
  const first = data[at + 1] ?? 0;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4) throw new Malformed("a length that LDAP does not allow");
  if (end - at < 2 + octets) return undefined;
  const start = at + 2 + octets;
  return { tag, start, end: start + data.readUIntBE(at + 2, octets) };
}

/** The tag of the next value, or -1 at the end. */
export const peek = (cursor: Cursor): number => (cursor.at < cursor.end ? (cursor.data[cursor.at] ?? -1) : -1);

/** Moves to the content of the next value and gives where that content ends. */
export function enter(cursor: Cursor, tag: number): number {
  const found = header(cursor.data, cursor.at, cursor.end);
  if (found === undefined || found.end > cursor.end) throw new Malformed("a value that is cut short");
  if (found.tag !== tag) throw new Malformed(`tag 0x${found.tag.toString(16)} where 0x${tag.toString(16)} belongs`);
  cursor.at = found.start;
  return found.end;
}

/** Runs `read` on the content of the next value and leaves the cursor behind it. */
export function within<Value>(cursor: Cursor, tag: number, read: (inner: Cursor) => Value): Value {
  const end = enter(cursor, tag);
  const value = read({ data: cursor.data, at: cursor.at, end });
  cursor.at = end;
  return value;
}

/** Text of the next octet string; `latin1` keeps bytes one to one, for values that are not text. */
export function readText(cursor: Cursor, tag = 0x04, encoding: "utf8" | "latin1" = "utf8"): string {
  const end = enter(cursor, tag);
  const text = cursor.data.toString(encoding, cursor.at, end);
  cursor.at = end;
  return text;
}

/** A copy of the next octet string, so that keeping it does not keep the packet it came in. */
export function readBytes(cursor: Cursor, tag = 0x04): Buffer {
  const end = enter(cursor, tag);
  const bytes = Buffer.from(cursor.data.subarray(cursor.at, end));
  cursor.at = end;
  return bytes;
}

/** The next INTEGER, ENUMERATED or BOOLEAN of at most four octets. */
export function readNumber(cursor: Cursor, tag = 0x02): number {
  const end = enter(cursor, tag);
  const octets = end - cursor.at;
  if (octets === 0 || octets > 4) throw new Malformed("a number of an unexpected size");
  const value = cursor.data.readIntBE(cursor.at, octets);
  cursor.at = end;
  return value;
}

/** Runs over the values inside the next one, each of which ends within it. */
export function eachWithin(cursor: Cursor, tag: number, read: (cursor: Cursor) => void): void {
  const outer = cursor.end;
  cursor.end = enter(cursor, tag);
  while (cursor.at < cursor.end) read(cursor);
  cursor.end = outer;
}

/** Leaves out the next value, whatever it is. */
export function skip(cursor: Cursor): void {
  const found = header(cursor.data, cursor.at, cursor.end);
  if (found === undefined || found.end > cursor.end) throw new Malformed("a value that is cut short");
  cursor.at = found.end;
}
