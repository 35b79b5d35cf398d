import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { secretStatusText } from "../views/human/secrets.ts";
import { asIs } from "../views/json/as-is.ts";

/** Ends with 1 when one of them cannot be read. */
export const run: Run = async (_invocation, session) => {
  const answer = await session.call("secrets.status", {});
  await session.show(answer, secretStatusText, asIs);
  return answer.secrets.every(({ readable }) => readable) ? exitCodes.done : exitCodes.error;
};
