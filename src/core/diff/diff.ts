import { diffGroups } from "./groups.ts";
import type { DiffInput, DiffResult } from "./input.ts";
import { diffPeople } from "./people.ts";

/**
 * What has to change so that the organization equals the directory: pure, and the only place where that is decided.
 * Without `organization` the links stand for it; on a server that can be read such a result only tells whether there
 * is anything to read for.
 */
export const diff = (input: DiffInput): DiffResult => {
  const people = diffPeople(input);
  const groups = diffGroups(input, people.standing);
  return {
    changes: [...people.changes, ...groups.changes],
    notes: [...input.desired.notes, ...people.notes, ...groups.notes],
    updates: {
      people: people.updates,
      groups: groups.updates,
      gonePeople: people.ended,
      goneGroups: groups.ended,
    },
    unchangedPeople: people.unchanged,
    unchangedGroups: groups.unchanged,
    strangers: people.strangers,
  };
};
