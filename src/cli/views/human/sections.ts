import type { Note, Section } from "../../sections.ts";
import { programName, type SectionName } from "../../specs.ts";
import type { Words } from "../../words.ts";
import { cut, pad, widthOf, wrap, type Screen } from "../layout.ts";
import { clean } from "../clean.ts";
import { noteCells, rowCells, whoText } from "./row.ts";

/** Every section with its title and rows; a cut one ends with the command that shows the rest. */
export const sectionLines = (
  sections: readonly Section[],
  screen: Screen,
  { run }: { readonly run: number },
): string[] => {
  const cells = sections.map((section) => ({ section, rows: cellsOf(section, screen.words) }));
  const width = Math.min(
    whoWidth(screen.width),
    Math.max(0, ...cells.flatMap(({ rows }) => rows.map((row) => widthOf(row[1] ?? "")))),
  );
  return cells.flatMap(({ section, rows }) => [
    "",
    title(section.name, screen.words),
    ...rows.flatMap((row) => rowLines(row, width, screen.width)),
    ...noteLines(section, screen),
    ...more(section, run, screen.words),
  ]);
};

const title = (name: SectionName, words: Words): string => words.format(`cli.section.${name.replaceAll("-", "_")}`);

/** The same columns in every section, so that the eye runs down the page; a long reason goes on below itself. */
const rowLines = ([sign = "", who = "", why = ""]: readonly string[], column: number, width: number): string[] => {
  const start = `  ${pad(sign, verbWidth)}  `;
  if (why === "") return [start + cut(who, width - widthOf(start))];
  const lead = `${start}${pad(cut(who, whoWidth(width)), column)}  `;
  const room = Math.max(20, width - widthOf(lead));
  return wrap(why, room).map((line, index) => (index === 0 ? lead : " ".repeat(widthOf(lead))) + line);
};
/** Addresses are what a person checks, so they get what a short reason leaves. */
const whoWidth = (width: number): number => Math.max(30, width - 36);
const verbWidth = 9;

const cellsOf = ({ rows }: Section, words: Words): string[][] => rows.map((row) => rowCells(row, words));

/** Notes are sentences, so they wrap where rows are cut; those about one address are one line. */
const noteLines = ({ notes }: Section, { words, width }: Screen): string[] => {
  const cells = merged(notes, words);
  const column = Math.min(44, Math.max(0, ...cells.map(([who = ""]) => widthOf(who))));
  return cells.flatMap(([who = "", text = ""]) =>
    who.trim().length < 2
      ? wrap(`  ${who.trim()} ${text}`, width, "    ")
      : widthOf(who) > column
        ? [`  ${who}`, ...wrap(`      ${text}`, width, "      ")]
        : wrap(`  ${pad(who, column)}  ${text}`, width, " ".repeat(column + 4)),
  );
};

const merged = (notes: readonly Note[], words: Words): string[][] => {
  const groups = Map.groupBy(notes, (note) =>
    note.code === "left_out.same_address" || note.code === "left_out.same_id"
      ? `${note.code} ${String(note.params?.["value"])}`
      : `${note.code} ${note.subject?.id ?? ""} ${JSON.stringify(note.params ?? {})}`,
  );
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const cells = noteCells(first, words);
    if (group.length < 2) return cells;
    const names = group.map(({ subject }) => (subject === undefined ? "" : clean(subject.name ?? whoText(subject))));
    return [`! ${words.list([...new Set(names)], 3)}`, cells[1] ?? ""];
  });
};

const more = ({ name, rows, notes, total }: Section, run: number, words: Words): string[] => {
  const left = total - rows.length - notes.length;
  return left > 0
    ? [`  ${words.format("cli.list.rest", { count: left, command: `${programName} history ${run} --only ${name}` })}`]
    : [];
};
