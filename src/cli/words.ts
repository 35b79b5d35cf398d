import type { Catalogue, FormatParams } from "../../locales/format.ts";
import { createMessages, type Messages } from "../../locales/messages.ts";
import { Fault } from "../core/fault.ts";
import { clean, cleanParams } from "./views/clean.ts";

/** Words, numbers and times of one language, for people. Values are cleaned of control characters. */
export interface Words extends Messages {
  readonly number: (value: number) => string;
  /** A moment in the local zone, as short as it can be told from now: `14:02`, `12 Nov 14:02`, `12 Nov 2025`. */
  readonly time: (iso: string) => string;
  /** Several things as a list in words; beyond `most` the rest is counted, of `total` when not all are given. */
  readonly list: (items: readonly string[], most?: number, total?: number) => string;
}

export interface WordsOptions {
  readonly language?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly now: number;
  /** Moments in values are told short and local to people; in what is for machines too they stay as they are. */
  readonly moments?: "local" | "iso";
}

const catalogues: Readonly<Record<string, () => Promise<{ default: Catalogue }>>> = {
  en: () => import("../../locales/en.json", { with: { type: "json" } }),
  nl: () => import("../../locales/nl.json", { with: { type: "json" } }),
};

/** The words of a language, English unless asked. Fault `usage.invalid` for one there is not. */
export const loadWords = async ({
  language = "en",
  timeZone,
  now,
  moments = "local",
}: WordsOptions): Promise<Words> => {
  const load = Object.hasOwn(catalogues, language) ? catalogues[language] : undefined;
  if (load === undefined)
    throw new Fault("usage.invalid", {
      reason: "language",
      name: language,
      known: Object.keys(catalogues),
      suggestion: undefined,
      command: "help",
    });
  const messages = createMessages((await load()).default, localeOf(language));
  const locale = localeOf(language);
  const told = (params: FormatParams | undefined): FormatParams => {
    const values: Record<string, FormatParams[string]> = { ...cleanParams(params) };
    if (moments === "local")
      for (const [name, value] of Object.entries(values))
        if (typeof value === "string" && isMoment(value)) values[name] = shortTime(value, now, locale, timeZone);
    return values;
  };
  const format: Words["format"] = (key, params) => messages.format(key, told(params));
  const numbers = new Intl.NumberFormat(locale);
  return {
    has: messages.has,
    format,
    fault: (code, params) => messages.fault(code, told(params)),
    note: (code, params) => messages.note(code, told(params)),
    number: (value) => numbers.format(value),
    time: (iso) => shortTime(iso, now, locale, timeZone),
    list: (items, most = 5, total = items.length) => {
      const shown = items.slice(0, most).map(clean);
      const more = total - shown.length;
      return more > 0 ? format("cli.list.more", { items: shown, more }) : shown.join(", ");
    },
  };
};

const isMoment = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u.test(text);

/** 24-hour clock and day before month, which both languages' readers understand. */
const localeOf = (language: string): string => (language === "en" ? "en-GB" : language);

const shortTime = (iso: string, now: number, locale: string, timeZone: string | undefined): string => {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  const zone = timeZone === undefined ? {} : { timeZone };
  const parts = (options: Intl.DateTimeFormatOptions, at: Date): string =>
    new Intl.DateTimeFormat(locale, { ...options, ...zone }).format(at);
  const day = (at: Date): string => parts({ dateStyle: "short" }, at);
  const clock = parts({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, moment);
  const today = new Date(now);
  if (day(moment) === day(today)) return clock;
  const date = parts({ day: "numeric", month: "short" }, moment);
  return parts({ year: "numeric" }, moment) === parts({ year: "numeric" }, today)
    ? `${date} ${clock}`
    : parts({ day: "numeric", month: "short", year: "numeric" }, moment);
};
