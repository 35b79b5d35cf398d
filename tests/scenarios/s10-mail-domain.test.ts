/** Product §10 (i), where some had not accepted yet: only these are invited again, at their new address. */
import { expect, it } from "vitest";
import { group, many, person } from "./directory.ts";
import { createWorld, hours } from "./world.ts";

it("given the firm changes its mail domain and ten of fifty had not accepted, then it stops once, and only these ten are invited anew", async () => {
  const world = await createWorld({
    directory: { people: many(50), groups: [group("all", ...many(50))] },
    seats: null,
  });
  await world.review();
  for (const id of many(40)) world.sandbox.byHand.accept(id);
  world.pass(25 * hours);
  world.directory.people = many(50).map((id) => person(id, { email: `${id}@new.test` }));
  const stopped = await world.sync();
  expect(stopped).toMatchObject({ outcome: "guard", guards: ["guard.access-lost", "guard.identity"] });
  world.sandbox.state.mails.length = 0;
  expect(await world.sync({ accept: stopped.digest })).toMatchObject({ outcome: "done" });
  const invited = world.sandbox.state.mails.filter(({ kind }) => kind === "invitation").map(({ to }) => to);
  expect(invited.toSorted()).toEqual(
    many(50)
      .slice(40)
      .map((id) => `${id}@new.test`),
  );
  expect(world.members().filter((line) => line.endsWith("/accepted"))).toHaveLength(40);
  expect(world.sandbox.byHand.findGroup("all")?.memberIds.size).toBe(50);
  world.pass(hours);
  expect(await world.sync({ full: true })).toMatchObject({ outcome: "unchanged", changes: [] });
});
