import type { Words } from "./words.ts";
import { globalOptions, type ArgumentSpec, type CommandSpec, type OptionSpec } from "./specs.ts";

type Say = Pick<Words, "format" | "has">;

/** The words of a command, an argument and an option; help, completion and the reference say the same. */
export const commandWords = (words: Say, path: readonly string[]): string =>
  words.format(`cli.command.${path.join(".")}`);

export const argumentWords = (words: Say, path: readonly string[], { name }: ArgumentSpec): string =>
  words.format(`cli.argument.${[...path, name].join(".")}`);

export const optionWords = (
  words: Say,
  path: readonly string[],
  { name, words: own, wordsKey, kinds }: OptionSpec,
): string => {
  if (own !== undefined) {
    const text = wordsKey === undefined ? own : words.format(wordsKey, { title: own });
    return kinds === undefined ? text : words.format("cli.option.of_kind", { kinds, text });
  }
  const key = `cli.option.${[...path, name].join(".")}`;
  return words.format(words.has(key) ? key : `cli.option.${name}`);
};

/** `--out <file>` */
export const optionSyntax = ({ name, short, value, negatable, choices }: OptionSpec): string => {
  const shown = choices !== undefined && choices.join("|").length <= 20 ? choices.join("|") : value;
  const flags = `${short === undefined ? "" : `-${short}, `}--${negatable === true ? "[no-]" : ""}${name}`;
  return shown === undefined ? flags : `${flags} <${shown}>`;
};

/** `<file>`, `[who]`, `[address…]` */
export const argumentSyntax = ({ name, optional, many, choices }: ArgumentSpec): string => {
  const text = `${choices === undefined ? name : choices.join("|")}${many === true ? "…" : ""}`;
  return optional === true ? `[${text}]` : `<${text}>`;
};

/** `config set <setting> <value>` */
export const usageLine = (spec: CommandSpec, path: readonly string[]): string =>
  [...path, ...(spec.commands === undefined ? [] : ["<command>"]), ...(spec.arguments ?? []).map(argumentSyntax)].join(
    " ",
  );

export const shownGlobals: readonly OptionSpec[] = globalOptions;
