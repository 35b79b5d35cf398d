/** Reads one source file for the rules of this folder. */
import { parseAst } from "rolldown/parseAst";
import type { Import } from "./rooms.ts";

/** A node of the syntax tree: `type`, `start` and whatever else that type has. */
interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** What breaks a rule, and where. */
export interface Finding {
  readonly line: number;
  readonly message: string;
}

export interface SourceFacts {
  readonly imports: readonly Import[];
  /** Uses of the surroundings (clock, chance, process, console) that belong in `src/main` alone. */
  readonly surroundings: readonly Finding[];
  /** Casts through `unknown`, which hide a type error. */
  readonly doubleCasts: readonly Finding[];
  /** Hooks of a test file set up while the module is loaded, which a worker does once for all the files it runs. */
  readonly moduleHooks: readonly Finding[];
}

/** Gives what the rules ask about a file; throws where it is not TypeScript. */
export function readSource(code: string): SourceFacts {
  const imports: Import[] = [];
  const surroundings: Finding[] = [];
  const doubleCasts: Finding[] = [];
  const moduleHooks: Finding[] = [];
  const lineOf = (node: SyntaxNode): number => code.slice(0, node.start).split("\n").length;
  const program: unknown = parseAst(code, { lang: "ts", sourceType: "module" });
  if (!isNode(program)) throw new TypeError("the parser gave no syntax tree");
  visit(program, (node, parent) => {
    const imported = importOf(node);
    if (imported !== undefined) imports.push({ ...imported, line: lineOf(node) });
    const use = surroundingOf(node, parent);
    if (use !== undefined) surroundings.push({ line: lineOf(node), message: use });
    if (isDoubleCast(node))
      doubleCasts.push({ line: lineOf(node), message: "a cast through unknown hides a type error" });
    const hook = moduleHookOf(node, parent);
    if (hook !== undefined) moduleHooks.push({ line: lineOf(node), message: hook });
  });
  return { imports, surroundings, doubleCasts, moduleHooks };
}

function importOf(node: SyntaxNode): Omit<Import, "line"> | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration": {
      if (!isNode(node["source"])) return undefined;
      const specifiers = nodesOf(node["specifiers"]);
      const whole = (node["importKind"] ?? node["exportKind"]) === "type";
      const typeOnly = whole || (specifiers.length > 0 && specifiers.every(isTypeName));
      return {
        specifier: String(node["source"]["value"]),
        typeOnly,
        names: specifiers.length === 0 ? ["*"] : specifiers.filter((each) => !isTypeName(each)).map(nameOf),
      };
    }
    case "ImportExpression":
      return isNode(node["source"]) && typeof node["source"]["value"] === "string"
        ? { specifier: node["source"]["value"], typeOnly: false, names: ["*"] }
        : undefined;
    case "TSImportType": {
      const source = node["source"] ?? node["argument"];
      if (!isNode(source)) return undefined;
      const literal = isNode(source["literal"]) ? source["literal"] : source;
      return { specifier: String(literal["value"]), typeOnly: true, names: ["*"] };
    }
    default:
      return undefined;
  }
}

const isTypeName = (specifier: SyntaxNode): boolean => (specifier["importKind"] ?? specifier["exportKind"]) === "type";

function nameOf(specifier: SyntaxNode): string {
  if (specifier.type === "ImportDefaultSpecifier") return "default";
  const name = specifier["imported"] ?? specifier["local"];
  if (specifier.type === "ImportNamespaceSpecifier" || !isNode(name)) return "*";
  return String(name["name"] ?? name["value"]);
}

const forbiddenCalls = ["Date.now", "Math.random", "performance.now"];
const forbiddenGlobals = ["process", "console"];

function surroundingOf(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.type === "MemberExpression" && isNode(node["object"]) && isNode(node["property"])) {
    const name = `${String(node["object"]["name"])}.${String(node["property"]["name"])}`;
    return forbiddenCalls.includes(name) ? `${name} belongs in src/main; take it as an argument` : undefined;
  }
  if (node.type === "NewExpression" && isNode(node["callee"]) && node["callee"]["name"] === "Date")
    return nodesOf(node["arguments"]).length === 0
      ? "new Date() reads the clock; take the time as an argument"
      : undefined;
  const name = node["name"];
  if (node.type !== "Identifier" || typeof name !== "string" || !forbiddenGlobals.includes(name)) return undefined;
  return isReference(node, parent) ? `${name} belongs in src/main; take what you need of it as an argument` : undefined;
}

/** False where an identifier only names a property or a key. */
function isReference(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined || parent["computed"] === true) return true;
  return parent["property"] !== node && parent["key"] !== node;
}

function isDoubleCast(node: SyntaxNode): boolean {
  const inner = node["expression"];
  if (node.type !== "TSAsExpression" || !isNode(inner) || inner.type !== "TSAsExpression") return false;
  const type = inner["typeAnnotation"];
  return isNode(type) && (type.type === "TSUnknownKeyword" || type.type === "TSAnyKeyword");
}

const hooks = ["beforeAll", "beforeEach", "afterEach", "afterAll"];

function moduleHookOf(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  const call = node["expression"];
  if (parent?.type !== "Program" || !isNode(call) || !isNode(call["callee"])) return undefined;
  const name = String(call["callee"]["name"]);
  return hooks.includes(name) ? `${name} here holds for the first test file alone; call it in a function` : undefined;
}

function visit(
  node: SyntaxNode,
  see: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
  parent?: SyntaxNode,
): void {
  see(node, parent);
  for (const value of Object.values(node))
    for (const child of nodesOf(Array.isArray(value) ? value : [value])) visit(child, see, node);
}

function nodesOf(value: unknown): SyntaxNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value
  );
}
