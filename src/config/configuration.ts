import type { Fault } from "../core/fault.ts";
import type { Config } from "./schema.ts";

/** The configuration at one moment: flags over environment over files over defaults. */
export interface Configuration {
  readonly config: Config;
  /** Profiles that cannot be used, each with the fault that stops it and nobody else. */
  readonly broken: ReadonlyMap<string, Fault>;
  /** Variables that look like settings and are none (`config.unknown_key`): worth a warning. */
  readonly ignored: readonly Fault[];
  /** Of the files as they were read; changes when any of them does. */
  readonly revision: string;
}

/** A configuration that nobody has saved. */
export interface Preview {
  readonly configuration: Configuration;
  readonly faults: readonly Fault[];
}

/** One setting with where it comes from. */
export interface ShownValue {
  /** Dotted, from the root: `profiles.main.sync.users`. */
  readonly path: string;
  /** Undefined where nothing is set and there is no default. */
  readonly value: unknown;
  /** As `config set` takes it; a secret is its reference, never its text. */
  readonly text: string;
  readonly source: "flag" | "environment" | "file" | "default";
  /** The variable or the file, where it is one. */
  readonly from?: string;
  readonly title?: string;
}

/** What `set` did. */
export interface SetResult {
  readonly path: string;
  readonly text: string;
  /** What the file said before. */
  readonly before?: string;
  /** The variable or the flag that counts over the file, so that the change has no effect while it is set. */
  readonly hiddenBy?: string;
}

/**
 * `config.json` and `profiles.d/*.json`. Writing is atomic, keeps what it does not understand of other profiles, and is
 * refused (Fault `config.changed`) when a file is no longer what was read, or (`config.invalid`) when something would be
 * wrong that was not before; a broken file is never overwritten.
 */
export interface ConfigurationStore {
  /** Path of `config.json`. */
  readonly file: string;
  isLocked(): Promise<boolean>;
  /** Faults `config.unreadable`, and `config.invalid` for what concerns every profile. */
  read(): Promise<Configuration>;
  /** Every setting, of one profile where named; `flags` (dotted path → text) count over those of the process. */
  values(profile?: string, flags?: Readonly<Record<string, string>>): Promise<readonly ShownValue[]>;
  /** A path below the profile (`sync.users`) or below the root; Fault `config.unknown_key` suggests a near one. */
  get(path: string, profile?: string): Promise<ShownValue>;
  set(path: string, text: string, profile?: string): Promise<SetResult>;
  unset(path: string, profile?: string): Promise<{ readonly path: string; readonly before?: string }>;
  /**
   * Changes the files' own content (no defaults, no environment) and gives the configuration after it. `change` is
   * called a second time, with a fresh draft, when somebody else saved in between; with `since`, a revision, that is
   * Fault `config.changed` instead.
   */
  edit(change: (draft: ConfigDraft) => void, since?: string): Promise<Configuration>;
  /**
   * What `edit` would lead to, judged whole and written nowhere: the configuration, and everything wrong in it. Places in
   * files that are not written would mean nothing, so the Faults have none.
   */
  preview(change: (draft: ConfigDraft) => void): Promise<Preview>;
  /** Everything wrong in any file, flag or variable. */
  check(): Promise<readonly Fault[]>;
  /** JSON text of everything, or of one profile with its organization; secrets as references. */
  dump(profile?: string): Promise<string>;
  /**
   * Adds what a dump holds (`path` is what it is called in Faults). All of it or nothing: Fault `profile.exists` for a
   * name that is taken, `config.invalid` for what is not valid or is there already with other values.
   */
  load(
    text: string,
    path: string,
  ): Promise<{ readonly profiles: readonly string[]; readonly organizations: readonly string[] }>;
}

/** The files' content as JSON, before defaults. */
export interface ConfigDraft {
  $schema?: string;
  version: 1;
  organizations: Record<string, Record<string, unknown>>;
  profiles: Record<string, Record<string, unknown>>;
  currentProfile?: string;
  network?: Record<string, unknown>;
}
