import { readFileSync } from "node:fs";
import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import { describeFields } from "../src/config/describe.ts";
import { Config } from "../src/config/schema.ts";
import { faultKinds } from "../src/core/fault.ts";
import en from "./en.json" with { type: "json" };
import { fieldKey } from "./fields.ts";
import type { Catalogue } from "./format.ts";
import nl from "./nl.json" with { type: "json" };
import same from "./same-in-dutch.json" with { type: "json" };

const catalogues: Readonly<Record<string, Catalogue>> = { en, nl };
const english: Catalogue = en;
const dutch: Catalogue = nl;
const fields = describeFields(Config);
const choices = fields.filter(({ values }) => values.length > 1);

describe("the words", () => {
  it("given every code of the fault table, then there is what happened and what to do, and nothing for other codes", () => {
    const expected = Object.keys(faultKinds).flatMap((code) => [`fault.${code}`, `remedy.${code}`]);
    const written = Object.keys(en).filter((key) => /^(fault|remedy)\./.test(key));
    expect(written.toSorted()).toEqual(expected.toSorted());
  });

  describe.each(Object.entries(catalogues))("in %s", (language, catalogue) => {
    it("are sorted by key, once each", () => {
      const text = readFileSync(new URL(`${language}.json`, import.meta.url), "utf8");
      const inFile = [...text.matchAll(/^ {2}"([^"]+)":/gm)].map((match) => match[1] ?? "");
      expect(inFile).toEqual([...new Set(inFile)].toSorted());
    });

    it("can all be compiled", () => {
      expect(Object.entries(catalogue).filter(([, text]) => astOf(text) === undefined)).toEqual([]);
    });

    it("given a choice among the settings, then each of its values has a name", () => {
      const wanted = choices.flatMap((field) => field.values.map((value) => `value.${fieldKey(field)}.${value}`));
      const written = Object.keys(catalogue).filter((key) => key.startsWith("value."));
      expect(written.toSorted()).toEqual([...new Set(wanted)].toSorted());
    });
  });
});

describe("the Dutch words", () => {
  it("are those of the English ones and of the settings, whose English stands in the schema", () => {
    const settings = fields.flatMap((field) => [
      `field.${fieldKey(field)}.title`,
      ...(field.description === undefined ? [] : [`field.${fieldKey(field)}.description`]),
    ]);
    expect(Object.keys(nl).toSorted()).toEqual([...new Set([...Object.keys(en), ...settings])].toSorted());
  });

  it("ask for the same values, and choose between the same cases", () => {
    const differing = Object.keys(en).filter(
      (key) => JSON.stringify(asked(english[key] ?? "")) !== JSON.stringify(asked(dutch[key] ?? "")),
    );
    expect(differing).toEqual([]);
  });

  it("differ from the English ones, but for names and commands", () => {
    const titles = Object.fromEntries(fields.map((field) => [`field.${fieldKey(field)}.title`, field.title]));
    const identical = Object.entries(nl).filter(([key, text]) => text === (english[key] ?? titles[key]));
    expect(Object.fromEntries(identical)).toEqual(same);
  });
});

type Elements = ReturnType<IntlMessageFormat["getAst"]>;

function astOf(text: string): Elements | undefined {
  try {
    return new IntlMessageFormat(text, "en", undefined, { ignoreTag: true }).getAst();
  } catch {
    return undefined;
  }
}

/** The values a message asks for, and the cases it tells apart, sorted. */
function asked(text: string): string[] {
  const found = new Set<string>();
  const walk = (elements: Elements): void => {
    for (const element of elements) {
      if (element.type === literal || element.type === pound) continue;
      found.add(element.value);
      if (!("options" in element)) continue;
      for (const [name, option] of Object.entries(element.options)) {
        // Languages may count differently; what is chosen by name is the same in all.
        if (element.type === select) found.add(`${element.value} ${name}`);
        walk(option.value);
      }
    }
  };
  walk(astOf(text) ?? []);
  return [...found].toSorted();
}

// Element types of the message syntax tree, by the numbers the parser documents.
const literal = 0;
const select = 5;
const pound = 7;
