import { Fault } from "../../core/fault.ts";

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that somebody can act on. */
const resultCode = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  protocol: 15,
  notADatabase: 26,
};

/** Turns an error of SQLite or of the file system into a Fault that names the file; anything else comes back as it is. */
export const explain = (error: unknown, path: string): unknown => {
  const reason = error instanceof Error ? error.message : String(error);
  switch (primaryCode(error)) {
    case resultCode.full:
      return new Fault("store.full", { path }, error);
    case resultCode.readOnly:
      return new Fault("store.read_only", { path }, error);
    case resultCode.corrupt:
    case resultCode.notADatabase:
      return new Fault("store.damaged", { path, reason }, error);
    case resultCode.busy:
    case resultCode.locked:
    case resultCode.protocol:
      return new Fault("store.busy", { path }, error);
    case resultCode.io:
    case resultCode.cantOpen:
      return new Fault("store.unusable", { path, reason }, error);
    default:
      return explainFile(error, path);
  }
};

/** Somebody else is writing: worth another try. */
export const isBusy = (error: unknown): boolean => primaryCode(error) === resultCode.busy;

const explainFile = (error: unknown, path: string): unknown => {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return error;
  switch (error.code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new Fault("store.read_only", { path }, error);
    case "ENOSPC":
    case "EDQUOT":
      return new Fault("store.full", { path }, error);
    default:
      return new Fault("store.unusable", { path, reason: String(error.code) }, error);
  }
};

/** The lower byte of an extended result code is the primary one. */
const primaryCode = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
