import type { Writer } from "../servers/writer.ts";

/** How a kind of server spells entries. */
export interface Dialect {
  readonly suffix: string;
  /** Containers that are there at the start; the last one lies outside what is read. */
  readonly places: readonly string[];
  person(name: string): Readonly<Record<string, string | readonly string[]>>;
  group(name: string): Readonly<Record<string, string | readonly string[]>>;
  /** Attributes of people that a story writes, with the values it picks from; an empty text takes the value away. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** What takes a group out of the selection, and what takes it back. */
  readonly hides: { readonly attribute: string; readonly value: string };
  readonly rdn: { readonly person: string; readonly group: string };
}

/** People as most LDAP servers have them. */
export const inetOrgPerson: Pick<Dialect, "rdn" | "person"> = {
  rdn: { person: "uid", group: "cn" },
  person: (name) => ({
    objectClass: ["inetOrgPerson", "shadowAccount"],
    uid: name,
    cn: name,
    sn: name,
    mail: `${name}@firm.test`,
  }),
};

interface Place {
  name: string;
  readonly parent: string;
}
interface Entry {
  readonly kind: "person" | "group";
  name: string;
  place: Place;
}

/** Random changes of a directory, each one that a server may well see; what was done is told in one line. */
export function createOperations(dialect: Dialect, random: () => number) {
  const { suffix, rdn } = dialect;
  const places: Place[] = dialect.places.map((name) => ({ name, parent: suffix }));
  const entries: Entry[] = [];
  let last = 0;
  const placeDn = (place: Place): string => `OU=${place.name},${place.parent}`;
  const dnOf = (entry: Entry): string => `${rdn[entry.kind]}=${entry.name},${placeDn(entry.place)}`;
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const some = (kind?: Entry["kind"]): Entry | undefined =>
    pick(kind === undefined ? entries : entries.filter((entry) => entry.kind === kind));
  const nextName = (prefix: string): string => `${prefix}${(last += 1)}`;
  /** The first place most of the time: what is read lies there. */
  const anyPlace = (): Place => (random() < 0.5 ? places[0] : pick(places)) ?? { name: "", parent: "" };
  const nothing = "nothing";

  const kinds: Readonly<
    Record<string, { readonly weight: number; readonly run: (writer: Writer) => Promise<string> }>
  > = {
    addPerson: { weight: 6, run: async (writer) => add(writer, "person") },
    addGroup: { weight: 3, run: async (writer) => add(writer, "group") },
    change: {
      weight: 8,
      run: async (writer) => {
        const entry = some("person");
        const attribute = pick(Object.keys(dialect.values)) ?? "";
        const value = pick(dialect.values[attribute] ?? []) ?? "";
        if (entry === undefined) return nothing;
        await writer.modify(dnOf(entry), "replace", attribute, value === "" ? [] : [value]);
        return `${entry.name} ${attribute}=${value}`;
      },
    },
    hide: {
      weight: 2,
      run: async (writer) => {
        const group = some("group");
        if (group === undefined) return nothing;
        const hidden = random() < 0.5;
        await writer.modify(dnOf(group), "replace", dialect.hides.attribute, hidden ? [dialect.hides.value] : []);
        return `${group.name} ${hidden ? "hidden" : "shown"}`;
      },
    },
    join: { weight: 12, run: async (writer) => member(writer, "add") },
    part: { weight: 6, run: async (writer) => member(writer, "delete") },
    rename: {
      weight: 4,
      run: async (writer) =>
        move(writer, (entry) => ({ name: nextName(entry.kind === "person" ? "p" : "g"), place: entry.place })),
    },
    move: { weight: 4, run: async (writer) => move(writer, (entry) => ({ name: entry.name, place: anyPlace() })) },
    remove: {
      weight: 4,
      run: async (writer) => {
        const entry = some();
        if (entry === undefined) return nothing;
        await writer.remove(dnOf(entry));
        entries.splice(entries.indexOf(entry), 1);
        return `removed ${entry.name}`;
      },
    },
    comeBack: {
      weight: 1,
      run: async (writer) => {
        const entry = some("person");
        if (entry === undefined) return nothing;
        await writer.remove(dnOf(entry));
        await writer.add(dnOf(entry), dialect.person(entry.name));
        return `${entry.name} removed and made anew under the same name`;
      },
    },
    addPlace: {
      weight: 1,
      run: async (writer) => {
        const place: Place = { name: nextName("unit"), parent: suffix };
        await writer.add(placeDn(place), { objectClass: "organizationalUnit", ou: place.name });
        places.splice(1, 0, place);
        return `new ${place.name}`;
      },
    },
    renamePlace: {
      weight: 1,
      run: async (writer) => {
        const place = places.find((one) => one.name.startsWith("unit"));
        if (place === undefined) return nothing;
        const before = place.name;
        const to = nextName("unit");
        await writer.rename(placeDn(place), `OU=${to},${place.parent}`);
        place.name = to;
        return `${before} is now ${to}`;
      },
    },
  };

  const add = async (writer: Writer, kind: Entry["kind"]): Promise<string> => {
    const entry: Entry = { kind, name: nextName(kind === "person" ? "p" : "g"), place: anyPlace() };
    await writer.add(dnOf(entry), dialect[kind](entry.name));
    entries.push(entry);
    return `new ${dnOf(entry)}`;
  };
  const member = async (writer: Writer, operation: "add" | "delete"): Promise<string> => {
    const group = some("group");
    const who = some(random() < 0.3 ? "group" : "person");
    if (group === undefined || who === undefined || group === who) return nothing;
    await writer.modify(dnOf(group), operation, "member", [dnOf(who)]);
    return `${operation} ${who.name} ${group.name}`;
  };
  const move = async (writer: Writer, to: (entry: Entry) => Pick<Entry, "name" | "place">): Promise<string> => {
    const entry = some();
    if (entry === undefined) return nothing;
    const target = to(entry);
    const before = dnOf(entry);
    const after = dnOf({ ...entry, ...target });
    if (before === after) return nothing;
    await writer.rename(before, after);
    Object.assign(entry, target);
    return `${before} is now ${after}`;
  };

  const wheel = Object.entries(kinds).flatMap(([name, { weight }]) => Array.from({ length: weight }, () => name));
  return {
    /** Something to begin with. */
    populate: async (writer: Writer): Promise<void> => {
      for (let count = 0; count < 30; count += 1) await add(writer, count % 3 === 2 ? "group" : "person");
    },
    /** Does one of them; one the server refuses, such as a member that is there already, changes nothing. */
    next: async (writer: Writer): Promise<string> => {
      const name = pick(wheel) ?? "";
      try {
        return (await kinds[name]?.run(writer)) ?? nothing;
      } catch (error) {
        return `refused ${name}: ${String(error)}`;
      }
    },
    /** What it knows of the directory, to be taken back with a backup. */
    save: () => {
      const kept = {
        places: structuredClone(places),
        entries: entries.map((entry) => ({ ...entry, at: places.indexOf(entry.place) })),
      };
      return () => {
        places.splice(0, Infinity, ...structuredClone(kept.places));
        entries.splice(
          0,
          Infinity,
          ...kept.entries.map(({ at, kind, name }) => ({ kind, name, place: places[at] ?? anyPlace() })),
        );
      };
    },
  };
}
