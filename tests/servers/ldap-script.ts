import type { Socket } from "node:net";
import { createSocketServer } from "./socket-server.ts";

/** What a client asked, as far as a scripted server needs to know. */
export interface Asked {
  readonly id: number;
  readonly kind: "bind" | "search" | "extended" | "unbind" | "other";
  /** Of a bind the name, of a search the base, of an extended request its OID. */
  readonly name: string;
  readonly scope: number;
  /** As the client asks the server to limit itself: entries and seconds; 0 = not at all. */
  readonly limits: { readonly size: number; readonly time: number };
  readonly attributes: readonly string[];
  /** The bytes of the filter. */
  readonly filter: Buffer;
  /** Of the paged results control; absent without it. */
  readonly page?: { readonly size: number; readonly cookie: string };
}

/**
 * A server that says what a test tells it to: for what OpenLDAP never does, well-formed or not. What `answer` returns is
 * written as it is; nothing is written where it returns nothing.
 */
export const createLdapScript = (answer: (asked: Asked, socket: Socket) => Buffer | undefined) =>
  createSocketServer((socket) => serveLdap(socket, answer));

/** As `createLdapScript`, with the log-in accepted, no extended requests, and `root` for what the server says of itself. */
export const createLdapDirectory = (root: Values, search: (asked: Asked, socket: Socket) => Buffer | undefined) =>
  createLdapScript((asked, socket) => {
    if (asked.kind === "bind") return bound(asked.id);
    if (asked.kind === "extended") return extended(asked.id, { code: 2 });
    if (asked.kind !== "search") return undefined;
    if (asked.name === "" && asked.scope === 0) return Buffer.concat([entry(asked.id, "", root), done(asked.id)]);
    return search(asked, socket);
  });

export function serveLdap(socket: Socket, answer: (asked: Asked, socket: Socket) => Buffer | undefined): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let message = take(rest, 0); message !== undefined; message = take(rest, 0)) {
      rest = rest.subarray(message.end);
      const reply = answer(read(message.content), socket);
      if (reply !== undefined && !socket.destroyed) socket.write(reply);
    }
  });
}

// --- writing (X.690, RFC 4511) ---

export const value = (tag: number, ...contents: readonly (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(contents.map((each) => Buffer.from(each)));
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(length);
  const from = size.findIndex((byte) => byte !== 0);
  return Buffer.concat([Buffer.from([tag, 0x80 + 4 - from]), size.subarray(from), content]);
};

export const number = (is: number, tag = 0x02): Buffer => {
  const bytes = Buffer.alloc(5);
  bytes.writeIntBE(is, 0, 5);
  let from = 0;
  while (from < 4 && bytes[from] === 0 && (bytes[from + 1] ?? 0) < 0x80) from += 1;
  return value(tag, bytes.subarray(from));
};

export const message = (id: number, ...parts: readonly Buffer[]): Buffer => value(0x30, number(id), ...parts);

type Values = Readonly<Record<string, string | Buffer | readonly (string | Buffer)[]>>;

export const entry = (id: number, dn: string, attributes: Values): Buffer => {
  const list = Object.entries(attributes).map(([name, values]) => {
    const all = typeof values === "string" || Buffer.isBuffer(values) ? [values] : values;
    return value(0x30, value(0x04, name), value(0x31, ...all.map((each) => value(0x04, each))));
  });
  return message(id, value(0x64, value(0x04, dn), value(0x30, ...list)));
};

export const reference = (id: number, ...urls: readonly string[]): Buffer =>
  message(id, value(0x73, ...urls.map((url) => value(0x04, url))));

export interface Ending {
  readonly code?: number;
  readonly matched?: string;
  readonly text?: string;
  readonly referrals?: readonly string[];
  /** Of the next page. */
  readonly cookie?: string | Buffer;
}

const ending =
  (tag: number) =>
  (id: number, { code = 0, matched = "", text = "", referrals, cookie }: Ending = {}): Buffer => {
    const urls = referrals === undefined ? [] : [value(0xa3, ...referrals.map((url) => value(0x04, url)))];
    const result = value(tag, number(code, 0x0a), value(0x04, matched), value(0x04, text), ...urls);
    if (cookie === undefined) return message(id, result);
    const paged = value(0x30, number(0), value(0x04, cookie));
    return message(id, result, value(0xa0, value(0x30, value(0x04, pagedResults), value(0x04, paged))));
  };

export const bound = ending(0x61);
export const done = ending(0x65);
export const extended = ending(0x78);
export const pagedResults = "1.2.840.113556.1.4.319";

// --- reading what clients write, which is well-formed ---

/** The value at a place of some bytes; undefined where it is not all there yet. */
export function take(data: Buffer, at: number): { tag: number; content: Buffer; end: number } | undefined {
  if (data.length - at < 2) return undefined;
  const first = data[at + 1] ?? 0;
  const octets = first < 0x80 ? 0 : first - 0x80;
  if (data.length - at < 2 + octets) return undefined;
  const length = octets === 0 ? first : data.readUIntBE(at + 2, octets);
  const start = at + 2 + octets;
  if (data.length < start + length) return undefined;
  return { tag: data[at] ?? 0, content: data.subarray(start, start + length), end: start + length };
}

export function children(data: Buffer): { tag: number; content: Buffer }[] {
  const found: { tag: number; content: Buffer; end: number }[] = [];
  for (let next = take(data, 0); next !== undefined; next = take(data, next.end)) found.push(next);
  return found;
}

export const toNumber = (content: Buffer | undefined): number =>
  content === undefined || content.length === 0 ? 0 : content.readUIntBE(0, content.length);

function read(content: Buffer): Asked {
  const [id, operation, controls] = children(content);
  const tag = operation?.tag ?? 0;
  const parts = operation === undefined || tag === 0x42 ? [] : children(operation.content);
  const kinds = { 0x60: "bind", 0x63: "search", 0x77: "extended", 0x42: "unbind" } as const;
  const kind = Object.entries(kinds).find(([each]) => Number(each) === tag)?.[1] ?? "other";
  const page = kind === "search" && controls !== undefined ? readPage(controls.content) : undefined;
  return {
    id: toNumber(id?.content),
    kind,
    name: (kind === "bind" ? parts[1] : parts[0])?.content.toString() ?? "",
    limits: { size: toNumber(parts[3]?.content), time: toNumber(parts[4]?.content) },
    scope: kind === "search" ? toNumber(parts[1]?.content) : 0,
    attributes:
      kind === "search" ? children(parts[7]?.content ?? Buffer.alloc(0)).map((each) => each.content.toString()) : [],
    filter: kind === "search" && parts[6] !== undefined ? value(parts[6].tag, parts[6].content) : Buffer.alloc(0),
    ...(page === undefined ? {} : { page }),
  };
}

function readPage(controls: Buffer): { size: number; cookie: string } | undefined {
  for (const control of children(controls)) {
    const parts = children(control.content);
    if (parts[0]?.content.toString() !== pagedResults) continue;
    const [size, cookie] = children(children(parts.at(-1)?.content ?? Buffer.alloc(0))[0]?.content ?? Buffer.alloc(0));
    return { size: toNumber(size?.content), cookie: cookie?.content.toString() ?? "" };
  }
  return undefined;
}
