import type { Input, Output, Prompts } from "./context.ts";

/** Questions on a terminal; undefined where there is none, and the library is not loaded before the first question. */
export const createPrompts = async (
  stdin: Input,
  stderr: Output,
  signal: AbortSignal,
): Promise<Prompts | undefined> => {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  const clack = await import("@clack/prompts");
  const common = { input: stdin, output: stderr, signal };
  const answered = <Value>(answer: Value | symbol): Value | undefined =>
    typeof answer === "symbol" ? undefined : answer;
  const validated = (validate: ((answer: string) => string | undefined) | undefined) =>
    validate === undefined ? {} : { validate: (answer: string | undefined) => validate(answer ?? "") };
  return {
    text: async ({ message, placeholder, initial, validate }) =>
      answered<string>(
        await clack.text({
          ...common,
          message,
          ...(placeholder === undefined ? {} : { placeholder }),
          ...(initial === undefined ? {} : { initialValue: initial }),
          ...validated(validate),
        }),
      ),
    hidden: async ({ message, validate }) =>
      answered<string>(await clack.password({ ...common, message, ...validated(validate) })),
    confirm: async ({ message, initial = false }) =>
      answered<boolean>(await clack.confirm({ ...common, message, initialValue: initial })),
    select: async <Value extends string>({ message, choices }: Parameters<Prompts["select"]>[0]) => {
      const options = choices.map(({ value, label, hint }) => ({ value, label, ...(hint === undefined ? {} : { hint }) }));
      const answer = answered<string>(await clack.select<string>({ ...common, message, options }));
      return choices.find(({ value }) => value === answer)?.value as Value | undefined;
    },
  };
};
