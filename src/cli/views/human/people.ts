import type { Output, RunSummary } from "../../../rpc/contract.ts";
import { programName } from "../../specs.ts";
import { clean } from "../clean.ts";
import { block, table, wrap, type Screen } from "../layout.ts";
import { undoText } from "./history.ts";

/** What was marked for the next plan, and what of it nobody proposed. */
export const adoptText = ({ marked, unknown }: Output<"people.adopt">, { words, width }: Screen): string =>
  block([
    words.format("cli.adopt.marked", { count: marked.length }),
    ...table(
      marked.map(({ kind, who }) => [`= ${words.format(`cli.mark.${kind}`)}`, clean(who)]),
      width,
    ),
    ...(unknown.length === 0
      ? []
      : wrap(words.format("cli.adopt.unknown", { names: unknown, command: `${programName} plan` }), width, "  ")),
    ...(marked.length === 0 ? [] : [words.format("cli.adopt.next", { command: `${programName} plan` })]),
  ]);

/** Marked for the next plan; or, where we removed them ourselves, the plan that takes that back. */
export const restoreText = (
  { who, undo, file }: Output<"person.restore"> & { readonly file: string },
  screen: Screen,
): string =>
  undo === undefined
    ? block([screen.words.format("cli.restore.marked", { who, command: `${programName} plan` })])
    : undoText({ ...undo, file, head: screen.words.format("cli.restore.removed", { who, run: undo.run }) }, screen);

export const protectText = ({ protect }: Output<"profiles.protect">, { words }: Screen): string =>
  block(
    protect.length === 0
      ? [words.format("cli.protect.none")]
      : [
          words.format("cli.protect.list", { count: protect.length }),
          ...protect.map((address) => `  ${clean(address)}`),
        ],
  );

export const clearCacheText = ({ profile }: Output<"cache.clear">, { words, width }: Screen): string =>
  block(wrap(words.format("cli.clear_cache.done", { profile }), width, "  "));

/** For machines the times alone; `null` = never. */
export const lastSyncJson = ({
  users,
  groups,
  run,
}: {
  readonly users?: string | undefined;
  readonly groups?: string | undefined;
  readonly run?: RunSummary | undefined;
}) => ({ users: users ?? null, groups: groups ?? null, run: run ?? null });
