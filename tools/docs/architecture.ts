import { readFileSync } from "node:fs";
import table from "../lint/rooms.json" with { type: "json" };

const start = "<!-- rooms: generated from tools/lint/rooms.json -->";
const end = "<!-- end of rooms -->";

/** ARCHITECTURE.md with its table of imports written anew; the prose around it is kept as it stands. */
export function architecturePage(): string {
  const text = readFileSync("ARCHITECTURE.md", "utf8");
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error("ARCHITECTURE.md has lost the marks of its table");
  return `${before}${start}\n\n${roomsTable()}\n\n${end}${after}`;
}

function roomsTable(): string {
  const rows = table.rows.map(({ room, src, packages }) => `| ${list(room)} | ${list(src)} | ${list(packages)} |`);
  return ["| room | may import from src | packages |", "|---|---|---|", ...rows].join("\n");
}

const list = (items: readonly string[]): string => items.map((item) => item.replaceAll("*", "\\*")).join(", ");
