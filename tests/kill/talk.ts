/** What the process that is killed and the one that watches it say to each other. */
import type { DirectoryContent } from "../scenarios/directory.ts";

/** One thing to do: the store is opened for it and closed after it. */
export interface Job {
  readonly what: "sync" | "accept" | "plan";
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
  readonly recovered: readonly { readonly surelyDone: number; readonly left: number; readonly changes: number }[];
}

/** A write that is about to be made, or was made. */
export interface Point {
  readonly kind: "point";
  readonly when: "before" | "after";
  readonly call: string;
  /** Numbers of rows that this writes down as done. */
  readonly done: readonly number[];
  /** It ends the run. */
  readonly ends: boolean;
}

export type Said = { readonly kind: "ready" } | Point | Done;
export type Told = { readonly kind: "job"; readonly job: Job } | { readonly kind: "go on" };
