import { readFileSync } from "node:fs";
import { Attribute, Change, Client } from "ldapts";
import type { Account } from "./openldap/openldap.ts";

type Values = Readonly<Record<string, string | Buffer | readonly string[]>>;

/** An entry to be made, or values to be added to one that is there. */
export type NewEntry =
  | { readonly dn: string; readonly attributes: Values }
  | { readonly dn: string; readonly add: Readonly<Record<string, readonly string[]>> };

/** Writes to a server of a test over TLS; throws what the server says. */
export interface Writer extends AsyncDisposable {
  add(dn: string, attributes: Values): Promise<void>;
  /** One after another where an entry needs those before it; many at a time where it does not. */
  addAll(entries: readonly NewEntry[]): Promise<void>;
  modify(
    dn: string,
    operation: "add" | "delete" | "replace",
    attribute: string,
    values?: readonly string[],
  ): Promise<void>;
  /** Renames, moves or both: the whole new name. */
  rename(dn: string, to: string): Promise<void>;
  remove(dn: string): Promise<void>;
  /** The first value of an attribute, as bytes. */
  bytes(dn: string, attribute: string): Promise<Buffer | undefined>;
}

export async function openWriter(url: string, account: Account, caFile: string): Promise<Writer> {
  const client = new Client({
    url,
    tlsOptions: { ca: [readFileSync(caFile)] },
    timeout: 60_000,
    connectTimeout: 10_000,
  });
  await client.bind(account.dn, account.password);
  const put = async (entry: NewEntry): Promise<void> => {
    if ("attributes" in entry) return writer.add(entry.dn, entry.attributes);
    for (const [attribute, values] of Object.entries(entry.add))
      if (values.length > 0) await writer.modify(entry.dn, "add", attribute, values);
  };
  const writer: Writer = {
    add: async (dn, attributes) => client.add(dn, attributesOf(attributes)),
    addAll: async (entries) => {
      for (let at = 0; at < entries.length;) {
        const few = independent(entries, at);
        await Promise.all(few.map(put));
        at += few.length;
      }
    },
    modify: async (dn, operation, type, values = []) =>
      client.modify(dn, new Change({ operation, modification: new Attribute({ type, values: [...values] }) })),
    rename: async (dn, to) => client.modifyDN(dn, to),
    remove: async (dn) => client.del(dn),
    bytes: async (dn, attribute) => {
      const wanted = { attributes: [attribute], explicitBufferAttributes: [attribute] };
      const found = await client.search(dn, { scope: "base", ...wanted });
      const value = found.searchEntries[0]?.[attribute];
      const first = Array.isArray(value) ? value[0] : value;
      return first === undefined ? undefined : Buffer.from(first);
    },
    [Symbol.asyncDispose]: async () => client.unbind(),
  };
  return writer;
}

const atOnce = 100;

/** The next entries that do not speak of each other: neither as what they lie under nor as members. */
function independent(entries: readonly NewEntry[], from: number): NewEntry[] {
  const few: NewEntry[] = [];
  const names = new Set<string>();
  for (const entry of entries.slice(from, from + atOnce)) {
    const mentioned = [
      entry.dn.replace(/^(?:[^\\,]|\\.)*,/su, ""),
      ...Object.values("add" in entry ? entry.add : entry.attributes).flat(),
    ];
    if (mentioned.some((text) => typeof text === "string" && names.has(text))) break;
    names.add(entry.dn);
    few.push(entry);
  }
  return few;
}

const attributesOf = (given: Values): Attribute[] =>
  Object.entries(given).map(([type, value]) => {
    const values = Array.isArray(value) ? [...value] : [value];
    return new Attribute({ type, values: values as string[] | Buffer[] });
  });
