import type { Change, PlanRow, Subject } from "../../core/plan.ts";
import type { RowState, StoredRow } from "../store.ts";
import { indexOf } from "./place.ts";
import { readJson } from "./stored.ts";

/** States as numbers of one byte each, so that the journal overwrites rows in place; never renumbered. */
export const stateCodes = {
  planned: 2,
  intent: 3,
  done: 4,
  refused: 5,
  unknown: 6,
  skipped: 7,
} as const satisfies Record<RowState, number>;
const states = ["planned", "intent", "done", "refused", "unknown", "skipped"] as const;
const byCode = new Map<number, RowState>(states.map((state) => [stateCodes[state], state]));
export const stateOf = (code: number): RowState => byCode.get(code) ?? "unknown";

/** The columns of a row, in the order of `RowText`; to be followed by FROM. */
export const selectRows =
  "SELECT place, action, kind, id, external_id, name, email, organization_id, rest, state, accepted, undone_by, detail, at";
export type RowText = [
  place: number,
  action: PlanRow["action"],
  kind: Subject["kind"],
  id: string,
  externalId: string | null,
  name: string | null,
  email: string | null,
  organizationId: string | null,
  rest: string,
  state: number,
  accepted: number,
  undoneBy: number | null,
  detail: string | null,
  at: number | null,
];

export const decodeRow = (text: RowText): StoredRow => {
  const [place, , , , , , , , , state, accepted, undoneBy, detail] = text;
  return {
    row: indexOf(place),
    ...decodeChange(text),
    state: stateOf(state),
    accepted: accepted === 1,
    ...(undoneBy === null ? {} : { undoneBy }),
    ...(detail === null ? {} : { detail }),
  };
};

export const decodeChange = ([, action, kind, id, externalId, name, email, organizationId, rest]: RowText): Change => ({
  action,
  subject: {
    kind,
    id,
    ...(externalId === null ? {} : { externalId: externalId === "" ? id : externalId }),
    ...(name === null ? {} : { name }),
    ...(email === null ? {} : { email }),
    ...(organizationId === null ? {} : { organizationId }),
  },
  ...readJson<Omit<Change, "action" | "subject">>(rest),
});
