import type { Diagnostic } from "../../core/diagnostic.ts";
import type { SourceGroup, SourceUser } from "../../core/entry.ts";

/** What a format's reader is given; paths are absolute. */
export interface FileSource {
  readonly path: string;
  /** CSV only: the file of groups and members. */
  readonly groupsPath?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** One thing a file holds, with where it stands: a line, or the way to it in JSON. People come before groups. */
export type Item =
  | { readonly kind: "person"; readonly entry: SourceUser; readonly path: string; readonly place: number | string }
  | { readonly kind: "group"; readonly entry: SourceGroup; readonly path: string; readonly place: number | string }
  | { readonly kind: "note"; readonly note: Diagnostic };

/** Reads a whole file or throws; nothing it gave counts before its end. */
export type FormatReader = (source: FileSource) => AsyncGenerator<readonly Item[]>;

export const warning = (code: string, params: NonNullable<Diagnostic["params"]>): Item => ({
  kind: "note",
  note: { code, severity: "warning", params },
});

/** The text without blanks around it, or undefined where nothing is left. */
export const filled = (text: string | undefined): string | undefined => {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
};
