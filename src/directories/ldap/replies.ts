import {
  eachWithin,
  enter,
  header,
  Malformed,
  peek,
  readBytes,
  readNumber,
  readText,
  skip,
  within,
  type Cursor,
} from "./ber.ts";

/** One entry of a search: attribute names in lower case with their options, as the server wrote them behind `;`. */
export interface Entry {
  readonly dn: string;
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Values of what the server says about this entry besides its attributes, by object identifier (RFC 4511 §4.1.11). */
  readonly controls?: Controls;
}

export type Controls = ReadonlyMap<string, Buffer>;

/** How a request ended (LDAPResult, RFC 4511 §4.1.9), with what came before the end of a search. */
export interface Reply {
  readonly code: number;
  readonly matchedDn: string;
  readonly message: string;
  readonly referrals: readonly string[];
  readonly entries: readonly Entry[];
  readonly references: readonly string[];
  /** Of the paged results control (RFC 2696); empty or absent = no further page. */
  readonly cookie?: Buffer;
  /** Of an extended response (RFC 4511 §4.12). */
  readonly value?: string;
  readonly controls?: Controls;
}

type Ending = Omit<Reply, "entries" | "references">;
export type Message =
  | { readonly id: number; readonly kind: "entry"; readonly entry: Entry }
  | { readonly id: number; readonly kind: "reference"; readonly urls: readonly string[] }
  | { readonly id: number; readonly kind: "end"; readonly tag: number; readonly ending: Ending }
  /** Said in between (RFC 4511 §4.13). */
  | { readonly id: number; readonly kind: "information"; readonly name: string; readonly value?: Buffer }
  | { readonly id: number; readonly kind: "other" };

const sequence = 0x30;
const bindResponse = 0x61;
const searchEntry = 0x64;
const searchDone = 0x65;
const searchReference = 0x73;
const extendedResponse = 0x78;
const intermediateResponse = 0x79;
const pagedResults = "1.2.840.113556.1.4.319";
/** No answer of a directory is larger: a group of a million members has about 100 MB. */
const largestMessage = 512 * 1024 * 1024;

/** Splits what arrives from a socket into whole messages; throws `Malformed` at the first byte that cannot be LDAP. */
export function createFrames(onMessage: (message: Message) => void): { push(chunk: Buffer): void; isEmpty(): boolean } {
  let parts: Buffer[] = [];
  let size = 0;
  let wanted = 2;
  const push = (chunk: Buffer): void => {
    parts.push(chunk);
    size += chunk.length;
    if (size < wanted) return;
    const data = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size);
    let at = 0;
    for (;;) {
      if (at < data.length && data[at] !== sequence) throw new Malformed("no message begins like that");
      const found = header(data, at, data.length);
      if (found === undefined) {
        wanted = data.length - at + 1;
        break;
      }
      if (found.end - at > largestMessage) throw new Malformed("a message larger than 512 MB");
      if (found.end > data.length) {
        wanted = found.end - at;
        break;
      }
      onMessage(readMessage({ data, at: found.start, end: found.end }));
      at = found.end;
    }
    size = data.length - at;
    parts = size === 0 ? [] : [data.subarray(at)];
  };
  return { push, isEmpty: () => size === 0 };
}

function readMessage(cursor: Cursor): Message {
  const id = readNumber(cursor);
  switch (peek(cursor)) {
    case searchEntry: {
      const entry = within(cursor, searchEntry, readEntry);
      const controls = readControls(cursor);
      return { id, kind: "entry", entry: controls === undefined ? entry : { ...entry, controls } };
    }
    case searchReference:
      return { id, kind: "reference", urls: within(cursor, searchReference, readTexts) };
    case bindResponse:
    case searchDone:
    case extendedResponse: {
      const tag = peek(cursor);
      const result = within(cursor, tag, readResult);
      const controls = readControls(cursor);
      if (controls === undefined) return { id, kind: "end", tag, ending: result };
      const paged = controls.get(pagedResults);
      const cookie = paged === undefined || paged.length === 0 ? {} : { cookie: readCookie(paged) };
      return { id, kind: "end", tag, ending: { ...result, ...cookie, controls } };
    }
    case intermediateResponse:
      return { id, kind: "information", ...within(cursor, intermediateResponse, readInformation) };
    default:
      // Whatever else it is may be an entry that was spoiled on the way, and would be missing.
      if (peek(cursor) !== 0x79) throw new Malformed("an answer of no kind that is asked for");
      skip(cursor);
      return { id, kind: "other" };
  }
}

function readEntry(cursor: Cursor): Entry {
  const dn = readText(cursor);
  const values = new Map<string, readonly string[]>();
  eachWithin(cursor, sequence, () => {
    const end = enter(cursor, sequence);
    const outer = cursor.end;
    cursor.end = end;
    const name = readText(cursor).toLowerCase();
    const encoding = binaryAttributes.has(name) ? "latin1" : "utf8";
    // An attribute that is written twice has the values of both.
    const before = values.get(name);
    const list: string[] = before === undefined ? [] : [...before];
    eachWithin(cursor, 0x31, () => list.push(readText(cursor, 0x04, encoding)));
    values.set(name, list);
    cursor.at = end;
    cursor.end = outer;
  });
  return { dn, values };
}

/** Attributes whose values are bytes; they are kept one byte a character. */
export const binaryAttributes: ReadonlySet<string> = new Set([
  "objectguid",
  "guid",
  "ms-ds-consistencyguid",
  "objectsid",
]);

function readResult(cursor: Cursor): Omit<Ending, "cookie"> {
  const code = readNumber(cursor, 0x0a);
  const matchedDn = readText(cursor);
  const message = readText(cursor);
  const referrals = peek(cursor) === 0xa3 ? within(cursor, 0xa3, readTexts) : [];
  if (peek(cursor) === 0x8a) skip(cursor);
  const value = peek(cursor) === 0x8b ? { value: readText(cursor, 0x8b) } : {};
  return { code, matchedDn, message, referrals, ...value };
}

function readTexts(cursor: Cursor): string[] {
  const texts: string[] = [];
  while (cursor.at < cursor.end) texts.push(readText(cursor));
  return texts;
}

function readInformation(cursor: Cursor): { name: string; value?: Buffer } {
  const name = peek(cursor) === 0x80 ? readText(cursor, 0x80) : "";
  return peek(cursor) === 0x81 ? { name, value: readBytes(cursor, 0x81) } : { name };
}

/** The values of the controls that come next, empty where one has none; undefined without any. */
function readControls(cursor: Cursor): Map<string, Buffer> | undefined {
  if (peek(cursor) !== 0xa0) return undefined;
  const found = new Map<string, Buffer>();
  within(cursor, 0xa0, (controls) => {
    while (controls.at < controls.end)
      within(controls, sequence, (control) => {
        const type = readText(control);
        if (peek(control) === 0x01) skip(control);
        found.set(type, peek(control) === 0x04 ? readBytes(control) : Buffer.alloc(0));
      });
  });
  return found;
}

const readCookie = (data: Buffer): Buffer =>
  within({ data, at: 0, end: data.length }, sequence, (paged) => (skip(paged), readBytes(paged)));
