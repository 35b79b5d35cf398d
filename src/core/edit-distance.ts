/**
 * Letters to insert, delete, replace or swap with the neighbour (optimal string alignment). `most`: as soon as it is
 * certain to be more, some larger number is the answer, which is what makes many comparisons cheap.
 */
export const editDistance = (one: string, other: string, most = Number.POSITIVE_INFINITY): number => {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const steps = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
      current.push(steps);
      if (steps < least) least = steps;
    }
    // A swap reaches back over one row, so two rows have to be beyond it.
    if (least > most && Math.min(...last) > most) return most + 1;
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
};

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
