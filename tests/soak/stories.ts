import { missing389 } from "../servers/389ds/389ds.ts";
import { missingOpenLdap } from "../servers/openldap/openldap.ts";
import { missingSamba } from "../servers/samba/samba.ts";
import { start389Story } from "./389ds.ts";
import { startOpenLdapStory } from "./openldap.ts";
import { startSambaStory } from "./samba.ts";
import type { Story } from "./story.ts";

interface StoryKind {
  readonly name: string;
  /** Why it cannot be told here. */
  readonly missing: string | undefined;
  /** The one that the tests tell; absent where a longer soak alone does. */
  readonly seed?: number;
  readonly start: (random: () => number) => Promise<Story>;
}

/** Every kind of server that tells what changed. */
export const stories: readonly StoryKind[] = [
  {
    name: "OpenLDAP with a log",
    missing: missingOpenLdap(),
    seed: 1,
    start: (random) => startOpenLdapStory({ log: true, renamesMembers: false }, random),
  },
  {
    name: "OpenLDAP that renames members",
    missing: missingOpenLdap(),
    seed: 2,
    start: (random) => startOpenLdapStory({ log: false, renamesMembers: true }, random),
  },
  {
    name: "389 Directory Server",
    missing: missing389(),
    start: (random) => start389Story({ plugins: false }, random),
  },
  {
    name: "389 Directory Server that renames members",
    missing: missing389(),
    seed: 8,
    start: (random) => start389Story({ plugins: true }, random),
  },
  { name: "Samba Active Directory", missing: missingSamba(), seed: 5, start: startSambaStory },
];
