import type { RunSummary } from "../../../rpc/contract.ts";
import { programName } from "../../specs.ts";
import { block, wrap, type Screen } from "../layout.ts";
import { doneParts, unchangedParts } from "./counts.ts";
import { recoveredLines } from "./plan.ts";

/** What a finished run tells, with how many rows of each kind are done. */
export interface RunPicture {
  readonly summary: RunSummary;
  readonly done: Readonly<Record<string, number>>;
  /** Name the profile, because there are several. */
  readonly named: boolean;
}

/** One block like the plan's headline, in the past tense. */
export const runText = ({ summary, done, named }: RunPicture, screen: Screen): string => {
  const { words, width, style } = screen;
  const { counts, tally, compared } = summary;
  const lines = [
    ...(named ? [words.format("cli.run.profile", { profile: summary.profile })] : []),
    ...recoveredLines(summary, words),
  ];
  const kept = counts?.byAction.keep ?? 0;
  if (summary.outcome === "unchanged")
    lines.push(
      ...wrap(
        words.format(kept > 0 ? "cli.run.nothing_now" : `cli.run.nothing_${compared}`, {
          people: tally["people"] ?? counts?.people ?? 0,
          groups: tally["groups"] ?? counts?.groups ?? 0,
          time: words.time(summary.endedAt ?? summary.startedAt),
        }),
        width,
        "  ",
      ),
    );
  else {
    const parts = doneParts(done, words);
    const text = parts.length === 0 ? words.format("cli.run.nothing_done") : parts.join(", ");
    // What is only adopted or noted is a matter of our own record, whatever the server can tell.
    const isLocal = parts.length > 0 && Object.entries(done).every(([name, count]) => unsent.has(name) || count === 0);
    const key = isLocal ? "cli.run.done_here" : `cli.run.done_${compared}`;
    const [first = "", ...rest] = wrap(words.format(key, { what: text }), width, "  ");
    lines.push(style.bold(first), ...rest);
  }
  if (kept > 0 && summary.outcome === "unchanged")
    lines.push(
      ...wrap(
        `  ${words.format("cli.run.kept", { count: kept, command: `${programName} history ${summary.run} --only kept` })}`,
        width,
        "  ",
      ),
    );
  const skipped = tally["skipped"] ?? 0;
  if (skipped > 0)
    lines.push(
      ...wrap(
        `  ${words.format("cli.run.skipped", { count: skipped, command: `${programName} history ${summary.run}` })}`,
        width,
        "  ",
      ),
    );
  if (counts !== undefined && summary.outcome !== "unchanged")
    lines.push(...wrap(`  ${unchangedParts(counts, words)}`, width, "  "));
  if (summary.guards.length > 0 && summary.outcome === "done")
    lines.push(
      ...wrap(
        `  ${words.format("cli.run.held", { guards: summary.guards.map((hit) => hit.code.replace(/^guard\./u, "")) })}`,
        width,
        "  ",
      ),
    );
  return block(lines);
};

const unsent: ReadonlySet<string> = new Set(["adopted", "addresses_noted"]);
