import { Fault } from "../../core/fault.ts";
import { hasColour, widthOf, type Session } from "../session.ts";
import { faultText } from "./human/fault.ts";
import { faultJson } from "./json/fault.ts";
import { createStyle } from "./style.ts";

/** A failure on stderr: a block for people, with `--json` one line. Anything that is no Fault is a defect of ours. */
export const tellFault = async (
  fault: Fault | undefined,
  error: unknown,
  session: Session,
  also: Parameters<typeof faultText>[2] = [],
): Promise<void> => {
  const { context, globals } = session;
  const known =
    fault ?? new Fault("internal.defect", { reason: error instanceof Error ? error.message : String(error) });
  const { loadWords } = await import("../words.ts");
  const load = (language?: string, moments: "local" | "iso" = "local") =>
    loadWords({ language, timeZone: context.timeZone, now: context.clock.now(), moments });
  if (globals.json) {
    await session.tell(`${JSON.stringify(faultJson(known, await load(undefined, "iso"), context.signal))}\n`);
    return;
  }
  // A language there is not cannot tell its own absence.
  const words = await load(globals.language).catch(() => load());
  const style = createStyle(globals.color && hasColour(context, context.stderr));
  await session.tell(faultText(known, { words, width: widthOf(context.stderr), style, rows: 20 }, also));
};
