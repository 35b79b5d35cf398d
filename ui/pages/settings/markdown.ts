/** A piece of a readme: what the few marks our own readmes use come to. No HTML is ever made of it. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: readonly Span[] }
  | { readonly kind: "text"; readonly text: readonly Span[] }
  | {
      readonly kind: "list";
      readonly items: readonly (readonly Span[])[];
      /** The number of the first, where they have numbers. */ readonly start?: number;
    }
  | { readonly kind: "code"; readonly text: string }
  | {
      readonly kind: "table";
      readonly head: readonly (readonly Span[])[];
      readonly rows: readonly (readonly (readonly Span[])[])[];
    };
export interface Span {
  readonly text: string;
  readonly as?: "code" | "strong" | "link";
  readonly href?: string;
}

export const parseMarkdown = (text: string): readonly Block[] => {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  let at = 0;
  const take = (fits: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    for (let line = lines[at]; line !== undefined && fits(line); line = lines[at]) {
      taken.push(line);
      at += 1;
    }
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const heading = /^(#{1,4}) (.*)$/u.exec(line);
    if (line.trim() === "") at += 1;
    else if (heading !== null) {
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, text: spans(heading[2] ?? "") });
      at += 1;
    } else if (fence.test(line)) {
      at += 1;
      blocks.push({
        kind: "code",
        text: take((each) => !fence.test(each))
          .map((each) => each.trimStart())
          .join("\n"),
      });
      at += 1;
    } else if (line.startsWith("|")) blocks.push(tableOf(take((each) => each.startsWith("|"))));
    else if (bullet.test(line)) {
      const start = /^\d+/u.exec(line)?.[0];
      const items = take((each) => bullet.test(each) || /^\s+\S/u.test(each));
      blocks.push({
        kind: "list",
        items: joined(items).map(spans),
        ...(start === undefined ? {} : { start: Number(start) }),
      });
    } else blocks.push({ kind: "text", text: spans(take(isText).join(" ")) });
  }
  return blocks;
};

const fence = /^\s*```/u;
const bullet = /^(?:[-*]|\d+\.) /u;
const isText = (line: string): boolean =>
  line.trim() !== "" && !/^(?:#{1,4} |\s*```|\|)/u.test(line) && !bullet.test(line);

/** Lines that go on belong to the item before them. */
const joined = (lines: readonly string[]): string[] => {
  const items: string[] = [];
  let inCode = false;
  for (const line of lines) {
    const text = line.trim();
    if (text.startsWith("```")) inCode = !inCode;
    else if (bullet.test(line)) items.push(line.replace(bullet, ""));
    else items.push(`${items.pop() ?? ""} ${inCode ? `\`${text}\`` : text}`.trim());
  }
  return items;
};

const tableOf = (lines: readonly string[]): Block => {
  const [head = [], ...rows] = lines
    .filter((line) => !/^\|[\s:|-]+\|$/u.test(line))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf("|"))
        .split(/(?<!\\)\|/u)
        .map((cell) => spans(cell.trim())),
    );
  return { kind: "table", head, rows };
};

const spans = (text: string): Span[] => {
  const found: Span[] = [];
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s),]+)/gu;
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > last) found.push({ text: text.slice(last, match.index) });
    const [whole, code, strong, label, target, bare] = match;
    if (code !== undefined) found.push({ text: code, as: "code" });
    else if (strong !== undefined) found.push({ text: strong, as: "strong" });
    else {
      const href = target ?? bare ?? "";
      // Files of the source tree are nowhere to be opened here.
      found.push(/^https?:/u.test(href) ? { text: label ?? href, as: "link", href } : { text: label ?? href });
    }
    last = match.index + whole.length;
  }
  if (last < text.length) found.push({ text: text.slice(last) });
  return found;
};
