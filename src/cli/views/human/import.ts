import type { Output } from "../../../rpc/contract.ts";
import { clean } from "../clean.ts";
import { block, table, wrap, type Screen } from "../layout.ts";
import { findingLines } from "./findings.ts";

/** What was taken over, what it does otherwise, and what is left to give. */
export const importText = (
  { organization, profile, directory, settings, notes, missing }: Output<"import.read">,
  screen: Screen,
): string => {
  const { words, width } = screen;
  const say = (key: string, params = {}): string[] => wrap(words.format(key, params), width, "  ");
  return block([
    ...say("cli.import.done", { profile, directory, organization: organization.name, server: organization.server }),
    ...table(
      settings.map(({ path, text }) => [clean(path), clean(text)]),
      Number.POSITIVE_INFINITY,
      { indent: "  " },
    ),
    ...findingLines(notes, screen),
    ...(organization.known || organization.clientId !== undefined ? [] : say("cli.import.log_in")),
    ...(missing.length === 0 ? [] : say("cli.import.missing")),
    ...missing.map((name) => `  directory-connector secrets set ${clean(name)}`),
    ...say("cli.import.next", { profile }),
  ]);
};
