import type { Output } from "../../../rpc/contract.ts";
import { block, type Screen } from "../layout.ts";

export const updatesText = (found: Output<"updates.check">, { words }: Screen): string => {
  if (found.state === "off") return block([words.format("cli.update.off", { because: found.because })]);
  if (found.state === "current") return block([words.format("cli.update.current", { version: found.version })]);
  const { version, current, published, notes, files } = found;
  return block([
    words.format("cli.update.newer", { version, current, published }),
    notes,
    ...files.map(({ url }) => `  ${url}`),
  ]);
};
