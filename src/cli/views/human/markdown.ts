import type { PlanPicture } from "../../read-plan.ts";
import type { Section } from "../../sections.ts";
import { programName } from "../../specs.ts";
import { block, type Screen } from "../layout.ts";
import { changeParts, unchangedParts } from "./counts.ts";
import { noteCells, profileLine, rowCells } from "./row.ts";

/** A plan for a pull request: the headline in sight, the lists to unfold. */
export const planMarkdown = ({ summary, sections, redacted, partial }: PlanPicture, screen: Screen): string => {
  const { words } = screen;
  const { counts, guards, header } = summary;
  const changes = counts?.changes ?? 0;
  const title =
    changes === 0
      ? words.format(`cli.plan.nothing_${summary.compared}`)
      : words.format("cli.plan.changes", { count: changes });
  return block([
    `### ${escaped(title)}`,
    "",
    escaped(profileLine(summary, words)),
    "",
    ...(counts === undefined || partial
      ? []
      : [...(changes === 0 ? [] : [changeParts(counts, words).join(" · "), ""]), unchangedParts(counts, words), ""]),
    ...(guards.length === 0
      ? []
      : [
          `> **${escaped(words.format("cli.plan.guard", { guards: guards.map(({ code }) => code.replace(/^guard\./u, "")), count: guards.length }))}**`,
          "",
        ]),
    ...sections.flatMap((section) => sectionMarkdown(section, summary.run, screen)),
    ...(header === undefined
      ? []
      : [`<sub>${words.format("cli.plan.digest", { digest: header.digest.slice(0, 12) })}</sub>`]),
    ...(redacted ? [`<sub>${words.format("cli.plan.redacted")}</sub>`] : []),
  ]);
};

const sectionMarkdown = ({ name, rows, notes, total }: Section, run: number, { words }: Screen): string[] => {
  const cells = [...rows.map((row) => rowCells(row, words)), ...notes.map((note) => ["", ...noteCells(note, words)])];
  const left = total - rows.length - notes.length;
  const open = name === "loses-access" ? " open" : "";
  return [
    `<details${open}><summary>${escaped(words.format(`cli.section.${name.replaceAll("-", "_")}`))} (${words.number(total)})</summary>`,
    "",
    `| | | |`,
    `|---|---|---|`,
    ...cells.map((row) => `| ${[0, 1, 2].map((index) => escaped((row[index] ?? "").trim())).join(" | ")} |`),
    ...(left > 0
      ? [
          "",
          escaped(
            words.format("cli.list.rest", { count: left, command: `${programName} history ${run} --only ${name}` }),
          ),
        ]
      : []),
    "",
    "</details>",
    "",
  ];
};

/** Text from a directory as text: nothing in it is a link, a mention, markup or the end of a cell. */
const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("#", "&#35;")
    .replaceAll(/[\\`*_[\]|]/gu, (character) => `\\${character}`)
    .replaceAll("~~", "~&#126;")
    .replaceAll("://", ":&#47;/")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;");
