import type { Output } from "../../../rpc/contract.ts";
import type { Note } from "../../sections.ts";
import { block, pad, wrap, type Screen } from "../layout.ts";
import { textual } from "./fault.ts";
import { hostOf } from "./row.ts";

/** Both ends of a profile, step by step. */
export interface CheckPicture {
  readonly profile?: string;
  readonly directory?: Output<"directory.check">;
  readonly organization?: Output<"organization.check">;
}

export const checkText = ({ profile, directory, organization }: CheckPicture, screen: Screen): string => {
  const { words } = screen;
  return block([
    ...(profile === undefined ? [] : [words.format("cli.run.profile", { profile })]),
    ...(directory === undefined
      ? []
      : [words.format("cli.check.directory", { name: directory.name }), ...findingLines(directory.findings, screen)]),
    ...(organization === undefined
      ? []
      : [
          words.format("cli.check.organization", { name: hostOf(organization.name) }),
          ...findingLines(organization.findings, screen),
        ]),
  ]);
};

/** `ok    reached in 4 ms`: a word for the severity, then the finding. */
export const findingLines = (findings: readonly Note[], { words, width, style }: Screen): string[] =>
  findings.flatMap(({ code, severity, params, subject }) => {
    const paint = { ok: style.green, info: style.dim, warning: style.yellow, error: style.red }[severity];
    const who = subject === undefined ? "" : `${subject.name ?? subject.email ?? subject.id}: `;
    const [first = "", ...rest] = wrap(who + words.note(code, textual(params ?? {})), width - 8, "");
    const isFault = !words.has(`note.${code}`) && words.has(`remedy.${code}`);
    const remedy = isFault ? words.fault(code, textual(params ?? {})).remedy.split("\n") : [];
    return [
      `  ${paint(pad(words.format(`cli.severity.${severity}`), 5))} ${first}`,
      ...[...rest, ...remedy.flatMap((line) => wrap(line, width - 8, ""))].map((line) => `        ${line}`),
    ];
  });

/** What `doctor` found, and what is worth knowing about this installation. */
export const doctorText = (
  { info, findings }: { readonly info: Output<"app.info">; readonly findings: readonly Note[] },
  screen: Screen,
): string => {
  const { words } = screen;
  return block([
    words.format("cli.doctor.version", { version: info.version }),
    ...findingLines(findings, screen),
    words.format(findings.some(({ severity }) => severity === "error") ? "cli.doctor.trouble" : "cli.doctor.well"),
  ]);
};
