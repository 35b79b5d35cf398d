/** What the process that is killed and the one that watches it say to each other. */
import type { DirectoryContent } from "../scenarios/directory.ts";

/** `accept` plans, accepts what it planned and sends it; `apply` sends the newest recorded plan; `sync` is an unattended run. */
export type Task = "sync" | "accept" | "apply" | "plan";

/** One thing to do: the store is opened for it and closed after it. */
export interface Job {
  readonly what: Task;
  readonly store: string;
  readonly server: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly directory: DirectoryContent;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Every write is told before and after it is made, and waits for a word. */
  readonly tells: boolean;
}

/** How a job went. */
export interface Done {
  readonly kind: "done";
  readonly outcome: string | undefined;
  /** Its code and words, or those of an unforeseen error. */
  readonly fault: string | undefined;
  readonly changes: readonly string[];
  readonly recovered: readonly {
    readonly run: number;
    readonly surelyDone: number;
    readonly left: number;
    readonly changes: number;
  }[];
}

/** A write that is about to be made, or was made. */
export interface Point {
  readonly kind: "point";
  readonly when: "before" | "after";
  readonly call: string;
  /** The run that it is about, known of one that it begins only afterwards. */
  readonly run: number | undefined;
  /** Numbers of rows that this writes down as done. */
  readonly done: readonly number[];
  /** It writes down who accepted what the run applies. */
  readonly accepts: boolean;
  /** It ends the run. */
  readonly ends: boolean;
}

export type Said = { readonly kind: "ready" } | Point | Done;
export type Told = { readonly kind: "job"; readonly job: Job } | { readonly kind: "go on" };
