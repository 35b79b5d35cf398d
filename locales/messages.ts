import { createFormat, type Catalogue, type Format, type FormatParams } from "./format.ts";

/** Words for what rooms give as codes; `format` is for everything else. */
export interface Messages {
  readonly format: Format;
  readonly has: (key: string) => boolean;
  /** What happened and what to do. */
  readonly fault: (code: string, params?: FormatParams) => { readonly what: string; readonly remedy: string };
  /** A finding about something; `notes` and reasons of changes are the same codes. */
  readonly note: (code: string, params?: FormatParams) => string;
}

/**
 * Messages of one language. A `reason` that is itself a code is put into words first: those of
 * `reason.<code>.<value>`, else of the note it is (`gone.not_found`); free text stays as it is.
 */
export const createMessages = (catalogue: Catalogue, locale: string): Messages => {
  const format = createFormat(catalogue, locale);
  const has = (key: string): boolean => Object.hasOwn(catalogue, key);
  const withReasons = (code: string, params: FormatParams): FormatParams => {
    const worded: Record<string, FormatParams[string]> = { ...params };
    const { reason } = params;
    const key = [`reason.${code}.${String(reason)}`, `note.${String(reason)}`].find(has);
    if (key !== undefined) worded["reason"] = format(key, params);
    return worded;
  };
  return {
    format,
    has,
    fault: (code, params = {}) => {
      const worded = withReasons(code, params);
      return { what: format(`fault.${code}`, worded), remedy: format(`remedy.${code}`, worded) };
    },
    note: (code, params = {}) => {
      const key = [`note.${code}`, `fault.${code}`].find(has) ?? `note.${code}`;
      return format(key, withReasons(code, params));
    },
  };
};
