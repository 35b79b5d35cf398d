import type { FieldDescription } from "../../src/config/describe.ts";
import { readText } from "../../src/config/text.ts";
import type { Input } from "../../src/rpc/contract.ts";

export type Draft = Input<"profiles.check">["draft"];
export type Value = Draft["changes"][string];

/** Shown only where a sibling has one of certain values. */
export const isVisible = ({ showIf, keys }: FieldDescription, valueOf: (path: string) => unknown): boolean => {
  if (showIf === undefined) return true;
  const value = valueOf([...keys.slice(0, -1), showIf.field].join("."));
  return showIf.is.some((each) => each === value);
};

/** A field's default as the value it is; undefined where there is none. */
export const defaultOf = (field: FieldDescription): unknown =>
  field.defaultText === undefined ? undefined : readText(leafType(field), field.defaultText);

/** A value as a text field has it: a list with an entry on each line. */
export const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(String).join("\n");
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** The value a text stands for; nothing typed is nothing set (null), unless there has to be something. */
export const valueFrom = (field: FieldDescription, text: string): Value | null => {
  if (text.trim() === "") return field.required ? "" : field.defaultText === "" ? "" : null;
  if (field.type === "list")
    return text
      .split("\n")
      .flatMap(entriesOf)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "");
  const value = readText(leafType(field), text);
  const plain: Value = JSON.parse(JSON.stringify(value));
  return plain;
};

/** Several entries on one line, as people paste them; the commas of a DN belong to it. */
const entriesOf = (line: string): readonly string[] => (line.includes("=") ? [line] : line.split(/,(?=\s)/u));

const leafType = ({ type, values }: FieldDescription): Parameters<typeof readText>[0] =>
  type === "one of" ? { is: type, values } : { is: type };
