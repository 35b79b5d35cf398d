import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import { faultKinds } from "../src/core/fault.ts";
import { contract } from "../src/rpc/contract.ts";
import { collectCodes, collectFrom } from "../tools/words/collect.ts";
import catalogue from "./en.json" with { type: "json" };
import dutch from "./nl.json" with { type: "json" };

const words: Readonly<Record<string, string | undefined>> = catalogue;
const { faults, notes, texts } = collectCodes();

describe("the words of faults", () => {
  it("given any place that throws one, then it gives every value the words ask for", () => {
    const missing = faults.flatMap(({ code, at, params }) =>
      params === undefined ? [] : valuesOf(code).flatMap((name) => (params.has(name) ? [] : [`${at} ${code}: {${name}}`])),
    );
    expect(missing).toEqual([]);
  });

  it("given a guard that stops a run, then its values and those the run adds are enough", () => {
    const added = ["profile", "digest", "also", "changes"];
    const missing = notes
      .filter(({ code }) => code.startsWith("guard."))
      .flatMap(({ code, at, params }) =>
        valuesOf(code).flatMap((name) => (params?.has(name) === true || added.includes(name) ? [] : [`${at} ${code}: {${name}}`])),
      );
    expect(missing).toEqual([]);
  });

  it("are thrown somewhere, or are known to be for later", () => {
    const used = new Set([...faults, ...texts].map(({ code }) => code));
    const unused = Object.keys(faultKinds).filter((code) => !used.has(code));
    expect(unused.filter((code) => !later.includes(code))).toEqual([]);
  });
});

describe.each([
  ["English", catalogue],
  ["Dutch", dutch],
])("remedies in the window, %s", (_language, messages) => {
  it("name its pages and buttons, and no command", () => {
    const remedies = Object.entries(messages).filter(([key]) => /^(?:remedy|explain\.line\.remedy)\./u.test(key));
    const typed = remedies.filter(([key, text]) => commandIn(text) && !ofTheCommandLine.has(key.slice("remedy.".length)));
    expect(typed.map(([key]) => key)).toEqual([]);
  });
});

/** Faults of a command that was typed, or of a start that comes to no window. */
const ofTheCommandLine: ReadonlySet<string> = new Set([
  "home.unsuitable",
  "plan.damaged",
  "plan.unknown_digest",
  "sandbox.failed",
  "sandbox.port_taken",
  "serve.loopback_only",
  "serve.not_running",
  "serve.port_taken",
  "serve.running",
  "usage.invalid",
]);

/** Whether any choice of a message tells to type a command, when it is shown in the window. */
function commandIn(text: string): boolean {
  const isTyped = (elements: ReturnType<IntlMessageFormat["getAst"]>): boolean =>
    elements.some((element) => {
      if (!("options" in element)) return "value" in element && /directory-connector \p{L}|(?:^|\s)--\p{L}/u.test(element.value);
      const { options } = element;
      const chosen = element.value === "shown" ? [options["window"]] : Object.values(options);
      return chosen.some((option) => option !== undefined && isTyped(option.value));
    });
  return isTyped(new IntlMessageFormat(text, "en", undefined, { ignoreTag: true }).getAst());
}

/** Codes whose rooms are not built yet. */
const later: readonly string[] = [
  "directory.rate_limited",
  "organization.not_logged_in",
  "run.deadline",
];

/** What Okta calls the rights of a service: no codes of ours. */
const vendorScopes: ReadonlySet<string> = new Set(["okta.users.read", "okta.groups.read", "group.member"]);

describe("the words of notes, reasons and findings", () => {
  it("given any place that makes one, then there are words for it and every value they ask for", () => {
    const missing = notes.flatMap(({ code, at, params }) => {
      const key = [`note.${code}`, `fault.${code}`, `explain.${code}`].find((one) => words[one] !== undefined);
      if (key === undefined) return [`${at} ${code}: no words`];
      if (params === undefined || key.startsWith("fault.")) return [];
      return placeholders(words[key] ?? "").flatMap((name) => (params.has(name) || name === "who" ? [] : [`${at} ${code}: {${name}}`]));
    });
    expect(missing).toEqual([]);
  });

  it("given a code that is handed on through a function, then there are words for it", () => {
    const beginnings = new Set(
      Object.keys(words).flatMap((key) => (key.startsWith("note.") ? [key.split(".").slice(0, 2).join(".").slice(5)] : [])),
    );
    const missing = texts.flatMap(({ code, at }) => {
      const isKnown = [`note.${code}`, `fault.${code}`, `explain.${code}`].some((key) => words[key] !== undefined);
      const isMeant = beginnings.has(code.split(".")[0] ?? "") && !Object.hasOwn(contract, code) && !/\.(?:json|ldif|ts)$/.test(code) && !vendorScopes.has(code);
      return isKnown || !isMeant ? [] : [`${at} ${code}`];
    });
    expect(missing).toEqual([]);
  });
});

describe("the words of explanations", () => {
  it("given a code that an explanation is made of, then there are words for it", () => {
    const missing = texts
      .filter(({ code, at }) => at.startsWith("src/core/explain") && /^(?:line|headline)\./.test(code))
      .filter(({ code }) => words[`explain.${code}`] === undefined);
    expect(missing).toEqual([]);
  });
});

describe("what is found in a source", () => {
  it("given choices and spread objects, then every code and value in them", () => {
    const found = collectFrom(
      `throw new Fault(x ? "a.b" : "a.c", { one, ...(y ? {} : { two: 2 }) });
       throw new Fault("a.d", { ...rest });
       const note = { code: "n.x", severity: "info", params: { three } };
       const row = { because: wide ? "n.y" : undefined };`,
      "file.ts",
    );
    expect(found.faults.map(({ code, at, params }) => [code, at, params && [...params]])).toEqual([
      ["a.b", "file.ts:1", ["one", "two"]],
      ["a.c", "file.ts:1", ["one", "two"]],
      ["a.d", "file.ts:2", undefined],
    ]);
    expect(found.notes.map(({ code, params }) => [code, params && [...params]])).toEqual([
      ["n.x", ["three"]],
      ["n.y", undefined],
    ]);
  });

  it("given a message, then the values it cannot be said without", () => {
    expect(placeholders("{a} {b, number} {c, plural, =0 {} other {#{d}}} {e, select, none {} other {{f}}}")).toEqual(["a", "b"]);
    expect(placeholders("{a, select, x {{b}} other {}}")).toEqual(["a"]);
  });
});

function valuesOf(code: string): string[] {
  const texts = [words[`fault.${code}`] ?? "", words[`remedy.${code}`] ?? ""];
  // `shown` is given by whoever shows it.
  return [...new Set(texts.flatMap(placeholders))].filter((name) => name !== "shown");
}

/**
 * Names a message needs: a choice that has a case for an absent value (`=0`, `none`) needs none, and what stands inside
 * the cases of a choice is needed by that case alone.
 */
function placeholders(message: string): string[] {
  const names = new IntlMessageFormat(message, "en", undefined, { ignoreTag: true }).getAst().flatMap((element) => {
    if (element.type === 0 || element.type === 7 || !("value" in element)) return [];
    if ("options" in element && ("=0" in element.options || "none" in element.options)) return [];
    return [element.value];
  });
  return [...new Set(names)];
}
