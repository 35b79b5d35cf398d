import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import words from "../../locales/en.json" with { type: "json" };

const rooms = ["../core/", "../engine/"];

/** Every text in the rooms' sources that looks like the code of a note or reason, with the file it stands in. */
const codes = rooms.flatMap((room) => {
  const folder = new URL(room, import.meta.url);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) =>
      [...readFileSync(new URL(file, folder), "utf8").matchAll(/"([a-z]+\.[a-z]+(?:[._][a-z]+)*)"/gu)].map(
        (match) => match[1] ?? "",
      ),
    );
});
const families = new Set(
  Object.keys(words).flatMap((key) => (key.startsWith("note.") ? [key.slice(5).split(".")[0] ?? ""] : [])),
);
const known = new Set(Object.keys(words));

describe("every code of a note or a reason in core and engine", () => {
  const notes = [...new Set(codes.filter((code) => families.has(code.split(".")[0] ?? "")))].toSorted();

  it("is found at all", () => {
    expect(notes).toContain("joiner.new");
    expect(notes).toContain("unselected.excluded");
    expect(notes.length).toBeGreaterThan(60);
  });

  it.each(notes)("%s has words for people", (code) => {
    expect([`note.${code}`, `fault.${code}`].some((key) => known.has(key))).toBe(true);
  });
});

describe("every line of an explanation", () => {
  const lines = [...new Set(codes.filter((code) => code.startsWith("line.")))];

  it.each(lines)("%s has words for people", (code) => {
    expect(known).toContain(`explain.${code}`);
  });
});
