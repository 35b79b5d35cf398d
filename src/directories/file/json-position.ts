/**
 * Where a text stops being JSON (RFC 8259), as an offset; undefined where it does not. `JSON.parse` says that only for
 * some mistakes.
 */
export function findJsonMistake(text: string): number | undefined {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found === undefined) return at === text.length && expected === "end" ? undefined : at;
    const next = step(found, expected, open);
    if (next === undefined) return at;
    expected = next;
    at += found.length;
  }
}

type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "separator" | "end";

const space = /[ \t\r\n]*/uy;
const token =
  /"(?:[^"\\\p{Cc}]|[\u007F-\u009F]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)|[{}[\],:]/uy;

/** What may follow a token; undefined where the token itself may not stand there. */
function step(found: string, expected: Expected, open: ("{" | "[")[]): Expected | undefined {
  const isValue = expected === "value" || expected === "value or ]";
  switch (found) {
    case "{":
    case "[":
      if (!isValue) return undefined;
      open.push(found);
      return found === "{" ? "key or }" : "value or ]";
    case "}":
      if (expected !== "key or }" && !(expected === "separator" && open.at(-1) === "{")) return undefined;
      return close(open);
    case "]":
      if (expected !== "value or ]" && !(expected === "separator" && open.at(-1) === "[")) return undefined;
      return close(open);
    case ",":
      if (expected !== "separator") return undefined;
      return open.at(-1) === "{" ? "key" : "value";
    case ":":
      return expected === "colon" ? "value" : undefined;
    default:
      if (found.startsWith('"') && (expected === "key" || expected === "key or }")) return "colon";
      return isValue ? after(open) : undefined;
  }
}

function close(open: ("{" | "[")[]): Expected {
  open.pop();
  return after(open);
}

const after = (open: readonly string[]): Expected => (open.length === 0 ? "end" : "separator");
