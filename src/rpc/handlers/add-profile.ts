import type { Configuration } from "../../config/configuration.ts";
import { Fault } from "../../core/fault.ts";
import type { Input } from "../contract.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { place, readSettings } from "./settings.ts";
import { keepSecret } from "./stored-secret.ts";

/** Makes a profile from settings as text and secrets as they are; when the configuration refuses it, its secrets go again. */
export const addProfile = async (
  dependencies: HandlerDependencies,
  { name, organization, settings, secrets: given = {} }: Input<"profiles.add">,
): Promise<Configuration> => {
  const { configuration, secrets, uuid } = dependencies;
  const before = await configuration.read();
  if (name in before.config.profiles || before.broken.has(name)) throw new Fault("profile.exists", { profile: name });
  if (await configuration.isLocked())
    throw new Fault("config.locked", { path: configuration.file, field: `profiles.${name}` });
  const profile: Record<string, unknown> = {
    ...readSettings(settings),
    id: uuid(),
    organization: chooseOrganization(before, organization),
  };
  const stored: { readonly name: string; readonly storedIn: "keychain" | "sealed" }[] = [];
  try {
    for (const [path, secret] of Object.entries(given)) {
      const kept = await keepSecret(dependencies, `profiles.${name}.${path}`, secret, undefined);
      stored.push({ name: `profiles.${name}.${path}`, storedIn: kept.storedIn });
      place(profile, path, kept.reference);
    }
    return await configuration.edit((draft) => {
      draft.profiles[name] = profile;
    });
  } catch (error) {
    for (const secret of stored) await (await secrets.store(secret.storedIn)).delete(secret.name);
    throw error;
  }
};

/** The organization named; the only one there is otherwise. */
const chooseOrganization = ({ config }: Configuration, asked: string | undefined): string => {
  const known = Object.keys(config.organizations).sort();
  if (asked !== undefined) {
    if (known.includes(asked)) return asked;
    throw new Fault("organization.unknown", { name: asked, known });
  }
  const [only, ...others] = known;
  if (only === undefined) throw new Fault("organization.none", {});
  if (others.length > 0) throw new Fault("organization.ambiguous", { count: known.length, known });
  return only;
};
