import { Command, CommanderError, Option } from "commander";
import { logFormats, logLevels, type Environment } from "./context.ts";
import { usage, type Globals, type Invocation } from "./session.ts";
import { commands, globalOptions, programName, type ArgumentSpec, type CommandSpec, type OptionSpec } from "./specs.ts";
import { nearest } from "./suggest.ts";

/** What the arguments say. Fault `usage.invalid` names what was not understood, with a near one. */
export const parseArguments = async (argv: readonly string[]): Promise<Invocation> => {
  const { path } = wordsIn(argv);
  const chosen = findCommand(path);
  const more = (await chosen?.spec.moreOptions?.()) ?? [];
  let found: Invocation | undefined;
  const root = createCommand(
    { name: programName, commands },
    globalOptions,
    [],
    (spec, own, args) => {
      found = invocationOf(spec.spec, spec.path, own, args);
    },
    chosen?.spec,
    more,
  );
  try {
    root.parse([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) throw usageFault(error, path, chosen?.spec, more);
    throw error;
  }
  if (found === undefined) throw usage("command_missing", { command: path.join(" ") || "help" });
  return found;
};

/** Global options, read before anything else so that errors are told in their manner; wrong ones are found when parsing. */
export const readGlobals = (all: readonly string[], environment: Environment): Globals => {
  const argv = all.includes("--") ? all.slice(0, all.indexOf("--")) : all;
  const value = (name: string): string | undefined => {
    const last = argv.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
    const word = argv[last];
    if (word === undefined) return undefined;
    return word.includes("=") ? word.slice(word.indexOf("=") + 1) : argv[last + 1];
  };
  const has = (name: string): boolean => argv.includes(`--${name}`);
  const orVariable = (name: string, variable: string): string | undefined => {
    const text = environment[`DIRECTORY_CONNECTOR_${variable}`];
    return value(name) ?? (text === "" ? undefined : text);
  };
  const wantedLevel = orVariable("log-level", "LOG_LEVEL");
  const logLevel = logLevels.find((level) => level === wantedLevel);
  const wantedFormat = orVariable("log-format", "LOG_FORMAT");
  const logFormat = logFormats.find((format) => format === wantedFormat);
  const [profile, language] = [orVariable("profile", "PROFILE"), orVariable("lang", "LANG")];
  const [home, config] = [value("home"), value("config")];
  const overrides = overridesIn(argv, profile);
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(home === undefined ? {} : { home }),
    ...(config === undefined ? {} : { config }),
    ...(language === undefined ? {} : { language }),
    ...(overrides === undefined ? {} : { overrides }),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(logFormat === undefined ? {} : { logFormat }),
    json: has("json"),
    color: !has("no-color"),
    detailed: has("detailed-exitcode"),
    strict: has("strict"),
    wait: has("wait"),
  };
};

/** `--override setting=value`, any number of times; a path below the profile that is named is one of that profile. */
const overridesIn = (
  argv: readonly string[],
  profile: string | undefined,
): Readonly<Record<string, string>> | undefined => {
  const pairs = argv.flatMap((word, at) => {
    if (word.startsWith("--override=")) return [word.slice("--override=".length)];
    return word === "--override" ? [argv[at + 1] ?? ""] : [];
  });
  if (pairs.length === 0) return undefined;
  const isWhole = /^(?:organizations|profiles|network)\.|^currentProfile$/u;
  return Object.fromEntries(
    pairs.map((pair) => {
      const [path = "", ...value] = pair.split("=");
      return [profile === undefined || isWhole.test(path) ? path : `profiles.${profile}.${path}`, value.join("=")];
    }),
  );
};

/** Which command the words name, as far as they do, and whether help was asked for. */
export const wordsIn = (argv: readonly string[]): { readonly path: readonly string[]; readonly help: boolean } => {
  const path: string[] = [];
  let level: readonly CommandSpec[] = commands;
  let help = false;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--") break;
    if (word === "--help" || word === "-h") help = true;
    else if (word.startsWith("-")) {
      if (takesValue(word)) at += 1;
    } else {
      if (path.length > 0 && level.length === 0) continue;
      path.push(word);
      level = level.find((spec) => spec.name === word)?.commands ?? [];
    }
  }
  return { path, help };
};

const takesValue = (word: string): boolean =>
  globalOptions.some((option) => option.value !== undefined && word === `--${option.name}`);

/** The command a path of words names, or the last one that could be found on the way. */
export const findCommand = (
  words: readonly string[],
): { readonly spec: CommandSpec; readonly path: readonly string[] } | undefined => {
  let level = commands;
  let found: CommandSpec | undefined;
  const path: string[] = [];
  for (const word of words) {
    const next = level.find((spec) => spec.name === word);
    if (next === undefined) break;
    found = next;
    path.push(word);
    level = next.commands ?? [];
  }
  return found === undefined ? undefined : { spec: found, path };
};

type Options = Readonly<Record<string, unknown>>;
type Found = (
  command: { readonly spec: CommandSpec; readonly path: readonly string[] },
  options: Options,
  args: string[],
) => void;

const createCommand = (
  spec: CommandSpec,
  options: readonly OptionSpec[],
  path: readonly string[],
  found: Found,
  chosen: CommandSpec | undefined,
  more: readonly OptionSpec[],
): Command => {
  const command = new Command(spec.name)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .helpOption(false)
    .helpCommand(false)
    .allowExcessArguments(true)
    .showSuggestionAfterError(false);
  for (const option of [...options, ...(spec.options ?? []), ...(spec === chosen ? more : [])])
    for (const one of optionsOf(option)) command.addOption(one);
  for (const argument of spec.arguments ?? []) command.argument(argumentText(argument));
  for (const child of spec.commands ?? [])
    command.addCommand(createCommand(child, [], [...path, child.name], found, chosen, more));
  if (spec.load !== undefined || (spec.commands === undefined && path.length > 0))
    command.action(() => found({ spec, path }, command.optsWithGlobals(), command.args));
  return command;
};

const optionsOf = (option: OptionSpec): Option[] => {
  const flags = `${option.short === undefined ? "" : `-${option.short}, `}--${option.name}${option.value === undefined ? "" : ` <${option.value}>`}`;
  const made = new Option(flags);
  if (option.choices !== undefined) made.choices([...option.choices]);
  if (option.many === true)
    made.argParser<string[]>((value, before) => {
      if (option.choices?.includes(value) === false)
        throw new CommanderError(1, "commander.invalidArgument", `option '${flags}' argument '${value}' is invalid.`);
      return [...(Array.isArray(before) ? before : []), value];
    });
  return option.negatable === true ? [made, new Option(`--no-${option.name}`)] : [made];
};

const argumentText = ({ name, optional, many }: ArgumentSpec): string => {
  const text = many === true ? `${name}...` : name;
  return optional === true ? `[${text}]` : `<${text}>`;
};

const invocationOf = (
  spec: CommandSpec,
  path: readonly string[],
  options: Options,
  args: readonly string[],
): Invocation => {
  const takes = spec.arguments ?? [];
  const surplus = takes.at(-1)?.many === true ? undefined : args[takes.length];
  if (surplus !== undefined) throw usage("argument_surplus", { name: surplus, command: path.join(" ") });
  for (const [index, argument] of takes.entries()) {
    const given = args[index];
    if (given !== undefined && argument.choices?.includes(given) === false)
      throw usage("argument_choice", {
        name: argument.name,
        value: given,
        known: argument.choices,
        suggestion: nearest(given, argument.choices),
        command: path.join(" "),
      });
  }
  const value = (name: string): unknown => options[camel(name)];
  const text = (name: string): string | undefined => {
    const one = value(name);
    return typeof one === "string" ? one : undefined;
  };
  return {
    spec,
    path,
    arguments: args,
    flag: (name) => value(name) === true,
    text,
    list: (name) => {
      const one = value(name);
      return Array.isArray(one) ? one.map(String) : typeof one === "string" ? [one] : [];
    },
    count: (name) => {
      const given = text(name);
      if (given === undefined) return undefined;
      if (!/^\d{1,9}$/u.test(given))
        throw usage("number", { name: `--${name}`, value: given, command: path.join(" ") });
      return Number(given);
    },
    choice: (name) => {
      const one = value(name);
      return typeof one === "boolean" ? one : undefined;
    },
  };
};

/** How commander names the value of an option. */
const camel = (name: string): string =>
  name.replaceAll(/-([a-z0-9])/gu, (_all, letter: string) => letter.toUpperCase());

/** The parser's own error codes and the names they quote, as our fault. */
const usageFault = (
  error: CommanderError,
  path: readonly string[],
  spec: CommandSpec | undefined,
  more: readonly OptionSpec[],
) => {
  const quoted = [...error.message.matchAll(/'([^']*)'/gu)].map((match) => match[1] ?? "");
  const command = findCommand(path)?.path.join(" ") ?? "help";
  const [name = "", value = ""] = quoted;
  switch (error.code) {
    case "commander.unknownOption": {
      const known = [...globalOptions, ...(spec?.options ?? []), ...more].map((option) => `--${option.name}`);
      return usage("option", { name, suggestion: nearest(name, known), command: command === "" ? "help" : command });
    }
    case "commander.unknownCommand": {
      const level = spec?.commands ?? commands;
      const inside = spec === undefined ? "" : `${path.slice(0, -1).join(" ")} `;
      return usage("command", {
        name: `${inside}${name}`,
        suggestion: nearest(
          name,
          level.map((one) => one.name),
        ),
        command: spec === undefined ? "help" : command,
      });
    }
    case "commander.missingArgument":
      return usage("argument_missing", { name, command });
    case "commander.optionMissingArgument":
      return usage("value_missing", { name: flagOf(name), command });
    case "commander.invalidArgument": {
      const flag = flagOf(name);
      const known = [...globalOptions, ...(spec?.options ?? []), ...more].find(
        (one) => `--${one.name}` === flag,
      )?.choices;
      return usage("choice", { name: flag, value, known, suggestion: nearest(value, known ?? []), command });
    }
    default:
      return usage("other", { name: error.message.replace(/^error: /u, ""), command });
  }
};

/** `-o, --out <file>` → `--out` */
const flagOf = (flags: string): string => /--[\w-]+/u.exec(flags)?.[0] ?? flags;
