/** The world of a test, closed after it. */
import { onTestFinished } from "vitest";
import { openWorld, type World, type WorldOptions } from "./open-world.ts";

export { days, hours, minutes, type Settings, type Told, type World, type WorldOptions } from "./open-world.ts";

/** A hook of the module would belong to the first file a worker imports it for, and leave the worlds of all others open. */
export const createWorld = async (options: WorldOptions = {}): Promise<World> => {
  const world = await openWorld(options);
  onTestFinished(() => world[Symbol.asyncDispose]());
  return world;
};
