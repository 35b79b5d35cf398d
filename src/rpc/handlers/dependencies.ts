import type { ConfigurationStore } from "../../config/configuration.ts";
import type { ProfileConfig } from "../../config/schema.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import type { NativeFilters, OpenDirectory } from "../../directories/directory.ts";
import type { Bell } from "../../engine/bell.ts";
import type { EngineDependencies, Runtime } from "../../engine/dependencies.ts";
import type { OpenOrganization, OrganizationSettings, Probe } from "../../organizations/organization.ts";
import type { Secrets } from "../../secrets/secret-store.ts";
import type { Output } from "../contract.ts";

/** Everything the answers of the contract may touch; the composition root supplies it, tests supply their own. */
export interface HandlerDependencies {
  readonly engine: EngineDependencies;
  readonly configuration: ConfigurationStore;
  readonly secrets: Secrets;
  /** Forgets every cached access token. */
  readonly forgetTokens: () => Promise<void>;
  /** Who answers at an address, without logging in. */
  readonly probe: (address: ServerAddress, runtime: Runtime) => Promise<Probe>;
  /**
   * Logs in with a key that nothing has been stored of. It has to ask the server: a token cached for the same client id
   * says nothing about a new secret.
   */
  readonly openOrganization: (settings: OrganizationSettings, runtime: Runtime) => Promise<OpenOrganization>;
  /** As the engine's own, with secrets that are stored nowhere: dotted path below the root → text. */
  readonly openDrafted: (
    name: string,
    profile: ProfileConfig,
    runtime: Runtime,
    given: ReadonlyMap<string, string>,
  ) => Promise<OpenDirectory>;
  /** Whether a directory of this kind can read queries of its own language, without asking it. Fault `filter.syntax`. */
  readonly judgeFilters: (kind: string, filters: NativeFilters) => Promise<void>;
  readonly files: FileAccess;
  /** The readme of a kind of directory, in that language or else in English; undefined for a kind there is not. */
  readonly readme: (
    kind: string,
    language: string,
  ) => Promise<{ readonly text: string; readonly language: string } | undefined>;
  readonly about: {
    readonly version: string;
    readonly home: string;
    readonly command: string;
    readonly logFile: string;
  };
  /** Whether the home is a safe place: on a local disk, closed to others, writable; one finding a step. */
  readonly checkHome: () => Promise<readonly Diagnostic[]>;
  /** Rung when a schedule was changed here. */
  readonly bell: Bell;
  /** Whether the feed of releases has a newer version; faults `update.*`. */
  readonly checkForUpdates: (signal: AbortSignal) => Promise<Output<"updates.check">>;
  /** A new random UUID. */
  readonly uuid: () => string;
}

export interface ServerAddress {
  readonly server: string;
  readonly apiUrl?: string;
  readonly identityUrl?: string;
}

/** Plan and configuration files. Failures are the system's own errors, with `code`. */
export interface FileAccess {
  /** Lines without their ends. */
  readonly lines: (path: string) => AsyncIterable<string>;
  /** Replaces the file at once or not at all; readable by this user only. */
  readonly write: (path: string, text: Iterable<string>) => Promise<void>;
  readonly text: (path: string) => Promise<string>;
}
