import type { RunSummary } from "../../../rpc/contract.ts";

/** A run for machines: the recorded summary, with how many rows of each kind were carried out. */
export const runJson = ({
  summary,
  done,
}: {
  readonly summary: RunSummary;
  readonly done: Readonly<Record<string, number>>;
}) => ({ version: 1, ...summary, done });
