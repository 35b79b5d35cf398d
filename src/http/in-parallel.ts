/**
 * What `work` gives for each item, in the order of completion. At most `ahead` are begun and not yet taken, so that memory
 * stays flat however slow the taker is. The first failure ends it; nothing new is begun then.
 */
export async function* inParallel<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  ahead: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running = new Map<number, Promise<readonly [number, Result]>>();
  const takeOne = async (): Promise<Result> => {
    const [number, result] = await Promise.race(running.values());
    running.delete(number);
    return result;
  };
  let begun = 0;
  for await (const item of items) {
    const number = begun++;
    const result = work(item).then((given) => [number, given] as const);
    // It may fail while nobody waits for it; whoever takes next hears of it.
    result.catch(() => {});
    running.set(number, result);
    if (running.size >= ahead) yield await takeOne();
  }
  while (running.size > 0) yield await takeOne();
}
