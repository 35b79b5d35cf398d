import { readOriginal } from "../../config/import/original.ts";
import { translate, type Translated } from "../../config/import/translate.ts";
import type { ConfigDraft } from "../../config/configuration.ts";
import { valueText } from "../../config/text.ts";
import { isObject } from "../../config/shape.ts";
import { Fault } from "../../core/fault.ts";
import { organizationIdOf } from "../../engine/profile.ts";
import type { Handlers, Input } from "../contract.ts";
import { audit, reasonOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { place } from "./settings.ts";
import { keepSecret, type StoreKind } from "./stored-secret.ts";
import { describeDirectory } from "./summary.ts";
import { noteLine } from "./wire.ts";

/** Takes over what somebody set up in Bitwarden's own Directory Connector; that stays as it is. */
export const importHandlers = (dependencies: HandlerDependencies): Pick<Handlers, "import.read" | "import.apply"> => ({
  "import.read": async (input) => {
    const wanted = await read(dependencies, input);
    const { translated, organization, profile } = wanted;
    const { kind } = await dependencies.secrets.store();
    const { configuration, faults } = await dependencies.configuration.preview((draft) =>
      put(draft, wanted, () => ({ [kind]: true })),
    );
    const [fault] = faults.filter(({ params }) => String(params["field"]).startsWith(`profiles.${profile}.directory`));
    if (fault !== undefined) throw fault;
    const config = configuration.config.profiles[profile];
    return {
      organization: {
        name: organization.name,
        server: organization.server,
        known: organization.known,
        ...(translated.clientId === undefined ? {} : { clientId: translated.clientId }),
      },
      profile,
      directory: config === undefined ? translated.directory.kind : describeDirectory(config),
      settings: settingsOf(translated),
      notes: translated.notes.map(noteLine),
      missing: missingOf(wanted),
    };
  },

  "import.apply": async (input) => {
    const { configuration, secrets, uuid } = dependencies;
    const wanted = await read(dependencies, input);
    const { translated, organization, profile } = wanted;
    if (await configuration.isLocked())
      throw new Fault("config.locked", { path: configuration.file, field: `profiles.${profile}` });
    const stored: { readonly name: string; readonly storedIn: StoreKind }[] = [];
    const { kind } = await secrets.store();
    const references = new Map<string, unknown>();
    try {
      for (const [path, secret] of translated.secrets) {
        const name = secretName(wanted, path);
        if (secret === undefined || (path === "clientSecret" && organization.known)) continue;
        const kept = await keepSecret(dependencies, name, secret, undefined);
        stored.push({ name, storedIn: kept.storedIn });
        references.set(path, kept.reference);
      }
      const id = uuid();
      await configuration.edit((draft) => put(draft, wanted, (path) => references.get(path) ?? { [kind]: true }, id));
    } catch (error) {
      for (const { name, storedIn } of stored) await (await secrets.store(storedIn)).delete(name);
      throw error;
    }
    await audit(dependencies, "profile.import", { profile, detail: input.path ?? "data.json" });
    return { organization: organization.name, profile, missing: missingOf(wanted) };
  },
});

interface Wanted {
  readonly translated: Translated;
  readonly organization: { readonly name: string; readonly server: string; readonly known: boolean };
  readonly profile: string;
}

const read = async (
  { configuration, files }: HandlerDependencies,
  { path, text }: Input<"import.read">,
): Promise<Wanted> => {
  const file = path ?? "data.json";
  const content =
    text ??
    (await files.text(file).catch((error: unknown) => {
      throw new Fault("config.unreadable", { path: file, reason: reasonOf(error) }, error);
    }));
  const translated = translate(readOriginal(content, file), file);
  const { config, broken } = await configuration.read();
  const known = Object.entries(config.organizations);
  const { clientId } = translated;
  const same = known.find(
    ([, one]) => clientId === undefined || organizationIdOf(one) === organizationIdOf({ clientId }),
  );
  const name = same?.[0] ?? freeName((wish) => wish in config.organizations);
  return {
    translated,
    organization: { name, server: same?.[1].server ?? translated.organization.server, known: same !== undefined },
    profile: freeName((wish) => wish in config.profiles || broken.has(wish)),
  };
};

const freeName = (isTaken: (name: string) => boolean): string => {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? "main" : `main-${number}`;
    if (!isTaken(name)) return name;
  }
};

/** Puts it into the files' content; without an organization's id the log-in that comes later makes it. */
const put = (
  draft: ConfigDraft,
  { translated, organization, profile }: Wanted,
  reference: (path: string) => unknown,
  id?: string,
): void => {
  const { clientId, directory, sync, schedule, secrets } = translated;
  if (!organization.known && clientId !== undefined)
    draft.organizations[organization.name] = {
      ...translated.organization,
      clientId,
      clientSecret: reference("clientSecret"),
    };
  const made: Record<string, unknown> = {
    organization: organization.name,
    directory: { ...directory },
    sync,
    schedule,
  };
  if (id !== undefined) made["id"] = id;
  for (const path of secrets.keys()) if (path !== "clientSecret") place(made, path, reference(path));
  draft.profiles[profile] = made;
};

const secretName = ({ organization, profile }: Wanted, path: string): string =>
  path === "clientSecret" ? `organizations.${organization.name}.clientSecret` : `profiles.${profile}.${path}`;

const missingOf = (wanted: Wanted): string[] =>
  [...wanted.translated.secrets].flatMap(([path, secret]) =>
    secret === undefined && !(path === "clientSecret" && wanted.organization.known) ? [secretName(wanted, path)] : [],
  );

/** Every setting that is taken over, as `config set` has it. */
const settingsOf = ({ directory, sync, schedule }: Translated): { path: string; text: string }[] =>
  Object.entries({ directory, sync, schedule }).flatMap(([group, values]) =>
    Object.entries(values).flatMap(([name, value]) =>
      isObject(value)
        ? Object.entries(value).map(([inner, each]) => ({ path: `${group}.${name}.${inner}`, text: valueText(each) }))
        : [{ path: `${group}.${name}`, text: valueText(value) }],
    ),
  );
