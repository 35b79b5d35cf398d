/** The world of a test, closed after it. */
import { afterEach } from "vitest";
import { openWorld, type World, type WorldOptions } from "./open-world.ts";

export { days, hours, minutes, type Settings, type Told, type World, type WorldOptions } from "./open-world.ts";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const world of opened.splice(0).toReversed()) await world[Symbol.asyncDispose]();
});

export const createWorld = async (options: WorldOptions = {}): Promise<World> => {
  const world = await openWorld(options);
  opened.push(world);
  return world;
};
