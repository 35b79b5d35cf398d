/**
 * `POST /public/organization/import` on the official server. It is not a transaction: it goes through its steps in order,
 * and a refusal in a later one leaves what the earlier ones did.
 */
import { empty } from "../reply.ts";
import type { Context, Incoming, Reply } from "../reply.ts";
import { removeMembers, memberType } from "../state.ts";
import type { Member } from "../state.ts";
import { addPeople } from "./add-people.ts";
import { refuse, serverError } from "./errors.ts";
import { eventType, eventWriter } from "./events.ts";
import { importGroups } from "./import-groups.ts";
import { indexMembers } from "./member-index.ts";
import type { ImportMember, ImportRequest } from "./validate.ts";

export interface ActiveMember extends ImportMember {
  readonly email: string;
}

/** What one import carries from step to step. */
export interface Run {
  readonly context: Context;
  readonly request: ImportRequest;
  readonly log: ReturnType<typeof eventWriter>;
  /** The entries that are not deletions. */
  readonly active: readonly ActiveMember[];
  readonly importedIds: ReadonlySet<string>;
  /** Members by externalId as they were at the start; from the overwrite step on, as they are. */
  readonly known: Map<string, Member>;
  /** Members by their address in lower case, as they were at the start. */
  readonly byAddress: ReadonlyMap<string, readonly Member[]>;
  /** Members without an externalId, as they were at the start. */
  readonly unlinked: readonly Member[];
  readonly removed: Member[];
}

const countLimit = 2000;

export function importIntoOfficial(
  context: Context,
  incoming: Incoming,
  organizationId: string,
  request: ImportRequest,
): Reply {
  const { organization } = context.state;
  const active = request.members.flatMap((member) =>
    member.deleted || member.email === null ? [] : [{ ...member, email: member.email }],
  );
  const tooMany = request.groups.length > countLimit || active.length > countLimit;
  if (context.state.dialect === "official-cloud" && !request.largeImport && tooMany) {
    throw refuse("You cannot import this much data at once.");
  }
  if (organizationId !== organization.id) throw refuse("Resource not found.", 404);
  if (!organization.useDirectory) throw refuse("Organization cannot use directory syncing.");

  const run: Run = {
    context,
    request,
    log: eventWriter(context, incoming),
    active,
    importedIds: new Set(active.map((member) => member.externalId)),
    ...indexMembers(context.state),
    removed: [],
  };
  const steps = [removeDeleted, overwriteExisting, stampUnlinked, addPeople, importGroups, logRemovals];
  steps.forEach((step, index) => {
    step(run);
    if (incoming.failAfterStep === index + 1) throw serverError();
  });
  return empty(200);
}

function removeDeleted(run: Run): void {
  const doomed: Member[] = [];
  for (const entry of run.request.members) {
    if (!entry.deleted || run.importedIds.has(entry.externalId)) continue;
    const member = run.known.get(entry.externalId);
    if (member !== undefined && member.type !== memberType.owner) doomed.push(member);
  }
  remove(run, doomed);
}

/** Looks at the members of the start, so somebody just deleted can still be the reason for the refusal. */
function overwriteExisting(run: Run): void {
  if (run.request.overwriteExisting) {
    const candidates = [...run.known.values()].filter(
      (member) =>
        member.type !== memberType.owner && member.externalId !== null && !run.importedIds.has(member.externalId),
    );
    if (candidates.some((member) => !member.hasMasterPassword)) {
      throw refuse(
        "Sync failed. To proceed, disable the 'Remove and re-add users during next sync' setting and try again.",
      );
    }
    remove(run, candidates);
  }
  for (const member of run.removed) if (member.externalId !== null) run.known.delete(member.externalId);
}

function remove(run: Run, members: readonly Member[]): void {
  const present = [...new Set(members)].filter((member) => run.context.state.members.has(member.id));
  removeMembers(run.context.state, present);
  run.removed.push(...present);
}

/** Gives hand-made members whose address is in the request its externalId; nothing is written unless all can be. */
function stampUnlinked(run: Run): void {
  if (run.active.length === 0) return;
  const idByEmail = new Map<string, string>();
  for (const { email, externalId } of run.active) {
    if (idByEmail.has(email)) throw serverError();
    idByEmail.set(email, externalId);
  }
  const stamps = new Map<string, Member>();
  for (const member of run.unlinked) {
    const externalId = idByEmail.get(member.email);
    if (externalId === undefined) continue;
    if (run.known.has(externalId) || stamps.has(externalId)) throw serverError();
    stamps.set(externalId, member);
  }
  for (const [externalId, member] of stamps) {
    member.externalId = externalId;
    run.known.set(externalId, member);
  }
}

function logRemovals(run: Run): void {
  for (const member of run.removed) run.log(eventType.memberRemoved, { memberId: member.id });
}
