import { block, wrap, type Screen } from "../layout.ts";

/** The link alone: it goes to stdout, and must not be broken. */
export const serveText = ({ link }: { readonly link: string }): string => `${link}\n`;

export const serveHintText = ({ enter }: { readonly enter: boolean }, { words, width }: Screen): string =>
  block(wrap(words.format(enter ? "cli.serve.hint_enter" : "cli.serve.hint"), width, "  "));
