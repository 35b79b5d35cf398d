import type { Output } from "../../../src/rpc/contract.ts";
import { codeWords, language, t } from "../../words.svelte.ts";

export type Run = Output<"runs.list">["rows"][number];

/** A run, or the newest of several in a row on days before today that changed nothing. */
export interface Series {
  readonly run: Run;
  readonly count: number;
}

/** Runs that found nothing to do, one after the other on one day, are one line. */
export const seriesOf = (runs: readonly Run[]): readonly Series[] => {
  const series: { run: Run; count: number }[] = [];
  for (const run of runs) {
    const last = series.at(-1);
    if (
      last !== undefined &&
      isQuiet(run) &&
      isQuiet(last.run) &&
      run.kind === last.run.kind &&
      dayOf(run) === dayOf(last.run)
    )
      last.count += 1;
    else series.push({ run, count: 1 });
  }
  return series;
};

const isQuiet = ({ outcome }: Run): boolean => outcome === "unchanged";
const dayOf = ({ startedAt }: Run): string => new Date(startedAt).toDateString();

/** How a run ended, in one line. */
export const resultOf = ({ run, count }: Series) => {
  const { outcome, counts, guards, fault, undoes } = run;
  const isDone = outcome === "done" || outcome === "incomplete";
  const by: Readonly<Record<string, number>> = counts?.byAction ?? {};
  const of = (...actions: readonly string[]): number =>
    isDone ? actions.reduce((sum, action) => sum + (by[action] ?? 0), 0) : 0;
  const guard = guards[0];
  const texts = [
    ...(undoes === undefined ? [] : [t("ui.history.undo_of", { run: undoes })]),
    ...(outcome === "unchanged"
      ? [count > 1 ? t("ui.history.several_unchanged", { count }) : t("ui.history.unchanged")]
      : []),
    ...(outcome === "planned" ? [t("ui.history.planned", { count: counts?.changes ?? 0 })] : []),
    ...(outcome === "guard" && guard !== undefined ? [firstLine(codeWords(guard.code, guard.params).what)] : []),
    ...(fault !== undefined && outcome !== "guard" ? [firstLine(codeWords(fault.code, fault.params).what)] : []),
    ...(isDone && (run.tally["refused"] ?? 0) > 0
      ? [t("ui.history.refused", { count: run.tally["refused"] ?? 0 })]
      : []),
    ...((counts?.leftOut ?? 0) > 0 && isDone ? [t("ui.history.left_out", { count: counts?.leftOut ?? 0 })] : []),
  ];
  return {
    invited: of("invite", "stage", "restore"),
    lost: of("revoke", "remove", "readdress"),
    memberships: isDone ? (counts?.membershipsAdded ?? 0) + (counts?.membershipsRemoved ?? 0) : 0,
    badge: t(`ui.history.outcome.${outcome ?? "running"}`, { kind: run.kind }),
    tone: toneOf(run),
    text: texts.join(" · "),
  };
};

const toneOf = ({ outcome, tally, counts }: Run): "ok" | "warn" | "danger" | "info" | undefined => {
  switch (outcome) {
    case "done":
      return (tally["refused"] ?? 0) > 0 || (counts?.leftOut ?? 0) > 0 ? "warn" : "ok";
    case "unchanged":
      return "ok";
    case "guard":
    case "failed":
    case "refused":
      return "danger";
    case "incomplete":
    case "interrupted":
      return "warn";
    case "planned":
      return undefined;
    default:
      return "info";
  }
};

/** The first sentence; the guards' own begin with a line that every one of them has. */
const firstLine = (text: string): string => {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines[1] ?? lines[0] ?? "";
};

/** `Today 14:02`, `Fri 20 Nov 17:41`, with the year where it is another. */
export const when = (iso: string, now: Date = new Date()): string => {
  const moment = new Date(iso);
  const locale = language.current === "en" ? "en-GB" : language.current;
  const say = (options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(locale, options).format(moment);
  const clock = say({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  if (moment.toDateString() === now.toDateString()) return t("ui.history.today", { clock });
  const date = say({
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(moment.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  }).replaceAll(",", "");
  return `${date} ${clock}`;
};
