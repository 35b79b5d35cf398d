import type { Diagnostic } from "../../core/diagnostic.ts";
import type { Page } from "../directory.ts";
import type { Member } from "./shapes.ts";

/** Members that are nobody here: of other organizations, or of a kind that is no person and no group. Counted by kind. */
export interface Outside {
  count(member: Member): void;
  /** Nothing, or one page. */
  notes(): Page[];
}

export const createOutside = (): Outside => {
  const counts = new Map<string, number>();
  return {
    count: ({ type }) => {
      const kind = kindOf({ type });
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    },
    notes: () => {
      const notes = [...counts].map(([kind, count]): Diagnostic => ({
        code: "google.other_members",
        severity: kind === "CUSTOMER" ? "warning" : "info",
        params: { kind, count },
      }));
      return notes.length > 0 ? [{ notes }] : [];
    },
  };
};

/** In capitals, as the vendor writes it; without one it is a person's row. */
export const kindOf = ({ type }: Pick<Member, "type">): string => (type ?? "USER").toUpperCase();
