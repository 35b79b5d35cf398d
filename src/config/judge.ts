import type { z } from "zod";
import { Fault, type FaultParams } from "../core/fault.ts";
import { valueAt } from "./paths.ts";
import { type Complaint, complaintsOf } from "./reasons.ts";
import { Config, EntryName } from "./schema.ts";
import { isObject, shapeOf } from "./shape.ts";
import type { RawConfig, Sources } from "./sources.ts";
import { type Override, variableName } from "./variables.ts";

/** What judging needs to know besides the content: where each part comes from. */
export interface Judge {
  readonly sources: Sources;
  readonly overrides: ReadonlyMap<string, Override>;
  readonly contradictions: readonly { readonly keys: readonly string[]; readonly fault: Fault }[];
}

/** Everything but the entries: one wrong word there may concern every profile. */
export const judgeRoot = (
  raw: RawConfig,
  judge: Judge,
): { readonly value: Config; readonly faults: readonly Fault[] } => {
  const { root } = judge.sources;
  const empty: Config = { version: 1, organizations: {}, profiles: {} };
  if (!isObject(root))
    return { value: empty, faults: [faultOf({ keys: [], at: "value", reason: "type_root", params: {} }, judge)] };
  const { organizations: _organizations, profiles: _profiles, ...rest } = raw;
  const content = { ...rest, ...emptied("organizations", root), ...emptied("profiles", root) };
  const parsed = Config.safeParse(content);
  const faults = parsed.success
    ? []
    : complaintsOf(parsed.error, shapeOf(Config), content).map((each) => faultOf(each, judge));
  return {
    value: parsed.success ? parsed.data : empty,
    faults: [...faults, ...specialFaults(judge, (keys) => !isEntry(keys))],
  };
};

/** A group of entries without them, where it is one. */
const emptied = (group: string, root: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  group in root ? { [group]: isObject(root[group]) ? {} : root[group] } : {};

const isEntry = (keys: readonly string[]): boolean =>
  (keys[0] === "organizations" || keys[0] === "profiles") && keys[1] !== undefined;

/** Entries that can be used, and what is wrong with the others. */
export interface Judged<Entry> {
  readonly good: ReadonlyMap<string, Entry>;
  readonly faults: ReadonlyMap<string, readonly Fault[]>;
}

export const judgeEntries = <Entry>(
  group: "organizations" | "profiles",
  schema: z.ZodType<Entry>,
  raw: RawConfig,
  judge: Judge,
): Judged<Entry> => {
  const good = new Map<string, Entry>();
  const faults = new Map<string, readonly Fault[]>();
  for (const [name, content] of Object.entries(raw[group])) {
    const parsed = schema.safeParse(content);
    const found = [
      ...nameFaults(group, name, judge),
      ...(parsed.success
        ? []
        : complaintsOf(parsed.error, shapeOf(schema), content).map((each) => faultOf(below(group, name, each), judge))),
      ...specialFaults(judge, (keys) => keys[0] === group && keys[1] === name),
    ];
    if (found.length > 0) faults.set(name, found);
    else if (parsed.success) good.set(name, parsed.data);
  }
  return { good, faults };
};

const below = (group: string, name: string, complaint: Complaint): Complaint => ({
  ...complaint,
  keys: [group, name, ...complaint.keys],
});

const nameFaults = (group: string, name: string, judge: Judge): Fault[] =>
  EntryName.safeParse(name).success
    ? []
    : [faultOf({ keys: [group, name], at: "key", reason: "name", params: {} }, judge)];

/** What the schema cannot see: keys that stand twice, and variables that contradict each other. */
const specialFaults = ({ sources, contradictions }: Judge, concerns: (keys: readonly string[]) => boolean): Fault[] => [
  ...sources.repeated
    .filter(({ keys }) => concerns(keys))
    .map(({ keys, ...place }) => new Fault("config.invalid", { ...place, field: keys.join("."), reason: "repeated" })),
  ...contradictions.filter(({ keys }) => concerns(keys)).map(({ fault }) => fault),
];

/** The place of a complaint: the variable or the flag where it is about one of those, else the file. */
export const faultOf = ({ keys, at, reason, params }: Complaint, judge: Judge): Fault =>
  new Fault("config.invalid", {
    ...placeOf(keys, at, judge),
    field: keys.length === 0 ? "none" : keys.join("."),
    reason,
    ...params,
  });

const placeOf = (keys: readonly string[], at: "key" | "value", { sources, overrides }: Judge): FaultParams => {
  const nowhere = { line: 0, column: 0 };
  const override = keys
    .map((_, index) => overrides.get(JSON.stringify(keys.slice(0, index + 1))))
    .find((each) => each !== undefined);
  if (override !== undefined) return { path: override.from, ...nowhere };
  // What an entry made of variables lacks is lacking among the variables.
  if (isEntry(keys) && valueAt(sources.raw, keys.slice(0, 2)) === undefined)
    return { path: variableName(keys), ...nowhere };
  return { ...(sources.locate(keys, at) ?? { path: sources.fileOf(keys), ...nowhere }) };
};
