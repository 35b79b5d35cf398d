import type { Output } from "../../../rpc/contract.ts";
import { clean } from "../clean.ts";
import { block, table, wrap, type Screen } from "../layout.ts";
import { faultText } from "./fault.ts";

/** Every setting, its value and where it comes from. */
export const configShowText = ({ values }: Output<"config.show">, { words }: Screen): string =>
  block(
    values.length === 0
      ? [words.format("cli.config.empty")]
      : table(
          values.map(({ path, value, source }) => [
            clean(path),
            value === "" ? words.format("cli.config.unset") : clean(value),
            words.has(`cli.source.${source}`) ? words.format(`cli.source.${source}`) : clean(source),
          ]),
          // A value that is cut is worth nothing: a long one makes its line long.
          Number.POSITIVE_INFINITY,
          { indent: "" },
        ),
  );

export const configSetText = ({ path, text, before }: Output<"config.set">, { words, width }: Screen): string =>
  block(
    wrap(
      before === undefined || before === ""
        ? words.format("cli.config.set", { path, text })
        : before === text
          ? words.format("cli.config.same", { path, text })
          : words.format("cli.config.changed", { path, text, before }),
      width,
      "  ",
    ),
  );

export const configUnsetText = ({ path, before }: Output<"config.unset">, { words, width }: Screen): string =>
  block(
    wrap(
      words.format(before === undefined ? "cli.config.was_unset" : "cli.config.removed", { path, before }),
      width,
      "  ",
    ),
  );

export const configCheckText = ({ file, faults }: Output<"config.check">, screen: Screen): string =>
  faults.length === 0
    ? block([screen.words.format("cli.config.fits", { file })])
    : faults.map((fault) => faultText(fault, screen)).join("\n");

export const configLoadText = ({ profiles, organizations }: Output<"config.load">, { words, width }: Screen): string =>
  block(
    wrap(
      words.format("cli.config.loaded", {
        profiles,
        profileCount: profiles.length,
        organizations,
        organizationCount: organizations.length,
      }),
      width,
      "  ",
    ),
  );
