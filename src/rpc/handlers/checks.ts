import type { Diagnostic } from "../../core/diagnostic.ts";
import { isFault, type Fault } from "../../core/fault.ts";
import type { Runtime } from "../../engine/dependencies.ts";
import { findProfile, findSettings, type Profile } from "../../engine/profile.ts";
import type { Handlers } from "../contract.ts";
import { runtimeOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { draftedSettings } from "./draft.ts";
import { describeDirectory } from "./summary.ts";
import { noteLine } from "./wire.ts";

export const checkHandlers = (
  dependencies: HandlerDependencies,
): Pick<Handlers, "directory.check" | "organization.check"> => ({
  "directory.check": async ({ profile: name, draft }, options) => {
    const { given, ...profile } =
      draft === undefined
        ? { ...(await findSettings(dependencies.engine, name, false)), given: undefined }
        : await draftedSettings(dependencies, name, draft);
    const found = new Map<string, Diagnostic>();
    const runtime: Runtime = {
      ...runtimeOf(options),
      found: (finding) => {
        found.set(JSON.stringify(finding), finding);
        options.onProgress({ findings: [...found.values()].map(noteLine) });
      },
    };
    const findings = await checkDirectory(dependencies, profile, runtime, given);
    // What went well before a failure is told too.
    for (const finding of findings) found.set(JSON.stringify(finding), finding);
    return { name: describeDirectory(profile.config), findings: [...found.values()].map(noteLine) };
  },
  "organization.check": async ({ profile: name }, options) => {
    const profile = await findProfile(dependencies.engine, name, false);
    return {
      name: profile.organization.server,
      findings: (await checkOrganization(dependencies, profile, runtimeOf(options))).map(noteLine),
    };
  },
});

/** Connects, logs in and looks, step by step; changes nothing. What fails is the last finding. */
export const checkDirectory = (
  { openDrafted }: HandlerDependencies,
  profile: Pick<Profile, "name" | "config">,
  runtime: Runtime,
  given: ReadonlyMap<string, string> = new Map(),
): Promise<Diagnostic[]> =>
  findingsOf(async () => {
    await using directory = await openDrafted(profile.name, profile.config, runtime, given);
    return await directory.check();
  });

export const checkOrganization = (
  { engine }: HandlerDependencies,
  profile: Profile,
  runtime: Runtime,
): Promise<Diagnostic[]> =>
  findingsOf(async () => {
    await using organization = await engine.openOrganization(profile.organizationName, profile.organization, runtime);
    const findings = await organization.check();
    return organization.read === undefined && profile.organization.owners === undefined
      ? [...findings, { code: "owners.unknown", severity: "warning" }]
      : findings;
  });

const findingsOf = async (look: () => Promise<Diagnostic[]>): Promise<Diagnostic[]> => {
  try {
    return await look();
  } catch (error) {
    if (!isFault(error) || error.code === "run.interrupted") throw error;
    return [findingOf(error)];
  }
};

/** A Fault as a finding; its code keeps the words of `fault.<code>`. */
export const findingOf = (fault: Fault): Diagnostic => ({
  code: fault.code,
  severity: "error",
  params: fault.params,
});
