import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bound, done, entry, extended, message, reference, value } from "../../../tests/servers/ldap-script.ts";
import { Malformed } from "./ber.ts";
import { createFrames, type Message } from "./replies.ts";

const guid = Buffer.from("33221100554477668899aabbccddeeff", "hex");
const conversation = Buffer.concat([
  bound(1),
  entry(2, "uid=zoë,dc=firm,dc=test", {
    Mail: ["zoe@firm.test", "z@firm.test"],
    objectGUID: guid,
    "member;range=0-1": ["a=b", "c=d"],
  }),
  entry(2, "cn=empty", { member: [] }),
  reference(2, "ldap://elsewhere.test/dc=x", "ldap://third.test/dc=x"),
  message(2, value(0x79, value(0x80, "1.2.3"))),
  done(2, { cookie: "next" }),
  done(3, { code: 10, matched: "dc=test", text: "ask them", referrals: ["ldap://elsewhere.test/"] }),
  extended(4),
  entry(5, `cn=${"x".repeat(70_000)}`, {
    member: Array.from({ length: 3000 }, (_, index) => `uid=u${index},dc=firm,dc=test`),
  }),
  done(5),
]);

/** What arrives in these pieces, or the error that ended it. */
function parse(...chunks: readonly Buffer[]): { messages: Message[]; error?: unknown } {
  const messages: Message[] = [];
  const frames = createFrames((each) => messages.push(each));
  try {
    for (const chunk of chunks) frames.push(chunk);
    return { messages };
  } catch (error) {
    return { messages, error };
  }
}

describe("answers of a server", () => {
  it("are read with their values, binary ones byte for byte", () => {
    const { messages } = parse(conversation);
    expect(messages.map((each) => each.kind)).toEqual([
      "end",
      "entry",
      "entry",
      "reference",
      "information",
      "end",
      "end",
      "end",
      "entry",
      "end",
    ]);
    expect(messages[1]).toMatchObject({ id: 2, entry: { dn: "uid=zoë,dc=firm,dc=test" } });
    const values = messages[1]?.kind === "entry" ? messages[1].entry.values : new Map();
    expect(values.get("mail")).toEqual(["zoe@firm.test", "z@firm.test"]);
    expect(Buffer.from(values.get("objectguid")?.[0] ?? "", "latin1")).toEqual(guid);
    expect(values.get("member;range=0-1")).toEqual(["a=b", "c=d"]);
    expect(messages[5]).toMatchObject({ kind: "end", ending: { code: 0, cookie: Buffer.from("next") } });
    expect(messages[6]).toMatchObject({
      ending: { code: 10, matchedDn: "dc=test", message: "ask them", referrals: ["ldap://elsewhere.test/"] },
    });
  });

  it("given any way the network cuts them, then they are the same", () => {
    const whole = parse(conversation).messages;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: conversation.length }), { maxLength: 30 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), conversation.length];
        const chunks = places.slice(1).map((end, index) => conversation.subarray(places[index], end));
        expect(parse(...chunks)).toEqual({ messages: whole });
      }),
      { numRuns: 100 },
    );
  });

  it("given one byte at a time, then they are the same", () => {
    const start = conversation.subarray(0, 400);
    expect(parse(...Array.from(start, (byte) => Buffer.from([byte])))).toEqual(parse(start));
  });

  it("given any cut, then nothing but whole messages comes out, and it waits for the rest", () => {
    const whole = parse(conversation).messages;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: conversation.length }), (end) => {
        const { messages, error } = parse(conversation.subarray(0, end));
        expect(error).toBeUndefined();
        expect(messages).toEqual(whole.slice(0, messages.length));
      }),
    );
  });

  it("given changed bytes, then they are read or refused, and nothing else happens", () => {
    const small = conversation.subarray(0, 600);
    const change = fc.record({ at: fc.nat(small.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const data = Buffer.from(small);
        for (const { at, byte } of changes) data[at] = byte;
        const { error } = parse(data);
        expect(error === undefined || error instanceof Malformed).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it("given any bytes, then they are read or refused, and nothing else happens", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }), (chunks) => {
        const { error } = parse(...chunks.map((chunk) => Buffer.from(chunk)));
        expect(error === undefined || error instanceof Malformed).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it("given 100,000 of the shortest messages at once, then each is read without a deep stack", () => {
    const shortest = message(7, value(0x79));
    const { messages, error } = parse(Buffer.concat(Array.from({ length: 100_000 }, () => shortest)));
    expect(error).toBeUndefined();
    expect(messages).toHaveLength(100_000);
  });

  it.each([
    ["a web server's answer", Buffer.from("HTTP/1.1 400 Bad Request\r\n")],
    [
      "a value longer than the entry around it",
      message(2, value(0x64, value(0x04, "cn=a"), Buffer.from([0x30, 0x7f]))),
    ],
    [
      "a list longer than the attribute around it",
      message(2, Buffer.from("640e0400300a3008040161310504016204", "hex")),
    ],
    ["a length of indefinite form", Buffer.from("3080", "hex")],
    ["a length of nine bytes", Buffer.from("3089000000000000000001", "hex")],
    ["a message of 3 GB", Buffer.from("3084c0000000", "hex")],
    ["a message without an operation", message(1)],
    ["a number of nine bytes", Buffer.from("300b0209000000000000000001", "hex")],
  ])("given %s, then it is refused", (_, data) => {
    expect(parse(data).error).toBeInstanceOf(Malformed);
  });

  it("given values to keep, then they do not keep the packet they came in", () => {
    const packet = Buffer.from(new ArrayBuffer(conversation.length));
    conversation.copy(packet);
    const kept = parse(packet).messages.flatMap((each): (string | Buffer)[] => {
      if (each.kind === "entry") return [...each.entry.values.values()].flat();
      return each.kind === "end" && each.ending.cookie !== undefined ? [each.ending.cookie] : [];
    });
    const buffers = kept.filter((each) => Buffer.isBuffer(each));
    expect(buffers).toHaveLength(1);
    expect(buffers.map((each) => each.buffer === packet.buffer)).toEqual([false]);
    expect(kept.filter((each) => typeof each !== "string" && !Buffer.isBuffer(each))).toEqual([]);
  });
});
