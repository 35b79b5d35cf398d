/** Whatever the organization and the directory hold: a plan says exactly what happens, and nothing else does. */
import { expect, it } from "vitest";
import { tryMany } from "../fidelity/try-many.ts";

it(
  "what a plan foretells is what the organization holds once it was applied, and the next plan is empty",
  { timeout: 300_000 },
  async () => {
    const { cases, differences, seen } = await tryMany({ cases: 300, seed: 20_261_124, shrink: true });
    expect(differences).toEqual([]);
    expect(cases).toBe(300);
    const actions = new Set([...seen.keys()].map((what) => what.split(" ", 1)[0]));
    for (const action of actionsToSee) expect(actions).toContain(action);
  },
);

/** What the cases must have led to, or they show nothing. */
const actionsToSee = [
  "adopt",
  "revoke",
  "remove",
  "readdress",
  "restore",
  "stamp",
  "invite",
  "stage",
  "create-group",
  "rename-group",
  "change-members",
  "empty-group",
  "remove-group",
];
