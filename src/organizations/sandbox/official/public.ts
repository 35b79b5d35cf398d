/** The public API of the official server: who may call it, and which path leads where. */
import { cloudWindows } from "../rate-limit.ts";
import { Refusal, empty, mediaType } from "../reply.ts";
import type { Context, Incoming, Reply } from "../reply.ts";
import { judgeToken } from "../tokens.ts";
import { officialThrottle, refuse, refuseModel } from "./errors.ts";
import { answerEvents } from "./events.ts";
import { answerGroup, answerGroups, answerGroupMembers, deleteGroup, putGroup, putGroupMembers } from "./groups.ts";
import { importIntoOfficial } from "./import.ts";
import {
  answerMember,
  answerMemberGroups,
  answerMembers,
  deleteMember,
  putMember,
  putMemberGroups,
  reinviteMember,
  restoreMember,
  revokeMember,
} from "./members.ts";
import { answerSubscription } from "./subscription.ts";
import { readImport } from "./validate.ts";

/** `id` is the member's or group's; for calls about the whole organization it is the one the token is for. */
type Handler = (context: Context, incoming: Incoming, id: string) => Reply;

const importRoute = "POST organization/import";

/** By verb and path, `:id` standing for a GUID. */
const routes: Readonly<Record<string, Handler>> = {
  [importRoute]: (context, incoming, id) =>
    importIntoOfficial(context, incoming, id, readImport(incoming.body.toString("utf8"))),
  "GET organization/subscription": answerSubscription,
  "GET events": answerEvents,
  "GET members": answerMembers,
  "GET members/:id": answerMember,
  "PUT members/:id": putMember,
  "DELETE members/:id": deleteMember,
  "GET members/:id/group-ids": answerMemberGroups,
  "PUT members/:id/group-ids": putMemberGroups,
  "POST members/:id/revoke": revokeMember,
  "POST members/:id/restore": restoreMember,
  "POST members/:id/reinvite": reinviteMember,
  "GET groups": answerGroups,
  "GET groups/:id": answerGroup,
  "PUT groups/:id": putGroup,
  "DELETE groups/:id": deleteGroup,
  "GET groups/:id/member-ids": answerGroupMembers,
  "PUT groups/:id/member-ids": putGroupMembers,
};

const jsonBodies = new Set([
  importRoute,
  "PUT members/:id",
  "PUT members/:id/group-ids",
  "PUT groups/:id",
  "PUT groups/:id/member-ids",
]);
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Answers anything under `/public`: unknown path, token, limits, size and type of the body, then the call itself. */
export function answerOfficial(context: Context, incoming: Incoming): Reply {
  const [collection, id, ...rest] = incoming.path.split("/").slice(2);
  const plain = collection === "organization" || id === undefined;
  const pattern = plain ? [collection, id, ...rest] : [collection, ":id", ...rest];
  const route = `${incoming.method} ${pattern.filter((part) => part !== undefined).join("/")}`;
  const handler = routes[route];
  if (handler === undefined) return empty(404);
  const organizationId = authorize(context, incoming);
  if (context.control.rateLimits && context.state.dialect === "official-cloud") {
    const full = context.limiter.takeWindow(
      `${incoming.ip} ${incoming.method} ${incoming.path}`,
      cloudWindows(incoming.method, incoming.path),
      context.clock(),
    );
    if (full !== undefined) return officialThrottle(full);
  }
  if (incoming.tooLarge) return empty(413);
  if (jsonBodies.has(route) && !isJson(mediaType(incoming.headers))) return empty(415);
  if (!plain && !guid.test(id)) throw refuseModel({ id: [`The value '${id}' is not valid.`] });
  // The import looks for the organization itself, after it has read the body.
  if (route !== importRoute && organizationId !== context.state.organization.id)
    throw refuse("Resource not found.", 404);
  return handler(context, incoming, plain ? organizationId : id.toLowerCase());
}

/** The id of the organization the token is for. */
function authorize(context: Context, incoming: Incoming): string {
  const bearer = /^bearer\s+(.*)$/i.exec(incoming.headers.authorization ?? "")?.[1];
  const verdict = judgeToken(context, bearer?.trim() ?? incoming.query.get("access_token") ?? undefined);
  if (verdict.kind === "refused")
    throw new Refusal(empty(401, { "www-authenticate": verdict.given ? 'Bearer error="invalid_token"' : "Bearer" }));
  if (verdict.kind === "forbidden") throw new Refusal(empty(403));
  return verdict.organizationId;
}

function isJson(type: string): boolean {
  return (
    type === "application/json" || type === "text/json" || (type.startsWith("application/") && type.endsWith("+json"))
  );
}
