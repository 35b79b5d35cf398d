/**
 * The one error class of the program and the table of its codes.
 * Words live in `locales/` under `fault.<code>` (what happened, who, why) and `remedy.<code>` (what to do);
 * the exit code and whether trying again can help come from this table.
 */

/** What a code means for whoever handles it: the process exit code (product: command line), and whether the same call may succeed later. */
export interface FaultKind {
  readonly exit: 1 | 4 | 5 | 6 | 75 | 130;
  readonly retry?: true;
}

export const faultKinds = {
  "usage.invalid": { exit: 1 },
  "internal.defect": { exit: 1 },
  "run.interrupted": { exit: 130 },
  "run.deadline": { exit: 6, retry: true },
  "rpc.closed": { exit: 1 },
  "rpc.too_large": { exit: 1 },
  "rpc.unknown": { exit: 1 },

  "config.invalid": { exit: 1 },
  "config.unreadable": { exit: 1 },
  "config.changed": { exit: 1, retry: true },
  "config.locked": { exit: 1 },
  "config.unknown_key": { exit: 1 },
  "import.unknown": { exit: 1 },
  "import.no_directory": { exit: 1 },
  "profile.unknown": { exit: 1 },
  "profile.exists": { exit: 1 },
  "profile.none": { exit: 1 },
  "profile.ambiguous": { exit: 1 },
  "profile.paused": { exit: 4 },
  "clock.ahead": { exit: 1 },
  "home.unsuitable": { exit: 1 },
  "home.unwritable": { exit: 1 },
  "store.newer": { exit: 1 },
  "store.damaged": { exit: 1 },
  "store.full": { exit: 1 },
  "store.read_only": { exit: 1 },
  "store.busy": { exit: 75, retry: true },
  "store.unusable": { exit: 1 },
  "secret.missing": { exit: 1 },
  "secret.unreadable": { exit: 1 },
  "secret.elsewhere": { exit: 1 },
  "secret.command_failed": { exit: 1 },
  "secret.store_unavailable": { exit: 1 },
  "network.file_unreadable": { exit: 1 },
  "network.proxy_invalid": { exit: 1 },
  "filter.syntax": { exit: 1 },
  "update.unreachable": { exit: 6, retry: true },
  "update.unsigned": { exit: 1 },
  "update.bad_feed": { exit: 1 },
  "update.key": { exit: 1 },

  "directory.auth_failed": { exit: 5 },
  "directory.forbidden": { exit: 5 },
  "directory.unreachable": { exit: 6, retry: true },
  "directory.tls": { exit: 6 },
  "directory.plain_refused": { exit: 1 },
  "directory.encryption_required": { exit: 5 },
  "directory.rate_limited": { exit: 6, retry: true },
  "directory.bad_response": { exit: 1 },
  "directory.truncated": { exit: 1 },
  "directory.base_missing": { exit: 1 },
  "directory.unavailable": { exit: 6, retry: true },
  "directory.file_unreadable": { exit: 1 },
  "directory.file_syntax": { exit: 1 },
  "directory.ambiguous_id": { exit: 1 },
  "directory.no_id": { exit: 1 },
  "directory.filter_unsupported": { exit: 1 },
  "directory.key_invalid": { exit: 5 },

  "organization.url_invalid": { exit: 1 },
  "organization.insecure": { exit: 1 },
  "organization.key_invalid": { exit: 5 },
  "organization.personal_key": { exit: 5 },
  "organization.refused": { exit: 5 },
  "organization.forbidden": { exit: 5 },
  "organization.unreachable": { exit: 6, retry: true },
  "organization.tls": { exit: 6 },
  "organization.rate_limited": { exit: 6, retry: true },
  "organization.bad_response": { exit: 1 },
  "organization.unavailable": { exit: 6, retry: true },
  "organization.rejected": { exit: 1 },
  "organization.seats": { exit: 1 },
  "organization.too_large": { exit: 1 },
  "organization.not_bitwarden": { exit: 1 },
  "organization.unknown": { exit: 1 },
  "organization.none": { exit: 1 },
  "organization.ambiguous": { exit: 1 },
  "organization.other": { exit: 5 },
  "organization.not_logged_in": { exit: 5 },
  "organization.duplicate_ids": { exit: 1 },
  "organization.moved_on": { exit: 1 },
  "organization.no_owner": { exit: 1 },
  "organization.no_directory_sync": { exit: 1 },
  "organization.no_groups": { exit: 1 },
  "organization.no_staging": { exit: 1 },

  "plan.damaged": { exit: 1 },
  "plan.foreign": { exit: 1 },
  "plan.too_old": { exit: 1 },
  "plan.stale": { exit: 1 },
  "plan.overtaken": { exit: 1 },
  "plan.not_applicable": { exit: 1 },
  "plan.unknown_digest": { exit: 1 },
  "plan.unwritable": { exit: 1 },
  "baseline.needed": { exit: 4 },
  "baseline.ids_unknown": { exit: 1 },
  "baseline.other": { exit: 1 },
  "guard.access-lost": { exit: 4 },
  "guard.invitations": { exit: 4 },
  "guard.first": { exit: 4 },
  "guard.selection": { exit: 4 },
  "guard.identity": { exit: 4 },
  "guard.groups": { exit: 4 },
  "guard.directory": { exit: 4 },
  "guard.seats": { exit: 4 },
  "guard.age": { exit: 4 },
  "lease.held": { exit: 75, retry: true },
  "lease.lost": { exit: 1, retry: true },
  "run.unknown": { exit: 1 },
  "run.none": { exit: 1 },
  "run.nothing_to_undo": { exit: 1 },
  "person.unknown": { exit: 1 },
  "serve.running": { exit: 75, retry: true },
  "serve.not_running": { exit: 1 },
  "serve.port_taken": { exit: 1 },
  "serve.loopback_only": { exit: 1 },
  "serve.no_page": { exit: 1 },
  "sandbox.failed": { exit: 1 },
  "sandbox.port_taken": { exit: 1 },
} as const satisfies Record<string, FaultKind>;

export type FaultCode = keyof typeof faultKinds;
/** Values for the words of a fault; never a secret. */
export type FaultParams = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Thrown for everything the user can act on; `params` fill the words in `locales/`, `cause` is kept for the log. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly params: FaultParams;

  constructor(code: FaultCode, params: FaultParams = {}, cause?: unknown) {
    super(`${code} ${JSON.stringify(params)}`, cause === undefined ? undefined : { cause });
    this.name = "Fault";
    this.code = code;
    this.params = params;
  }

  get kind(): FaultKind {
    return faultKinds[this.code];
  }
}

/** Narrow by code where a caller handles one case and passes on the rest. */
export const isFault = (error: unknown, ...codes: FaultCode[]): error is Fault =>
  error instanceof Fault && (codes.length === 0 || codes.includes(error.code));
