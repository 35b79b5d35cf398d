/** The error bodies of the official server's public API. */
import type { FullWindow } from "../rate-limit.ts";
import { Refusal, json } from "../reply.ts";
import type { Reply } from "../reply.ts";

export type FieldErrors = Readonly<Record<string, readonly string[]>>;

export function officialError(status: number, message: string, errors: FieldErrors | null = null): Reply {
  return json(status, { object: "error", message, errors });
}

export function refuse(message: string, status = 400): Refusal {
  return new Refusal(officialError(status, message));
}

/** How the server reports a rule broken after it had begun to write. */
export function refuseWrapped(message: string): Refusal {
  return new Refusal(officialError(400, "Errors have occurred.", { "An error has occurred.": [message] }));
}

export function refuseModel(errors: FieldErrors): Refusal {
  return new Refusal(officialError(400, "The request's model state is invalid.", errors));
}

export function serverError(): Refusal {
  return refuse("An unhandled server error has occurred.", 500);
}

/** The cloud's 429, which uses the internal API's error shape. */
export function officialThrottle(full: FullWindow): Reply {
  const body = {
    message: `Slow down! Too many requests. Try again in ${full.period}.`,
    validationErrors: null,
    exceptionMessage: null,
    exceptionStackTrace: null,
    innerExceptionMessage: null,
    object: "error",
  };
  return json(429, body, { "retry-after": String(full.retryAfterSeconds) });
}
