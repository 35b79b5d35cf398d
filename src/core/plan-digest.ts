import { createHash, type Hash } from "node:crypto";
import { canonicalLine, isChange, type Change } from "./plan.ts";

/** SHA-256 over the canonical lines of the changes, in plan order, fed while streaming. */
export const createDigest = (): { add(change: Change): void; end(): string } => {
  const hash: Hash = createHash("sha256");
  let lines = "";
  const flush = (): void => {
    hash.update(lines);
    lines = "";
  };
  return {
    add: (change) => {
      if (!isChange(change)) return;
      lines += `${canonicalLine(change)}\n`;
      if (lines.length > 50_000) flush();
    },
    end: () => {
      flush();
      return hash.digest("hex");
    },
  };
};
