import type { RunSummary } from "../../../rpc/contract.ts";
import type { DirectoryPicture, Group, Person } from "../../read-test.ts";
import type { Section } from "../../sections.ts";
import { programName } from "../../specs.ts";
import type { Words } from "../../words.ts";
import { clean } from "../clean.ts";
import { block, table, type Screen } from "../layout.ts";
import { planText } from "./plan.ts";
import { whoText } from "./row.ts";

export interface TestPicture {
  readonly summary: RunSummary;
  readonly directory: DirectoryPicture;
  readonly sections: readonly Section[];
  readonly partial: boolean;
}

/** What the directory gave, then the plan against the organization. */
export const testText = ({ summary, directory, sections, partial }: TestPicture, screen: Screen): string => {
  const plan = planText({ summary, sections, redacted: false, partial }, screen);
  return partial ? plan : block([...directoryLines(directory, screen), ""]) + plan;
};

const directoryLines = (directory: DirectoryPicture, screen: Screen): string[] => {
  const { words, width, style } = screen;
  const { states, people, groups } = directory;
  const rest = (total: number, shown: number): string[] =>
    total > shown && shown > 0
      ? [`  ${words.format("cli.list.rest", { count: total - shown, command: `${programName} test --json` })}`]
      : [];
  return [
    style.bold(words.format("cli.test.people", { total: directory.peopleTotal, ...states })),
    ...table(
      people.map((person) => personCells(person, words)),
      width,
      { columns: [{ most: 44 }] },
    ),
    ...rest(directory.peopleTotal, people.length),
    "",
    style.bold(words.format("cli.test.groups", { total: directory.groupsTotal })),
    ...table(
      groups.map((group) => groupCells(group, words)),
      width,
      { columns: [{ most: 44 }, { align: "right" }] },
    ),
    ...rest(directory.groupsTotal, groups.length),
  ];
};

const personCells = (person: Person, words: Words): string[] => [
  whoText(person),
  person.state === "enabled" ? "" : words.format(`cli.person.${person.state}`),
];

const groupCells = ({ name, members, memberNames = [] }: Group, words: Words): string[] => [
  clean(name),
  words.format("cli.row.members", { count: members }),
  memberNames.length === 0 ? "" : words.list(memberNames, 4, members),
];
