import { describeFields, type FieldDescription } from "../../src/config/describe.ts";
import { ProfileConfig } from "../../src/config/schema.ts";
import type { Output } from "../../src/rpc/contract.ts";
import { call } from "../engine.svelte.ts";
import { defaultOf, isVisible, textOf, valueFrom, type Draft, type Value } from "./values.ts";

type Settings = Output<"profiles.get">;
type Fault = Settings["faults"][number];

/** Every setting of a profile, in the order of the schema. */
export const profileFields: readonly FieldDescription[] = describeFields(ProfileConfig);

/** A profile's settings with what somebody changed of them and did not save yet. Judged by the engine, whole. */
export interface Form {
  readonly name: string;
  /** Undefined until it has been read. */
  readonly settings: Settings | undefined;
  readonly failed: unknown;
  /** What kept it from being saved, if something did. */
  readonly refused: unknown;
  readonly saving: boolean;
  /** Whether the last thing that happened was that it was saved. */
  readonly saved: boolean;
  readonly draft: Draft;
  /** Paths of what was changed, in the order of the schema. */
  readonly changed: readonly string[];
  field(path: string): FieldDescription | undefined;
  /** The fields there are with this kind of directory and these values. */
  visible(paths: (field: FieldDescription) => boolean): readonly FieldDescription[];
  value(path: string): unknown;
  /** As a text field has it. */
  text(path: string): string;
  set(path: string, value: Value | null): void;
  setText(field: FieldDescription, text: string): void;
  typedSecret(path: string): string | undefined;
  setSecret(path: string, text: string | undefined): void;
  source(path: string): Pick<Settings["values"][number], "source" | "from">;
  /** What is wrong with a field that was left, or with any once somebody wanted to save. */
  fault(path: string): Fault | undefined;
  /** The faults that are shown of these paths. */
  faults(of: (path: string) => boolean): readonly Fault[];
  /** The field was left: what is in it is judged now. */
  leave(path: string): void;
  load(): Promise<void>;
  discard(): void;
  /** True when all of it is saved. */
  save(): Promise<boolean>;
}

/** `create`: the organization of a profile that is not there yet; saving makes it. */
export const createForm = (name: string, create?: string): Form => {
  let settings = $state.raw<Settings>();
  let failed = $state.raw<unknown>();
  let refused = $state.raw<unknown>();
  let saving = $state(false);
  let saved = $state(false);
  let changes = $state.raw<Readonly<Record<string, Value | null>>>({});
  let secrets = $state.raw<Readonly<Record<string, string>>>({});
  let judged = $state.raw<readonly Fault[]>([]);
  let left = $state.raw<ReadonlySet<string>>(new Set());
  let wanted = $state(false);
  let asked = 0;
  /** Until it is saved for the first time. */
  let fresh = $state(create);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stored = $derived(new Map(settings?.values.map((each) => [each.path, each]) ?? []));
  const kind = $derived(changes["directory.kind"] ?? stored.get("directory.kind")?.value);
  const fields = $derived(profileFields.filter(({ only }) => only === undefined || only.is === kind));
  const byPath = $derived(new Map(fields.map((each) => [each.path, each])));
  const draft = $derived<Draft>({
    changes: { ...changes },
    ...(fresh === undefined ? {} : { create: fresh }),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets: { ...secrets } }),
  });
  const changed = $derived(
    [...new Set([...fields.map(({ path }) => path), ...Object.keys(changes)])].filter(
      (path) => path in changes || path in secrets,
    ),
  );

  const valueOf = (path: string): unknown => {
    if (path in changes) {
      const value = changes[path];
      if (value !== null) return value;
    } else if (isOfStoredKind(path)) {
      const value = stored.get(path)?.value;
      if (value !== undefined) return value;
    }
    const field = byPath.get(path);
    return field === undefined ? undefined : defaultOf(field);
  };
  /** What another kind of directory had counts for nothing. */
  const isOfStoredKind = (path: string): boolean =>
    !path.startsWith("directory.") || kind === stored.get("directory.kind")?.value;

  const judge = async (): Promise<readonly Fault[]> => {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    const { faults } = await call("profiles.check", { profile: name, draft });
    if (mine === asked) judged = faults;
    return faults;
  };
  /** Soon, once nobody types for a moment. */
  const judgeSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void judge().catch(() => undefined), 250);
  };
  const touch = (): void => {
    saved = false;
    refused = undefined;
    if (wanted || left.size > 0) judgeSoon();
  };
  const pathOf = ({ params }: Fault): string | undefined => {
    const { field, filter } = params;
    if (typeof filter === "string") return `sync.${filter.replace(/ .*$/u, "")}`;
    const below = `profiles.${name}.`;
    return typeof field === "string" && field.startsWith(below) ? field.slice(below.length) : undefined;
  };
  const isShown = (path: string | undefined): boolean => wanted || path === undefined || left.has(path);
  const clear = (): void => {
    changes = {};
    secrets = {};
    judged = settings?.faults ?? [];
    left = new Set();
    wanted = judged.length > 0;
    refused = undefined;
  };

  const form: Form = {
    name,
    get settings() {
      return settings;
    },
    get failed() {
      return failed;
    },
    get refused() {
      return refused;
    },
    get saving() {
      return saving;
    },
    get saved() {
      return saved;
    },
    get draft() {
      return draft;
    },
    get changed() {
      return changed;
    },
    field: (path) => byPath.get(path),
    visible: (wish) => fields.filter((each) => wish(each) && isVisible(each, valueOf)),
    value: valueOf,
    text: (path) => textOf(valueOf(path)),
    set: (path, value) => {
      const { [path]: _before, ...others } = path === "directory.kind" ? withoutDirectory(changes) : changes;
      const now = stored.get(path);
      const isStored = isOfStoredKind(path) || path === "directory.kind";
      const same =
        isStored &&
        (now?.source === "default" ? value === null || isSame(value, now.value) : isSame(value, now?.value ?? null));
      changes = same ? others : { ...others, [path]: value };
      touch();
    },
    setText: (field, text) => form.set(field.path, valueFrom(field, text)),
    typedSecret: (path) => secrets[path],
    setSecret: (path, text) => {
      const { [path]: _before, ...others } = secrets;
      secrets = text === undefined ? others : { ...others, [path]: text };
      touch();
    },
    source: (path) => {
      const now = stored.get(path);
      return path in changes || now === undefined || !isOfStoredKind(path)
        ? { source: "default" }
        : { source: now.source, ...(now.from === undefined ? {} : { from: now.from }) };
    },
    fault: (path) => {
      const fault = judged.find((each) => pathOf(each) === path);
      return fault !== undefined && isShown(path) ? fault : undefined;
    },
    faults: (of) =>
      judged.filter((each) => {
        const path = pathOf(each);
        return of(path ?? "") && isShown(path);
      }),
    leave: (path) => {
      if (!(path in changes) && !(path in secrets)) return;
      left = new Set([...left, path]);
      void judge().catch(() => undefined);
    },
    load: async () => {
      try {
        settings = await call("profiles.get", { profile: name, ...(fresh === undefined ? {} : { create: true }) });
        failed = undefined;
        clear();
      } catch (error) {
        failed = error;
      }
    },
    discard: () => {
      clear();
      saved = false;
      void form.load();
    },
    save: async () => {
      if (settings === undefined || saving) return false;
      saving = true;
      wanted = true;
      refused = undefined;
      try {
        if ((await judge()).length > 0) return false;
        settings = await call("profiles.save", { profile: name, revision: settings.revision, draft });
        fresh = undefined;
        clear();
        saved = true;
        return true;
      } catch (error) {
        refused = error;
        return false;
      } finally {
        saving = false;
      }
    },
  };
  return form;
};

const withoutDirectory = (changes: Readonly<Record<string, Value | null>>): Record<string, Value | null> =>
  Object.fromEntries(Object.entries(changes).filter(([path]) => !path.startsWith("directory.")));

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
