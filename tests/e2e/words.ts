import { readFileSync } from "node:fs";
import type { FormatParams } from "../../locales/format.ts";
import { createMessages, type Messages } from "../../locales/messages.ts";

const catalogues = (["en", "nl"] as const).map((language) => {
  const messages = createMessages(
    JSON.parse(readFileSync(`locales/${language}.json`, "utf8")),
    language === "en" ? "en-GB" : language,
  );
  return [language, messages] as const;
});

/** What a page says in a language, so that a test finds its buttons in both. */
export const wordsOf = (
  language: "en" | "nl",
): Messages & { readonly t: (key: string, params?: FormatParams) => string } => {
  const messages = catalogues.find(([one]) => one === language)?.[1];
  if (messages === undefined) throw new Error(language);
  // As the page says them.
  const shown = "window";
  return {
    ...messages,
    fault: (code, params = {}) => messages.fault(code, { ...params, shown }),
    t: (key, params = {}) => messages.format(key, { ...params, shown }),
  };
};

/** For `describe.each`: a page in each language, one of them in the dark. */
export const looks = [
  { language: "en", theme: "light" },
  { language: "nl", theme: "dark" },
] as const;
