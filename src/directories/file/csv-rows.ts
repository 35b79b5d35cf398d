import { isUtf8 } from "node:buffer";
import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { readBlocks } from "./blocks.ts";
import { syntaxFault } from "./faults.ts";

export interface CsvRow {
  /** Where it starts, from 1. */
  readonly line: number;
  readonly values: readonly string[];
}

/**
 * The rows of a CSV file (RFC 4180), the header being the first. The separator is the one of comma, semicolon and tab
 * that the first line has most of; `sep=;` and `#TYPE …` above the header, which Excel and PowerShell write, are passed over, and so
 * are rows in which nothing stands. Fault `directory.file_syntax` with the line: a row that has another number of values than the
 * header, a quotation mark that does not belong there, bytes that are not UTF-8; `empty` where there is no header.
 */
export async function* readCsv(path: string, signal: AbortSignal): AsyncGenerator<CsvRow> {
  const input = await startReading(path, signal);
  const parser = parse({
    delimiter: input.separator,
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    max_record_size: longestRow,
  });
  // Rows are counted here, because the parser takes a line break of Windows inside quotation marks for two.
  let line = input.skippedLines + 1;
  let width = 0;
  try {
    for await (const record of pipeline(input.chunks, parser, () => {})) {
      const values = toTexts(record);
      if (values.some((value) => value.trim() !== "")) {
        if (width === 0) width = values.length;
        if (values.length !== width)
          throw syntaxFault(path, "ragged", { line, found: String(values.length), expected: String(width) });
        yield { line, values };
      }
      line += 1 + values.reduce((sum, value) => sum + countBreaks(value), 0);
    }
  } catch (error) {
    throw error instanceof CsvError ? syntaxFault(path, "quote", { line }) : error;
  } finally {
    // Whoever stops reading early, for whatever reason, leaves no open file behind.
    await input.close();
  }
  if (width === 0) throw syntaxFault(path, "empty");
}

const longestRow = 16 * 1024 * 1024;

interface Input {
  readonly separator: string;
  readonly skippedLines: number;
  readonly chunks: AsyncGenerator<Buffer>;
  close(): Promise<unknown>;
}

/** Looks at the first line, then gives everything from the header on. */
async function startReading(path: string, signal: AbortSignal): Promise<Input> {
  const chunks = readText(path, signal);
  const first = await chunks.next();
  if (first.done === true) throw syntaxFault(path, "empty");
  const text = first.value.toString("utf8");
  const above = /^(?:sep=(.)|#TYPE .*)\r?\n/iu.exec(text);
  const header = text.slice(above?.[0].length ?? 0);
  return {
    separator: above?.[1] ?? separatorOf(header),
    skippedLines: above === null ? 0 : 1,
    chunks: (async function* all() {
      yield first.value.subarray(Buffer.byteLength(above?.[0] ?? ""));
      yield* chunks;
    })(),
    close: () => chunks.return(undefined),
  };
}

/** The file's bytes, known to be UTF-8. */
async function* readText(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  let lines = 0;
  for await (const { data, encoding } of readBlocks(path, signal)) {
    if (encoding === "broken") throw syntaxFault(path, "not_utf8", { line: lines + 1 + firstBroken(data) });
    lines += countBreaks(data);
    yield Buffer.from(data);
  }
}

/** How many lines come before the first that is not UTF-8. */
function firstBroken(data: Buffer): number {
  let count = 0;
  for (let at = 0; at < data.length; count += 1) {
    const end = data.indexOf(lineFeed, at);
    const stop = end === -1 ? data.length : end;
    if (!isUtf8(data.subarray(at, stop))) return count;
    at = stop + 1;
  }
  return count;
}

const lineFeed = 0x0a;

function countBreaks(text: string | Buffer): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** Counted outside quotation marks, so that a column may be called "Last name, first name". */
function separatorOf(text: string): string {
  const header = (/^(?:"[^"]*"|[^"\n])*/u.exec(text.trimStart())?.[0] ?? "").replaceAll(/"[^"]*"/gu, "");
  const count = (separator: string): number => header.split(separator).length;
  return [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
}

function toTexts(record: unknown): string[] {
  return Array.isArray(record) ? record.map(String) : [];
}
