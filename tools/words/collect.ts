/** Finds, in the sources, every code that people get words for: faults that are thrown and notes that are made. */
import { globSync, readFileSync } from "node:fs";
import { parseAst } from "rolldown/parseAst";

/** One place that makes a fault or a note. */
export interface CodeUse {
  readonly code: string;
  /** `file:line` */
  readonly at: string;
  /** Names of the params given there; undefined where they cannot be told from the source. */
  readonly params: ReadonlySet<string> | undefined;
}

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

export interface Collected {
  readonly faults: readonly CodeUse[];
  readonly notes: readonly CodeUse[];
  /** Texts that look like codes, wherever they stand: those handed on through functions are found by their beginning. */
  readonly texts: readonly CodeUse[];
}

/** Reads all of `src` but its tests. */
export function collectCodes(): Collected {
  const faults: CodeUse[] = [];
  const notes: CodeUse[] = [];
  const texts: CodeUse[] = [];
  for (const file of globSync("src/**/*.ts").toSorted()) {
    if (
      file.endsWith(".test.ts") ||
      file.includes("/sandbox/") ||
      file.endsWith("testing.ts") ||
      file === "src/core/fault.ts"
    )
      continue;
    const found = collectFrom(readFileSync(file, "utf8"), file);
    faults.push(...found.faults);
    notes.push(...found.notes);
    texts.push(...found.texts);
  }
  return { faults, notes, texts };
}

/** The same for the text of one file. */
export function collectFrom(code: string, file: string): Collected {
  const faults: CodeUse[] = [];
  const notes: CodeUse[] = [];
  const texts: CodeUse[] = [];
  const at = (node: SyntaxNode): string => `${file}:${code.slice(0, node.start).split("\n").length}`;
  const program: unknown = parseAst(code, { lang: "ts", sourceType: "module" });
  if (!isNode(program)) throw new TypeError("the parser gave no syntax tree");
  visit(program, (node) => {
    if (node.type === "NewExpression" && isNode(node["callee"]) && node["callee"]["name"] === "Fault") {
      const [codeNode, paramsNode] = nodesOf(node["arguments"]);
      const params = paramsNode === undefined ? new Set<string>() : keysOf(paramsNode);
      for (const text of textsOf(codeNode)) faults.push({ code: text, at: at(node), params });
    } else if (node.type === "ObjectExpression") {
      const own = propertiesOf(node);
      if ([...own.keys()].some((key) => !noteKeys.includes(key) && key !== "because")) own.delete("code");
      const paramsNode = own.get("params");
      const params = paramsNode === undefined ? new Set<string>() : keysOf(paramsNode);
      for (const text of textsOf(own.get("code"))) if (isCode(text)) notes.push({ code: text, at: at(node), params });
      for (const text of textsOf(own.get("because")))
        if (isCode(text)) notes.push({ code: text, at: at(node), params: undefined });
    } else if (node.type === "Literal" && typeof node["value"] === "string" && isCode(node["value"]))
      texts.push({ code: node["value"], at: at(node), params: undefined });
  });
  return { faults, notes, texts };
}

/** What a note or a reason may have; another object with a `code` is something else. */
const noteKeys = ["code", "severity", "subject", "params"];

/** A dotted code; the single words are the codes of systems and servers. */
const isCode = (text: string): boolean => /^[a-z_]+(?:\.[a-z_-]+)+$/.test(text) || text === "stranger";

/** The texts an expression may have: a literal, or either side of a choice. */
function textsOf(node: SyntaxNode | undefined): string[] {
  switch (node?.type) {
    case "Literal":
      return typeof node["value"] === "string" ? [node["value"]] : [];
    case "ConditionalExpression":
      return [node["consequent"], node["alternate"]].flatMap((side) => textsOf(isNode(side) ? side : undefined));
    case "LogicalExpression":
      return [node["left"], node["right"]].flatMap((side) => textsOf(isNode(side) ? side : undefined));
    case "TSSatisfiesExpression":
    case "TSAsExpression":
      return textsOf(isNode(node["expression"]) ? node["expression"] : undefined);
    default:
      return [];
  }
}

/** Names in an object, those of `...(choice ? {} : {…})` too; undefined where another object is spread into it. */
function keysOf(node: SyntaxNode): Set<string> | undefined {
  switch (node.type) {
    case "ObjectExpression": {
      const keys = new Set<string>();
      for (const property of nodesOf(node["properties"])) {
        if (property.type === "SpreadElement") {
          const spread = isNode(property["argument"]) ? keysOf(property["argument"]) : undefined;
          if (spread === undefined) return undefined;
          for (const key of spread) keys.add(key);
        } else if (isNode(property["key"])) keys.add(String(property["key"]["name"] ?? property["key"]["value"]));
      }
      return keys;
    }
    case "ConditionalExpression": {
      const sides = [node["consequent"], node["alternate"]].map((side) => (isNode(side) ? keysOf(side) : undefined));
      const keys = new Set<string>();
      for (const side of sides) {
        if (side === undefined) return undefined;
        for (const key of side) keys.add(key);
      }
      return keys;
    }
    case "ParenthesizedExpression":
    case "TSSatisfiesExpression":
    case "TSAsExpression":
      return isNode(node["expression"]) ? keysOf(node["expression"]) : undefined;
    default:
      return undefined;
  }
}

function propertiesOf(node: SyntaxNode): Map<string, SyntaxNode> {
  const found = new Map<string, SyntaxNode>();
  for (const property of nodesOf(node["properties"]))
    if (property.type === "Property" && isNode(property["key"]) && isNode(property["value"]))
      found.set(String(property["key"]["name"] ?? property["key"]["value"]), property["value"]);
  return found;
}

function visit(node: SyntaxNode, see: (node: SyntaxNode) => void): void {
  see(node);
  for (const value of Object.values(node))
    for (const child of nodesOf(Array.isArray(value) ? value : [value])) visit(child, see);
}

const nodesOf = (value: unknown): SyntaxNode[] => (Array.isArray(value) ? value.filter(isNode) : []);

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value
  );
}
