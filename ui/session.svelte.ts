import type { Output } from "../src/rpc/contract.ts";
import { call } from "./engine.svelte.ts";
import { mayChange } from "./route.svelte.ts";

export type Profile = Output<"profiles.list">["profiles"][number];
export type Organization = Output<"organizations.list">["organizations"][number];

let profiles = $state.raw<readonly Profile[]>([]);
let organizations = $state.raw<readonly Organization[]>([]);
let loaded = $state(false);
let failed = $state.raw<unknown>();
/** Profiles whose last run a guard stopped. */
let stopped = $state.raw<ReadonlySet<string>>(new Set());

/** What every page knows: the organizations, the profiles, and which of them is shown. */
export const session = {
  get profiles(): readonly Profile[] {
    return profiles;
  },
  get organizations(): readonly Organization[] {
    return organizations;
  },
  /** The profile that is shown: the one chosen last, else the first. */
  get profile(): Profile | undefined {
    return profiles.find(({ current }) => current) ?? profiles[0];
  },
  /** The organization of that profile; without a profile the first one. */
  get organization(): Organization | undefined {
    const of = session.profile?.organization;
    return organizations.find(({ name }) => name === of) ?? (of === undefined ? organizations[0] : undefined);
  },
  get stopped(): ReadonlySet<string> {
    return stopped;
  },
  /** Whether it has been read once. */
  get loaded(): boolean {
    return loaded;
  },
  /** What kept it from being read, if something did. */
  get failed(): unknown {
    return failed;
  },
};

/** Reads it anew, after whatever may have changed it. */
export const refreshSession = async (): Promise<void> => {
  try {
    const [listed, known] = await Promise.all([call("profiles.list", {}), call("organizations.list", {})]);
    profiles = listed.profiles;
    organizations = known.organizations;
    failed = undefined;
    loaded = true;
    await refreshStopped();
  } catch (error) {
    failed = error;
  }
};

/** Looks anew which profiles wait for an answer to a guard. */
export const refreshStopped = async (): Promise<void> => {
  const found = await Promise.all(
    profiles.map(async ({ name }) => {
      const { run } = await call("runs.last", { profile: name }).catch(() => ({ run: undefined }));
      return run?.outcome === "guard" ? [name] : [];
    }),
  );
  stopped = new Set(found.flat());
};

/** Shows another profile, here and for whoever names none. */
export const chooseProfile = async (name: string): Promise<void> => {
  if (!(await mayChange())) return;
  await call("profiles.use", { name });
  await refreshSession();
};

/** An address as people read it: the host of a server's URL. */
export const hostOf = (url: string): string => {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
};
