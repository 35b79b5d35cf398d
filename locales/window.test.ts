import { globSync, readFileSync } from "node:fs";
import { parse } from "svelte/compiler";
import { describe, expect, it } from "vitest";
import en from "./en.json" with { type: "json" };

const read = (file: string) => ({ file: file.replaceAll("\\", "/"), code: readFileSync(file, "utf8") });
const page = globSync("ui/**/*.{ts,svelte}", { exclude: ["**/*.test.ts"] }).map(read);
/** The page of all parts is for whoever writes the page. */
const spoken = page.filter(({ file }) => file.endsWith(".svelte") && !file.startsWith("ui/pages/parts/"));
const window = globSync(["desktop/**/*.rs", "tools/**/*.ts"], { exclude: ["**/target/**"] }).map(read);
const keys = Object.keys(en).filter((key) => key.startsWith("ui."));
const known = new Set(keys);

describe("the words of the window", () => {
  const literal = /["'`](ui\.[\w.-]+)["'`]/gu;
  // What stands between the backticks of `ui.start.${step.name}_button`; a value is any part of a key.
  const composed = /`(ui\.(?:[\w.-]|\$\{[^`}]*\})*\$\{(?:[^`}]|\{[^}]*\})*\}[\w.-]*)`/gu;

  const literals = page.flatMap(({ file, code }) => [...code.matchAll(literal)].map(([, key = ""]) => ({ file, key })));
  const patterns = page.flatMap(({ file, code }) =>
    [...code.matchAll(composed)].map(([, text = ""]) => ({
      file,
      text,
      pattern: new RegExp(`^${text.replaceAll(".", "\\.").replaceAll(/\$\{[^}]*\}/gu, "[\\w.-]+")}$`, "u"),
    })),
  );

  it("given a key that the page asks for, then there are words", () => {
    expect(literals.filter(({ key }) => !known.has(key))).toEqual([]);
    expect(patterns.filter(({ pattern }) => !keys.some((key) => pattern.test(key)))).toEqual([]);
  });

  it("given words, then something asks for them", () => {
    const asked = new Set(literals.map(({ key }) => key));
    const isAsked = (key: string): boolean =>
      asked.has(key) || patterns.some(({ pattern }) => pattern.test(key)) || isOfShell(key);
    const isOfShell = (key: string): boolean => {
      const name = key.replace(/^ui\.shell\./u, "");
      return name !== key && window.some(({ code }) => code.includes(`"${name}"`) || code.includes(`"${key}"`));
    };
    expect(keys.filter((key) => !isAsked(key))).toEqual([]);
  });

  it("are nowhere but in the catalogues: the page itself has no text of its own", () => {
    const own = spoken.flatMap(({ file, code }) => textsOf(code).map((text) => `${file}: ${text}`));
    expect(own.filter((text) => !alike.some((each) => text.endsWith(`: ${each}`)))).toEqual([]);
  });
});

/** Addresses, ids and commands are the same in every language. */
const alike = ["https://vault.example.com", "organization.…", "directory-connector demo", "owner@example.test"];
/** Attributes that people read or hear. */
const readOut = ["alt", "aria-label", "aria-valuetext", "label", "placeholder", "text", "title"];

/** Text with a letter in it, of elements and of the attributes people read. */
function textsOf(code: string): string[] {
  const found: string[] = [];
  const see = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(see);
    else if (isNode(value)) {
      if (value.type === "Text") found.push(String(value["data"]).trim());
      if (value.type !== "Attribute") Object.values(value).forEach(see);
      else if (readOut.includes(String(value["name"]))) see(value["value"]);
    }
  };
  see(parse(code, { modern: true }).fragment);
  return found.filter((text) => /\p{L}/u.test(text));
}

const isNode = (value: unknown): value is { readonly type: string; readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && "type" in value;
