import { describe, expect, it } from "vitest";
import type { OrganizationState } from "./organization-state.ts";
import type { Change, PersonFacts } from "./plan.ts";
import { forecastSeats } from "./seats.ts";
import { member } from "./testing.ts";

const organization = (seats?: OrganizationState["seats"]): OrganizationState => ({
  members: [
    member("a"),
    member("b", { status: "invited" }),
    member("c", { status: "accepted" }),
    member("d", { status: "revoked" }),
    member("e", { status: "staged" }),
  ],
  groups: [],
  ...(seats === undefined ? {} : { seats }),
});
const row = (action: Change["action"], before: PersonFacts = {}, after: PersonFacts = {}, code = "x"): Change => ({
  action,
  subject: { kind: "person", id: action },
  before,
  after,
  because: { code },
});

describe("seats before and after a plan", () => {
  it("counts invited, accepted and confirmed members; revoked and staged ones take none", () => {
    expect(forecastSeats(organization({ total: 10 }), [], undefined)).toEqual({
      total: 10,
      used: 3,
      needs: 0,
      frees: 0,
      short: 0,
    });
  });

  it("needs one for every invitation and restored person, and none for a staged or stamped one", () => {
    const changes = [row("invite"), row("restore"), row("stage"), row("stamp"), row("adopt"), row("keep")];
    expect(forecastSeats(organization({ total: 4 }), changes, undefined)).toMatchObject({ needs: 2, short: 1 });
  });

  it("frees those of revoked and removed people who had one, before they are needed", () => {
    const changes = [
      row("revoke", { status: "confirmed" }),
      row("remove", { status: "invited" }),
      row("remove", { status: "revoked" }),
      row("remove", { status: "staged" }),
      row("invite"),
      row("invite"),
    ];
    expect(forecastSeats(organization({ total: 3 }), changes, undefined)).toMatchObject({
      needs: 2,
      frees: 2,
      short: 0,
    });
  });

  it("an invitation made anew frees one and needs one; made anew as staged it needs none", () => {
    const invited = { status: "invited" as const };
    const anew = row("readdress", invited, invited, "address.invited_anew");
    const staged = row("readdress", invited, { status: "staged" }, "address.invited_anew");
    expect(forecastSeats(organization({ total: 3 }), [anew], undefined)).toMatchObject({
      needs: 1,
      frees: 1,
      short: 0,
    });
    expect(forecastSeats(organization({ total: 3 }), [staged], undefined)).toMatchObject({ needs: 0, frees: 1 });
    expect(forecastSeats(organization(), [row("readdress", {}, {}, "address.arrived")], 3)).toMatchObject({
      needs: 0,
      frees: 0,
    });
  });

  it("is short by nothing where the number is unlimited or unknown; a number from the settings counts where the server tells none", () => {
    expect(forecastSeats(organization({}), [row("invite")], 1)).toEqual({
      unlimited: true,
      used: 3,
      needs: 1,
      frees: 0,
      short: 0,
    });
    expect(forecastSeats(organization(), [row("invite")], undefined)).toEqual({
      used: 3,
      needs: 1,
      frees: 0,
      short: 0,
    });
    expect(forecastSeats(organization(), [row("invite")], 3)).toMatchObject({ total: 3, short: 1 });
  });

  it("shows an over-full organization as short although nobody is invited", () => {
    expect(forecastSeats(organization({ total: 1 }), [], undefined)).toMatchObject({ needs: 0, short: 2 });
  });

  it("says nothing where the organization was not read", () => {
    expect(forecastSeats(undefined, [row("invite")], 3)).toBeUndefined();
  });

  it("ten seats, eleven people, the owner among them: one short", () => {
    const small: OrganizationState = {
      members: [member("owner", { type: "owner" })],
      groups: [],
      seats: { total: 10 },
    };
    expect(
      forecastSeats(
        small,
        Array.from({ length: 10 }, () => row("invite")),
        undefined,
      )?.short,
    ).toBe(1);
  });
});
