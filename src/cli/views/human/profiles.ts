import type { Output } from "../../../rpc/contract.ts";
import { programName } from "../../specs.ts";
import { clean } from "../clean.ts";
import { block, table, wrap, type Screen } from "../layout.ts";
import { splitHead, textual } from "./fault.ts";

type Profile = Output<"profiles.use">;

export const profileListText = ({ profiles }: Output<"profiles.list">, screen: Screen): string => {
  const { words, width } = screen;
  if (profiles.length === 0)
    return block(wrap(words.format("cli.profile.none", { command: `${programName} profile add` }), width, "  "));
  return block(
    table(
      profiles.map((profile) => [
        profile.current ? "*" : " ",
        clean(profile.name),
        clean(profile.directory),
        clean(profile.organization),
        conditionOf(profile, screen),
      ]),
      width,
      { indent: "", columns: [{}, { most: 24 }, { most: 30 }, { most: 24 }] },
    ),
  );
};

const conditionOf = ({ paused, fault }: Profile, { words }: Screen): string => {
  if (fault !== undefined) return splitHead(words.fault(fault.code, textual(fault.params)).what)[0] ?? "";
  return paused === undefined
    ? ""
    : words.format("cli.profile.paused", { since: words.time(paused.at), by: paused.by });
};

export const profileAddedText = ({ name, directory, organization }: Profile, { words, width }: Screen): string =>
  block([
    ...wrap(words.format("cli.profile.added", { name, directory, organization }), width, "  "),
    words.format("cli.profile.added_next", { check: `${programName} check`, plan: `${programName} plan` }),
  ]);

export const profileUsedText = ({ name }: Profile, { words }: Screen): string =>
  block([words.format("cli.profile.used", { name })]);

export const profileRenamedText = (
  { from, profile }: { readonly from: string; readonly profile: Profile },
  { words }: Screen,
): string => block([words.format("cli.profile.renamed", { from, to: profile.name })]);

export const profileRemovedText = ({ name, forgotten }: Output<"profiles.remove">, { words, width }: Screen): string =>
  block(wrap(words.format(forgotten ? "cli.profile.forgotten" : "cli.profile.removed", { name }), width, "  "));

export const pausedText = (profile: Profile, { words, width }: Screen): string =>
  block(
    wrap(words.format("cli.profile.now_paused", { name: profile.name, command: `${programName} resume` }), width, "  "),
  );

export const resumedText = ({ name }: Profile, { words }: Screen): string =>
  block([words.format("cli.profile.resumed", { name })]);
