import { Fault } from "../../core/fault.ts";
import { dialects, sandboxPlans, type SandboxOptions } from "../context.ts";
import { exitCodes } from "../exit-code.ts";
import type { Invocation, Run, Session } from "../session.ts";
import { stopped } from "../stopped.ts";
import { sandboxHintText, sandboxText } from "../views/human/sandbox.ts";

/** An organization server for trying out, on this computer alone; it runs until it is stopped. */
export const run: Run = async (invocation, session) => {
  const { context } = session;
  const options = wishes(invocation, session);
  const sandbox = await start(session, options);
  try {
    const { url, clientId, clientSecret } = sandbox;
    await session.show({ url, clientId, clientSecret }, sandboxText, (value) => ({
      version: 1,
      ...value,
      dialect: options.dialect,
    }));
    if (!session.globals.json) await session.tell(sandboxHintText({ url, clientId }, await session.screen()));
    await stopped(context.signal);
  } finally {
    await sandbox.close();
  }
  return exitCodes.done;
};

const wishes = (invocation: Invocation, session: Session): SandboxOptions => {
  const [seats, port, latency] = [invocation.count("seats"), invocation.count("port"), invocation.count("latency")];
  const plan = sandboxPlans.find((one) => one === invocation.text("plan"));
  const state = invocation.text("state");
  return {
    dialect: dialects.find((one) => one === invocation.text("dialect")) ?? "official-cloud",
    ...(plan === undefined ? {} : { plan }),
    ...(seats === undefined ? {} : { seats }),
    ...(port === undefined ? {} : { port }),
    ...(latency === undefined ? {} : { latency }),
    ...(state === undefined ? {} : { stateFile: session.pathOf(state) }),
  };
};

const start = async (session: Session, options: SandboxOptions) => {
  try {
    return await session.context.startSandbox(options);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "EADDRINUSE" || code === "EACCES")
      throw new Fault("sandbox.port_taken", { port: options.port ?? 0, reason: code }, error);
    throw new Fault("sandbox.failed", { reason: error instanceof Error ? error.message : String(error) }, error);
  }
};
