import { isFault, type Fault } from "../../core/fault.ts";
import { systemCode } from "../../core/system-code.ts";
import type { Runtime } from "../../engine/dependencies.ts";
import type { AnswerOptions } from "../contract/shape.ts";
import type { Listed, ListQuery } from "../../store/store.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { noteLine } from "./wire.ts";

/** How a call's progress and cancellation reach the engine. */
export const runtimeOf = ({ signal, onProgress }: AnswerOptions): Runtime => ({
  signal,
  progress: onProgress,
  tell: (note) => onProgress({ finding: noteLine(note) }),
  onWait: (wait) => onProgress({ wait }),
  onHeld: (held) => onProgress({ held }),
});

/** Keeps that something was changed, by whom and why; never a secret's text. */
export const audit = async (
  { engine }: HandlerDependencies,
  what: string,
  about: { readonly profile?: string; readonly detail?: string } = {},
): Promise<void> => engine.store.audit({ at: engine.clock.now(), who: engine.actor.who, what, ...about });

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** A Fault as a value of an answer. */
export const faultShape = ({ code, params }: Fault): { code: string; params: Record<string, unknown> } => ({
  code,
  params: { ...params },
});

/** The system's word for what went wrong with a file: `ENOENT`, `EACCES`. */
export const reasonOf = (error: unknown): string => systemCode(error) || String(error);

/** The Fault of a failed try, as a value; anything else goes on as what it is. */
export const faultOf = (error: unknown): Fault => {
  if (isFault(error)) return error;
  throw error;
};

/** One page of a list that is in memory; the cursor is a position. */
export const pageOf = <Row>(
  all: readonly Row[],
  { cursor = 0, limit = 100 }: { readonly cursor?: number | undefined; readonly limit?: number | undefined },
): { rows: Row[]; next?: number; total: number } => {
  const rows = all.slice(cursor, cursor + limit);
  const next = cursor + rows.length;
  return { rows, ...(next < all.length ? { next } : {}), total: all.length };
};

/** Which part of a list that the store has in its order: a cursor is a position. */
export const positionOf = ({
  cursor = 0,
  limit = 100,
  search,
}: {
  readonly cursor?: number | undefined;
  readonly limit?: number | undefined;
  readonly search?: string | undefined;
}): ListQuery => ({ offset: cursor, limit, ...(search === undefined ? {} : { search }) });

/** A page of such a list. */
export const positioned = <Row>(
  { offset }: ListQuery,
  { rows, total }: Listed<Row>,
): { rows: Row[]; next?: number; total: number } => {
  const next = offset + rows.length;
  return { rows: [...rows], ...(rows.length > 0 && next < total ? { next } : {}), total };
};
