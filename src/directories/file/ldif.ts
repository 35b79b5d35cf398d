import { isUtf8 } from "node:buffer";
import { Fault } from "../../core/fault.ts";
import { type Block, readBlocks } from "./blocks.ts";
import { syntaxFault } from "./faults.ts";
import { createUnfolder, type LdifLine } from "./ldif-lines.ts";

/** One entry of an LDIF file. */
export interface LdifEntry {
  /** Line of its `dn:`, from 1. */
  readonly line: number;
  /** As written. */
  readonly dn: string;
  /** By attribute name in lower case; values of `binaryAttributes` keep one byte a character. */
  readonly values: ReadonlyMap<string, readonly LdifValue[]>;
}

export interface LdifValue {
  readonly text: string;
  readonly line: number;
}

export interface LdifWanted {
  /** Names of the attributes to keep, in lower case. */
  readonly attributes: ReadonlySet<string>;
  /** Those of them whose base64 is not text. */
  readonly binary: ReadonlySet<string>;
}

/**
 * The entries of an LDIF content file (RFC 2849), a batch for each block of it. Values in languages of their own
 * (`cn;lang-nl`) and deleted ones are left out; other options mean the attribute itself.
 * Fault `directory.file_syntax` with the line: what is no LDIF, change records, values in other files (`:<`), groups of
 * which a server gave only a part of the members. Fault `directory.truncated` where ldapsearch wrote that its search
 * was cut short. The end of the file counts only if its last line has an end (RFC 2849 demands it): one cut short has none.
 * A file without entries is an empty directory only where it says that it is LDIF or how the search ended; nothing at all
 * is what an export that failed leaves behind.
 */
export async function* readLdif(
  path: string,
  wanted: LdifWanted,
  signal: AbortSignal,
): AsyncGenerator<readonly LdifEntry[]> {
  const reader = createLdifReader(path, wanted);
  for await (const block of readBlocks(path, signal)) {
    reader.push(block);
    yield reader.take();
  }
  reader.end();
  yield reader.take();
}

interface Attribute {
  readonly name: string;
  readonly isWanted: boolean;
  /** `member;range=0-1499`: a server's part of a large group. */
  readonly isPart: boolean;
}

type Collecting = { readonly line: number; readonly dn: string; readonly values: Map<string, LdifValue[]> };

function createLdifReader(path: string, wanted: LdifWanted) {
  const attributes = new Map<string, Attribute>();
  let entries: LdifEntry[] = [];
  let count = 0;
  let entry: Collecting | undefined;
  // ldapsearch without -L ends with lines about the search that belong to no entry.
  let isReport = false;
  let saysWhatItIs = false;

  const attributeOf = (written: string, line: number): Attribute => {
    const known = attributes.get(written);
    if (known !== undefined) return known;
    const made = readAttribute(path, written, line, wanted);
    attributes.set(written, made);
    return made;
  };

  const close = (): void => {
    if (entry !== undefined) {
      entries.push(entry);
      count += 1;
    }
    entry = undefined;
    isReport = false;
  };

  const report = (line: LdifLine): void => {
    isReport = true;
    if (line.name !== "result") return;
    saysWhatItIs = true;
    requireSuccess(path, line.value, count);
  };

  const outside = (line: LdifLine): void => {
    const { name } = attributeOf(line.name, line.number);
    if (name === "dn") entry = { line: line.number, dn: textOf(path, line), values: new Map() };
    else if (name === "version") {
      requireVersion(path, line);
      saysWhatItIs = true;
    } else if (reports.has(name)) report(line);
    else if (name === "changetype" || name === "control")
      throw syntaxFault(path, "change_record", { line: line.number });
    else throw syntaxFault(path, "dn_expected", { line: line.number, found: line.name });
  };

  const inside = (line: LdifLine, collecting: Collecting): void => {
    const { name, isWanted, isPart } = attributeOf(line.name, line.number);
    if (name === "changetype" || name === "control") throw syntaxFault(path, "change_record", { line: line.number });
    if (name === "dn") throw syntaxFault(path, "dn_expected", { line: line.number, found: line.name });
    if (line.kind === "url") throw syntaxFault(path, "url", { line: line.number, found: line.name });
    if (!isWanted) return;
    if (isPart) throw syntaxFault(path, "partial_members", { line: line.number, found: line.name });
    const value = { text: textOf(path, line, wanted.binary.has(name)), line: line.number };
    const values = collecting.values.get(name);
    if (values === undefined) collecting.values.set(name, [value]);
    else values.push(value);
  };

  const unfolder = createUnfolder(path, {
    wants: (name, number) => attributeOf(name, number).isWanted,
    line: (line) => {
      if (isReport) report(line);
      else if (entry === undefined) outside(line);
      else inside(line, entry);
    },
    blank: close,
  });

  return {
    push: (block: Block): void => unfolder.push(block),
    end: () => {
      unfolder.end();
      close();
      if (count === 0 && !saysWhatItIs) throw syntaxFault(path, "empty");
    },
    /** The entries finished since the last call. */
    take: (): readonly LdifEntry[] => {
      const taken = entries;
      entries = [];
      return taken;
    },
  };
}

/** What ldapsearch writes about its search without `-L`, as lines of no entry. */
const reports: ReadonlySet<string> = new Set(["search", "result", "ref"]);
const structure: ReadonlySet<string> = new Set(["dn", "version", "changetype", "control", ...reports]);

/** An attribute description (RFC 4512 §2.5): a name and options. */
function readAttribute(path: string, written: string, line: number, wanted: LdifWanted): Attribute {
  const [name = "", ...options] = written.toLowerCase().split(";");
  if (!/^[a-z\d][a-z\d.-]*$/u.test(name) || !options.every((option) => /^[\w=*.-]+$/u.test(option)))
    throw syntaxFault(path, "name", { line, found: written.slice(0, 60) });
  const isOther = options.some((option) => /^(?:lang-|phonetic$|deleted)/u.test(option));
  const range = options.find((option) => option.startsWith("range="));
  return {
    name,
    isWanted: structure.has(name) || (wanted.attributes.has(name) && !isOther),
    isPart: range !== undefined && range !== "range=0-*",
  };
}

function textOf(path: string, line: LdifLine, isBinary = false): string {
  if (line.kind === "url") throw syntaxFault(path, "url", { line: line.number, found: line.name });
  if (line.kind === "text") return line.value;
  const encoded = line.value.trimEnd();
  if (encoded.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/u.test(encoded))
    throw syntaxFault(path, "base64", { line: line.number, found: line.name });
  const bytes = Buffer.from(encoded, "base64");
  if (isBinary) return bytes.toString("latin1");
  if (!isUtf8(bytes)) throw syntaxFault(path, "not_utf8", { line: line.number });
  return bytes.toString("utf8");
}

function requireVersion(path: string, line: LdifLine): void {
  if (line.value.trim() !== "1") throw syntaxFault(path, "version", { line: line.number, found: line.value });
}

/** The result line of ldapsearch: anything but 0 means that entries are missing. */
function requireSuccess(path: string, result: string, count: number): void {
  const [code = "", ...words] = result.trim().split(/\s+/u);
  if (code !== "0")
    throw new Fault("directory.truncated", { what: "file", path, count, reason: "search", detail: words.join(" ") });
}
