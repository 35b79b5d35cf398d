import { programName } from "../../specs.ts";
import { block, table, wrap, type Screen } from "../layout.ts";

interface Key {
  readonly url: string;
  readonly clientId: string;
}

/** What one needs to log in, nothing else: it goes to stdout. */
export const sandboxText = (
  { url, clientId, clientSecret }: Key & { readonly clientSecret: string },
  { words, width }: Screen,
): string =>
  block(
    table(
      [
        [words.format("cli.sandbox.url"), url],
        [words.format("cli.sandbox.client_id"), clientId],
        [words.format("cli.sandbox.client_secret"), clientSecret],
      ],
      width,
      { indent: "" },
    ),
  );

export const sandboxHintText = ({ url, clientId }: Key, { words, width }: Screen): string =>
  block([
    ...wrap(words.format("cli.sandbox.runs"), width, "  "),
    `  ${programName} login --server ${url} --client-id ${clientId}`,
  ]);
