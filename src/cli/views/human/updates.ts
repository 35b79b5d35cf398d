import type { Output } from "../../../rpc/contract.ts";
import { block, type Screen } from "../layout.ts";

export const updatesText = (found: Output<"updates.check">, { words }: Screen): string => {
  switch (found.state) {
    case "off":
      return block([words.format("cli.update.off", { because: found.because })]);
    case "current":
      return block([words.format("cli.update.current", { version: found.version })]);
    case "newer":
      return block([
        words.format("cli.update.newer", {
          version: found.version,
          current: found.current,
          published: found.published,
        }),
        found.notes,
        ...found.files.map(({ url }) => `  ${url}`),
      ]);
  }
};
