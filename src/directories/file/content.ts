import type { Diagnostic } from "../../core/diagnostic.ts";
import type { Ref, SourceGroup, SourceUser } from "../../core/entry.ts";

/** What a format's reader is given; paths are absolute. */
export interface FileSource {
  readonly path: string;
  /** CSV only: the file of groups and members. */
  readonly groupsPath?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** One thing a file holds, with where it stands. People come before groups. */
export type Item =
  | { readonly kind: "person"; readonly entry: SourceUser; readonly path: string; readonly line: number }
  | { readonly kind: "group"; readonly entry: SourceGroup; readonly path: string; readonly line: number }
  | { readonly kind: "note"; readonly note: Diagnostic };

/** Reads a whole file or throws; nothing it gave counts before its end. */
export type FormatReader = (source: FileSource) => AsyncGenerator<readonly Item[]>;

/** A group whose members are known only when everybody has been read. */
export interface OpenGroup {
  readonly entry: Omit<SourceGroup, "members">;
  readonly members: Ref[];
  readonly path: string;
  readonly line: number;
}

export const warning = (code: string, params: NonNullable<Diagnostic["params"]>): Item => ({
  kind: "note",
  note: { code, severity: "warning", params },
});

/** The text without blanks around it, or undefined where nothing is left. */
export const filled = (text: string | undefined): string | undefined => {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
};
