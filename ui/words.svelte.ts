import { createMessages, type Messages } from "../locales/messages.ts";
import type { Catalogue, FormatParams } from "../locales/format.ts";
import { isFault } from "../src/core/fault.ts";
import { host } from "./host.ts";
import { remember, remembered } from "./look.svelte.ts";

export type Language = "en" | "nl";
export const languages: readonly { readonly code: Language; readonly name: string }[] = [
  { code: "en", name: "English" },
  { code: "nl", name: "Nederlands" },
];

const catalogues: Readonly<Record<Language, () => Promise<{ default: Catalogue }>>> = {
  en: () => import("../locales/en.json"),
  nl: () => import("../locales/nl.json"),
};

let current = $state<Language>("en");
let messages = $state.raw<Messages>(createMessages({}, "en"));

export const language = {
  get current(): Language {
    return current;
  },
  get messages(): Messages {
    return messages;
  },
};

/** Words of the language that was chosen, else of the browser's, else English. */
export const loadLanguage = async (): Promise<void> => {
  const wished = [remembered("language"), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  await speak(languages.find(({ code }) => wished.find(isLanguage) === code)?.code ?? "en");
};

/** From now on the page speaks this language, also next time. */
export const chooseLanguage = async (wished: Language): Promise<void> => {
  remember("language", wished);
  await speak(wished);
};

const speak = async (wished: Language): Promise<void> => {
  messages = createMessages((await catalogues[wished]()).default, localeOf(wished));
  current = wished;
  document.documentElement.lang = wished;
  void host?.language(wished);
};

const isLanguage = (text: string | undefined): text is Language => languages.some(({ code }) => code === text);

/** 24-hour clock and day before month. */
const localeOf = (code: Language): string => (code === "en" ? "en-GB" : code);

/** The words for a key; moments in `params` (ISO 8601) are told short and local. */
export const t = (key: string, params: FormatParams = {}): string => messages.format(key, told(params));

/** What happened and what to do about it. */
export const faultWords = (
  error: unknown,
): { readonly code: string; readonly what: string; readonly remedy: string } => {
  const { code, params } = isFault(error)
    ? error
    : { code: "internal.defect" as const, params: { reason: error instanceof Error ? error.message : String(error) } };
  return codeWords(code, params);
};

/** The same of a fault as data. */
export const codeWords = (code: string, params: Readonly<Record<string, unknown>>) => ({
  code,
  ...messages.fault(code, { ...told(params), shown: "window" }),
});

/** A finding, or the reason of a change, in words. */
export const noteWords = (code: string, params: Readonly<Record<string, unknown>> = {}): string =>
  messages.note(code, told(params));

export const number = (value: number): string => new Intl.NumberFormat(localeOf(current)).format(value);

/** A moment as people say it: today `14:02`, this week `Fri 17:41`, else `16 Nov`, in another year with it. */
export const time = (iso: string, now: number = Date.now()): string => {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  const say = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(localeOf(current), options).format(moment);
  const clock = say({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const today = new Date(now);
  const days = (startOfDay(today) - startOfDay(moment)) / 86_400_000;
  if (days === 0) return clock;
  if (days > -7 && days < 7) return `${say({ weekday: "short" })} ${clock}`;
  return say({
    day: "numeric",
    month: "short",
    ...(moment.getFullYear() === today.getFullYear() ? {} : { year: "numeric" }),
  });
};

const startOfDay = (moment: Date): number => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());

/** Params as messages take them: moments short and local. */
export const told = (params: Readonly<Record<string, unknown>>): FormatParams => {
  const values: Record<string, FormatParams[string]> = {};
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === "string") values[name] = isMoment(value) ? time(value) : value;
    else if (typeof value === "number" || typeof value === "boolean") values[name] = value;
    else if (Array.isArray(value)) values[name] = value.map(String);
  }
  return values;
};

const isMoment = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u.test(text);
