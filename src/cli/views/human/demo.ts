import { programName } from "../../specs.ts";
import { block, wrap, type Screen } from "../layout.ts";

export const demoHeadText = (
  { home, url }: { readonly home: string; readonly url: string },
  { words, width, style }: Screen,
): string =>
  block([
    style.bold(words.format("cli.demo.title")),
    ...wrap(words.format("cli.demo.about", { home, url }), width, ""),
  ]);

/** What this step is for, and the command as one would type it. */
export const demoStepText = (
  { step, command }: { readonly step: string; readonly command: string },
  { words, style }: Screen,
): string => block(["", style.bold(words.format(`cli.demo.step_${step}`)), style.dim(`$ ${command}`)]);

/** It worked; now with one's own directory. */
export const demoEndText = ({ home }: { readonly home: string }, { words, width, style }: Screen): string =>
  block([
    "",
    style.bold(words.format("cli.demo.end")),
    ...wrap(words.format("cli.demo.own"), width, ""),
    `  ${programName} login`,
    `  ${programName} profile add main --directory ldap --url ldaps://dc1.example.com --base-dn dc=example,dc=com`,
    `  ${programName} check`,
    `  ${programName} plan`,
    ...wrap(words.format("cli.demo.removed", { home }), width, ""),
  ]);
