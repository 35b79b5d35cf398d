import { exitCodes } from "../exit-code.ts";
import { usage, type Run } from "../session.ts";
import { explainText } from "../views/human/explain.ts";
import { asIs } from "../views/json/as-is.ts";

/** Why somebody is where they are, or why a guard stops, from the newest recorded run and the entry as it is now. */
export const run: Run = async (invocation, session) => {
  const [who] = invocation.arguments;
  const guard = invocation.text("guard");
  if (who !== undefined && guard !== undefined)
    throw usage("together", { name: "--guard", other: who, command: "explain" });
  if (guard !== undefined) {
    const name = guard.startsWith("guard.") ? guard : `guard.${guard}`;
    await session.show(await session.call("guard.explain", { ...session.profile, guard: name }), explainText, asIs);
  } else if (who === undefined) throw usage("argument_missing", { name: "who", command: "explain" });
  else {
    const inGroup = invocation.text("in");
    const question = { ...session.profile, who, ...(inGroup === undefined ? {} : { inGroup }) };
    const answer = await session.call("person.explain", question);
    await session.show(answer, explainText, asIs);
    if (answer.headline.code === "headline.unknown") return exitCodes.error;
  }
  return exitCodes.done;
};
