import { readFile } from "node:fs/promises";
import type { SecretReference } from "../config/field.ts";
import { Fault, type FaultParams } from "../core/fault.ts";
import { runCommand, type CommandResult, type RunCommand } from "./command.ts";
import { fileReason } from "./private-file.ts";
import { createRedaction } from "./redact.ts";
import type { ResolveSecret, SecretStore } from "./secret-store.ts";

export interface ReferenceOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: (kind: "keychain" | "sealed") => Promise<SecretStore>;
  readonly remember: (secret: string) => void;
  readonly redact: (text: string) => string;
  /** The path of a file that a reference names. */
  readonly locate: (path: string) => string;
  readonly readFile?: (path: string) => Promise<string>;
  readonly runCommand?: RunCommand;
  /** For commands, in milliseconds; 30 seconds unless given. */
  readonly timeoutMs?: number;
}

/**
 * Turns references into texts, afresh at every call, so that a changed secret is found after a 401. One line end at the
 * end of a file or of a command's output is not part of the secret.
 */
export const createResolve = (options: ReferenceOptions): ResolveSecret => {
  return async (field, reference) => {
    const secret = await readReference(options, field, reference);
    options.remember(secret);
    return secret;
  };
};

const readReference = async (options: ReferenceOptions, field: string, reference: SecretReference): Promise<string> => {
  if ("keychain" in reference || "sealed" in reference) {
    const store = await options.store("keychain" in reference ? "keychain" : "sealed");
    return present(await store.get(field), { field, source: store.kind });
  }
  if ("env" in reference)
    return present(options.env[reference.env], { field, source: "environment", place: reference.env });
  if ("file" in reference) {
    const place = options.locate(reference.file);
    return present(await readSecretFile(options, field, place), { field, source: "file", place });
  }
  return present(await runForSecret(options, field, reference.command), {
    field,
    source: "command",
    place: options.redact(reference.command.join(" ")),
  });
};

const present = (secret: string | undefined, params: { field: string; source: string; place?: string }): string => {
  if (secret === undefined || secret === "") throw new Fault("secret.missing", params);
  return secret;
};

const readSecretFile = async (options: ReferenceOptions, field: string, path: string): Promise<string> => {
  try {
    const text = await (options.readFile ?? readText)(path);
    return withoutLineEnd(text.replace(/^\uFEFF/u, ""));
  } catch (error) {
    throw new Fault("secret.unreadable", { field, place: path, reason: fileReason(error) });
  }
};

const readText = (path: string): Promise<string> => readFile(path, "utf8");

const runForSecret = async (options: ReferenceOptions, field: string, command: readonly string[]): Promise<string> => {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const result = await (options.runCommand ?? runCommand)(command, { env: options.env, timeoutMs });
  if (result.ended === "exit" && result.code === 0) return withoutLineEnd(result.stdout);
  throw new Fault("secret.command_failed", {
    field,
    command: options.redact(command.join(" ")),
    ...failure(result, timeoutMs, options.redact),
  });
};

/** `reason` has words under `reason.secret.command_failed`, with the values beside it. */
const failure = (result: CommandResult, timeoutMs: number, redact: (text: string) => string): FaultParams => {
  switch (result.ended) {
    case "exit":
      return { ...withLine("exit", redact(firstLine(result.stderr, result.stdout))), code: result.code };
    case "signal":
      return { ...withLine("signal", redact(firstLine(result.stderr, result.stdout))), signal: result.signal };
    case "late":
      return { reason: "late", seconds: Math.round(timeoutMs / 1000) };
    case "too-long":
      return { reason: "too_long" };
    case "not-started":
      return { reason: "not_started", cause: result.reason };
    default:
      return result satisfies never;
  }
};

const withLine = (reason: string, line: string): FaultParams =>
  line === "" ? { reason: `${reason}_silent` } : { reason, line };

/** What it wrote to stderr says most, unless that repeats what it wrote to stdout: that may be the secret. */
const firstLine = (stderr: string, stdout: string): string => {
  const repeated = createRedaction();
  repeated.remember(stdout.trim());
  return repeated.redact(stderr).trim().split(/\r?\n/u, 1)[0]?.slice(0, 200) ?? "";
};

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/u, "");
