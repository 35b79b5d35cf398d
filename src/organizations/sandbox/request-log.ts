/** The requests a sandbox received, for assertions: the latest ones, their bodies within a bound. */
import type { RequestInfo } from "./knobs.ts";

export interface RequestRecord {
  readonly method: string;
  /** Without `/api` or `/identity`. */
  readonly path: string;
  readonly bytes: number;
  /** JSON or form as data, other bodies as text; undefined when empty or dropped for room. */
  readonly body: unknown;
  /** What the client was answered; undefined while pending and when it got no answer. */
  readonly status: number | undefined;
  /** An error of the sandbox itself. */
  readonly defect: unknown;
}

export interface RequestLog {
  readonly records: readonly RequestRecord[];
  readonly add: (info: RequestInfo, body: Buffer) => Entry;
}

interface Entry extends RequestRecord {
  status: number | undefined;
  defect: unknown;
}

const maxBytes = 64_000_000;

export function createRequestLog(maxRecords: number): RequestLog {
  const records: KeptEntry[] = [];
  let bytes = 0;
  return {
    records,
    add(info, body) {
      const entry = createEntry(info, body);
      records.push(entry);
      bytes += body.length;
      while (records.length > maxRecords) bytes -= records.shift()?.forget() ?? 0;
      for (let index = 0; bytes > maxBytes && index < records.length; index += 1)
        bytes -= records[index]?.forget() ?? 0;
      return entry;
    },
  };
}

interface KeptEntry extends Entry {
  /** Drops the body and says how many bytes that frees. */
  readonly forget: () => number;
}

/** Bodies are parsed when somebody looks at them. */
function createEntry(info: RequestInfo, raw: Buffer): KeptEntry {
  let kept: Buffer | undefined = raw;
  return {
    method: info.method,
    path: info.path,
    bytes: info.bytes,
    status: undefined,
    defect: undefined,
    get body() {
      return kept === undefined ? undefined : parsed(kept, info.path);
    },
    forget() {
      const freed = kept?.length ?? 0;
      kept = undefined;
      return freed;
    },
  };
}

function parsed(raw: Buffer, path: string): unknown {
  if (raw.length === 0) return undefined;
  const text = raw.toString("utf8");
  if (path === "/connect/token") return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
