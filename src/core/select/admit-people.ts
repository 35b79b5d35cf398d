import type { DesiredPerson } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { DirectoryId, SourceUser } from "../entry.ts";
import { externalIdProblem, limits, readAddress, type AddressRules } from "../normalise.ts";
import type { Because } from "../plan.ts";

export interface AdmittedPeople {
  readonly people: ReadonlyMap<DirectoryId, DesiredPerson>;
  readonly leftOut: ReadonlyMap<DirectoryId, Because>;
  /** Of those left out: disabled, and only their own address is what is wrong with them. */
  readonly disabled: ReadonlySet<DirectoryId>;
  readonly notes: readonly Diagnostic[];
}

/**
 * Selected people whom the organization can hold. No address, a bad one, one that two entries share, or an external id
 * that is too long or shared: left out with a note that names the entries. Of entries that share something the linked
 * one stays in, unless there are several of those, or it is disabled and another one is not: then nobody can tell who is
 * meant, and all stay as they are.
 */
export const admitPeople = (
  users: readonly SourceUser[],
  isLinked: (id: DirectoryId) => boolean,
  rules: AddressRules,
): AdmittedPeople => {
  const leftOut = new Map<DirectoryId, Because>();
  const disabled = new Set<DirectoryId>();
  let people: DesiredPerson[] = [];
  for (const user of users) {
    const result = readPerson(user, isLinked(user.id) ? "official" : rules);
    if ("person" in result) people.push(result.person);
    else {
      leftOut.set(user.id, result.because);
      if (user.state === "disabled" && aboutAddress.has(result.because.code)) disabled.add(user.id);
    }
  }
  for (const rule of [sameAddress, sameId]) {
    const out = findDoubles(people, isLinked, rule);
    for (const [id, because] of out) leftOut.set(id, because);
    if (out.size > 0) people = people.filter((person) => !out.has(person.id));
  }
  return {
    people: byId(people),
    leftOut,
    disabled,
    notes: users.filter(({ id }) => leftOut.has(id)).flatMap((user) => noteOf(user, leftOut.get(user.id))),
  };
};

const byId = (people: readonly DesiredPerson[]): Map<DirectoryId, DesiredPerson> => {
  const map = new Map<DirectoryId, DesiredPerson>();
  for (const person of people) map.set(person.id, person);
  return map;
};

const aboutAddress: ReadonlySet<string> = new Set(["left_out.no_address", "left_out.bad_address"]);

const readPerson = (
  user: SourceUser,
  rules: AddressRules,
): { readonly person: DesiredPerson } | { readonly because: Because } => {
  const read = readAddress(user.email ?? "", rules);
  if ("problem" in read)
    return {
      because:
        read.problem === "blank"
          ? { code: "left_out.no_address" }
          : {
              code: "left_out.bad_address",
              params: { address: (user.email ?? "").slice(0, 300), problem: read.problem },
            },
    };
  const idProblem = externalIdProblem(user.externalId);
  if (idProblem !== undefined)
    return {
      because: {
        code: idProblem === "long" ? "left_out.long_id" : "left_out.no_id",
        params: { length: user.externalId.length, limit: limits.externalId },
      },
    };
  const { id, externalId, name } = user;
  const state = user.state === "disabled" ? "disabled" : "enabled";
  const email = read.address;
  return { person: name === undefined ? { id, externalId, email, state } : { id, externalId, email, state, name } };
};

interface DoubleRule {
  readonly code: string;
  readonly key: (person: DesiredPerson) => string;
  readonly keeps: (linked: readonly DesiredPerson[], all: readonly DesiredPerson[]) => readonly DesiredPerson[];
}

const sameAddress: DoubleRule = {
  code: "left_out.same_address",
  key: (person) => person.email,
  keeps: (linked, all) => {
    const [only] = linked;
    if (linked.length !== 1 || only === undefined) return [];
    return only.state === "disabled" && all.some((person) => person.state === "enabled") ? [] : linked;
  },
};

/** Linked people keep the id the organization knows them by, so for them a double proposal means nothing. */
const sameId: DoubleRule = {
  code: "left_out.same_id",
  key: (person) => person.externalId,
  keeps: (linked) => linked,
};

const findDoubles = (
  people: readonly DesiredPerson[],
  isLinked: (id: DirectoryId) => boolean,
  rule: DoubleRule,
): Map<DirectoryId, Because> => {
  const out = new Map<DirectoryId, Because>();
  const first = new Map<string, DesiredPerson>();
  const doubles = new Map<string, DesiredPerson[]>();
  for (const person of people) {
    const key = rule.key(person);
    const other = first.get(key);
    if (other === undefined) first.set(key, person);
    else (doubles.get(key) ?? setDefault(doubles, key, [other])).push(person);
  }
  for (const [value, all] of doubles) {
    const linked = all.filter((person) => isLinked(person.id));
    const kept = new Set(rule.keeps(linked, all));
    for (const person of all) {
      if (kept.has(person)) continue;
      const others = all.filter((other) => other !== person);
      out.set(person.id, { code: rule.code, params: { value, count: all.length, others: nameSome(others) } });
    }
  }
  return out;
};

const setDefault = <Key, Value>(map: Map<Key, Value>, key: Key, value: Value): Value => {
  map.set(key, value);
  return value;
};

/** At most five names, in an order that does not depend on the directory's. */
const nameSome = (people: readonly DesiredPerson[]): string[] =>
  people
    .map((person) => (person.name === undefined ? person.id : `${person.name} (${person.id})`))
    .toSorted()
    .slice(0, 5);

const noteOf = (user: SourceUser, because: Because | undefined): Diagnostic[] => {
  if (because === undefined) return [];
  const { code, params } = because;
  return [
    {
      code,
      severity: "warning",
      subject: {
        kind: "person",
        id: user.id,
        ...(user.name === undefined ? {} : { name: user.name }),
        ...(user.email === undefined ? {} : { email: user.email }),
      },
      ...(params === undefined ? {} : { params }),
    },
  ];
};
