import type { Messages } from "./messages.ts";

/** What a form says about a field. */
export interface FieldWords {
  readonly title: string;
  readonly description?: string;
  /** What each of the values of a choice is called, in their order. */
  readonly values: readonly string[];
}

/** What a description of a setting (config/describe.ts) says that matters for its words. */
interface Described {
  readonly keys: readonly string[];
  /** Exists only where this field has this value. */
  readonly only?: { readonly is: string };
  readonly title: string;
  readonly description?: string;
  readonly values: readonly string[];
}

/**
 * Title, description and values of a field in the language of `messages`. The schema's own English counts where the
 * language has none, so that they are written once; what a value of a choice is called stands with the words of every language.
 */
export const fieldWords = (field: Described, { format, has }: Pick<Messages, "format" | "has">): FieldWords => {
  const key = fieldKey(field);
  const worded = (part: string, own: string): string =>
    has(`field.${key}.${part}`) ? format(`field.${key}.${part}`) : own;
  return {
    title: worded("title", field.title),
    ...(field.description === undefined ? {} : { description: worded("description", field.description) }),
    values: field.values.map((value) => (has(`value.${key}.${value}`) ? format(`value.${key}.${value}`) : value)),
  };
};

/** The part of the keys of its words that stands for a field: `sync.users`, `organization.server`, `directory.ldap.url`. */
export const fieldKey = ({ keys, only }: Pick<Described, "keys" | "only">): string => {
  const [room, name, ...inside] = keys;
  const own = name !== "<name>" ? keys : room === "profiles" ? inside : ["organization", ...inside];
  // A kind of directory has fields of its own, and two kinds may call different things by one name.
  return own[0] === "directory" && only !== undefined ? ["directory", only.is, ...own.slice(1)].join(".") : own.join(".");
};
