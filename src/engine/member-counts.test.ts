import { expect, it } from "vitest";
import { memberCounts } from "./member-counts.ts";

it("given an organization, then how far those are who are managed, strangers and revoked ones left out", () => {
  const member = (externalId: string | undefined, status: "invited" | "accepted" | "confirmed" | "revoked") => ({
    id: `m-${externalId}`,
    email: `${externalId}@firm.test`,
    status,
    type: "user" as const,
    ...(externalId === undefined ? {} : { externalId }),
  });
  const link = (externalId: string) => ({
    id: externalId,
    externalId,
    email: `${externalId}@firm.test`,
    directoryEmail: `${externalId}@firm.test`,
  });
  const links = { people: ["a", "b", "c", "d"].map(link), groups: [] };
  const members = [
    member("a", "confirmed"),
    member("b", "accepted"),
    member("c", "invited"),
    member("d", "revoked"),
    member("stranger", "accepted"),
    member(undefined, "confirmed"),
  ];
  expect(memberCounts({ links, organization: { members, groups: [] } })).toEqual({
    membersInvited: 1,
    membersAccepted: 1,
    membersConfirmed: 1,
  });
  expect(memberCounts({ links })).toEqual({});
});
