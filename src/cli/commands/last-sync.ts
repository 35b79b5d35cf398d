import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { lastSyncJson } from "../views/human/people.ts";

/** When people and groups were last synchronised, as ISO 8601 in UTC, for scripts; nothing where they never were. */
export const run: Run = async (invocation, session) => {
  const last = await session.call("runs.last", session.profile);
  const [what] = invocation.arguments;
  if (session.globals.json) await session.write(`${JSON.stringify(lastSyncJson(last))}\n`);
  else if (what === "users" || what === "groups") await session.write(line(last[what]));
  else
    for (const [name, time] of [["users", last.users] as const, ["groups", last.groups] as const])
      if (time !== undefined) await session.write(`${name} ${time}\n`);
  return exitCodes.done;
};

const line = (time: string | undefined): string => (time === undefined ? "" : `${time}\n`);
