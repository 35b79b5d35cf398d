import type { Input } from "../rpc/contract.ts";
import { usage, type Invocation } from "./session.ts";

/** How to start where the organization cannot be read, as it was typed; Fault `usage.invalid` for a confirmation of nothing. */
export const startOf = (invocation: Invocation): Pick<Input<"sync.run">, "baseline" | "sameIds"> => {
  const baseline = invocation.text("baseline");
  const sameIds = invocation.flag("same-ids");
  if (sameIds && baseline !== "record")
    throw usage("only_with", { name: "--same-ids", other: "--baseline record", command: invocation.path.join(" ") });
  return {
    ...(baseline === "record" || baseline === "send" ? { baseline } : {}),
    ...(sameIds ? { sameIds } : {}),
  };
};
