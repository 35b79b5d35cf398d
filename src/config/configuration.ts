import type { Fault } from "../core/fault.ts";
import type { Config } from "./schema.ts";

/** The configuration at one moment: environment over files over defaults. */
export interface Configuration {
  readonly config: Config;
  /** Profiles that cannot be used, each with the fault that stops it and nobody else. */
  readonly broken: ReadonlyMap<string, Fault>;
  /** Of the files as they were read; changes when any of them does. */
  readonly revision: string;
}

/** One setting with where it comes from. */
export interface ShownValue {
  /** Dotted, from the root: `profiles.main.sync.users`. */
  readonly path: string;
  readonly value: unknown;
  /** As `config set` takes it; a secret is its reference, never its text. */
  readonly text: string;
  readonly source: "flag" | "environment" | "file" | "default";
  /** The variable or the file, where it is one. */
  readonly from?: string;
  readonly title?: string;
}

/**
 * `config.json` and `profiles.d/*.json`. Writing is atomic, keeps what it does not understand of other profiles, and is
 * refused (Fault `config.changed`) when a file is no longer what was read, or (`config.invalid`) when the result would
 * not be valid; a broken file is never overwritten.
 */
export interface ConfigurationStore {
  /** Path of `config.json`. */
  readonly file: string;
  isLocked(): Promise<boolean>;
  read(): Promise<Configuration>;
  /** Every setting, of one profile where named. */
  values(profile?: string): Promise<readonly ShownValue[]>;
  /** A path below the root, or below the profile (`sync.users`); Fault `config.unknown_key` suggests a near one. */
  get(path: string, profile?: string): Promise<ShownValue>;
  set(
    path: string,
    text: string,
    profile?: string,
  ): Promise<{ readonly path: string; readonly text: string; readonly before?: string }>;
  unset(path: string, profile?: string): Promise<{ readonly path: string; readonly before?: string }>;
  /** Changes the files' own content (no defaults, no environment) and gives the configuration after it. */
  edit(change: (draft: ConfigDraft) => void): Promise<Configuration>;
  /** Everything wrong in any file. */
  check(): Promise<readonly Fault[]>;
  /** JSON text of everything, or of one profile with its organization; secrets as references. */
  dump(profile?: string): Promise<string>;
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
