import type { RunSummary } from "../../../rpc/contract.ts";
import type { PlanPicture } from "../../read-plan.ts";
import { programName } from "../../specs.ts";
import type { Words } from "../../words.ts";
import { block, wrap, type Screen } from "../layout.ts";
import { changeParts, unchangedParts } from "./counts.ts";
import { profileLine } from "./row.ts";
import { sectionLines } from "./sections.ts";

/** A plan as a person reviews it: what it is, how much, who, what stands in the way, and how to go on. */
export const planText = ({ summary, sections, file, redacted, partial }: PlanPicture, screen: Screen): string => {
  const { words } = screen;
  const lists = sectionLines(sections, screen, { run: summary.run });
  if (partial)
    return block([
      profileLine(summary, words),
      ...(lists.length === 0 ? ["", words.format("cli.plan.none_of_these")] : lists),
    ]);
  const changes = summary.counts?.changes ?? 0;
  return block([
    ...headLines(summary, screen),
    "",
    ...headline(summary, changes, screen),
    ...lists,
    ...standing(summary, screen),
    ...(changes === 0 ? [] : nextLines(summary, file, redacted, screen)),
  ]);
};

/** Which profile, what was read, and what it was compared with. */
export const headLines = (summary: RunSummary, { words, width }: Screen): string[] => {
  const { tally, counts, compared } = summary;
  const read = words.format("cli.plan.read", {
    people: tally["people"] ?? counts?.people ?? 0,
    groups: tally["groups"] ?? counts?.groups ?? 0,
    seconds: seconds(tally["readMilliseconds"], words),
  });
  return [
    profileLine(summary, words),
    ...wrap(`${read} ${words.format(`cli.plan.compared_${isUnknown(summary) ? "nothing" : compared}`)}`, width, "  "),
    ...recoveredLines(summary, words),
  ];
};

/** Nothing was sent yet and nothing can be read: what is there is what somebody says. */
const isUnknown = ({ header, counts }: RunSummary): boolean =>
  header?.baseline !== undefined && (counts?.linkedPeople ?? 0) + (counts?.linkedGroups ?? 0) === 0;

const seconds = (milliseconds: number | undefined, words: Words): string =>
  milliseconds === undefined ? "?" : words.number(Math.round(Math.max(milliseconds, 50) / 100) / 10);

/** Runs that were cut short before, and what is sure about them. */
export const recoveredLines = ({ recovered = [] }: RunSummary, words: Words): string[] =>
  recovered.map(({ run, done, left }) => words.format("cli.plan.recovered", { run, done, left }));

const headline = (summary: RunSummary, changes: number, { words, width, style }: Screen): string[] => {
  const { counts } = summary;
  if (counts === undefined) return [];
  if (changes === 0)
    return [
      style.bold(words.format(`cli.plan.nothing_${(counts.byAction.keep ?? 0) > 0 ? "now" : summary.compared}`)),
      ...wrap(`  ${unchangedParts(counts, words)}`, width, "  "),
    ];
  return [
    style.bold(words.format("cli.plan.changes", { count: changes })),
    `  ${changeParts(counts, words).join("   ")}`,
    ...wrap(`  ${unchangedParts(counts, words)}`, width, "  "),
  ];
};

/** Seats, how long it takes, and guards: what would stop it. */
const standing = ({ header, guards }: RunSummary, { words, width, style }: Screen): string[] => {
  const lines: string[] = [];
  const seats = header?.seats;
  if (seats !== undefined && (seats.needs > 0 || seats.short > 0)) {
    const key =
      seats.total === undefined
        ? seats.unlimited === true
          ? "unlimited"
          : "untold"
        : seats.short > 0
          ? "short"
          : "enough";
    lines.push(...wrap(words.format(`cli.plan.seats_${key}`, { ...seats }), width, "  "));
  }
  const takes = header?.estimate;
  if (takes !== undefined)
    lines.push(
      ...wrap(
        words.format("cli.plan.estimate", {
          ...takes,
          minutes: takes.seconds < 90 ? 0 : Math.round(takes.seconds / 60),
        }),
        width,
        "  ",
      ),
    );
  // No review gets past it: what a guard asks for comes after it.
  if (header?.applicable === false) return ["", ...lines, style.red(words.format("cli.plan.not_applicable"))];
  const names = guards.map(({ code }) => code.replace(/^guard\./u, ""));
  const [first] = names;
  // Who has to choose first sees the guards with the plan they chose.
  if (first !== undefined && header?.baseline !== "needed")
    lines.push(
      ...wrap(words.format("cli.plan.guard", { guards: names, count: names.length }), width, "  ").map(style.yellow),
      ...wrap(words.format("cli.plan.guard_more", { command: `${programName} explain --guard ${first}` }), width, "  "),
    );
  return lines.length === 0 ? [] : ["", ...lines];
};

const nextLines = (summary: RunSummary, file: string | undefined, redacted: boolean, screen: Screen): string[] => {
  const { words } = screen;
  if (summary.header?.applicable === false) return [];
  if (summary.header?.baseline === "needed") return choiceLines(quoted(file ?? "plan.jsonl"), screen);
  if (file !== undefined && redacted) return ["", words.format("cli.plan.written_redacted", { file })];
  const path = file ?? "plan.jsonl";
  const apply = `${programName} apply ${quoted(path)}`;
  const { baseline } = summary.header ?? {};
  const start = baseline === undefined ? "" : ` --baseline ${baseline}${baseline === "record" ? " --same-ids" : ""}`;
  const command = file === undefined ? `${programName} plan${start} --out ${quoted(path)} && ${apply}` : apply;
  return ["", words.format("cli.plan.apply", { command })];
};

/** The two ways to start, each with what it does and how to see it; neither is chosen for anybody. */
const choiceLines = (path: string, { words, width, style }: Screen): string[] => [
  "",
  ...wrap(words.format("cli.plan.choose"), width, "  ").map(style.yellow),
  ...(["send", "record"] as const).flatMap((way) => [
    `  ${programName} plan --baseline ${way} --out ${path}`,
    ...wrap(`      ${words.format(`cli.plan.choose_${way}`)}`, width, "      "),
  ]),
];

/** A path as a shell takes it. */
export const quoted = (path: string): string =>
  /^[\w./:@%+=,~-]+$/u.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
