import type { Output } from "../../../src/rpc/contract.ts";
import { t } from "../../words.svelte.ts";

/** Actions in the order in which they matter to whoever reads what a sync did. */
const actions = [
  "revoke",
  "remove",
  "invite",
  "stage",
  "restore",
  "readdress",
  "stamp",
  "adopt",
  "create-group",
  "rename-group",
  "change-members",
  "empty-group",
  "remove-group",
] as const;

/** What a sync did, in the past tense. Where the server does not tell what became of it, it was sent. */
export const doneWords = (states: Output<"plan.summary">["states"], compared: "organization" | "record"): string => {
  const parts = actions.flatMap((action) => {
    const count = states[action]?.["done"] ?? 0;
    return count === 0 ? [] : [t(`ui.dashboard.done_${action}`, { count })];
  });
  if (parts.length === 0) return "";
  return t("ui.dashboard.done", { what: parts.join(", "), compared });
};
