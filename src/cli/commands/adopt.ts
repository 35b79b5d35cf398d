import { exitCodes } from "../exit-code.ts";
import { usage, type Run } from "../session.ts";
import { adoptText } from "../views/human/people.ts";
import { asIs } from "../views/json/as-is.ts";

/** Says that what a plan proposed is right: the next plan carries it as rows, to be reviewed like all others. */
export const run: Run = async (invocation, session) => {
  const wishes = {
    addresses: [...invocation.arguments],
    sameAddress: invocation.flag("same-address"),
    groups: invocation.flag("groups"),
    gone: invocation.flag("gone"),
  };
  if (wishes.addresses.length === 0 && !wishes.sameAddress && !wishes.groups && !wishes.gone)
    throw usage("adopt_whom", { command: "adopt" });
  const answer = await session.call("people.adopt", { ...session.profile, ...wishes });
  await session.show(answer, adoptText, asIs);
  return answer.unknown.length > 0 ? exitCodes.error : exitCodes.done;
};
