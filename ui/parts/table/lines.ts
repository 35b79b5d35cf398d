/** A part of a table: its rows, below a head of their own. Closed ones show the head only. */
export interface Section {
  readonly key: string;
  readonly total: number;
  readonly open: boolean;
}

/** A section's head, where `row` is absent, or one of its rows, counted from 0. */
export interface Line {
  readonly index: number;
  readonly section: string;
  readonly row?: number;
}

export interface Heights {
  readonly row: number;
  readonly head: number;
}

/** Where the lines of a table are; none of them has to be there for that. Pixels from the first line's top. */
export interface Lines {
  readonly count: number;
  readonly height: number;
  at(index: number): Line | undefined;
  top(index: number): number;
  /** The line at a height, the first or last one beyond the ends. */
  indexAt(pixels: number): number;
  /** The next line that is a row, in steps of `by` from a line (-1: from before the first); the last one on the way where there are not as many. */
  move(from: number, by: number): number | undefined;
  /** The head that belongs to a line. */
  headOf(index: number): Line | undefined;
}

export const createLines = (sections: readonly Section[], { row, head }: Heights): Lines => {
  const withHeads = head > 0;
  const starts: { readonly section: Section; readonly index: number; readonly top: number; readonly rows: number }[] =
    [];
  let count = 0;
  let height = 0;
  for (const section of sections) {
    const rows = section.open ? section.total : 0;
    starts.push({ section, index: count, top: height, rows });
    count += rows + (withHeads ? 1 : 0);
    height += rows * row + head;
  }

  const startAt = (index: number) => starts.findLast((start) => start.index <= index && index < endOf(start));
  const endOf = (start: (typeof starts)[number]): number => start.index + start.rows + (withHeads ? 1 : 0);
  const at = (index: number): Line | undefined => {
    const start = startAt(index);
    if (start === undefined) return undefined;
    const offset = index - start.index - (withHeads ? 1 : 0);
    return { index, section: start.section.key, ...(offset < 0 ? {} : { row: offset }) };
  };
  const isRow = (index: number): boolean => at(index)?.row !== undefined;
  /** The nearest row in a direction, `index` itself included. */
  const seek = (index: number, direction: 1 | -1): number | undefined => {
    for (let here = index; here >= 0 && here < count; here += direction) if (isRow(here)) return here;
    return undefined;
  };

  return {
    count,
    height,
    at,
    top: (index) => {
      const start = startAt(index);
      if (start === undefined) return index < 0 ? 0 : height;
      const offset = index - start.index;
      return withHeads && offset > 0
        ? start.top + head + (offset - 1) * row
        : start.top + (withHeads ? 0 : offset * row);
    },
    indexAt: (pixels) => {
      const start = starts.findLast(({ top, rows }) => top <= pixels && (rows > 0 || withHeads)) ?? starts[0];
      if (start === undefined) return 0;
      const within = Math.max(0, pixels - start.top - head);
      const offset = pixels < start.top + head ? 0 : Math.floor(within / row) + (withHeads ? 1 : 0);
      return Math.min(start.index + offset, Math.max(start.index, endOf(start) - 1));
    },
    move: (from, by) => {
      const wished = Math.min(Math.max(from + by, 0), count - 1);
      const direction = by < 0 ? -1 : 1;
      return seek(wished, direction) ?? seek(wished, direction === 1 ? -1 : 1);
    },
    headOf: (index) => {
      const start = withHeads ? startAt(index) : undefined;
      return start === undefined ? undefined : at(start.index);
    },
  };
};
