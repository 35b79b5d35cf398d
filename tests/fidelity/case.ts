/** Any directory, any organization, any settings, and a history of runs with hands between them: plain data, so that a case can be printed and played again. */
import * as fc from "fast-check";
import type { DirectoryContent, Group, Person } from "../scenarios/directory.ts";
import type { Settings } from "../scenarios/open-world.ts";
import type { Dialect } from "../../src/organizations/sandbox/sandbox.ts";

/** A member as the organization begins with it; named by who they are in the directory, or `x` and `y` for strangers. */
export interface Beginner {
  readonly name: string;
  readonly id: string | undefined;
  readonly status: -1 | 0 | 1 | 2 | 3;
  readonly type: 0 | 1 | 2 | 4;
}

/** What somebody does in the organization between two runs; whatever is not possible there does not happen. */
export type Hand =
  | { readonly do: "revoke" | "restore" | "accept" | "confirm" | "remove" | "forget id"; readonly who: string }
  | { readonly do: "promote"; readonly who: string; readonly type: 0 | 1 | 2 | 4 }
  | { readonly do: "change id" | "change address"; readonly who: string; readonly to: string }
  | { readonly do: "add"; readonly who: string; readonly id: string | undefined; readonly status: 0 | 2 }
  | { readonly do: "remove group" | "forget group id"; readonly group: string }
  | { readonly do: "rename group"; readonly group: string; readonly to: string }
  | {
      readonly do: "add group";
      readonly group: string;
      readonly id: string | undefined;
      readonly members: readonly string[];
    }
  | { readonly do: "fill group"; readonly group: string; readonly members: readonly string[] };

/** How a plan becomes a run: reviewed and applied, by itself, or accepted by its digest. */
export type Way = "apply" | "sync" | "accept";

export interface Round {
  readonly minutes: number;
  readonly hands: readonly Hand[];
  /** By id: somebody or something put into the directory, or taken out of it (`gone`). */
  readonly people: Readonly<Record<string, Person | "gone">>;
  readonly groups: Readonly<Record<string, Group | "gone">>;
  /** Settings of `sync` from here on. */
  readonly sync: Settings;
  readonly adopt: readonly ("same address" | "groups" | "gone" | "everybody by name")[];
  readonly restore: readonly string[];
  readonly full: boolean;
  readonly way: Way;
  readonly undo: boolean;
}

export interface Case {
  readonly dialect: Dialect;
  readonly seats: number | null;
  /** Seats that the profile may buy; undefined = it stops. */
  readonly buy: number | undefined;
  readonly teamsStarter: boolean;
  /** The settings tell the number of seats where the server does not. */
  readonly tellsSeats: boolean;
  readonly flag: boolean;
  readonly findsPending: boolean;
  /** Vaultwarden: mails go out, a policy asks for two factors, owners were named. */
  readonly mail: boolean;
  readonly twoFactor: boolean;
  readonly owners: readonly string[] | undefined;
  readonly hold: boolean;
  readonly protect: readonly string[];
  readonly members: readonly Beginner[];
  readonly held: readonly {
    readonly name: string;
    readonly id: string | undefined;
    readonly members: readonly string[];
  }[];
  readonly directory: Pick<DirectoryContent, "people" | "groups">;
  readonly sync: Settings;
  readonly rounds: readonly Round[];
}

export const addressOf = (name: string): string => `${name}@firm.test`;

const ids = ["a", "b", "c", "d", "a2", "b2"] as const;
const everybody = ["a", "b", "c", "d", "x", "y"] as const;
const groupIds = ["g", "h", "g2"] as const;
const groupNames = ["Sales", "Other", "Third"] as const;

/** The first of them often, the others now and then. */
const mostly = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 2 + others.length, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  );

/** `a2` is somebody whom the directory made anew: another id, and sometimes the address or the external id of `a`. */
const personOf = (id: string): fc.Arbitrary<Person> => {
  const original = id.replace("2", "");
  return fc
    .record({
      address: fc.oneof(
        { weight: 6, arbitrary: fc.constant(original === id ? id : original) },
        { weight: 2, arbitrary: fc.constantFrom(...everybody, "new", id) },
        { weight: 1, arbitrary: fc.constantFrom("", "bad", "SHOUT") },
      ),
      state: mostly<NonNullable<Person["state"]>>("enabled", "enabled", "disabled", "deleted"),
      externalId: original === id ? mostly(id, id, "b") : mostly(id, original),
      selected: mostly(true, true, true, false),
    })
    .map(({ address, state, externalId, selected }) => ({
      id,
      externalId,
      state,
      selected,
      email:
        address === ""
          ? undefined
          : address === "bad"
            ? "no address"
            : address === "SHOUT"
              ? ` ${addressOf(original).toUpperCase()} `
              : addressOf(address),
    }));
};

const groupOf = (id: string): fc.Arbitrary<Group> =>
  fc.record({
    id: fc.constant(id),
    externalId: id === "g2" ? mostly("g2", "g") : mostly(id, id, "h"),
    name: fc.constantFrom(...groupNames),
    members: fc.subarray([...ids, ...groupIds]),
    selected: mostly(true, true, true, false),
  });

const changesOf = <Entry>(
  of: readonly string[],
  entry: (id: string) => fc.Arbitrary<Entry>,
): fc.Arbitrary<Readonly<Record<string, Entry | "gone">>> =>
  fc
    .uniqueArray(
      fc
        .constantFrom(...of)
        .chain((id) =>
          fc.tuple(
            fc.constant(id),
            fc.oneof({ weight: 3, arbitrary: entry(id) }, { weight: 2, arbitrary: fc.constant("gone" as const) }),
          ),
        ),
      { maxLength: 3, selector: ([id]) => id },
    )
    .map((entries) => Object.fromEntries(entries));

const who = fc.constantFrom(...everybody);
const whichGroup = fc.constantFrom(...groupIds, ...groupNames);
const memberType = fc.constantFrom(0 as const, 1 as const, 2 as const, 2 as const, 4 as const);
const externalIdFor = (name: string): fc.Arbitrary<string | undefined> =>
  mostly<string | undefined>(name, undefined, `old-${name}`);

const hand: fc.Arbitrary<Hand> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("accept", "confirm"), who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("revoke", "restore", "remove", "forget id"), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("promote"), who, type: memberType }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("change id"), who, to: fc.constantFrom("strange", "a", "c", "a2") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("change address"), who, to: fc.constantFrom("new", "own", ...everybody) }),
  },
  {
    weight: 2,
    arbitrary: who.chain((name) =>
      fc.record({
        do: fc.constant("add"),
        who: fc.constant(name),
        id: externalIdFor(name),
        status: fc.constantFrom(0, 2),
      }),
    ),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("remove group", "forget group id"), group: whichGroup }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("rename group"),
      group: whichGroup,
      to: fc.constantFrom(...groupNames, "By hand"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("add group"),
      group: fc.constantFrom(...groupNames),
      id: mostly<string | undefined>(undefined, "g", "h", "strange"),
      members: fc.subarray([...everybody]),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("fill group"), group: whichGroup, members: fc.subarray([...everybody]) }),
  },
) as fc.Arbitrary<Hand>;

/** Some settings of `sync`: in a round those that changed. */
const someSettings = (most: number): fc.Arbitrary<Settings> =>
  fc
    .uniqueArray(
      fc.oneof(
        fc.record({ key: fc.constant("leavers"), value: leavers() }),
        fc.record({ key: fc.constant("groupsGone"), value: fc.constantFrom("empty", "keep", "remove") }),
        fc.record({ key: fc.constant("keepManualMembers"), value: fc.boolean() }),
        fc.record({ key: fc.constant("joiners"), value: fc.constantFrom("invite", "stage") }),
        fc.record({ key: fc.constant("addressChange"), value: fc.constantFrom("wait", "replace") }),
        fc.record({ key: fc.constant("narrow"), value: fc.constantFrom("off", "direct", "nested") }),
        fc.record({ key: fc.constant("nested"), value: fc.boolean() }),
        fc.record({ key: fc.constantFrom("users", "groups"), value: mostly(true, false) }),
      ),
      { maxLength: most, selector: ({ key }) => key },
    )
    .map((settings) => Object.fromEntries(settings.map(({ key, value }) => [key, value])));

const leavers = (): fc.Arbitrary<Settings> =>
  fc.record(
    {
      disabled: fc.constantFrom("revoke", "remove", "keep"),
      gone: fc.constantFrom("revoke", "remove", "keep"),
      wait: fc.constantFrom(0, 1, 9),
      removeAfter: fc.constantFrom(1, 9),
    },
    { requiredKeys: ["disabled", "gone"] },
  );

const round: fc.Arbitrary<Round> = fc.record({
  minutes: fc.constantFrom(0, 10, 60, 60, 60, 25 * 60, 10 * 24 * 60),
  hands: fc.array(hand, { maxLength: 3 }),
  people: changesOf(ids, personOf),
  groups: changesOf(groupIds, groupOf),
  sync: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: someSettings(1) }),
  adopt: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.subarray(["same address", "groups", "gone", "everybody by name"] as const) },
  ),
  restore: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(["a", "b", "c", "d"]) },
  ),
  full: mostly(true, true, false),
  way: mostly<Way>("apply", "sync", "accept"),
  undo: mostly(false, false, true),
});

const directory: fc.Arbitrary<Pick<DirectoryContent, "people" | "groups">> = fc.record({
  people: fc.uniqueArray(fc.constantFrom(...ids).chain(personOf), { maxLength: 5, selector: ({ id }) => id }),
  groups: fc.uniqueArray(fc.constantFrom(...groupIds).chain(groupOf), { maxLength: 2, selector: ({ id }) => id }),
});

const members = (statuses: readonly Beginner["status"][]): fc.Arbitrary<Beginner[]> =>
  fc.uniqueArray(
    who.chain((name) =>
      fc.record({
        name: fc.constant(name),
        id: externalIdFor(name),
        status: fc.constantFrom(...statuses),
        type: memberType,
      }),
    ),
    { maxLength: 5, selector: ({ name }) => name },
  );

const common = {
  directory,
  sync: someSettings(8),
  rounds: fc.array(round, { minLength: 1, maxLength: 5 }),
  protect: mostly<readonly string[]>([], [addressOf("a"), addressOf("b")]),
  hold: mostly(false, true),
  held: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...groupNames),
      id: mostly<string | undefined>(undefined, "g", "h", "strange"),
      members: fc.subarray([...everybody]),
    }),
    { maxLength: 2, selector: ({ name }) => name },
  ),
};

/** An official server, in the cloud or self-hosted. */
export const officialCase: fc.Arbitrary<Case> = fc.record({
  ...common,
  dialect: fc.constantFrom("official-cloud" as const, "official-cloud" as const, "official-selfhost" as const),
  seats: mostly<number | null>(null, 3, 5, 8),
  buy: fc.constantFrom(undefined, 10),
  teamsStarter: mostly(false, false, true),
  tellsSeats: fc.boolean(),
  flag: fc.boolean(),
  findsPending: mostly(true, false),
  mail: fc.constant(false),
  twoFactor: fc.constant(false),
  owners: fc.constant(undefined),
  members: members([-1, 0, 1, 2, 2, 3]),
});

/** Vaultwarden, which nobody can read. */
export const vaultwardenCase: fc.Arbitrary<Case> = fc.record({
  ...common,
  dialect: fc.constant("vaultwarden" as const),
  seats: fc.constant(null),
  buy: fc.constant(undefined),
  teamsStarter: fc.constant(false),
  tellsSeats: fc.constant(false),
  flag: fc.constant(false),
  findsPending: fc.constant(true),
  mail: fc.boolean(),
  twoFactor: fc.boolean(),
  owners: mostly<readonly string[] | undefined>(["owner@sandbox.test"], undefined, [
    "owner@sandbox.test",
    addressOf("b"),
  ]),
  members: members([-1, 0, 1, 2, 2]),
});
