import { exitCodes } from "../exit-code.ts";
import { usage, type Run } from "../session.ts";
import { protectText } from "../views/human/people.ts";
import { asIs } from "../views/json/as-is.ts";

/** Who is never revoked or removed, whatever the directory says; without addresses it only shows them. */
export const run: Run = async (invocation, session) => {
  const addresses = [...invocation.arguments];
  const remove = invocation.flag("remove");
  if (remove && addresses.length === 0) throw usage("argument_missing", { name: "address", command: "protect" });
  const change = addresses.length === 0 ? {} : remove ? { remove: addresses } : { add: addresses };
  await session.show(await session.call("profiles.protect", { ...session.profile, ...change }), protectText, asIs);
  return exitCodes.done;
};
