import { describe, expect, it } from "vitest";
import { canonicalLine, compareChanges, createDigest, numberRows, type Change } from "./plan.ts";

const invite: Change = {
  action: "invite",
  subject: { kind: "person", id: "17", name: "Ana Costa", email: "ana@firm.test", externalId: "17" },
  before: {},
  after: { status: "invited", email: "ana@firm.test", externalId: "17" },
  because: { code: "joiner.new" },
};
const members: Change = {
  action: "change-members",
  subject: { kind: "group", id: "g", name: "Sales" },
  before: { externalId: "g", size: 4 },
  after: { externalId: "g", size: 5 },
  because: { code: "group.members" },
  add: ["b", "a"],
  remove: [],
};
const digestOf = (...changes: readonly Change[]): string => {
  const digest = createDigest();
  for (const change of changes) digest.add(change);
  return digest.end();
};

describe("the line of a change that a digest covers", () => {
  it("is JSON with sorted keys and members, and without what is absent", () => {
    expect(canonicalLine(invite)).toBe(
      '{"action":"invite","after":{"email":"ana@firm.test","externalId":"17","status":"invited"},"before":{},"id":"17","kind":"person"}',
    );
    expect(canonicalLine(members)).toBe(
      '{"action":"change-members","add":["a","b"],"after":{"externalId":"g"},"before":{"externalId":"g"},"id":"g","kind":"group","remove":[]}',
    );
  });

  it("given another name, reason or size, then it stays; given another address, then it does not", () => {
    const renamed = {
      ...invite,
      subject: { ...invite.subject, name: "A. Costa" },
      because: { code: "restore.marked" },
    };
    expect(canonicalLine(renamed)).toBe(canonicalLine(invite));
    expect(canonicalLine({ ...invite, after: { ...invite.after, email: "other@firm.test" } })).not.toBe(
      canonicalLine(invite),
    );
  });
});

describe("the digest", () => {
  it("does not cover what only keeps somebody", () => {
    const keep: Change = { ...invite, action: "keep", after: {} };
    expect(digestOf(invite, keep)).toBe(digestOf(invite));
    expect(digestOf(invite)).not.toBe(digestOf());
  });
});

describe("the order of a plan", () => {
  it("takes access before it gives any, and people come before groups", () => {
    const revoke: Change = { ...invite, action: "revoke" };
    expect(numberRows([members, invite, revoke]).map(({ row, action }) => `${row} ${action}`)).toEqual([
      "0 revoke",
      "1 invite",
      "2 change-members",
    ]);
  });

  it("given one action, then by code units of the id, whatever the language", () => {
    const of = (id: string): Change => ({ ...invite, subject: { ...invite.subject, id } });
    expect(
      ["b", "a", "Z", "é"]
        .map(of)
        .sort(compareChanges)
        .map(({ subject }) => subject.id),
    ).toEqual(["Z", "a", "b", "é"]);
  });
});
