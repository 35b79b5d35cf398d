import type { FormatParams } from "../../../locales/format.ts";

/** A value from outside for one line of a terminal: what could move the cursor or end the line is shown as `\u{…}`. */
export const clean = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === "\n" || character === "\t" ? " " : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );

export const cleanParams = (params: FormatParams | undefined): FormatParams => {
  const cleaned: Record<string, FormatParams[string]> = {};
  for (const [name, value] of Object.entries(params ?? {}))
    cleaned[name] = typeof value === "string" ? clean(value) : typeof value === "object" ? value.map(clean) : value;
  return cleaned;
};
