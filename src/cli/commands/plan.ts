import { startOf } from "../baseline.ts";
import { exitOfRun } from "../exit-code.ts";
import { forProfiles } from "../profiles.ts";
import { planText as textOfPlan, readSections, redactedSections, type PlanPicture } from "../read-plan.ts";
import { usage, type Run, type Session } from "../session.ts";
import { planText } from "../views/human/plan.ts";
import { planMarkdown } from "../views/human/markdown.ts";

/** Reads both sides and shows what a sync would do; nothing is sent. */
export const run: Run = async (invocation, session) => {
  const out = invocation.text("out");
  const redact = invocation.flag("redact");
  if (out !== undefined && invocation.flag("all"))
    throw usage("together", { name: "--out", other: "--all", command: "plan" });
  if (invocation.flag("markdown") && session.globals.json)
    throw usage("together", { name: "--markdown", other: "--json", command: "plan" });
  const start = startOf(invocation);
  return forProfiles(invocation, session, async (profile) => {
    const summary = await session.call("plan.create", {
      ...profile,
      kind: "plan",
      full: invocation.flag("full"),
      wait: session.globals.wait,
      ...start,
    });
    const file = out === undefined ? undefined : session.pathOf(out);
    if (file !== undefined) await session.call("plan.write", { run: summary.run, path: file, redact });
    if (session.globals.json)
      for await (const text of textOfPlan(session, summary.run, redact)) await session.write(text);
    else {
      const only = invocation.list("only");
      const markdown = invocation.flag("markdown");
      const reading = { only, ...(only.length > 0 ? {} : { most: markdown ? 200 : 20 }) };
      const picture: PlanPicture = {
        summary,
        sections: await (redact ? redactedSections : readSections)(session, summary.run, reading),
        ...(out === undefined ? {} : { file: out }),
        redacted: redact,
        partial: only.length > 0,
      };
      await write(session, picture, markdown);
    }
    return exitOfRun(summary, session.globals, session.context.signal);
  });
};

const write = async (session: Session, picture: PlanPicture, markdown: boolean): Promise<void> => {
  const screen = await session.screen();
  await session.write(markdown ? planMarkdown(picture, screen) : planText(picture, screen));
};
