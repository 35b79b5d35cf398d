import { Fault } from "../../core/fault.ts";

/** Parameters of a list, decoded. */
export type Query = Readonly<Record<string, string>>;

/** What selects people (OneLogin, "List Users" v2); how the list is cut and shown is ours. */
export const userParameters: readonly string[] = [
  "created_since",
  "created_until",
  "custom_attributes.{name}",
  "directory_id",
  "email",
  "external_id",
  "firstname",
  "last_login_since",
  "last_login_until",
  "lastname",
  "samaccountname",
  "updated_since",
  "updated_until",
  "user_ids",
  "username",
];
/** What selects roles; one of the vendor's documents calls the name `name`, the other `role_name`. */
export const roleParameters: readonly string[] = ["app_id", "app_name", "name", "role_name"];
/** Nothing selects groups. */
export const groupParameters: readonly string[] = [];

/**
 * Reads what stands behind `|`, `email=*@acme.test&directory_id=7`, as people type it: encoded or not, a `+` being one.
 * Whoever mistypes a parameter would get everybody, since the vendor ignores it: Fault `filter.syntax` with its place.
 */
export const parseQuery = (text: string, setting: string, known: readonly string[]): Query => {
  const query: Record<string, string> = {};
  const start = /^\s*\??/u.exec(text)?.[0].length ?? 0;
  if (text.slice(start).trim() === "") return query;
  let at = start;
  for (const part of text.slice(start).split("&")) {
    const [given = "", ...rest] = part.split("=");
    const name = given.trim();
    const value = decode(rest.join("=").trim());
    const fault = (expected: string, found: string): Fault =>
      new Fault("filter.syntax", { filter: `${setting} |`, line: 1, column: at + 1, expected, found, text });
    if (!known.some((each) => isNamed(each, name)))
      throw fault(
        known.length === 0 ? "nothing, since groups cannot be selected by a query" : `one of ${known.join(", ")}`,
        quoted(name),
      );
    if (name in query) throw fault("every parameter once", quoted(name));
    if (value === "") throw fault(`a value, as in ${name}=…`, quoted(part.trim()));
    query[name] = value;
    at += part.length + 1;
  }
  return query;
};

const isNamed = (known: string, name: string): boolean =>
  known === name ||
  (known.endsWith("{name}") && new RegExp(`^${known.replace(".{name}", String.raw`\.\w+`)}$`, "u").test(name));

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const quoted = (text: string): string => (text === "" ? "the end" : `"${text}"`);
