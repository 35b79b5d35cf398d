import { z } from "zod";
import type { Resolved } from "../../config/field.ts";
import { Fault } from "../../core/fault.ts";
import { readErrors, sentence } from "../../http/error-texts.ts";
import type { Limits } from "../../http/pace.ts";
import type { HttpAnswer } from "../../http/request.ts";
import { isThrottled } from "../../http/throttling.ts";
import type { DirectoryDependencies, NativeFilters } from "../directory.ts";
import { createClient, type Client, type Question } from "../wire/client.ts";
import type { Asked } from "../wire/faults.ts";
import { shareOf } from "../wire/fields.ts";
import { readRoot } from "../wire/root.ts";
import type { GoogleConfig } from "./config.ts";
import { createLogin, type Login } from "./login.ts";

export interface Session extends DirectoryDependencies {
  readonly config: Resolved<GoogleConfig>;
  readonly client: Client;
  readonly login: Login;
  readonly filters: NativeFilters;
  /** What names the tenant in every list. */
  readonly scope: Readonly<Record<string, string>>;
}

/** What every request is for; the right is a privilege of the administrator's role. */
export const questions = {
  people: { what: "people", right: "Users > Read" },
  groups: { what: "groups", right: "Groups > Read" },
  members: { what: "members", right: "Groups > Read" },
  person: { what: "entry", right: "Users > Read" },
  group: { what: "entry", right: "Groups > Read" },
} as const;

/** 2,400 a minute for one user of one project (Admin SDK, "Directory API: Limits and Quotas"); the same status may mean a missing right. How many requests may go at the same time is not published: sixteen keep 40 a second where an answer takes 400 ms. */
export const limits: Limits = {
  source: "https://developers.google.com/workspace/admin/directory/v1/limits",
  concurrency: 16,
  window: { units: 2_400, seconds: 60 },
  throttling: {
    reasons: { status: 403, any: ["userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded"] },
  },
};

/** The quota counts for this administrator and project alone, so nearly all of it is ours. */
const usualShare = 90;

export const openSession = async (
  config: Resolved<GoogleConfig>,
  dependencies: DirectoryDependencies,
): Promise<Session> => {
  const login = createLogin(config, dependencies);
  const client = await createClient({
    ...dependencies,
    root: readRoot(config.address ?? "https://admin.googleapis.com"),
    limits,
    share: shareOf(config, usualShare),
    token: login.token,
    user: config.adminUser,
    grant: "google",
    headers: (token) => ({ authorization: `Bearer ${token}` }),
    secrets: [],
    judge: (answer, asked) => judge(answer, asked, config.customer),
  });
  const { customer, domain } = config;
  // A domain alone means that one; a customer means all of its domains.
  const scope =
    domain === undefined
      ? { customer: customer ?? "my_customer" }
      : { domain, ...(customer === undefined ? {} : { customer }) };
  return { ...dependencies, config, client, login, filters: dependencies.filters ?? {}, scope };
};

/** Every page of a list; Google gives a token for the next one instead of a link. */
export const pages = <Value extends { readonly nextPageToken?: string | undefined }>(
  client: Client,
  first: URL,
  shape: z.ZodType<Value>,
  question: Question,
): AsyncGenerator<Value> =>
  client.pages(first, shape, question, ({ nextPageToken }, _answer, url) => {
    if (nextPageToken === undefined || nextPageToken === "") return undefined;
    const next = new URL(url);
    next.searchParams.set("pageToken", nextPageToken);
    return next.href;
  });

/** Google's reasons for a refusal (Directory API, "Handle API errors"). */
const judge = (
  answer: HttpAnswer,
  { host, user, what, right, grant, hide }: Asked,
  customer: string | undefined,
): Fault | undefined => {
  const detail = hide(sentence(readErrors(answer, hide)));
  const reasons = reasonsOf(answer.json());
  if (
    answer.status === 403 &&
    reasons.some((reason) => reason === "accessNotConfigured" || reason === "SERVICE_DISABLED")
  )
    return new Fault("directory.forbidden", { host, user, what, right: "admin_sdk", detail });
  // Another organization's customer ID is refused in the same words as a missing right.
  if (answer.status === 403 && customer !== undefined && !isThrottled(answer, limits.throttling))
    return new Fault("directory.forbidden", { host, user, what, right, grant, detail, setting: "directory.customer" });
  if (answer.status === 404 && /domain/iu.test(detail))
    return new Fault("directory.bad_response", { host, field: "domain", reason: detail });
  if (answer.status === 400) return new Fault("directory.bad_response", { host, field: what, reason: detail });
  return undefined;
};

const reasonsOf = (body: unknown): string[] => {
  const read = GoogleError.safeParse(body);
  if (!read.success) return [];
  const { errors = [], status, details = [] } = read.data.error;
  return [...errors, ...details].flatMap(({ reason }) => reason ?? []).concat(status ?? []);
};

const Reason = z.object({ reason: z.string().optional() });
const GoogleError = z.object({
  error: z.object({
    status: z.string().optional(),
    errors: z.array(Reason).optional(),
    details: z.array(Reason).optional(),
  }),
});
