import type { StoredRow } from "../../store/store.ts";
import type { ShownRow } from "../contract.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { rowLine } from "./wire.ts";

/** How many members of a row a page carries; more would not be read by anybody. */
const membersShown = 50;

/** Rows of one run for people to read: who is put in and taken out, by name. */
export const showRows = async (
  { engine }: HandlerDependencies,
  profileKey: string,
  rows: readonly StoredRow[],
): Promise<ShownRow[]> => {
  const wanted = new Set(rows.flatMap((row) => [...firstOf(row.add), ...firstOf(row.remove)]));
  const names = await engine.store.names(profileKey, [...wanted]);
  return rows.map((row) => showRow(row, names));
};

const showRow = (row: StoredRow, names: ReadonlyMap<string, string>): ShownRow => {
  const { accepted: _accepted, undoneBy: _undone, add, remove, removeByEmail, detail, state, ...rest } = row;
  const named = (ids: readonly string[]): string[] => ids.map((id) => names.get(id) ?? id);
  return {
    ...rowLine(rest),
    state,
    ...(detail === undefined ? {} : { detail }),
    ...(add === undefined ? {} : { add: firstOf(add), addNames: named(firstOf(add)), added: add.length }),
    ...(remove === undefined && removeByEmail === undefined
      ? {}
      : { removed: (remove?.length ?? 0) + (removeByEmail?.length ?? 0) }),
    ...(remove === undefined ? {} : { remove: firstOf(remove), removeNames: named(firstOf(remove)) }),
    ...(removeByEmail === undefined ? {} : { removeByEmail: firstOf(removeByEmail) }),
  };
};

const firstOf = (ids: readonly string[] = []): string[] => ids.slice(0, membersShown);
