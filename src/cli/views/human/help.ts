import {
  argumentSyntax,
  argumentWords,
  commandWords,
  optionSyntax,
  optionWords,
  shownGlobals,
  usageLine,
} from "../../describe.ts";
import { commands, programName, topics, type CommandSpec, type OptionSpec } from "../../specs.ts";
import type { Words } from "../../words.ts";
import { block, pad, widthOf, wrap, type Screen } from "../layout.ts";

export const overviewText = ({ version }: { readonly version: string }, screen: Screen): string => {
  const { words, width, style } = screen;
  return block([
    ...wrap(words.format("cli.help.about", { version }), width, ""),
    "",
    words.format("cli.help.usage", { usage: `${programName} <command> […]` }),
    "",
    style.bold(words.format("cli.help.commands")),
    ...entries(
      commands.map((spec) => [spec.name, commandWords(words, [spec.name])]),
      screen,
    ),
    "",
    style.bold(words.format("cli.help.options")),
    ...optionEntries(shownGlobals, [], screen),
    "",
    ...wrap(
      words.format("cli.help.topics", { topics: [...topics], command: `${programName} help ${topics[0]}` }),
      width,
      "",
    ),
    ...wrap(words.format("cli.help.start", { demo: `${programName} demo` }), width, ""),
  ]);
};

export const commandHelpText = (
  {
    spec,
    path,
    more,
  }: { readonly spec: CommandSpec; readonly path: readonly string[]; readonly more: readonly OptionSpec[] },
  screen: Screen,
): string => {
  const { words, width, style } = screen;
  const section = (key: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", style.bold(words.format(key)), ...lines];
  const example = `cli.example.${path.join(".")}`;
  return block([
    ...wrap(commandWords(words, path), width, ""),
    ...about(words, path, width),
    "",
    words.format("cli.help.usage", { usage: `${programName} ${usageLine(spec, path)}` }),
    ...section(
      "cli.help.commands",
      entries(
        (spec.commands ?? []).map((child) => [child.name, commandWords(words, [...path, child.name])]),
        screen,
      ),
    ),
    ...section(
      "cli.help.arguments",
      entries(
        (spec.arguments ?? []).map((one) => [argumentSyntax(one), argumentWords(words, path, one)]),
        screen,
      ),
    ),
    ...section("cli.help.options", optionEntries(spec.options ?? [], path, screen)),
    ...section("cli.help.directory_options", optionEntries(more, path, screen)),
    ...section("cli.help.global_options", optionEntries(shownGlobals, [], screen)),
    ...section(
      "cli.help.examples",
      words.has(example)
        ? words
            .format(example)
            .split("\n")
            .map((line) => `  ${line}`)
        : [],
    ),
  ]);
};

/** What else is worth knowing about a command, where there is something. */
const about = (words: Words, path: readonly string[], width: number): string[] => {
  const key = `cli.about.${path.join(".")}`;
  return words.has(key) ? ["", ...wrap(words.format(key), width, "")] : [];
};

/** A page of its own: lines that begin with a blank stand as they are. */
export const topicText = (topic: string, { words, width }: Screen): string =>
  block(
    words
      .format(`cli.topic.${topic}`)
      .split("\n")
      .flatMap((line) => (line.startsWith(" ") ? [line] : wrap(line, width, ""))),
  );

const optionEntries = (options: readonly OptionSpec[], path: readonly string[], screen: Screen): string[] =>
  entries(
    options.map((option) => [optionSyntax(option), optionWords(screen.words, path, option)]),
    screen,
  );

const entries = (rows: readonly (readonly [string, string])[], { width }: Screen): string[] => {
  const column = Math.min(34, Math.max(0, ...rows.map(([left]) => widthOf(left))));
  const indent = " ".repeat(column + 4);
  return rows.flatMap(([left, right]) =>
    widthOf(left) > column
      ? [`  ${left}`, ...wrap(`${indent}${right}`, width, indent)]
      : wrap(`  ${pad(left, column)}  ${right}`, width, indent),
  );
};
