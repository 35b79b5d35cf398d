import { capital } from "../../capital.ts";
import { language, noteWords, t, told } from "../../words.svelte.ts";

/** A line of an explanation in words: its own, else those of the note or the fault its code is. */
export const explained = ({
  code,
  params,
}: {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}): string => {
  const key = [`explain.${code}`, code].find((one) => language.messages.has(one));
  const text =
    key !== undefined
      ? t(key, worded(params))
      : language.messages.has(`fault.${code}`)
        ? language.messages.fault(code, told(params)).what
        : noteWords(code, params);
  return capital(text);
};

/** Moments short and local, lists as they are; what to do about it with pages and buttons instead of commands. */
const worded = (params: Readonly<Record<string, unknown>>) => ({ ...told(params), shown: "window" });

export const labelOf = (label: string): string =>
  language.messages.has(`explain.label.${label}`) ? t(`explain.label.${label}`) : label;
