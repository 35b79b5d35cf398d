import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { doctorText } from "../views/human/findings.ts";
import { asIs } from "../views/json/as-is.ts";

/** Looks at the installation itself: the home, the configuration, the store, the secrets. */
export const run: Run = async (_invocation, session) => {
  const info = await session.call("app.info", {});
  const { findings } = await session.call("doctor.run", {});
  await session.show({ info, findings }, doctorText, asIs);
  return findings.some(({ severity }) => severity === "error") ? exitCodes.error : exitCodes.done;
};
