/** Vaultwarden's two error bodies: its own object, and the web framework's page for what never reaches a handler. */
import { json } from "../reply.ts";
import type { Reply } from "../reply.ts";

export function vaultwardenError(status: number, message: string): Reply {
  return json(status, {
    message,
    validationErrors: { "": [message] },
    errorModel: { message, object: "error" },
    error: "",
    error_description: "",
    exceptionMessage: null,
    exceptionStackTrace: null,
    innerExceptionMessage: null,
    object: "error",
  });
}

interface Explanation {
  readonly reason: string;
  readonly description: string;
}

const explanations: Readonly<Record<number, Explanation>> = {
  400: {
    reason: "Bad Request",
    description: "The request could not be understood by the server due to malformed syntax.",
  },
  401: { reason: "Unauthorized", description: "The request requires user authentication." },
  404: { reason: "Not Found", description: "The requested resource could not be found." },
  413: {
    reason: "Payload Too Large",
    description: "The request is larger than the server is willing or able to process.",
  },
  415: {
    reason: "Unsupported Media Type",
    description: "The entity of the request is in a format not supported by the requested resource.",
  },
  422: {
    reason: "Unprocessable Entity",
    description: "The request was well-formed but was unable to be followed due to semantic errors.",
  },
  500: {
    reason: "Internal Server Error",
    description: "The server encountered an internal error while processing this request.",
  },
};

/** JSON only for clients that prefer it; pass "application/json" where the server always answers JSON. */
export function rocketError(status: number, accept: string | undefined): Reply {
  const { reason, description } = explanations[status] ?? { reason: "Error", description: "" };
  if (prefersJson(accept)) return json(status, { error: { code: status, reason, description } });
  const body = `<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>${status} ${reason}</title>\n</head>\n<body>\n<h1>${status}: ${reason}</h1>\n<p>${description}</p>\n</body>\n</html>`;
  return { status, headers: { "content-type": "text/html; charset=utf-8" }, body };
}

function prefersJson(accept: string | undefined): boolean {
  const ranges = (accept ?? "").split(",").map((range) => {
    const [type, ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
  const best = ranges.reduce((first, range) => (range.quality > first.quality ? range : first));
  return best.type === "application/json";
}
