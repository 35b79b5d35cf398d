import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { applyChanges, findDrift, type ReadChanges } from "../../core/changes.ts";
import type { SourceGroup, SourceUser } from "../../core/entry.ts";
import { createCursor, differences } from "./changes.ts";

describe("a cursor", () => {
  const { write, read } = createCursor("vendor 1", z.object({ at: z.number() }));
  it("given what was written, then it is read", () => {
    expect(read(write({ at: 7 }))).toEqual({ at: 7 });
  });
  it.each(["", "{}", "null", '["vendor 0",{"at":7}]', '["vendor 1",{"at":"7"}]', '["vendor 1"]'])(
    "given %s, then it is none",
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );
});

describe("what differs from a stored read", () => {
  const ids = fc.constantFrom("a", "b", "c", "d", "e");
  const user = fc.record({ id: ids, name: fc.constantFrom("X", "Y"), state: fc.constantFrom("enabled", "disabled") });
  const users = fc
    .uniqueArray(user, { selector: ({ id }) => id })
    .map((list): SourceUser[] => list.map((one) => ({ ...one, externalId: one.id, selected: true })));
  const groups = fc
    .uniqueArray(fc.record({ id: ids, name: fc.constantFrom("X", "Y"), members: fc.uniqueArray(ids) }), {
      selector: ({ id }) => id,
    })
    .map((list): SourceGroup[] =>
      list.map(({ id, name, members }) => ({
        id: `g${id}`,
        externalId: id,
        name,
        selected: true,
        members: members.map((member) => ({ id: member })),
      })),
    );
  const read = fc.record({ users, groups });

  it("given any two reads, then the stored one with it is the other, and the same read twice gives nothing", () => {
    fc.assert(
      fc.property(read, read, (stored, present) => {
        const changes: ReadChanges = { users: [], groups: [], gone: [], members: [] };
        const merged = Object.assign({}, changes, ...differences(stored, present));
        expect(findDrift(applyChanges(stored, merged), present)).toEqual([]);
        const shuffled = {
          ...stored,
          groups: stored.groups.map((group) => ({ ...group, members: group.members.toReversed() })),
        };
        expect([...differences(stored, shuffled)]).toEqual([]);
      }),
    );
  });

  it("given people who were only looked at, then nobody else is gone", () => {
    const stored = { users: [one("a"), one("b"), one("c")], groups: [] };
    expect([...differences(stored, { users: [], goneUsers: ["b", "x"], groups: [] })]).toEqual([{ gone: ["b"] }]);
  });
});

const one = (id: string): SourceUser => ({ id, externalId: id, state: "enabled", selected: true });
