/** All there is under `/public` on Vaultwarden: the import, guarded by the token before anything is read. */
import type { Context, Incoming, Reply } from "../reply.ts";
import { judgeToken } from "../tokens.ts";
import { rocketError } from "./errors.ts";
import { importIntoVaultwarden } from "./import.ts";
import { readVaultwardenImport } from "./validate.ts";

export function answerVaultwarden(context: Context, incoming: Incoming): Reply {
  const { accept, authorization } = incoming.headers;
  if (incoming.method !== "POST" || incoming.path !== "/public/organization/import")
    return rocketError(404, "application/json");
  // Only this exact prefix is taken off; a bare token passes, `bearer` does not.
  const token = authorization?.startsWith("Bearer ") === true ? authorization.slice("Bearer ".length) : authorization;
  if (judgeToken(context, token).kind !== "valid") return rocketError(401, accept);
  if (incoming.tooLarge) return rocketError(413, accept);
  return importIntoVaultwarden(context, incoming, readVaultwardenImport(incoming.body, accept));
}
