import * as fc from "fast-check";
import { expect, it } from "vitest";
import { groupBytes, importBody, memberBytes } from "./import-body.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom('a"b', "a\\b", "é", "\u007f", "\n", "\ud800"),
);
const bytesOf = (members: Parameters<typeof memberBytes>[0][], groups: Parameters<typeof groupBytes>[0][]): number =>
  Buffer.byteLength(importBody({ members, groups, invite: true, largeImport: false }));
const envelope = bytesOf([], []);

it("counts the bytes a person takes in a request, with the comma after it", () => {
  fc.assert(
    fc.property(text, text, fc.boolean(), (email, externalId, deleted) => {
      const member = { email, externalId, deleted };
      expect(memberBytes(member)).toBe(bytesOf([member], []) - envelope + 1);
    }),
  );
});

it("counts the bytes a group takes in a request, with the comma after it", () => {
  fc.assert(
    fc.property(text, text, fc.array(text, { maxLength: 5 }), (name, externalId, memberExternalIds) => {
      const group = { name, externalId, memberExternalIds };
      expect(groupBytes(group)).toBe(bytesOf([], [group]) - envelope + 1);
    }),
  );
});
