/** What a directory holds, in the words every room shares. Readers translate into these and nothing else. */

/** The directory's immutable identifier of an entry (objectGUID, entryUUID, object id …), as text. */
export type DirectoryId = string;

/** How a group names a member: by immutable id, or by what the directory itself calls it (a DN in canonical spelling). */
export type Ref = { readonly id: DirectoryId } | { readonly ref: string };

export interface SourceUser {
  readonly id: DirectoryId;
  /** What the directory's own references call it, in the same canonical spelling as `Ref.ref`. */
  readonly ref?: string;
  /** The identifier we propose to the organization (1–300 characters); equals `id` unless configured otherwise. */
  readonly externalId: string;
  /** As the directory holds it: not yet trimmed or validated. */
  readonly email?: string;
  readonly name?: string;
  readonly state: "enabled" | "disabled" | "deleted";
  /** Milliseconds since 1970: when somebody enabled becomes disabled by an expiry that is set already. */
  readonly disabledFrom?: number;
  /** False when the vendor's own selection (query, OU, guest rule) leaves it out, though it was read. */
  readonly selected: boolean;
  /** A note code saying why `selected` is false. */
  readonly because?: string;
}

export interface SourceGroup {
  readonly id: DirectoryId;
  readonly ref?: string;
  readonly externalId: string;
  readonly name: string;
  /** False for a group read only because a selected one contains it. */
  readonly selected: boolean;
  readonly members: readonly Ref[];
}
