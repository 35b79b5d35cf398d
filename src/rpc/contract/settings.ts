import { z } from "zod";
import { FaultShape, profile } from "./parts.ts";

/** Settings and where secrets are; no call gives a secret. */
export const settingCalls = {
  "secrets.set": {
    input: z.object({ name: z.string(), secret: z.string(), store: z.enum(["keychain", "sealed"]).optional() }),
    output: z.object({ name: z.string(), storedIn: z.string() }),
  },
  "secrets.clear": { input: z.object({ name: z.string() }), output: z.object({ name: z.string() }) },
  "secrets.status": {
    input: z.object({}),
    output: z.object({
      secrets: z.array(
        z.object({ name: z.string(), reference: z.string(), readable: z.boolean(), fault: FaultShape.optional() }),
      ),
      /** Where a new one is kept unless somebody says otherwise: `sealed` where there is no keychain. */
      store: z.enum(["keychain", "sealed"]),
    }),
  },
  "config.show": {
    input: z.object({ profile, flags: z.record(z.string(), z.string()).optional() }),
    output: z.object({
      values: z.array(
        z.object({ path: z.string(), value: z.string(), source: z.string(), title: z.string().optional() }),
      ),
    }),
  },
  "config.get": {
    input: z.object({ path: z.string(), profile }),
    output: z.object({ path: z.string(), value: z.unknown(), text: z.string() }),
  },
  "config.set": {
    input: z.object({ path: z.string(), value: z.string(), profile }),
    output: z.object({ path: z.string(), text: z.string(), before: z.string().optional() }),
  },
  "config.unset": {
    input: z.object({ path: z.string(), profile }),
    output: z.object({ path: z.string(), before: z.string().optional() }),
  },
  "config.check": { input: z.object({}), output: z.object({ file: z.string(), faults: z.array(FaultShape) }) },
  "config.dump": { input: z.object({ profile }), output: z.object({ text: z.string() }) },
  "config.load": {
    input: z.object({ path: z.string() }),
    output: z.object({ profiles: z.array(z.string()), organizations: z.array(z.string()) }),
  },
} as const;
