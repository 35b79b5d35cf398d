import type { Line } from "./lines.ts";

/** Rows of one section from a position on; at most 500 are asked for. */
export type LoadRows<Row> = (
  section: string,
  cursor: number,
  limit: number,
  signal: AbortSignal,
) => Promise<readonly Row[]>;

/** What of a long list is here: fetched as it comes into sight, forgotten when much else was looked at since. */
export interface Pages<Row> {
  /** Undefined while it is not here. */
  row(line: Line): Row | undefined;
  /** What kept rows from coming. */
  readonly failed: unknown;
  /** These lines are in sight: what is missing of them is fetched, what else was asked for no longer is. */
  show(lines: readonly Line[]): void;
  /** Nothing of it counts any more. */
  forget(): void;
}

const pageRows = 100;
/** So many rows are kept: as many as somebody scrolls through, not as many as there are. */
const keptPages = 40;
/** Milliseconds in which a list that is dragged past asks for nothing. */
const rest = 60;

export const createPages = <Row>(load: LoadRows<Row>): Pages<Row> => {
  let pages = $state.raw<ReadonlyMap<string, readonly Row[]>>(new Map());
  let failed = $state.raw<unknown>();
  const asked = new Map<string, AbortController>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const fetchPage = async (key: string, section: string, page: number): Promise<void> => {
    const controller = new AbortController();
    asked.set(key, controller);
    try {
      const rows = await load(section, page * pageRows, pageRows, controller.signal);
      if (controller.signal.aborted) return;
      const others = [...pages].filter(([other]) => other !== key).slice(1 - keptPages);
      pages = new Map([...others, [key, rows]]);
      failed = undefined;
    } catch (error) {
      if (!controller.signal.aborted) failed = error;
    } finally {
      if (asked.get(key) === controller) asked.delete(key);
    }
  };

  return {
    row: ({ section, row }) =>
      row === undefined ? undefined : pages.get(keyOf(section, pageOf(row)))?.[row % pageRows],
    get failed() {
      return failed;
    },
    show: (lines) => {
      const wanted = new Map<string, { readonly section: string; readonly page: number }>();
      for (const { section, row } of lines)
        if (row !== undefined) wanted.set(keyOf(section, pageOf(row)), { section, page: pageOf(row) });
      for (const [key, controller] of asked)
        if (!wanted.has(key)) {
          controller.abort();
          asked.delete(key);
        }
      clearTimeout(timer);
      const missing = [...wanted].filter(([key]) => !pages.has(key) && !asked.has(key));
      const ask = (): void => {
        for (const [key, { section, page }] of missing) if (!asked.has(key)) void fetchPage(key, section, page);
      };
      if (missing.length === 0) return;
      if (pages.size === 0) ask();
      else timer = setTimeout(ask, rest);
    },
    forget: () => {
      clearTimeout(timer);
      for (const controller of asked.values()) controller.abort();
      asked.clear();
      pages = new Map();
      failed = undefined;
    },
  };
};

const pageOf = (row: number): number => Math.floor(row / pageRows);
const keyOf = (section: string, page: number): string => `${section} ${page}`;
