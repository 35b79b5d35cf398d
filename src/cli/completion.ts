import { commandWords, optionWords } from "./describe.ts";
import { commands, globalOptions, programName, topics, type CommandSpec, type OptionSpec } from "./specs.ts";
import type { Words } from "./words.ts";

/** A place of the command line with the words that may stand there. */
interface Place {
  readonly path: readonly string[];
  readonly words: readonly { readonly text: string; readonly about: string }[];
  readonly options: readonly OptionSpec[];
  readonly file: boolean;
}

/** The completion of a shell; load it with `source <(directory-connector completion bash)`. */
export const completionScript = (
  shell: "bash" | "zsh" | "fish",
  words: Words,
  directoryOptions: readonly OptionSpec[],
): string => {
  const places = [...placesOf({ name: programName, commands }, [], words, directoryOptions)];
  if (shell === "fish") return fish(places, words);
  const script = bash(places);
  return shell === "bash" ? script : `#compdef ${programName}\nautoload -U +X bashcompinit && bashcompinit\n${script}`;
};

function* placesOf(
  spec: CommandSpec,
  path: readonly string[],
  words: Words,
  directoryOptions: readonly OptionSpec[],
): Generator<Place> {
  const children = (spec.commands ?? []).map(({ name }) => ({
    text: name,
    about: commandWords(words, [...path, name]),
  }));
  const choices = (spec.arguments?.[0]?.choices ?? []).map((text) => ({ text, about: "" }));
  const named =
    path[0] === "help" ? [...commands.map(({ name }) => name), ...topics].map((text) => ({ text, about: "" })) : [];
  yield {
    path,
    words: [...children, ...choices, ...named],
    options: [...(spec.options ?? []), ...(spec.moreOptions === undefined ? [] : directoryOptions)],
    file: spec.arguments?.some((argument) => argument.file === true) === true,
  };
  for (const child of spec.commands ?? []) yield* placesOf(child, [...path, child.name], words, directoryOptions);
}

/** Works in bash 3.2 (macOS) too; zsh reads it through its bash mode. */
const bash = (places: readonly Place[]): string => {
  const options = places.flatMap((place) => place.options);
  const withFile = flags([...globalOptions, ...options].filter((option) => option.file === true));
  const chosen = [...globalOptions, ...options].filter((option) => option.choices !== undefined);
  const seen = new Map(chosen.map((option) => [option.name, option.choices ?? []]));
  const plain = flags(
    [...globalOptions, ...options].filter(
      (one) => one.value !== undefined && one.file !== true && one.choices === undefined,
    ),
  );
  return `# ${programName}: source this file, or put it where your shell looks for completions.
_directory_connector() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= word index skip=0
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if ((skip)); then skip=0; continue; fi
    case $word in
      ${valued([...globalOptions, ...options])}) skip=1 ;;
      -*) ;;
      *) case "$path $word" in
        ${places
          .filter(({ path }) => path.length > 0)
          .map(({ path }) => `" ${path.join(" ")}"`)
          .join("|")}) path="$path $word" ;;
      esac ;;
    esac
  done
  case $previous in
    ${withFile.join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;;
${[...seen].map(([name, choices]) => `    --${name}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current")); return ;;`).join("\n")}
    ${plain.join("|")}) return ;;
  esac
  case $path in
${places.map(bashPlace).join("\n")}
  esac
}
complete -o default -F _directory_connector ${programName}
`;
};

const bashPlace = ({ path, words, options, file }: Place): string => {
  const own = flags([...options, ...globalOptions]).join(" ");
  const texts = words.map(({ text }) => text).join(" ");
  const rest = file ? `COMPREPLY=($(compgen -f -- "$current"))` : `COMPREPLY=($(compgen -W "${texts}" -- "$current"))`;
  return `    "${path.length === 0 ? "" : ` ${path.join(" ")}`}") if [[ $current == -* ]]; then COMPREPLY=($(compgen -W "${own}" -- "$current")); else ${rest}; fi ;;`;
};

const flags = (options: readonly OptionSpec[]): string[] => [
  ...new Set(
    options.flatMap(({ name, negatable }) => (negatable === true ? [`--${name}`, `--no-${name}`] : [`--${name}`])),
  ),
];
const valued = (options: readonly OptionSpec[]): string =>
  flags(options.filter((option) => option.value !== undefined)).join("|");

const fish = (places: readonly Place[], words: Words): string => {
  const lines = [
    `# ${programName}: put this file into ~/.config/fish/completions/${programName}.fish`,
    `complete -c ${programName} -f`,
    ...globalOptions.map((option) => fishOption(option, "", optionWords(words, [], option))),
  ];
  for (const { path, words: texts, options, file } of places) {
    const here = condition(
      path,
      texts.map(({ text }) => text),
    );
    for (const { text, about } of texts)
      lines.push(`complete -c ${programName} -n ${here} -a ${text}${about === "" ? "" : ` -d ${single(about)}`}`);
    for (const option of options)
      lines.push(fishOption(option, ` -n ${inside(path)}`, optionWords(words, path, option)));
    if (file) lines.push(`complete -c ${programName} -n ${inside(path)} -F`);
  }
  return `${lines.join("\n")}\n`;
};

const fishOption = (
  { name, short, value, choices, file, negatable }: OptionSpec,
  where: string,
  about: string,
): string => {
  const takes =
    choices !== undefined
      ? ` -x -a ${single(choices.join(" "))}`
      : file === true
        ? " -r -F"
        : value === undefined
          ? ""
          : " -x";
  const one = `complete -c ${programName}${where} -l ${name}${short === undefined ? "" : ` -s ${short}`}${takes} -d ${single(about)}`;
  return negatable === true ? `${one}\ncomplete -c ${programName}${where} -l no-${name} -d ${single(about)}` : one;
};

/** Where a path stands and none of its words follow yet. */
const condition = (path: readonly string[], next: readonly string[]): string =>
  path.length === 0
    ? "__fish_use_subcommand"
    : single(`${seen(path)}${next.length === 0 ? "" : `; and not __fish_seen_subcommand_from ${next.join(" ")}`}`);
const inside = (path: readonly string[]): string => (path.length === 0 ? "__fish_use_subcommand" : single(seen(path)));
const seen = (path: readonly string[]): string =>
  path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");

/** A text as one word of a shell. */
const single = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
