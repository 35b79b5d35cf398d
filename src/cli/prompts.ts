import * as clack from "@clack/prompts";
import type { Writable } from "node:stream";
import type { Prompts, Question } from "./context.ts";

/** Questions on the terminal, asked on `output` (stderr, so that stdout stays data). */
export const createPrompts = (output: Writable): Prompts => ({
  text: async (question) => answer(await clack.text({ ...asked(question), output })),
  hidden: async (question) => answer(await clack.password({ ...asked(question), output })),
  confirm: async ({ message, initial }) =>
    answer(await clack.confirm({ message, output, ...(initial === undefined ? {} : { initialValue: initial }) })),
  select: async <Value extends string>({ message, choices }: Parameters<Prompts["select"]>[0]) => {
    const options = choices.map(({ value, label, hint }) => ({
      value,
      label,
      ...(hint === undefined ? {} : { hint }),
    }));
    const chosen = answer(await clack.select({ message, options, output }));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one of the values that were offered
    return chosen as Value | undefined;
  },
});

const asked = ({ message, placeholder, initial, validate }: Question) => ({
  message,
  ...(placeholder === undefined ? {} : { placeholder }),
  ...(initial === undefined ? {} : { initialValue: initial }),
  ...(validate === undefined ? {} : { validate: (text: string | undefined) => validate(text ?? "") }),
});

const answer = <Value>(value: Value): Exclude<Value, symbol> | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a symbol means cancelled; all else is the answer
  clack.isCancel(value) ? undefined : (value as Exclude<Value, symbol>);
