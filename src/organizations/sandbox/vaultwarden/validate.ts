/** Reads an import request as Vaultwarden does: exact names, exact types, nothing null; what else is in it is ignored. */
import { z } from "zod";
import { Refusal } from "../reply.ts";
import { rocketError } from "./errors.ts";

const importSchema = z.object({
  groups: z.array(z.object({ name: z.string(), externalId: z.string(), memberExternalIds: z.array(z.string()) })),
  members: z.array(z.object({ email: z.string(), externalId: z.string(), deleted: z.boolean() })),
  overwriteExisting: z.boolean(),
});

export type VaultwardenImport = z.infer<typeof importSchema>;

/** Not JSON in UTF-8 without a byte order mark is 400, the wrong shape 422. */
export function readVaultwardenImport(body: Buffer, accept: string | undefined): VaultwardenImport {
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    const mayHoldSurrogate = /\\ud[89a-f]/i.test(text);
    value = JSON.parse(text, mayHoldSurrogate ? refuseLoneSurrogates : undefined);
  } catch {
    throw new Refusal(rocketError(400, accept));
  }
  const result = importSchema.safeParse(value);
  if (!result.success) throw new Refusal(rocketError(422, accept));
  return result.data;
}

function refuseLoneSurrogates(name: string, value: unknown): unknown {
  if (!name.isWellFormed() || (typeof value === "string" && !value.isWellFormed()))
    throw new SyntaxError("lone surrogate");
  return value;
}
