/** Which handler a path belongs to. */
import { answerToken } from "./identity.ts";
import { answerOfficial } from "./official/public.ts";
import { empty } from "./reply.ts";
import type { Context, Incoming, Reply } from "./reply.ts";
import { answerConfig, answerNow, answerVersion } from "./server-info.ts";
import { rocketError } from "./vaultwarden/errors.ts";
import { answerVaultwarden } from "./vaultwarden/public.ts";

/** The path without base path and without `/api` or `/identity`: both forms are served, as on the cloud and on self-hosted servers. */
export function barePath(pathname: string, basePath: string): string {
  const inside = basePath !== "" && pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : pathname;
  const bare = inside.replace(/^\/(?:api|identity)(?=\/)/, "").replace(/\/+$/, "");
  return bare === "" ? "/" : bare;
}

/** Answers a request; throws a Refusal to end early. */
export function answer(context: Context, incoming: Incoming): Reply {
  const vaultwarden = context.state.dialect === "vaultwarden";
  switch (`${incoming.method} ${incoming.path}`) {
    case "POST /connect/token":
      return answerToken(context, incoming);
    case "GET /config":
      return answerConfig(context);
    case "GET /version":
      return answerVersion(context);
    case "GET /alive":
    case "GET /now":
      return answerNow(context);
  }
  if (incoming.path.startsWith("/public/"))
    return vaultwarden ? answerVaultwarden(context, incoming) : answerOfficial(context, incoming);
  return vaultwarden ? rocketError(404, "application/json") : empty(404);
}
