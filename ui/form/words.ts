import { fieldWords } from "../../locales/fields.ts";
import type { FieldDescription } from "../../src/config/describe.ts";
import { codeWords, language, t, told } from "../words.svelte.ts";

/** What a field is called and says, in the language of the page. */
export const wordsOf = (field: FieldDescription) => fieldWords(field, language.messages);

/** What is wrong with a field, standing below it: without its name and its file. */
export const faultText = ({
  code,
  params,
}: {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}): string => (code === "config.invalid" ? t("ui.form.fault", told(params)) : codeWords(code, params).what);

/** Where a value comes from, when that is worth saying. */
export const fromText = (source: string, from: string | undefined): string | undefined => {
  if (source === "environment") return t("ui.form.from_environment", { name: from ?? "" });
  if (source === "flag") return t("ui.form.from_flag", { name: from ?? "" });
  return undefined;
};
