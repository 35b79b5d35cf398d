import { leavesOf, shapeOf } from "../../config/shape.ts";
import { ProfileConfig } from "../../config/schema.ts";
import { valueText } from "../../config/text.ts";
import type { Configuration } from "../../config/configuration.ts";
import { Fault, isFault } from "../../core/fault.ts";
import { chooseProfile, describeProfile, findProfile } from "../../engine/profile.ts";
import type { Handlers, Output } from "../contract.ts";
import { addProfile } from "./add-profile.ts";
import { audit, faultShape, isoTime } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { keptIn, removeSecret } from "./stored-secret.ts";

type Names = Exclude<
  Extract<keyof Handlers, `profiles.${string}`>,
  "profiles.get" | "profiles.check" | "profiles.save"
>;
type ProfileSummary = Output<"profiles.use">;

export const profileHandlers = (dependencies: HandlerDependencies): Pick<Handlers, Names> => ({
  "profiles.list": async () => {
    const configuration = await dependencies.configuration.read();
    const names = [...Object.keys(configuration.config.profiles), ...configuration.broken.keys()].sort();
    return {
      profiles: await Promise.all(names.map((name) => summarizeProfile(dependencies, configuration, name))),
    };
  },

  "profiles.add": async (input) => {
    const after = await addProfile(dependencies, input);
    await audit(dependencies, "profile.add", { profile: input.name });
    return summarizeProfile(dependencies, after, input.name);
  },

  "profiles.use": async ({ name }) => {
    await known(dependencies, name);
    const after = await dependencies.configuration.edit((draft) => {
      draft.currentProfile = name;
    });
    await audit(dependencies, "profile.use", { profile: name });
    return summarizeProfile(dependencies, after, name);
  },

  "profiles.rename": async ({ name, to }) => {
    const before = await known(dependencies, name);
    if (to !== name && (to in before.config.profiles || before.broken.has(to)))
      throw new Fault("profile.exists", { profile: to });
    const moved = await moveSecrets(dependencies, before, name, to);
    try {
      const after = await dependencies.configuration.edit((draft) => {
        const profile = draft.profiles[name];
        if (profile === undefined)
          throw new Fault("profile.unknown", { profile: name, known: Object.keys(draft.profiles) });
        const { [name]: _renamed, ...others } = draft.profiles;
        draft.profiles = { ...others, [to]: profile };
        if (draft.currentProfile === name) draft.currentProfile = to;
      });
      await moved.finish();
      await audit(dependencies, "profile.rename", { profile: to, detail: name });
      return await summarizeProfile(dependencies, after, to);
    } catch (error) {
      await moved.undo();
      throw error;
    }
  },

  "profiles.remove": async ({ name, forget = false }) => {
    const before = await known(dependencies, name);
    const profile = before.config.profiles[name];
    await dependencies.configuration.edit((draft) => {
      const { [name]: _removed, ...others } = draft.profiles;
      draft.profiles = others;
      if (draft.currentProfile === name) delete draft.currentProfile;
    });
    for (const secret of secretsOf(profile))
      await removeSecret(dependencies, `profiles.${name}.${secret.path}`, secret.reference);
    if (forget && profile !== undefined && profile.organization in before.config.organizations)
      await dependencies.engine.store.forgetProfile(describeProfile(before.config, name, profile).key);
    await audit(dependencies, forget ? "profile.forget" : "profile.remove", { profile: name });
    return { name, forgotten: forget };
  },

  "profiles.pause": async ({ profile: asked, why }) => {
    const { engine } = dependencies;
    const profile = await findProfile(engine, asked, true);
    const paused = { at: engine.clock.now(), by: engine.actor.who, ...(why === undefined ? {} : { why }) };
    await engine.store.saveState(profile.key, { paused });
    await audit(dependencies, "profile.pause", {
      profile: profile.name,
      ...(why === undefined ? {} : { detail: why }),
    });
    return summarizeProfile(dependencies, await dependencies.configuration.read(), profile.name);
  },

  "profiles.resume": async ({ profile: asked }) => {
    const { engine } = dependencies;
    const profile = await findProfile(engine, asked, true);
    await engine.store.saveState(profile.key, { paused: undefined });
    await audit(dependencies, "profile.resume", { profile: profile.name });
    return summarizeProfile(dependencies, await dependencies.configuration.read(), profile.name);
  },

  "profiles.protect": async ({ profile: asked, add = [], remove = [] }) => {
    const configuration = await dependencies.configuration.read();
    const name = chooseProfile(configuration, asked, add.length > 0 || remove.length > 0);
    const present = configuration.config.profiles[name]?.protect.map(normalAddress) ?? [];
    const taken = new Set(remove.map(normalAddress));
    const added = add.map(normalAddress);
    for (const address of added)
      if (!address.includes("@")) throw new Fault("usage.invalid", { command: "protect", reason: address });
    const protect = [...new Set([...present, ...added])].filter((address) => !taken.has(address)).sort();
    if (protect.join("\n") !== [...new Set(present)].sort().join("\n")) {
      await dependencies.configuration.edit((draft) => {
        draft.profiles[name] = { ...draft.profiles[name], protect };
      });
      const detail = `profiles.${name}.protect: ${valueText(present)} → ${valueText(protect)}`;
      await audit(dependencies, "profile.protect", { profile: name, detail });
    }
    return { protect };
  },
});

const normalAddress = (address: string): string => address.trim().toLowerCase();

/** The configuration, in which the profile is known, though it may be broken. */
const known = async (dependencies: HandlerDependencies, name: string): Promise<Configuration> => {
  const configuration = await dependencies.configuration.read();
  chooseProfile(configuration, name, true);
  return configuration;
};

const summarizeProfile = async (
  { engine }: HandlerDependencies,
  { config, broken }: Configuration,
  name: string,
): Promise<ProfileSummary> => {
  const profile = config.profiles[name];
  const names = [...Object.keys(config.profiles), ...broken.keys()];
  const current = config.currentProfile === name || (config.currentProfile === undefined && names.length === 1);
  const fault = broken.get(name);
  if (profile === undefined || fault !== undefined)
    return {
      name,
      id: "",
      organization: "",
      directory: "",
      current,
      ...(fault === undefined ? {} : { fault: faultShape(fault) }),
    };
  const summary = {
    name,
    id: profile.id,
    organization: profile.organization,
    directory: profile.directory.kind,
    current,
  };
  try {
    const { paused } = await engine.store.state(describeProfile(config, name, profile).key);
    return {
      ...summary,
      ...(paused === undefined
        ? {}
        : {
            paused: { at: isoTime(paused.at), by: paused.by, ...(paused.why === undefined ? {} : { why: paused.why }) },
          }),
    };
  } catch (error) {
    if (!isFault(error, "organization.unknown")) throw error;
    return { ...summary, fault: faultShape(error) };
  }
};

/** The secret settings of a profile that have a value. */
const secretsOf = (profile: ProfileConfig | undefined): { path: string; reference: unknown }[] =>
  profile === undefined
    ? []
    : [...leavesOf(shapeOf(ProfileConfig), profile)]
        .filter(({ shape, value }) => shape.type.is === "secret" && value !== undefined)
        .map(({ path, value }) => ({ path: path.join("."), reference: value }));

/** Our own stores keep secrets under the profile's name, so a new name needs copies; the old ones go last. */
const moveSecrets = async (
  { secrets }: HandlerDependencies,
  { config }: Configuration,
  name: string,
  to: string,
): Promise<{ finish(): Promise<void>; undo(): Promise<void> }> => {
  const erase: { old: () => Promise<void>; copy: () => Promise<void> }[] = [];
  if (to !== name)
    for (const { path, reference } of secretsOf(config.profiles[name])) {
      const kind = keptIn(reference);
      if (kind === undefined) continue;
      const store = await secrets.store(kind);
      const secret = await store.get(`profiles.${name}.${path}`);
      if (secret === undefined) continue;
      await store.set(`profiles.${to}.${path}`, secret);
      erase.push({
        old: () => store.delete(`profiles.${name}.${path}`),
        copy: () => store.delete(`profiles.${to}.${path}`),
      });
    }
  return {
    finish: async () => {
      for (const { old } of erase) await old();
    },
    undo: async () => {
      for (const { copy } of erase) await copy();
    },
  };
};
