/** A firm whose first plan was reviewed a day ago, so that no guard counts it any more. */
import { group, many } from "./directory.ts";
import { createWorld, hours, type Settings, type World, type WorldOptions } from "./world.ts";

export const begin = async (count: number, settings: Settings = {}, more: WorldOptions = {}): Promise<World> => {
  const world = await createWorld({
    directory: { people: many(count), groups: [group("sales", "p1", "p2")] },
    settings,
    seats: null,
    ...more,
  });
  await world.review();
  world.pass(25 * hours);
  return world;
};
/** A member of the organization as `email/externalId/status`. */
export const line = (world: World, id: string) => world.members().find((one) => one.split("/")[1] === id);
