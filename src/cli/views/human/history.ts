import type { Output, RunSummary } from "../../../rpc/contract.ts";
import type { Section } from "../../sections.ts";
import { programName } from "../../specs.ts";
import type { Words } from "../../words.ts";
import { clean } from "../clean.ts";
import { block, table, wrap, type Screen } from "../layout.ts";
import { changeParts } from "./counts.ts";
import { faultText } from "./fault.ts";
import { quoted } from "./plan.ts";
import { profileLine, rowCells } from "./row.ts";
import { sectionLines } from "./sections.ts";

/** Runs, newest first: number, when, what, how it ended. */
export const runsText = ({ rows, total }: Output<"runs.list">, { words, width }: Screen): string =>
  block(
    rows.length === 0
      ? [words.format("cli.history.none")]
      : [
          ...table(
            rows.map((run) => [
              String(run.run),
              words.time(run.startedAt),
              words.format(`cli.kind.${run.kind}`),
              outcomeText(run, words),
              whatText(run, words),
            ]),
            width,
            { indent: "", columns: [{ align: "right" }] },
          ),
          ...(total > rows.length
            ? [
                words.format("cli.list.rest", {
                  count: total - rows.length,
                  command: `${programName} history --limit ${total}`,
                }),
              ]
            : []),
        ],
  );

const outcomeText = ({ outcome }: RunSummary, words: Words): string =>
  words.format(`cli.outcome.${outcome ?? "running"}`);

const whatText = ({ counts, fault, guards }: RunSummary, words: Words): string => {
  if (guards.length > 0) return guards.map(({ code }) => code).join(", ");
  if (fault !== undefined) return fault.code;
  return counts === undefined ? "" : changeParts(counts, words).join(", ");
};

/** One run: what it was, what it did to whom, and how to take it back. */
export const runDetailText = (
  {
    summary,
    sections,
    partial,
  }: { readonly summary: RunSummary; readonly sections: readonly Section[]; readonly partial: boolean },
  screen: Screen,
): string => {
  const { words, width } = screen;
  const { accepted, fault, undoes } = summary;
  const lists = sectionLines(sections, screen, { run: summary.run });
  if (partial) return block([profileLine(summary, words), ...lists]);
  const head = block([
    words.format("cli.history.run", {
      run: summary.run,
      kind: words.format(`cli.kind.${summary.kind}`),
      time: words.time(summary.startedAt),
      outcome: outcomeText(summary, words),
    }),
    profileLine(summary, words),
    ...(accepted === undefined ? [] : [words.format("cli.history.accepted", accepted)]),
    ...(undoes === undefined ? [] : [words.format("cli.history.undoes", { run: undoes })]),
    ...(summary.counts === undefined || summary.counts.changes === 0
      ? []
      : wrap(`  ${changeParts(summary.counts, words).join("   ")}`, width, "  ")),
    ...tallyLines(summary, words),
  ]);
  const failed = fault === undefined ? "" : `\n${faultText(fault, screen)}`;
  const undo =
    (summary.tally["done"] ?? 0) > 0
      ? block(["", words.format("cli.history.undo", { command: `${programName} history ${summary.run} --undo` })])
      : "";
  return head + failed + block(lists) + undo;
};

const tallyLines = ({ tally }: RunSummary, words: Words): string[] => {
  const parts = ["done", "refused", "unknown", "skipped"].flatMap((state) =>
    (tally[state] ?? 0) > 0 ? [words.format(`cli.tally.${state}`, { count: tally[state] })] : [],
  );
  return parts.length === 0 ? [] : [`  ${parts.join(", ")}`];
};

/** Everything that was done to one person, newest first. */
export const personHistoryText = (
  { who, rows }: { readonly who: string } & Output<"person.history">,
  { words, width }: Screen,
): string =>
  block(
    rows.length === 0
      ? [words.format("cli.history.nobody", { who })]
      : table(
          rows.map((row) => [
            words.time(row.at),
            words.format("cli.history.in_run", { run: row.run }),
            ...rowCells(row, words),
          ]),
          width,
          { indent: "", columns: [{}, {}, {}, { most: 48 }] },
        ),
  );

/** What taking a run back would do, by how far that is possible, and how to do it. */
export const undoText = (
  answer: Output<"runs.undo"> & { readonly run: number; readonly file: string; readonly head?: string },
  { words, width }: Screen,
): string => {
  const groups = Map.groupBy(answer.rows, ({ reach }) => reach);
  return block([
    ...wrap(answer.head ?? words.format("cli.undo.head", { run: answer.run, changes: answer.changes }), width, "  "),
    ...(["fully", "new-invitation", "impossible"] as const).flatMap((reach) => {
      const rows = groups.get(reach) ?? [];
      if (rows.length === 0) return [];
      return [
        "",
        words.format(`cli.undo.${reach.replace("-", "_")}`, {
          count: reach === "fully" ? answer.fully : reach === "impossible" ? answer.impossible : answer.newInvitation,
        }),
        ...table(
          rows
            .slice(0, 20)
            .map(({ action, who, because }) => [
              words.format(`cli.action.${action}`),
              clean(who),
              reach === "impossible" ? words.note(because) : "",
            ]),
          width,
          { columns: [{}, { most: 44 }] },
        ),
        ...(rows.length > 20 ? [`  ${words.format("cli.list.more_of_these", { count: rows.length - 20 })}`] : []),
      ];
    }),
    ...(answer.changes === 0
      ? []
      : [
          "",
          words.format("cli.undo.apply", { command: `${programName} apply ${quoted(answer.file)}` }),
          words.format("cli.undo.pauses"),
        ]),
  ]);
};
