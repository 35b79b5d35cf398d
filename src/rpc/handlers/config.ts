import { Config } from "../../config/schema.ts";
import type { ShownValue } from "../../config/configuration.ts";
import { readFilter } from "../../core/filter/read.ts";
import { Fault } from "../../core/fault.ts";
import { chooseProfile } from "../../engine/profile.ts";
import type { Handlers } from "../contract.ts";
import { audit, faultShape, reasonOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";

export const configHandlers = (
  dependencies: HandlerDependencies,
): Pick<Handlers, Extract<keyof Handlers, `config.${string}`>> => {
  const { configuration } = dependencies;
  return {
    "config.show": async ({ profile, flags = {} }) => {
      const values = await configuration.values(profile, flags);
      return { values: values.map(shown) };
    },

    "config.get": async ({ path, profile }) => {
      const found = await configuration.get(path, await profileFor(dependencies, path, profile, false));
      return { path: found.path, value: found.value ?? null, text: found.text };
    },

    "config.set": async ({ path, value, profile }) => {
      const name = await profileFor(dependencies, path, profile, true);
      if (name !== undefined) await refuseMalformedFilter(dependencies, name, path, value);
      const { path: full, text, before } = await configuration.set(path, value, name);
      await audit(dependencies, "config.set", {
        ...(name === undefined ? {} : { profile: name }),
        detail: `${full}: ${before ?? ""} → ${text}`,
      });
      return { path: full, text, ...(before === undefined ? {} : { before }) };
    },

    "config.unset": async ({ path, profile }) => {
      const name = await profileFor(dependencies, path, profile, true);
      const { path: full, before } = await configuration.unset(path, name);
      await audit(dependencies, "config.unset", {
        ...(name === undefined ? {} : { profile: name }),
        detail: `${full}: ${before ?? ""} → ${(await configuration.get(full, name)).text}`.trim(),
      });
      return { path: full, ...(before === undefined ? {} : { before }) };
    },

    "config.check": async () => {
      const faults = await configuration.check();
      return { file: configuration.file, faults: faults.map(faultShape) };
    },

    "config.dump": async ({ profile }) => ({ text: await configuration.dump(profile) }),

    "config.load": async ({ path }) => {
      const loaded = await configuration.load(await readConfiguration(dependencies, path), path);
      for (const profile of loaded.profiles) await audit(dependencies, "profile.load", { profile, detail: path });
      await audit(dependencies, "config.load", {
        detail: [
          ...loaded.profiles.map((name) => `profile ${name}`),
          ...loaded.organizations.map((name) => `organization ${name}`),
        ].join(", "),
      });
      return { profiles: [...loaded.profiles], organizations: [...loaded.organizations] };
    },
  };
};

/** Settings of the installation have no profile; for all others it is the one named, or the only or current one. */
const profileFor = async (
  { configuration }: HandlerDependencies,
  path: string,
  asked: string | undefined,
  changing: boolean,
): Promise<string | undefined> => {
  const [first = ""] = path.split(".");
  if (asked === undefined && Object.hasOwn(Config.shape, first)) return undefined;
  return chooseProfile(await configuration.read(), asked, changing);
};

const readConfiguration = async ({ files }: HandlerDependencies, path: string): Promise<string> => {
  try {
    return await files.text(path);
  } catch (error) {
    throw new Fault("config.unreadable", { path, reason: reasonOf(error) }, error);
  }
};

const shown = ({
  path,
  text,
  source,
  from,
  title,
}: ShownValue): { path: string; value: string; source: string; title?: string } => ({
  path,
  value: text,
  source: from === undefined ? source : `${source} ${from}`,
  ...(title === undefined ? {} : { title }),
});

/** A filter is refused when it is typed, not when the next run reads it; what is the directory's own part it judges itself. */
const refuseMalformedFilter = async (
  { configuration }: HandlerDependencies,
  profile: string,
  path: string,
  value: string,
): Promise<void> => {
  const [, setting] = /(?:^|\.)sync\.(userFilter|groupFilter)$/u.exec(path) ?? [];
  const directory = (await configuration.read()).config.profiles[profile]?.directory.kind;
  if (setting === undefined || directory === undefined) return;
  readFilter(value, { subject: setting === "userFilter" ? "people" : "groups", setting, directory });
};
