import { exitCodes } from "../exit-code.ts";
import { findCommand } from "../parse.ts";
import { usage, type Run, type Session } from "../session.ts";
import { commands, topics } from "../specs.ts";
import { nearest } from "../suggest.ts";
import { commandHelpText, overviewText, topicText } from "../views/human/help.ts";

/** `help`, `help plan`, `help filters`. */
export const run: Run = (invocation, session) => showHelp(invocation.arguments, session);

/** What all commands, one command, or one topic is about. Fault `usage.invalid` for anything else. */
export const showHelp = async (path: readonly string[], session: Session): Promise<number> => {
  const words = path[0] === "help" ? path.slice(1) : path;
  await session.write(await textFor(words, session));
  return exitCodes.done;
};

const textFor = async (words: readonly string[], session: Session): Promise<string> => {
  const screen = await session.screen();
  const [first] = words;
  if (first === undefined) return overviewText({ version: session.context.version }, screen);
  const topic = topics.find((name) => name === first);
  if (topic !== undefined) return topicText(topic, screen);
  const found = findCommand(words);
  const known = found === undefined ? [...commands.map((spec) => spec.name), ...topics] : [];
  const isGroup = found?.spec.commands !== undefined;
  if (found === undefined || (isGroup && found.path.length < words.length)) {
    const name = words[found?.path.length ?? 0] ?? "";
    const choices = found === undefined ? known : (found.spec.commands ?? []).map((spec) => spec.name);
    throw usage("command", { name, suggestion: nearest(name, choices), command: found?.path.join(" ") ?? "help" });
  }
  const more = (await found.spec.moreOptions?.()) ?? [];
  return commandHelpText({ ...found, more }, screen);
};
