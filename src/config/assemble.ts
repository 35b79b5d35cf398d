import { resolve } from "node:path";
import type { Fault } from "../core/fault.ts";
import { danglingNames, doubledFaults, stoppedByOrganization } from "./across.ts";
import { type Judge, judgeEntries, judgeRoot } from "./judge.ts";
import { findTarget, resolvePath, valueAt, withValue } from "./paths.ts";
import { Config, OrganizationConfig, ProfileFile } from "./schema.ts";
import { withId } from "./profile-id.ts";
import { isObject, leavesOf, type Shape, shapeOf } from "./shape.ts";
import type { RawConfig, Sources } from "./sources.ts";
import { readText } from "./text.ts";
import { type Override, readVariables } from "./variables.ts";

/** What lies over the files. */
export interface Layers {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Dotted path → text. */
  readonly flags: Readonly<Record<string, string>>;
}

/** The configuration put together of files, environment and flags, and everything wrong with it. */
export interface Assembled {
  /** What can be used. */
  readonly config: Config;
  /** Files, environment and flags as one content, before defaults. */
  readonly raw: RawConfig;
  /** By the JSON of their keys. */
  readonly overrides: ReadonlyMap<string, Override>;
  /** What stops everything: nothing of `config` may be used then. */
  readonly fatal: readonly Fault[];
  readonly broken: ReadonlyMap<string, Fault>;
  /** Variables that look like ours and mean nothing. */
  readonly ignored: readonly Fault[];
  /** Names of organizations and profiles that are not there. Who needs them says so; they make nothing invalid. */
  readonly dangling: readonly Fault[];
  /** Everything, those above included. */
  readonly faults: readonly Fault[];
}

/** `folder` is where relative paths of files start. Fault `config.unknown_key` for a flag that names no setting. */
export const assemble = (sources: Sources, { env, flags }: Layers, folder: string): Assembled => {
  const variables = readVariables(env, {
    organizations: Object.keys(sources.raw.organizations),
    profiles: new Map(
      [...Object.entries(sources.raw.profiles), ...sources.unusable].map(([name, raw]) => [name, kindOf(raw)]),
    ),
  });
  const usable = variables.overrides.filter(
    ({ keys }) => !sources.unusable.has(keys[0] === "profiles" ? (keys[1] ?? "") : ""),
  );
  const withEnvironment = apply(sources.raw, usable);
  const fromFlags = Object.entries(flags).map(([path, text]) => flagOverride(path, text, withEnvironment));
  const raw = withIds(apply(withEnvironment, fromFlags));
  const overrides = new Map([...usable, ...fromFlags].map((override) => [JSON.stringify(override.keys), override]));
  const judge: Judge = { sources, overrides, contradictions: variables.contradictions };
  const root = judgeRoot(raw, judge);
  const organizations = judgeEntries("organizations", OrganizationConfig, raw, judge);
  const profiles = judgeEntries("profiles", ProfileFile, raw, judge);
  const doubled = doubledFaults(judge, profiles.good);
  const broken = new Map([
    ...stoppedByOrganization(profiles.good, organizations.faults),
    ...firstOf(profiles.faults),
    ...sources.unusable,
    ...doubled,
  ]);
  const dangling = danglingNames(raw, organizations.good, judge);
  const good = [...profiles.good].filter(([name]) => !broken.has(name));
  return {
    config: locateFiles(
      {
        ...root.value,
        organizations: Object.fromEntries(organizations.good),
        profiles: Object.fromEntries(good.map(([name, { $schema: _hint, ...profile }]) => [name, profile])),
      },
      folder,
    ),
    raw,
    overrides,
    fatal: root.faults,
    broken,
    ignored: variables.unknown,
    dangling,
    faults: [
      ...root.faults,
      ...[...organizations.faults.values()].flat(),
      ...[...profiles.faults.values()].flat(),
      ...sources.unusable.values(),
      ...doubled.values(),
      ...dangling,
      ...variables.unknown,
    ],
  };
};

const kindOf = (raw: unknown): string | undefined => {
  const kind = valueAt(raw, ["directory", "kind"]);
  return typeof kind === "string" ? kind : undefined;
};

const apply = (raw: RawConfig, overrides: readonly Override[]): RawConfig => {
  let result: unknown = raw;
  for (const { keys, value } of overrides) result = withValue(result, keys, value);
  return asRaw(result);
};

const asRaw = (value: unknown): RawConfig => {
  const root = isObject(value) ? value : {};
  const entries = (group: string): Readonly<Record<string, unknown>> => {
    const found = root[group];
    return isObject(found) ? found : {};
  };
  return { ...root, organizations: entries("organizations"), profiles: entries("profiles") };
};

/** A setting of a profile may go without its name where there is one profile only. */
const flagOverride = (path: string, text: string, raw: RawConfig): Override => {
  const whole = shapeOf(Config);
  const [only, ...others] = Object.keys(raw.profiles);
  const inProfile =
    only === undefined || others.length > 0 ? undefined : findTarget(`profiles.${only}.${path}`, whole, raw);
  const { keys, shape } = findTarget(path, whole, raw) ?? inProfile ?? resolvePath(path, whole, raw);
  return {
    keys,
    value: shape.kind === "leaf" ? readText(shape.type, text) : readText({ is: "json" }, text),
    source: "flag",
    from: path,
  };
};

const withIds = (raw: RawConfig): RawConfig => ({
  ...raw,
  profiles: Object.fromEntries(Object.entries(raw.profiles).map(([name, profile]) => [name, withId(name, profile)])),
});

/** What is wrong with the content of the settings themselves. */
export const invalidIn = ({ faults, dangling, ignored }: Assembled): readonly Fault[] =>
  faults.filter((fault) => !dangling.includes(fault) && !ignored.includes(fault));

const firstOf = (faults: ReadonlyMap<string, readonly Fault[]>): [string, Fault][] =>
  [...faults].flatMap(([name, [first]]) => (first === undefined ? [] : [[name, first]]));

/** Paths of files as the system understands them: a relative one starts at the configuration's folder. */
const locateFiles = (config: Config, folder: string): Config => {
  let located: unknown = config;
  const shape: Shape = shapeOf(Config);
  for (const { path, shape: leaf, value } of leavesOf(shape, config))
    if (leaf.meta?.file === true && typeof value === "string" && value !== "")
      located = withValue(located, path, resolve(folder, value));
  return Config.parse(located);
};
