import { describe, expect, it } from "vitest";
import { createWorld } from "../../../../tests/directory-world.ts";
import {
  createLdapDirectory,
  done,
  entry,
  message,
  number,
  value,
  type Asked,
} from "../../../../tests/servers/ldap-script.ts";
import { openSession } from "../session.ts";
import { newestOf, openLdapFeed } from "./openldap-feed.ts";

const root = { objectClass: "OpenLDAProotDSE", namingContexts: "dc=firm,dc=test" };
const csn = "20261125002925.868742Z#000000#000#000000";
const cookie = `rid=000,csn=${csn}`;
const next = `rid=000,csn=20261125010000.000000Z#000000#000#000000`;
const uuid = (last: number): Buffer => Buffer.concat([Buffer.alloc(15), Buffer.from([last])]);
const id = (last: string): string => `00000000-0000-0000-0000-0000000000${last}`;
const yes = value(0x01, Buffer.from([0xff]));
const control = (oid: string, ...parts: readonly Buffer[]): Buffer =>
  value(0xa0, value(0x30, value(0x04, oid), value(0x04, value(0x30, ...parts))));

/** One entry with its state: 0 is there, 1 new, 2 changed, 3 deleted. */
const told = (to: number, last: number, state: number, more: Record<string, string> = {}): Buffer => {
  const values = { hasSubordinates: "FALSE", createTimestamp: "20200101000000Z", ...more };
  const bare = entry(to, `uid=u${last},dc=firm,dc=test`, values);
  const inner = bare.subarray(bare.indexOf(0x64));
  return message(to, inner, control("1.3.6.1.4.1.4203.1.9.1.2", number(state, 0x0a), value(0x04, uuid(last))));
};
const idSet = (to: number, areDeleted: boolean, ...ids: readonly number[]): Buffer =>
  message(
    to,
    value(
      0x79,
      value(0x80, "1.3.6.1.4.1.4203.1.9.1.4"),
      value(0x81, value(0xa3, ...(areDeleted ? [yes] : []), value(0x31, ...ids.map((one) => value(0x04, uuid(one)))))),
    ),
  );
const end = (to: number, at: string | undefined, areDeletesTold: boolean): Buffer => {
  const result = value(0x65, number(0, 0x0a), value(0x04, ""), value(0x04, ""));
  const parts = [...(at === undefined ? [] : [value(0x04, at)]), ...(areDeletesTold ? [yes] : [])];
  return message(to, result, control("1.3.6.1.4.1.4203.1.9.1.3", ...parts));
};

/** What a server that answers so has to say about the time since the cookie; `holds`: it still has the cookie's write. */
async function ask(answer: (id: number) => Buffer, { from = cookie, holds = true } = {}) {
  const isProof = ({ filter }: Asked): boolean => filter.includes("entryCSN");
  const { url } = await createLdapDirectory(root, (asked) => {
    if (!isProof(asked)) return answer(asked.id);
    return holds ? Buffer.concat([entry(asked.id, "uid=x,dc=firm,dc=test", {}), done(asked.id)]) : done(asked.id);
  });
  const config = {
    kind: "ldap",
    url,
    startTls: false,
    allowPlain: true,
    verifyTls: true,
    baseDn: "dc=firm,dc=test",
    pageSize: 100,
    timeout: 2,
  } as const;
  const session = await openSession(config, createWorld().dependencies);
  try {
    return await openLdapFeed(session).since(from);
  } finally {
    session.connection.close();
  }
}

const stored = {
  users: ["01", "02", "03"].map((last) => ({
    id: id(last),
    externalId: id(last),
    state: "enabled" as const,
    selected: true,
  })),
  groups: [],
};

describe("what an OpenLDAP says has happened", () => {
  it("given an end without a word, then nothing has", async () => {
    expect(await ask((to) => end(to, undefined, true))).toMatchObject({ isNothing: true, cookie });
  });

  it("given deletions by name, then those are gone and nobody else", async () => {
    const happened = await ask((to) => Buffer.concat([told(to, 2, 2), idSet(to, true, 1, 9), end(to, next, true)]));
    expect(happened).toMatchObject({ isNothing: false, cookie: next, changed: [id("02")] });
    expect(happened?.gone(stored)).toEqual([id("01")]);
  });

  it("given who is there, in sets or one by one, then whoever is not mentioned is gone", async () => {
    const happened = await ask((to) =>
      Buffer.concat([told(to, 2, 2), told(to, 1, 0), idSet(to, false, 8, 9), end(to, next, false)]),
    );
    expect(happened?.gone(stored)).toEqual([id("03")]);
  });

  it.each<[string, (to: number) => Buffer]>([
    ["that a full read is needed (4096)", (to) => done(to, { code: 4096, text: "sync cookie is stale" })],
    [
      "that the cookie is from the future (53)",
      (to) => done(to, { code: 53, text: "consumer state is newer than provider!" }),
    ],
    ["nothing about synchronisation at all", (to) => done(to)],
    ["changes without a new cookie", (to) => Buffer.concat([told(to, 2, 2), end(to, undefined, true)])],
    [
      "everything under an empty cookie, as for one it does not know",
      (to) => Buffer.concat([told(to, 2, 1), end(to, "", true)]),
    ],
    [
      "that an entry with others below it changed",
      (to) => Buffer.concat([told(to, 2, 2, { hasSubordinates: "TRUE" }), end(to, next, true)]),
    ],
    [
      "nothing of whether others are below a changed entry",
      (to) => Buffer.concat([told(to, 2, 2, { hasSubordinates: "" }), end(to, next, true)]),
    ],
    [
      "more than is worth it",
      (to) => Buffer.concat([...Array.from({ length: 1001 }, () => told(to, 2, 2)), end(to, next, true)]),
    ],
  ])("given %s, then only a full read can tell", async (_name, answer) => {
    expect(await ask(answer)).toBeUndefined();
  });

  it("given a container made after the cookie, then it cannot have moved anybody", async () => {
    const made = { hasSubordinates: "TRUE", createTimestamp: "20261125003000Z" };
    expect(await ask((to) => Buffer.concat([told(to, 2, 1, made), end(to, next, true)]))).toMatchObject({
      cookie: next,
    });
  });

  it("given a server that no longer holds the last write of the cookie, as after a restored backup, then only a full read can tell", async () => {
    const answer = (to: number): Buffer => Buffer.concat([told(to, 2, 2), end(to, next, true)]);
    expect(await ask(answer, { holds: false })).toBeUndefined();
    expect(await ask(answer)).toBeDefined();
  });

  it("given a cookie that means nothing, then nobody is asked", async () => {
    for (const from of ["", "garbage", "rid=000", "rid=000,csn=2026"])
      expect(await ask(() => Buffer.alloc(0), { from })).toBeUndefined();
  });

  it("goes by the newest write, whichever server it was made on", () => {
    const other = "20261125002925.868743Z#000000#001#000000";
    expect(newestOf(`rid=001,sid=002,csn=${other};${csn}`)).toBe(other);
  });
});
