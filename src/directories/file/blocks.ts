import { isAscii, isUtf8 } from "node:buffer";
import type { BigIntStats } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { Fault } from "../../core/fault.ts";
import { syntaxFault, unreadableFault } from "./faults.ts";

/** A part of a file that ends where a line ends. */
export interface Block {
  /** Valid until the next block is asked for. */
  readonly data: Buffer;
  /** `broken`: some line in it is not UTF-8, or a character is spread over two lines. */
  readonly encoding: "ascii" | "utf8" | "broken";
  /** True for the last block of a file whose last line has no end. */
  readonly isUnfinished: boolean;
}

/**
 * A file's content in blocks of whole lines, in memory of one size however large the file is. A UTF-8 byte order mark is
 * left out. The end is reached only when the file is still the one that was opened: Fault `directory.truncated` where it
 * was written to or replaced meanwhile, `directory.file_unreadable` where it cannot be read, `directory.file_syntax`
 * where it is UTF-16 or has a line of more than 64 MB.
 */
export async function* readBlocks(path: string, signal: AbortSignal): AsyncGenerator<Block> {
  const { handle, before } = await openFile(path);
  try {
    let buffer: Buffer = Buffer.allocUnsafeSlow(blockSize);
    let kept = 0;
    let done = 0;
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await read(handle, path, buffer, kept);
      const mark = done === 0 ? lengthOfMark(path, buffer.subarray(0, bytesRead)) : 0;
      done += bytesRead;
      const filled = kept + bytesRead - mark;
      if (mark > 0) buffer.copyWithin(0, mark, filled + mark);
      const end = bytesRead === 0 ? filled : buffer.subarray(0, filled).lastIndexOf(newline) + 1;
      if (end > 0) yield toBlock(buffer.subarray(0, end), bytesRead === 0);
      if (bytesRead === 0) break;
      buffer.copyWithin(0, end, filled);
      kept = filled - end;
      if (kept === buffer.length) buffer = enlarge(path, buffer);
    }
    const after = await stat(path, { bigint: true }).catch(() => undefined);
    if (
      !isSame(before, await handle.stat({ bigint: true }), done) ||
      after === undefined ||
      !isSame(before, after, done)
    )
      throw new Fault("directory.truncated", { what: "file", path, count: done, reason: "changed" });
  } finally {
    await handle.close();
  }
}

/** Fault `directory.file_unreadable` unless it is a file that this user may read; gives its size in bytes. */
export async function checkFile(path: string): Promise<{ readonly size: number; readonly modified: number }> {
  const { handle, before } = await openFile(path);
  await handle.close();
  return { size: Number(before.size), modified: Number(before.mtimeMs) };
}

const blockSize = 256 * 1024;
const longestLine = 64 * 1024 * 1024;
const newline = 0x0a;

async function openFile(path: string): Promise<{ handle: FileHandle; before: BigIntStats }> {
  try {
    // Asked before opening: opening a pipe waits until somebody writes to it.
    const found = await stat(path);
    if (found.isDirectory()) throw new Fault("directory.file_unreadable", { path, reason: "folder" });
    if (!found.isFile()) throw new Fault("directory.file_unreadable", { path, reason: "no_file" });
    const handle = await open(path, "r");
    return { handle, before: await handle.stat({ bigint: true }) };
  } catch (error) {
    throw error instanceof Fault ? error : unreadableFault(path, error);
  }
}

async function read(handle: FileHandle, path: string, buffer: Buffer, at: number): Promise<{ bytesRead: number }> {
  try {
    return await handle.read(buffer, at, buffer.length - at, null);
  } catch (error) {
    throw unreadableFault(path, error);
  }
}

/** Length of the byte order mark at the start of a file. */
function lengthOfMark(path: string, data: Buffer): number {
  const [first, second, third] = data;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) throw syntaxFault(path, "utf16");
  return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
}

function toBlock(data: Buffer, isUnfinished: boolean): Block {
  const encoding = isAscii(data) ? "ascii" : isUtf8(data) ? "utf8" : "broken";
  return { data, encoding, isUnfinished };
}

function enlarge(path: string, buffer: Buffer): Buffer {
  if (buffer.length >= longestLine) throw syntaxFault(path, "line_too_long");
  const larger = Buffer.allocUnsafeSlow(buffer.length * 2);
  buffer.copy(larger);
  return larger;
}

const isSame = (before: BigIntStats, after: BigIntStats, bytes: number): boolean =>
  before.ino === after.ino &&
  before.dev === after.dev &&
  before.mtimeNs === after.mtimeNs &&
  before.size === after.size &&
  after.size === BigInt(bytes);
