import { pino, destination, type Logger } from "pino";
import { openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { LogFormat, LogLevel } from "../cli/context.ts";
import type { Log, LogFields } from "../core/log.ts";

export interface LogOptions {
  /** Folder of the log files; absent = only stderr, where asked for. */
  readonly folder?: string;
  /** Also to stderr, from this level. */
  readonly level?: LogLevel;
  readonly format?: LogFormat;
  /** Takes secrets out. */
  readonly redact: (text: string) => string;
  readonly stderr: (text: string) => void;
}

/** Product: logs are 5 files of 10 MB. */
const largest = 10 * 1024 * 1024;
const kept = 5;
const ranks: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

/**
 * Logs of this process: JSON lines in the home's log file, and on stderr what was asked for. The file is made with the
 * first line that is written, so that a command that only looks leaves nothing behind.
 */
export const createLog = (options: LogOptions): Log => {
  let file: Logger | undefined;
  let broken = options.folder === undefined;
  const toFile = (level: LogLevel, message: string, fields: LogFields): void => {
    if (broken || level === "debug") return;
    try {
      file ??= openLog(options.folder ?? "");
      file[level](fields, message);
    } catch {
      broken = true;
    }
  };
  const threshold = options.level === undefined ? Number.POSITIVE_INFINITY : ranks[options.level];
  const write =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      const safe = cleaned(fields, options.redact);
      toFile(level, options.redact(message), safe);
      if (ranks[level] >= threshold)
        options.stderr(`${lineOf(level, options.redact(message), safe, options.format)}\n`);
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
};

/** The newest of the log's files. */
export const logFileOf = (folder: string): string => join(folder, "directory-connector.log");

const openLog = (folder: string): Logger => {
  const path = logFileOf(folder);
  rotate(path);
  return pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination({ fd: openSync(path, "a", 0o600), sync: true }),
  );
};

const rotate = (path: string): void => {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < largest) return;
  for (let number = kept - 1; number >= 1; number -= 1) {
    const from = number === 1 ? path : `${path}.${number - 1}`;
    if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${path}.${number}`);
  }
};

/** Fields as JSON values without secrets; an error becomes its message and code. */
const cleaned = (fields: LogFields, redact: (text: string) => string): Record<string, unknown> => {
  const text = JSON.stringify(fields, (_key, value: unknown) =>
    value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value,
  );
  const value: unknown = JSON.parse(redact(text ?? "{}"));
  return typeof value === "object" && value !== null ? { ...value } : {};
};

const lineOf = (level: LogLevel, message: string, fields: LogFields, format: LogFormat = "text"): string => {
  if (format === "json") return JSON.stringify({ level, message, ...fields });
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [`${level}:`, message, ...rest].join(" ");
};
