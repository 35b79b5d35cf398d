import { exitOfRun } from "../exit-code.ts";
import { readSections } from "../read-plan.ts";
import { readTest } from "../read-test.ts";
import type { Run } from "../session.ts";
import { testText } from "../views/human/test.ts";
import { writeTestJson } from "../views/json/test.ts";

/** Reads both sides whole and shows what the directory holds, who is left out, and the plan; nothing is sent. */
export const run: Run = async (invocation, session) => {
  const summary = await session.call("plan.create", {
    ...session.profile,
    kind: "test",
    full: true,
    wait: session.globals.wait,
  });
  const profile = { profile: summary.profile };
  if (session.globals.json) await writeTestJson(session, summary);
  else {
    const only = invocation.list("only");
    const most = only.length > 0 ? Number.POSITIVE_INFINITY : 20;
    const [directory, sections] = [
      await readTest(session, profile, 20),
      await readSections(session, summary.run, { only, most }),
    ];
    const picture = { summary, directory, sections, partial: only.length > 0 };
    await session.write(testText(picture, await session.screen()));
  }
  return exitOfRun(summary, session.globals, session.context.signal);
};
