/** A finding about something: collected, never thrown one by one; words live in `locales/` under `note.<code>`. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: "ok" | "info" | "warning" | "error";
  /** The entry it is about, where there is one. */
  readonly subject?: NoteSubject;
  readonly params?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
}

/** Whom a note is about; `id` is the directory's immutable id where the entry has one, else the organization's. */
export interface NoteSubject {
  readonly kind: "person" | "group";
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
}
