import { createMessages } from "../../../locales/messages.ts";

/**
 * What a browser without a session reads, in Dutch where that comes first among its languages: how to get a link. Says
 * nothing of the home or of who uses it.
 */
export const refusalPage = async (languages = ""): Promise<string> => {
  const language = /^\s*nl\b/iu.test(languages) ? "nl" : "en";
  const words = await (language === "nl"
    ? import("../../../locales/nl.json", json)
    : import("../../../locales/en.json", json));
  const { format } = createMessages(words.default, language);
  const [title, why, how] = ["serve.refused.title", "serve.refused.why", "serve.refused.how"].map((key) => format(key));
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title><main><h1>${title}</h1><p>${why}</p><p>${how}</p></main></html>\n`;
};

const json = { with: { type: "json" } } as const;
