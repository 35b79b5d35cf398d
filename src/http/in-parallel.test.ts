import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { inParallel } from "./in-parallel.ts";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe("work in parallel", () => {
  it("given items, then each is done once, and no more are under way than told", async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    const work = async (item: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      for (let turns = item % 3; turns >= 0; turns -= 1) await turn();
      running -= 1;
      return item;
    };
    for await (const item of inParallel(numbers(50), 5, work)) done.push(item);
    expect(done.toSorted((left, right) => left - right)).toEqual(numbers(50));
    expect(most).toBe(5);
  });
  it("given a slow taker, then nothing is begun beyond what was told", async () => {
    let begun = 0;
    const results = inParallel(numbers(50), 3, (item) => {
      begun += 1;
      return Promise.resolve(item);
    });
    await results.next();
    await turn();
    expect(begun).toBe(3);
    await results.return(undefined);
  });
  it("given a failure while nobody waits, then whoever takes next hears of it", async () => {
    const results = inParallel(numbers(9), 3, (item) =>
      item === 2 ? Promise.reject(new Error("page 2")) : turn(item),
    );
    const taken = (async () => {
      for await (const item of results) await turn(item);
    })();
    await expect(taken).rejects.toThrow("page 2");
  });
});
