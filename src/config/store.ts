import { dirname } from "node:path";
import { Fault } from "../core/fault.ts";
import { assemble, type Assembled, invalidIn, type Layers } from "./assemble.ts";
import type { Configuration, ConfigDraft, ConfigurationStore, Preview, SetResult } from "./configuration.ts";
import { afterChanges, changedPaths, changesOf, draftOf, withNewIds } from "./draft.ts";
import { dumpConfiguration, loadInto } from "./exchange.ts";
import { type ConfigPlace, readFiles, type SourceFiles } from "./files.ts";
import { valueAt, withoutValue, withValue } from "./paths.ts";
import { type FileChange, type LockTimes, lockTimes, mayBeWritten, saveFiles, withLock } from "./save.ts";
import { saveSchemas } from "./schema-files.ts";
import { locateSetting, showAll, showOne, type Shown } from "./shown.ts";
import { combine, type Sources } from "./sources.ts";
import { hidePassword, readText, valueText } from "./text.ts";

export interface ConfigurationOptions {
  readonly home: ConfigPlace;
  readonly environment: Layers["env"];
  /** Dotted path → text; they count over everything else. */
  readonly flags?: Layers["flags"];
  /** A new random UUID, for profiles that are saved without an id. */
  readonly uuid: () => string;
  readonly lock?: LockTimes;
}

/** The configuration in files, with environment and flags over them. Nothing is kept between calls. */
export const createConfigurationStore = (options: ConfigurationOptions): ConfigurationStore => {
  const place = options.home;
  const world: World = {
    place,
    layers: { env: options.environment, flags: options.flags ?? {} },
    times: options.lock ?? lockTimes,
    uuid: options.uuid,
  };
  return {
    file: place.configFile,
    isLocked: async () => !(await mayBeWritten(place.configFile)),
    read: async () => configurationOf(await readState(world)),
    values: async (profile, flags = {}) => {
      const layers = { ...world.layers, flags: { ...world.layers.flags, ...flags } };
      return showAll(await readState({ ...world, layers }), profile);
    },
    get: async (path, profile) => showOne(await readState(world), path, profile),
    set: async (path, text, profile) => setValue(world, path, text, profile),
    unset: async (path, profile) => unsetValue(world, path, profile),
    edit: async (change, since) => {
      await changeFiles(world, {
        since,
        change: (draft) => {
          change(draft);
          return draft;
        },
      });
      return configurationOf(await readState(world));
    },
    preview: async (change) =>
      previewChange(world, (draft) => {
        change(draft);
        return draft;
      }),
    check: async () => checkFiles(world),
    dump: async (profile) => dumpConfiguration(usable(await readState(world)), profile),
    load: async (text, path) => {
      let loaded: Awaited<ReturnType<ConfigurationStore["load"]>> = { profiles: [], organizations: [] };
      await changeFiles(world, {
        change: (draft, state) => {
          const { after, ...names } = loadInto(draft, state, { text, path, folder: dirname(place.configFile) });
          loaded = names;
          return after;
        },
      });
      return loaded;
    },
  };
};

interface World {
  readonly place: ConfigPlace;
  readonly layers: Layers;
  readonly times: LockTimes;
  readonly uuid: () => string;
}

/** The files as they were read, and what they come to. */
export interface State extends Shown {
  readonly files: SourceFiles;
  readonly sources: Sources;
  readonly assembled: Assembled;
}

const readState = async (world: World): Promise<State> => stateOf(world, await readFiles(world.place));

const stateOf = ({ place, layers }: World, files: SourceFiles): State => {
  const sources = combine(files, place.configFile);
  return { files, sources, assembled: assemble(sources, layers, dirname(place.configFile)) };
};

/** What concerns everything is thrown; what concerns a profile stays with it. */
const usable = (state: State): State => {
  const [fault] = state.assembled.fatal;
  if (fault !== undefined) throw fault;
  return state;
};

const configurationOf = (state: State): Configuration => {
  const { config, broken, ignored } = usable(state).assembled;
  return { config, broken, ignored, revision: state.files.revision };
};

const checkFiles = async (world: World): Promise<readonly Fault[]> => {
  try {
    return (await readState(world)).assembled.faults;
  } catch (error) {
    if (error instanceof Fault) return [error];
    throw error;
  }
};

const setValue = async (world: World, path: string, text: string, profile: string | undefined): Promise<SetResult> => {
  let result: SetResult | undefined;
  await changeFiles(world, {
    repairing: true,
    change: (draft, state) => {
      const { keys, shape } = settingAt(state, path, profile);
      const value = shape.kind === "leaf" ? readText(shape.type, text) : readText({ is: "json" }, text);
      const isSecret = shape.kind === "leaf" && shape.type.is === "secret";
      const before = valueAt(draft, keys);
      const hiddenBy = state.assembled.overrides.get(JSON.stringify(keys))?.from;
      result = {
        path: keys.join("."),
        text: hidePassword(valueText(value, isSecret)),
        ...(before === undefined ? {} : { before: hidePassword(valueText(before, isSecret)) }),
        ...(hiddenBy === undefined ? {} : { hiddenBy }),
      };
      if (isSecret && typeof value === "string") throw notAReference(state, keys);
      return draftOf(withValue(draft, keys, value));
    },
  });
  if (result === undefined) throw new Fault("internal.defect", { reason: `nothing was set at ${path}` });
  return result;
};

const unsetValue = async (
  world: World,
  path: string,
  profile: string | undefined,
): Promise<{ readonly path: string; readonly before?: string }> => {
  let result: { readonly path: string; readonly before?: string } = { path };
  await changeFiles(world, {
    repairing: true,
    change: (draft, state) => {
      const { keys, shape } = settingAt(state, path, profile);
      const before = valueAt(draft, keys);
      const isSecret = shape.kind === "leaf" && shape.type.is === "secret";
      result = {
        path: keys.join("."),
        ...(before === undefined ? {} : { before: hidePassword(valueText(before, isSecret)) }),
      };
      return draftOf(withoutValue({ ...draft }, keys));
    },
  });
  return result;
};

/** A profile or an organization as a whole is no setting: it has commands of its own. Nor is the layout's version. */
const settingAt = (state: State, path: string, profile: string | undefined): ReturnType<typeof locateSetting> => {
  const target = locateSetting(state, path, profile);
  const isEntry = ["organizations", "profiles"].includes(target.keys[0] ?? "") && target.keys.length <= 2;
  if (isEntry || target.keys[0] === "version")
    throw new Fault("config.unknown_key", { field: path, suggestion: "none" });
  return target;
};

/** The text may be the secret itself, so it is told to nobody. */
const notAReference = ({ sources }: State, keys: readonly string[]): Fault =>
  new Fault("config.invalid", {
    path: sources.fileOf(keys),
    line: 0,
    column: 0,
    field: keys.join("."),
    reason: "secret",
  });

interface ChangeRequest {
  readonly change: (draft: ConfigDraft, state: State) => ConfigDraft;
  readonly since?: string | undefined;
  /** Whether something wrong that was there before may stay: one setting is put right after the other. */
  readonly repairing?: boolean;
}

/** Works out what to write, then writes it while no other process may; worked out again when one was faster. */
const changeFiles = async (world: World, request: ChangeRequest): Promise<void> => {
  const { place, times } = world;
  const planned = planChange(world, await readFiles(place), request);
  if (planned.changes.length === 0) return;
  const lock = { field: planned.field, path: place.configFile, times };
  await withLock(dirname(place.configFile), lock, async () => {
    const files = await readFiles(place);
    const { changes, field } = files.revision === planned.revision ? planned : planChange(world, files, request);
    await saveFiles(changes, field);
    await saveSchemas(place, changes);
  });
};

interface PlannedChange {
  readonly changes: readonly FileChange[];
  readonly field: string;
  readonly revision: string;
}

const planChange = (world: World, files: SourceFiles, request: ChangeRequest): PlannedChange => {
  const { place } = world;
  if (request.since !== undefined && request.since !== files.revision)
    throw new Fault("config.changed", { path: place.configFile });
  const { state, next, changes, field } = workOut(world, files, request.change);
  refuseWorse(state.assembled, next.assembled, request.repairing === true);
  return { changes, field, revision: files.revision };
};

const previewChange = async (world: World, change: ChangeRequest["change"]): Promise<Preview> => {
  const files = await readFiles(world.place);
  const { next } = workOut(world, files, change);
  return {
    configuration: { ...configurationOf(next), revision: files.revision },
    faults: next.assembled.faults.map(withoutPlace),
  };
};

/** A change as files would hold it, and what they come to before and after it. */
const workOut = (world: World, files: SourceFiles, change: ChangeRequest["change"]) => {
  const { place } = world;
  const state = stateOf(world, files);
  const { raw } = state.assembled;
  const before = withNewIds(draftOf(state.sources.raw), raw, world.uuid);
  const after = withNewIds(change(structuredClone(before), state), raw, world.uuid);
  const changes = changesOf(files, state.sources, { before, after, place });
  const next = stateOf(world, afterChanges(files, changes, place));
  return { state, next, changes, field: changedPaths(before, after) };
};

/**
 * Refuses what makes something wrong that was not. Names of what is not there may come about where a profile or an
 * organization is taken away, never by setting one. The place in a file that is not written would mean nothing.
 */
const refuseWorse = (before: Assembled, after: Assembled, repairing: boolean): void => {
  const [fatal] = repairing ? [] : after.fatal;
  const known = new Set(before.faults.map(faultKey));
  const candidates = [...invalidIn(after), ...(repairing ? after.dangling : [])];
  const fault = fatal ?? candidates.find((each) => !known.has(faultKey(each)));
  if (fault !== undefined) throw withoutPlace(fault);
};

const withoutPlace = ({ code, params }: Fault): Fault => new Fault(code, { ...params, line: 0, column: 0 });

const faultKey = ({ code, params }: Fault): string => JSON.stringify([code, { ...params, line: 0, column: 0 }]);
