import type { Output } from "../../../rpc/contract.ts";
import { clean } from "../clean.ts";
import { block, pad, table, type Screen } from "../layout.ts";
import { splitHead, textual } from "./fault.ts";

/** Every secret the configuration refers to, where it is kept, and whether it can be read; never the secret. */
export const secretStatusText = ({ secrets }: Output<"secrets.status">, { words, width, style }: Screen): string =>
  block(
    secrets.length === 0
      ? [words.format("cli.secret.none")]
      : table(
          secrets.map(({ name, reference, readable, fault }) => [
            (readable ? style.green : style.red)(
              pad(words.format(readable ? "cli.severity.ok" : "cli.severity.error"), 5),
            ),
            clean(name),
            clean(reference),
            fault === undefined ? "" : (splitHead(words.fault(fault.code, textual(fault.params)).what)[0] ?? ""),
          ]),
          width,
        ),
  );
