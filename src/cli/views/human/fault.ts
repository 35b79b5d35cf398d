import { programName } from "../../specs.ts";
import type { Words } from "../../words.ts";
import { clean } from "../clean.ts";
import { docsOf } from "../json/fault.ts";
import { block, wrap, type Screen } from "../layout.ts";

interface Told {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * What a person reads of a failure: what, who and why, then the way out, then where there is more. Where other guards
 * stopped the same run, what each of them counts stands there, too: whoever accepts the plan accepts all of it.
 */
export const faultText = (
  { code, params }: Told,
  { words, width, style }: Screen,
  also: readonly Told[] = [],
): string => {
  const { what, remedy } = words.fault(code, textual(params));
  const [head, ...rest] = splitHead(what);
  const marked = `error[${code}]:`;
  const [first = "", ...continued] = wrap(`${marked} ${head ?? ""}`, width, "  ");
  return block([
    style.red(marked) + first.slice(marked.length),
    ...continued,
    ...rest.flatMap((line) => wrap(`  ${line}`, width, "  ")),
    ...also.flatMap((one) =>
      wrap(`  ${words.format("cli.guard.also", { what: countedBy(one, words) })}`, width, "    "),
    ),
    ...placeOf(params),
    ...remedy.split("\n").flatMap((line) => wrap(`  ${line}`, width, "  ")),
    ...(also.length === 0 ? [] : [`  ${words.format("cli.guard.all", { command: `${programName} plan` })}`]),
    style.dim(`  docs: ${docsOf(code)}`),
  ]);
};

/** A guard's own sentences, without the one that all of them begin with. */
const countedBy = ({ code, params }: Told, words: Words): string =>
  words.fault(code, textual(params)).what.split("\n").slice(1).join(" ");

/** The first sentence stands alone behind the code; a text that has lines of its own keeps them. */
export const splitHead = (text: string): string[] => {
  if (text.includes("\n")) return text.split("\n");
  const end = /[.!?]["”)]?\s+(?=[\p{Lu}\d"“])/u.exec(text);
  return end === null
    ? [text]
    : [text.slice(0, end.index + end[0].trimEnd().length), text.slice(end.index + end[0].length)];
};

/** A line of what was written, with a mark under the place. */
const placeOf = ({ text, column }: Readonly<Record<string, unknown>>): string[] =>
  typeof text === "string" && typeof column === "number" && column >= 1
    ? [`    ${clean(text)}`, `    ${" ".repeat(column - 1)}^`]
    : [];

/** Params as the words take them. */
export const textual = (
  params: Readonly<Record<string, unknown>>,
): Record<string, string | number | boolean | readonly string[] | undefined> => {
  const known: Record<string, string | number | boolean | readonly string[] | undefined> = {};
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") known[name] = value;
    else if (Array.isArray(value)) known[name] = value.map(String);
    else if (value !== undefined) known[name] = JSON.stringify(value);
  }
  return known;
};
