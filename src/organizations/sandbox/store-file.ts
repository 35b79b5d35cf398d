/** Keeps the state in one JSON file, so that a sandbox can be stopped (or killed) and started again. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { accountSchema, eventSchema, groupFields, mailSchema, memberSchema, organizationSchema } from "./state.ts";
import type { State } from "./state.ts";

const fileSchema = z.object({
  version: z.literal(1),
  dialect: z.enum(["official-cloud", "official-selfhost", "vaultwarden"]),
  organization: organizationSchema,
  members: z.array(memberSchema),
  groups: z.array(z.object({ ...groupFields, memberIds: z.array(z.string()) })),
  events: z.array(eventSchema),
  mails: z.array(mailSchema),
  accounts: z.array(z.tuple([z.string(), accountSchema])),
  signingKey: z.string().optional(),
});

/** The stored state, or undefined when there is no such file; throws when it is something else than a sandbox's state. */
export async function loadState(path: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const file = fileSchema.parse(JSON.parse(text));
  return {
    dialect: file.dialect,
    organization: file.organization,
    members: new Map(file.members.map((member) => [member.id, member])),
    groups: new Map(file.groups.map((group) => [group.id, { ...group, memberIds: new Set(group.memberIds) }])),
    events: file.events,
    mails: file.mails,
    accounts: new Map(file.accounts),
    signingKey: file.signingKey,
  };
}

/** A function that saves the state whole, written beside the file and renamed; calls made at once are done one after another. */
export function createSaver(path: string, state: State): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    const next = last.then(async () => {
      const draft = `${path}.new`;
      await writeFile(draft, serialize(state), { mode: 0o600, flush: true });
      await rename(draft, path);
    });
    last = next.catch(() => undefined);
    return next;
  };
}

function serialize(state: State): string {
  const file: z.infer<typeof fileSchema> = {
    version: 1,
    dialect: state.dialect,
    organization: state.organization,
    members: [...state.members.values()],
    groups: Array.from(state.groups.values(), (group) => ({ ...group, memberIds: [...group.memberIds] })),
    events: state.events,
    mails: state.mails,
    accounts: [...state.accounts],
    signingKey: state.signingKey,
  };
  return JSON.stringify(file);
}
