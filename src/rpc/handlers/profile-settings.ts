import type { ShownValue } from "../../config/configuration.ts";
import { valueText } from "../../config/text.ts";
import { Fault } from "../../core/fault.ts";
import type { Draft } from "../contract/draft.ts";
import type { Handlers, Output } from "../contract.ts";
import { audit, faultShape } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { applyDraft, draftedName, judgeDraft } from "./draft.ts";
import { keepSecret, keptIn, type StoreKind } from "./stored-secret.ts";

type Names = "profiles.get" | "profiles.check" | "profiles.save";

/** A profile's settings as a form has them: all at once, judged whole, saved whole. */
export const profileSettingsHandlers = (dependencies: HandlerDependencies): Pick<Handlers, Names> => ({
  "profiles.get": async ({ profile, create = false }) =>
    create
      ? newSettings(dependencies, profile ?? "main")
      : settingsOf(dependencies, await draftedName(dependencies, profile, {}, false)),

  "profiles.check": async ({ profile, draft }) => {
    const { faults } = await judgeDraft(dependencies, await draftedName(dependencies, profile, draft, false), draft);
    return { faults: faults.map(faultShape) };
  },

  "profiles.save": async ({ profile, revision, draft }) => {
    const name = await draftedName(dependencies, profile, draft, true);
    await save(dependencies, name, revision, draft);
    return settingsOf(dependencies, name);
  },
});

const settingsOf = async (dependencies: HandlerDependencies, name: string): Promise<Output<"profiles.get">> => {
  const { configuration } = dependencies;
  const [{ revision }, locked, values, judged] = await Promise.all([
    configuration.read(),
    configuration.isLocked(),
    configuration.values(name),
    judgeDraft(dependencies, name, { changes: {} }),
  ]);
  const below = `profiles.${name}.`;
  return {
    name,
    revision,
    locked,
    values: values.map((value) => ({ ...shownValue(value), path: value.path.slice(below.length) })),
    faults: judged.faults.map(faultShape),
  };
};

const newSettings = async ({ configuration }: HandlerDependencies, name: string): Promise<Output<"profiles.get">> => {
  const [{ revision }, locked] = await Promise.all([configuration.read(), configuration.isLocked()]);
  return { name, revision, locked, values: [], faults: [] };
};

const shownValue = ({ value, text, source, from }: ShownValue): Output<"profiles.get">["values"][number] => ({
  path: "",
  ...(value === undefined ? {} : { value: plain(value) }),
  text,
  source,
  ...(from === undefined ? {} : { from }),
});

/** As JSON has it. */
const plain = (value: unknown): ReturnType<typeof JSON.parse> => JSON.parse(JSON.stringify(value));

/**
 * Judged and compared with the files first, then the secrets, then the configuration that refers to them: when the last
 * step fails, every secret is as it was.
 */
const save = async (dependencies: HandlerDependencies, name: string, revision: string, draft: Draft): Promise<void> => {
  const { configuration, secrets } = dependencies;
  const { faults, configuration: next } = await judgeDraft(dependencies, name, draft);
  if (next.revision !== revision) throw new Fault("config.changed", { path: configuration.file });
  const [fault] = faults;
  if (fault !== undefined) throw fault;
  if (await configuration.isLocked())
    throw new Fault("config.locked", { path: configuration.file, field: Object.keys(draft.changes)[0] ?? name });
  const values = draft.create === undefined ? await configuration.values(name) : [];
  const before = new Map(values.map((value) => [value.path, value]));
  const kept = new Map<string, unknown>();
  const undo: (() => Promise<void>)[] = [];
  const stale: { readonly kind: StoreKind; readonly secret: string }[] = [];
  try {
    for (const [path, text] of Object.entries(draft.secrets ?? {})) {
      const secret = `profiles.${name}.${path}`;
      const former = keptIn(before.get(secret)?.value);
      const store = await secrets.store(former);
      const old = await store.get(secret);
      const { reference, storedIn } = await keepSecret(dependencies, secret, text, former);
      undo.push(async () => {
        const now = await secrets.store(storedIn);
        if (old !== undefined && now.kind === store.kind) await now.set(secret, old);
        else await now.delete(secret);
      });
      if (former !== undefined && former !== storedIn) stale.push({ kind: former, secret });
      kept.set(path, reference);
    }
    await configuration.edit((content) => applyDraft(content, name, draft, (path) => kept.get(path)), revision);
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
  for (const { kind, secret } of stale) await (await secrets.store(kind)).delete(secret);
  if (draft.create !== undefined) await audit(dependencies, "profile.add", { profile: name });
  for (const path of kept.keys()) await audit(dependencies, "secret.set", { detail: `profiles.${name}.${path}` });
  for (const [path, value] of Object.entries(draft.changes)) {
    const full = `profiles.${name}.${path}`;
    const detail = `${full}: ${before.get(full)?.text ?? ""} → ${valueText(value)}`;
    await audit(dependencies, "config.set", { profile: name, detail });
  }
};
