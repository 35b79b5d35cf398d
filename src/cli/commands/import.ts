import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { importText } from "../views/human/import.ts";
import { asIs } from "../views/json/as-is.ts";

/** Takes over the `data.json` of Bitwarden's own Directory Connector; that stays as it is. */
export const run: Run = async (invocation, session) => {
  const [file = ""] = invocation.arguments;
  const source = { path: session.pathOf(file) };
  const read = await session.call("import.read", source);
  await session.call("import.apply", source);
  await session.show(read, importText, asIs);
  return exitCodes.done;
};
