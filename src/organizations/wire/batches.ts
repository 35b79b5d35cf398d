/** What one request may hold. */
export interface BatchLimits {
  readonly count: number;
  readonly bytes: number;
  /** In whatever unit `costOf` gives. */
  readonly cost?: number;
}

export interface Measured<Item> {
  readonly item: Item;
  readonly bytes: number;
  /** Entries it makes in the request; 1 when left out. */
  readonly count?: number;
  readonly cost?: number;
}

/** Cuts a list into requests, in order; what exceeds a limit by itself goes alone. */
export const batches = <Item>(items: Iterable<Measured<Item>>, limits: BatchLimits): Item[][] => {
  const result: Item[][] = [];
  let current: Item[] = [];
  let used = { count: 0, bytes: 0, cost: 0 };
  for (const { item, bytes, count = 1, cost = 0 } of items) {
    const full =
      used.count + count > limits.count ||
      used.bytes + bytes > limits.bytes ||
      used.cost + cost > (limits.cost ?? Number.POSITIVE_INFINITY);
    if (full && current.length > 0) {
      result.push(current);
      current = [];
      used = { count: 0, bytes: 0, cost: 0 };
    }
    current.push(item);
    used = { count: used.count + count, bytes: used.bytes + bytes, cost: used.cost + cost };
  }
  if (current.length > 0) result.push(current);
  return result;
};
