import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GroupLink, PersonLink } from "../link.ts";
import { digestOf } from "../make-plan.ts";
import type { OrganizationState } from "../organization-state.ts";
import { isChange, numberRows, type Change } from "../plan.ts";
import {
  applied,
  group,
  groupLink,
  groupWithoutId,
  inputOf,
  link,
  member,
  memberWithoutId,
  minute,
  now,
  person,
  settled,
  tell,
  theirGroup,
} from "../testing.ts";
import { diff } from "./diff.ts";
import type { DiffInput } from "./input.ts";

describe("any directory, any links and any organization", () => {
  it("the order of entries, links, members and groups does not matter", () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 1 }), (input, seed) => {
        const one = numberRows(diff(input).changes);
        const other = numberRows(diff(shuffled(input, seed)).changes);
        expect(other).toEqual(one);
        expect(digestOf(other)).toBe(digestOf(one));
      }),
      { numRuns: 500 },
    );
  });

  it("a plan that was applied leaves nothing to do, at once where nobody was restored, removed or held back, else after a few plans", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const first = after(input);
        const result = diff(input);
        const isOpen = result.changes.some(isSeenAnew) || result.notes.some(({ code }) => code.startsWith("held."));
        const second = after(first.next);
        expect(isOpen ? [] : second.changes.map(tell)).toEqual([]);
        let next = second;
        for (let plan = 3; next.changes.length > 0 && plan < 6; plan += 1) next = after(next.next);
        expect(next.changes.map(tell)).toEqual([]);
      }),
      { numRuns: 10_000 },
    );
  });

  it("nobody without a link loses anything, but whom this plan itself adopts", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const linked = new Set([...input.people, ...input.groups].map((one) => one.id));
        const { changes } = diff(input);
        const adopted = new Set(changes.filter((row) => row.action === "adopt").map((row) => row.subject.id));
        const losing = changes.filter((row) =>
          ["revoke", "remove", "readdress", "empty-group", "remove-group"].includes(row.action),
        );
        expect(losing.filter(({ subject }) => !linked.has(subject.id) && !adopted.has(subject.id))).toEqual([]);
      }),
    );
  });

  it("no owner and nobody protected loses access", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { changes } = diff(input);
        const owners = new Set(
          (input.organization?.members ?? []).filter((one) => one.type === "owner").map((one) => one.id),
        );
        const taken = changes.filter(
          (row) => row.action === "revoke" || row.action === "remove" || row.because.code === "address.invited_anew",
        );
        expect(taken.filter(({ subject }) => owners.has(subject.organizationId ?? ""))).toEqual([]);
        expect(
          taken.filter(({ before }) => input.settings.protect.has("email" in before ? (before.email ?? "") : "")),
        ).toEqual([]);
      }),
    );
  });

  it("nobody is invited whose address or external id the organization has", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const held = new Set(
          (input.organization?.members ?? []).flatMap((one) => [one.email, one.externalId ?? one.email]),
        );
        const invited = diff(input).changes.filter((row) => row.action === "invite" || row.action === "stage");
        expect(
          invited.filter(
            ({ after }) => held.has("email" in after ? (after.email ?? "") : "") || held.has(after.externalId ?? ""),
          ),
        ).toEqual([]);
      }),
    );
  });
});

/** Whom we restored or removed, or held back for somebody who had their address or id until then. */
const isSeenAnew = ({ action, because }: Change): boolean =>
  action === "restore" ||
  action === "remove" ||
  because.code.startsWith("held.") ||
  because.code === "keep.same_address_new_id";

/** The plan's changes, and the same directory against what is there once they were carried out. */
const after = (input: DiffInput): { readonly changes: readonly Change[]; readonly next: DiffInput } => {
  const result = diff(input);
  const organization = applied(input.organization ?? { members: [], groups: [] }, result.changes);
  return {
    changes: result.changes.filter(isChange),
    next: { ...input, ...settled(input, result), organization, marks: [] },
  };
};

const ids = ["a", "b", "c", "d"];
const addresses = [...ids, "x"].map((id) => `${id}@firm.test`);
const sometimes = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<readonly Value[]> =>
  fc.array(value, { maxLength: 1 });
const revoked = { at: now - 40 * 24 * 60 * minute, cause: "gone" as const };

/** People of the directory: addresses are theirs alone, external ids too, as select makes sure. */
const anyPeople = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom(...ids, "e"),
      email: fc.constantFrom(...addresses),
      externalId: fc.constantFrom("own", "own", "own", ...ids),
      state: fc.constantFrom("enabled" as const, "enabled" as const, "disabled" as const),
    }),
    { maxLength: 4, selector: ({ id }) => id },
  )
  .map((all) =>
    all.map((one) => person(one.id, { ...one, externalId: one.externalId === "own" ? one.id : one.externalId })),
  )
  .filter((all) => isUnique(all.map((one) => one.email)) && isUnique(all.map((one) => one.externalId)));

const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const anyMembers = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom(...ids, "x", "y"),
      email: fc.constantFrom(...addresses, "y@firm.test"),
      status: fc.constantFrom(
        "invited" as const,
        "confirmed" as const,
        "confirmed" as const,
        "revoked" as const,
        "staged" as const,
      ),
      type: fc.constantFrom("user" as const, "user" as const, "owner" as const),
      hasId: fc.constantFrom(true, true, false),
    }),
    { maxLength: 5, selector: ({ email }) => email },
  )
  .filter((all) => isUnique(all.map(({ id }) => id)))
  .map((all) =>
    all.map(({ id, email, status, type, hasId }) => (hasId ? member : memberWithoutId)(id, { email, status, type })),
  );

const anyLinks: fc.Arbitrary<PersonLink[]> = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom(...ids),
      email: fc.constantFrom(...addresses),
      directoryEmail: fc.constantFrom(...addresses),
      revoked: sometimes(fc.constant(revoked)),
      missingSince: sometimes(fc.constantFrom(now - 60 * minute, now - minute)),
      byHand: sometimes(fc.constantFrom("revoked" as const, "removed" as const, "restored" as const)),
    }),
    { maxLength: 4, selector: ({ id }) => id },
  )
  .map((all) =>
    all.map(({ id, email, directoryEmail, revoked: [ours], missingSince: [since], byHand: [hand] }) =>
      link(id, {
        email,
        directoryEmail,
        ...(ours === undefined ? {} : { revoked: ours }),
        ...(since === undefined ? {} : { missingSince: since }),
        ...(hand === undefined ? {} : { byHand: hand }),
      }),
    ),
  );

const anyGroupLinks: fc.Arbitrary<GroupLink[]> = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom("g", "h"),
      members: fc.subarray(ids),
      missingSince: sometimes(fc.constantFrom(now - 60 * minute, now - minute)),
      kept: sometimes(fc.constant(true as const)),
    }),
    { maxLength: 2, selector: ({ id }) => id },
  )
  .map((all) =>
    all.map(({ id, members, missingSince: [since], kept: [kept] }) =>
      groupLink(id, members, {
        ...(since === undefined ? {} : { missingSince: since }),
        ...(kept === undefined ? {} : { kept }),
      }),
    ),
  );

const anyGroups = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom("g", "h", "i"),
      name: fc.constantFrom("Group g", "Group h", "New"),
      externalId: fc.constantFrom("own", "own", "g", "h"),
      members: fc.subarray([...ids, "e"]),
    }),
    { maxLength: 3, selector: ({ id }) => id },
  )
  .map((all) =>
    all.map(({ id, name, externalId, members }) =>
      group(id, members, { name, externalId: externalId === "own" ? id : externalId }),
    ),
  )
  .filter((all) => isUnique(all.map((one) => one.externalId)));

const anyOrganization: fc.Arbitrary<OrganizationState> = anyMembers.chain((members) =>
  fc
    .uniqueArray(
      fc.record({
        id: fc.constantFrom("g", "h", "i"),
        name: fc.constantFrom("Group g", "Group h", "By hand"),
        hasId: fc.constantFrom(true, true, false),
        members: fc.subarray(members.map((one) => one.id)),
      }),
      { maxLength: 3, selector: ({ id }) => id },
    )
    .map((groups) => ({
      members,
      groups: groups.map(({ id, name, hasId, members: own }) => ({
        ...(hasId ? theirGroup(id) : groupWithoutId(id)),
        name,
        members: own,
      })),
    })),
);

const anyInput: fc.Arbitrary<DiffInput> = fc
  .record({
    people: anyPeople,
    groups: anyGroups,
    links: anyLinks,
    groupLinks: anyGroupLinks,
    organization: anyOrganization,
    leftOut: fc.subarray(ids),
    unselected: fc.subarray(ids),
    otherGroups: fc.subarray(["g", "h"]),
    users: fc.constantFrom(true, true, true, false),
    keepManualMembers: fc.boolean(),
    disabled: fc.constantFrom("keep" as const, "revoke" as const, "remove" as const),
    gone: fc.constantFrom("keep" as const, "revoke" as const, "remove" as const),
    removeAfter: fc.constantFrom(undefined, 30),
    groupsGone: fc.constantFrom("keep" as const, "empty" as const, "remove" as const),
    joiners: fc.constantFrom("invite" as const, "stage" as const),
    protect: fc.subarray(addresses, { maxLength: 1 }),
    elsewhere: fc.subarray(["x", "e"], { maxLength: 1 }),
    marks: fc.subarray([
      ...(["adopt", "restore"] as const).flatMap((kind) =>
        [...ids, "e"].map((id) => ({
          kind,
          subject: "person" as const,
          id,
          by: "jan",
          at: 0,
        })),
      ),
      ...["g", "h", "i"].map((id) => ({ kind: "adopt" as const, subject: "group" as const, id, by: "jan", at: 0 })),
      ...["x", "y"].map((id) => ({
        kind: "adopt-gone" as const,
        subject: "person" as const,
        id: `m-${id}`,
        by: "jan",
        at: 0,
      })),
    ]),
    selectionChanged: fc.constantFrom(false, false, true),
    directoryChanged: fc.constantFrom(false, false, true),
  })
  .map((one) => {
    const there = new Set(one.people.map(({ id }) => id));
    const outside = one.leftOut.filter((id) => !there.has(id));
    return inputOf(
      {
        people: one.people,
        groups: one.groups,
        links: one.links,
        groupLinks: one.groupLinks,
        leftOut: outside,
        unselected: one.unselected.filter((id) => !there.has(id) && !outside.includes(id)),
        otherGroups: one.otherGroups.filter((id) => !one.groups.some((own) => own.id === id)),
        settings: {
          users: one.users,
          keepManualMembers: one.keepManualMembers,
          leavers: { disabled: one.disabled, gone: one.gone, wait: 0, removeAfter: one.removeAfter },
          groupsGone: one.groupsGone,
          joiners: one.joiners,
          protect: new Set(one.protect),
        },
      },
      {
        organization: one.organization,
        marks: one.marks,
        elsewhere: new Map(one.elsewhere.map((id) => [id, "Other"])),
        selectionChanged: one.selectionChanged,
        directoryChanged: one.directoryChanged,
      },
    );
  });

/** The same input with every list in another order. */
const shuffled = (input: DiffInput, seed: number): DiffInput => {
  const mix = <Item>(items: readonly Item[]): Item[] =>
    items
      .map((item, index) => ({ item, rank: (seed * (index + 7)) % 101 }))
      .toSorted((left, right) => left.rank - right.rank || 1)
      .map(({ item }) => item);
  return {
    ...input,
    people: mix(input.people),
    groups: mix(input.groups),
    marks: mix(input.marks),
    organization: {
      members: mix(input.organization?.members ?? []),
      groups: mix(input.organization?.groups ?? []).map((one) => ({ ...one, members: mix(one.members ?? []) })),
    },
    desired: {
      ...input.desired,
      people: new Map(mix([...input.desired.people])),
      groups: new Map(mix([...input.desired.groups])),
    },
  };
};
