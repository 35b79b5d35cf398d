import { Fault } from "../../core/fault.ts";
import { systemCode } from "../../core/system-code.ts";

/** Where something stands in the file and what the words need besides the reason. */
export interface Place {
  readonly line?: number;
  /** Of JSON: the way from the root, as in `users[3].email`. */
  readonly at?: string;
  /** The text that is wrong, or the name of what is missing. */
  readonly found?: string;
  /** What would have been right: words of the format, separated by commas. */
  readonly expected?: string;
  /** Where the other one stands (its line, or the way to it in JSON), where two do not go together. */
  readonly first?: number | string;
}

/** Reasons of `directory.file_syntax`; the words in `locales/` know each of them. */
export type SyntaxReason =
  | "address_ambiguous"
  | "base64"
  | "change_record"
  | "column_missing"
  | "column_twice"
  | "cut_short"
  | "dn"
  | "dn_expected"
  | "duplicate_dn"
  | "duplicate_id"
  | "empty"
  | "empty_value"
  | "fold_without_line"
  | "id"
  | "json"
  | "line_too_long"
  | "member_ambiguous"
  | "name"
  | "no_colon"
  | "not_utf8"
  | "number"
  | "one_of"
  | "partial_members"
  | "quote"
  | "ragged"
  | "type"
  | "unknown_key"
  | "url"
  | "utf16"
  | "version";

/** Fault `directory.file_syntax`: the file is not what its format says, so none of it is used. */
export function syntaxFault(path: string, reason: SyntaxReason, place: Place = {}): Fault {
  return new Fault("directory.file_syntax", { path, reason, ...place });
}

/** Fault `directory.file_unreadable` for what the system answered; reasons `missing`, `forbidden`, `folder` or its own code. */
export function unreadableFault(path: string, error: unknown): Fault {
  const code = systemCode(error);
  const known: Record<string, string> = {
    ENOENT: "missing",
    ENOTDIR: "missing",
    EACCES: "forbidden",
    EPERM: "forbidden",
    EISDIR: "folder",
  };
  return new Fault("directory.file_unreadable", { path, reason: known[code] ?? (code === "" ? "io" : code) }, error);
}
