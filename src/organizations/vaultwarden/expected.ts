import type { Known, Step } from "../organization.ts";

/**
 * About how many milliseconds Vaultwarden works on a step (measured: organization protocol §11.5, an optimized build on two
 * busy cores): 0.9 for a new person, 0.2 for a known one, and each membership scans the table of members up to a row, half
 * of it on average. Mails come on top: the server sends one to each new person before it answers.
 */
export const expected = (step: Step, { memberCount }: Pick<Known, "memberCount">): number => {
  if (step.kind !== "import") return milliseconds.request;
  const people = step.members.reduce(
    (sum, { deleted }) => sum + (deleted ? milliseconds.known : milliseconds.fresh),
    0,
  );
  const memberships = step.groups.reduce((sum, { memberExternalIds }) => sum + memberExternalIds.length, 0);
  return milliseconds.request + people + memberships * memberCount * milliseconds.scannedMember;
};

const milliseconds = { request: 20, fresh: 0.9, known: 0.2, scannedMember: 0.0001 } as const;
