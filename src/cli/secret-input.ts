import { text as textOf } from "node:stream/consumers";
import { Fault } from "../core/fault.ts";
import { usage, type Invocation, type Session } from "./session.ts";

/** A secret with where it came from, where that place can be named in the configuration (`env:NAME`, `file:/path`). */
export interface GivenSecret {
  readonly secret: string;
  readonly reference?: string;
}

/**
 * A secret from `--<name>-file`, `--<name>-env` or `--<name>-stdin`; never from the command line itself, which other
 * users of the computer can read. Undefined when none of them was given. Faults: `usage.invalid`, `secret.unreadable`.
 */
export const givenSecret = async (
  invocation: Invocation,
  session: Session,
  name: string,
): Promise<GivenSecret | undefined> => {
  const file = invocation.text(`${name}-file`);
  const variable = invocation.text(`${name}-env`);
  const stdin = invocation.flag(`${name}-stdin`);
  const [one, other] = [
    file === undefined ? undefined : `--${name}-file`,
    variable === undefined ? undefined : `--${name}-env`,
    stdin ? `--${name}-stdin` : undefined,
  ].filter((given) => given !== undefined);
  if (one !== undefined && other !== undefined)
    throw usage("together", { name: one, other, command: invocation.path.join(" ") });
  if (file !== undefined) {
    const path = session.pathOf(file);
    return { secret: await secretInFile(session, path, name), reference: `file:${path}` };
  }
  if (variable !== undefined) {
    const secret = session.context.environment[variable];
    if (secret === undefined || secret === "")
      throw new Fault("secret.unreadable", { field: name, place: variable, reason: "variable_unset" });
    return { secret, reference: `env:${variable}` };
  }
  return stdin ? { secret: await secretFromStdin(session, name) } : undefined;
};

/** Everything on stdin without the line break at its end. Fault `secret.unreadable` when that is nothing. */
export const secretFromStdin = async (session: Session, name: string): Promise<string> =>
  filled(withoutLineEnd(await textOf(session.context.stdin)), name, "stdin");

export const secretInFile = async (session: Session, path: string, name: string): Promise<string> => {
  let text: string;
  try {
    text = await session.context.readText(path);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new Fault("secret.unreadable", { field: name, place: path, reason }, error);
  }
  return filled(withoutLineEnd(text), name, path);
};

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/u, "");

const filled = (secret: string, field: string, place: string): string => {
  if (secret === "") throw new Fault("secret.unreadable", { field, place, reason: "empty" });
  return secret;
};

/** Where `--keychain` or `--sealed` wants a secret kept; nothing = wherever it can be. */
export const wishedStore = (invocation: Invocation): { readonly store?: "keychain" | "sealed" } => {
  const [keychain, sealed] = [invocation.flag("keychain"), invocation.flag("sealed")];
  if (keychain && sealed)
    throw usage("together", { name: "--keychain", other: "--sealed", command: invocation.path.join(" ") });
  return keychain ? { store: "keychain" } : sealed ? { store: "sealed" } : {};
};
