import { z } from "zod";
import { actions } from "./plan.ts";

/** The stable, versioned shape of a plan outside the program: files, `plan --json`, the RPC. */
const status = z.enum(["revoked", "invited", "accepted", "confirmed", "staged"]);
const memberType = z.enum(["owner", "admin", "user", "custom"]);
const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));
const because = z.object({ code: z.string(), params: params.exactOptional() });
const facts = z.object({
  email: z.string().exactOptional(),
  externalId: z.string().exactOptional(),
  status: status.exactOptional(),
  type: memberType.exactOptional(),
  name: z.string().exactOptional(),
  size: z.int().exactOptional(),
});

export const PlanRowLine = z.object({
  row: z.int().min(0),
  action: z.enum(actions),
  subject: z.object({
    kind: z.enum(["person", "group"]),
    id: z.string(),
    externalId: z.string().exactOptional(),
    name: z.string().exactOptional(),
    email: z.string().exactOptional(),
    organizationId: z.string().exactOptional(),
  }),
  before: facts,
  after: facts,
  because,
  add: z.array(z.string()).exactOptional(),
  remove: z.array(z.string()).exactOptional(),
  removeByEmail: z.array(z.string()).exactOptional(),
});

export const SeatForecastShape = z.object({
  total: z.int().exactOptional(),
  unlimited: z.literal(true).exactOptional(),
  used: z.int(),
  needs: z.int(),
  frees: z.int(),
  short: z.int(),
});

export const PlanCountsShape = z.object({
  byAction: z.partialRecord(z.enum(actions), z.int()),
  changes: z.int(),
  membershipsAdded: z.int(),
  membershipsRemoved: z.int(),
  unchangedPeople: z.int(),
  unchangedGroups: z.int(),
  leftOut: z.int(),
  strangers: z.int(),
  linkedPeople: z.int(),
  linkedGroups: z.int(),
  memberships: z.int(),
  people: z.int(),
  groups: z.int(),
});

export const PlanHeaderLine = z.object({
  version: z.literal(1),
  profile: z.string(),
  profileName: z.string(),
  organization: z.string(),
  made: z.iso.datetime(),
  directory: z.string(),
  selection: z.string(),
  generation: z.int(),
  counts: PlanCountsShape,
  digest: z.string().regex(/^[0-9a-f]{64}$/u),
  complete: z.boolean(),
  applicable: z.boolean(),
  seats: SeatForecastShape.exactOptional(),
  estimate: z.object({ requests: z.int(), seconds: z.int() }).exactOptional(),
  baseline: z.enum(["needed", "record", "send"]).exactOptional(),
  undoes: z.int().exactOptional(),
  redacts: z.string().exactOptional(),
});

export const NoteLine = z.object({
  code: z.string(),
  severity: z.enum(["ok", "info", "warning", "error"]),
  subject: z
    .object({
      kind: z.enum(["person", "group"]),
      id: z.string(),
      name: z.string().exactOptional(),
      email: z.string().exactOptional(),
    })
    .exactOptional(),
  params: params.exactOptional(),
});

/** One line of a plan file or of `plan --json`: told apart by its only key. */
export const PlanLine = z.union([
  z.strictObject({ plan: PlanHeaderLine }),
  z.strictObject({ change: PlanRowLine }),
  z.strictObject({ note: NoteLine }),
  z.strictObject({ end: z.strictObject({ rows: z.int(), notes: z.int(), digest: z.string() }) }),
]);
export type PlanLine = z.infer<typeof PlanLine>;
