import type { Diagnostic } from "../../core/diagnostic.ts";
import { isFault } from "../../core/fault.ts";
import type { Runtime } from "../../engine/dependencies.ts";
import { describeProfile } from "../../engine/profile.ts";
import type { Handlers } from "../contract.ts";
import { checkDirectory, checkOrganization, findingOf } from "./checks.ts";
import { faultOf, runtimeOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { secretsIn, statusOf } from "./secrets.ts";
import { noteLine } from "./wire.ts";

/** Everything an installation stands on, looked at without changing anything; every part goes on where another fails. */
export const doctorHandlers = (dependencies: HandlerDependencies): Pick<Handlers, "doctor.run"> => ({
  "doctor.run": async (_input, options) => {
    const runtime = runtimeOf(options);
    const findings: Diagnostic[] = [];
    const add = async (part: () => Promise<readonly Diagnostic[]>): Promise<void> => {
      runtime.signal.throwIfAborted();
      findings.push(...(await part()));
    };
    await add(() => dependencies.checkHome());
    await add(() => checkStore(dependencies));
    await add(() => checkConfiguration(dependencies));
    await add(() => checkSecrets(dependencies));
    await add(() => checkEnds(dependencies, runtime));
    return { findings: findings.map(noteLine) };
  },
});

/** Readable, of our layout, and where it is. */
const checkStore = async ({ engine }: HandlerDependencies): Promise<Diagnostic[]> => {
  try {
    const { layout, location } = await engine.store.describe();
    return [{ code: "doctor.store", severity: "ok", params: { path: location, layout } }];
  } catch (error) {
    return [findingOf(faultOf(error))];
  }
};

const checkConfiguration = async ({ configuration }: HandlerDependencies): Promise<Diagnostic[]> => {
  const faults = await configuration.check();
  return faults.length > 0
    ? faults.map(findingOf)
    : [
        {
          code: "doctor.config",
          severity: "ok",
          params: { path: configuration.file, locked: await configuration.isLocked() },
        },
      ];
};

const checkSecrets = async (dependencies: HandlerDependencies): Promise<Diagnostic[]> => {
  const { config } = await dependencies.configuration.read();
  const statuses = await Promise.all(secretsIn(config).map((secret) => statusOf(dependencies, secret)));
  return statuses.map(({ name, reference, fault }) => ({
    code: fault === undefined ? "doctor.secret" : fault.code,
    severity: fault === undefined ? "ok" : "error",
    params: { field: name, place: reference, ...fault?.params },
  }));
};

/** Each directory, and each organization once, though several profiles use it. */
const checkEnds = async (dependencies: HandlerDependencies, runtime: Runtime): Promise<Diagnostic[]> => {
  const { config } = await dependencies.configuration.read();
  const findings: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const [name, settings] of Object.entries(config.profiles)) {
    runtime.signal.throwIfAborted();
    try {
      const profile = describeProfile(config, name, settings);
      findings.push({ code: "doctor.profile", severity: "ok", params: { profile: name } });
      findings.push(...(await checkDirectory(dependencies, profile, runtime)));
      if (!seen.has(profile.organizationName))
        findings.push(...(await checkOrganization(dependencies, profile, runtime)));
      seen.add(profile.organizationName);
    } catch (error) {
      if (!isFault(error) || error.code === "run.interrupted") throw error;
      findings.push(findingOf(error));
    }
  }
  return findings;
};
