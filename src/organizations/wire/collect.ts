/** A plan's rows at once: the order of requests is known only when all of them are. */
export const collect = async <Item>(items: AsyncIterable<Item> | Iterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};
