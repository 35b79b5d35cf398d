import { isFault } from "../core/fault.ts";
import type { CliContext } from "./context.ts";
import { exitCodes, exitOfError } from "./exit-code.ts";
import { findCommand, parseArguments, readGlobals, wordsIn } from "./parse.ts";
import { Cancelled, createSession, OutputClosed, type Session } from "./session.ts";

/**
 * The whole command line: reads the arguments (without the program's name), loads and runs the one command they name,
 * and gives the exit code. Never throws; what failed is said on stderr.
 */
export const runCli = async (argv: readonly string[], context: CliContext): Promise<number> => {
  // A reader that goes away is told to the write that fails; without a listener Node would end the process.
  const ignore = (): void => undefined;
  context.stdout.on("error", ignore);
  context.stderr.on("error", ignore);
  const session = createSession(context, readGlobals(argv, context.environment), runCli);
  try {
    return await dispatch(argv, session);
  } catch (error) {
    return await report(error, session);
  } finally {
    await session.close().catch(ignore);
    context.stdout.off("error", ignore);
    context.stderr.off("error", ignore);
  }
};

const dispatch = async (argv: readonly string[], session: Session): Promise<number> => {
  const { context } = session;
  const { path, help } = wordsIn(argv);
  if (path.length === 0 && (argv.includes("--version") || argv.includes("-V"))) {
    await session.write(`${context.version}\n`);
    return exitCodes.done;
  }
  // Nothing is done in a language that could not tell of it.
  if (session.globals.language !== undefined) await session.words();
  const chosen = findCommand(path);
  const isGroup = chosen !== undefined && chosen.spec.load === undefined && chosen.path.length === path.length;
  if (help || isGroup || (path.length === 0 && argv.length === 0))
    return await (await import("./commands/help.ts")).showHelp(path, session);
  const invocation = await parseArguments(argv);
  const { load } = invocation.spec;
  if (load === undefined) return await (await import("./commands/help.ts")).showHelp(path, session);
  const { run } = await load();
  return await run(invocation, session);
};

/** Says what failed. An interrupted run speaks for itself; a pipe that was closed needs no words. */
const report = async (thrown: unknown, session: Session): Promise<number> => {
  if (thrown instanceof OutputClosed) return exitCodes.done;
  if (thrown instanceof Cancelled) {
    await session.tell(`${(await session.words()).format("cli.ask.cancelled")}\n`);
    return exitCodes.interrupted;
  }
  const { signal } = session.context;
  const exit = exitOfError(thrown, signal);
  try {
    const { tellFault } = await import("./views/tell-fault.ts");
    await tellFault(isFault(thrown) ? thrown : undefined, thrown, session);
  } catch (second) {
    await session.tell(`${String(thrown)}\n${String(second)}\n`).catch(() => undefined);
  }
  return exit;
};
