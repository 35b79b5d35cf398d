import { array, assert, integer, property, string, stringMatching, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import { exitCodes, exitOfFault, exitOfRun, worstExit } from "./exit-code.ts";
import { progressText } from "./progress.ts";
import { nearest } from "./suggest.ts";
import { planned } from "./testing-firm.ts";
import { clean } from "./views/clean.ts";
import { splitHead } from "./views/human/fault.ts";
import { cut, table, widthOf, wrap } from "./views/layout.ts";
import { loadWords } from "./words.ts";

const running = new AbortController().signal;

describe("the exit code", () => {
  it("given a fault, then that of the table; one of a newer engine is an error", () => {
    expect(exitOfFault("lease.held", running)).toBe(75);
    expect(exitOfFault("from.the.future", running)).toBe(1);
    expect(exitOfFault("toString", running)).toBe(1);
  });

  it("given a run, then what it ended with, and what was asked for", () => {
    const plain = { detailed: false, strict: false };
    const of = (change: object, wishes = plain): number => exitOfRun({ ...planned, ...change }, wishes, running);
    expect(of({ outcome: "done" })).toBe(0);
    expect(of({ outcome: "done" }, { detailed: true, strict: false })).toBe(2);
    expect(of({ outcome: "done" }, { detailed: true, strict: true })).toBe(3);
    expect(of({ outcome: "guard" })).toBe(4);
    expect(of({ outcome: "incomplete" })).toBe(1);
    expect(of({ outcome: "interrupted" })).toBe(130);
    expect(of({ outcome: "failed", fault: { code: "directory.unreachable", params: {} } })).toBe(6);
  });

  it("given several, then the one that needs somebody most", () => {
    expect(worstExit([])).toBe(0);
    expect(worstExit([0, 2, 3])).toBe(3);
    expect(worstExit([75, 4, 0])).toBe(4);
    expect(worstExit([6, 1, 5])).toBe(1);
    expect(worstExit([1, 130])).toBe(130);
    for (const code of Object.values(exitCodes)) expect(worstExit([0, code])).toBe(code);
  });
});

describe("a near word", () => {
  it("given a slip, then what was meant; given something else, then nothing", () => {
    const known = ["plan", "apply", "profile", "completion", "--only", "--out"];
    expect(nearest("plna", known)).toBe("plan");
    expect(nearest("aply", known)).toBe("apply");
    expect(nearest("PROFILE", known)).toBe("profile");
    expect(nearest("comp", known)).toBe("completion");
    expect(nearest("--ot", known)).toBe("--out");
    expect(nearest("sausage", known)).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });

  it("given a known word, then itself, whatever else is known", () => {
    assert(
      property(uniqueArray(stringMatching(/^[a-z]{3,9}$/), { minLength: 1, maxLength: 8 }), (known) => {
        expect(nearest(known[0] ?? "", known)).toBe(known[0]);
      }),
    );
  });
});

describe("columns", () => {
  it("given letters of every kind, then the columns they take", () => {
    expect(widthOf("Groß")).toBe(4);
    expect(widthOf("李伟")).toBe(4);
    expect(widthOf("e\u0301")).toBe(1);
    expect(widthOf("\u001b[31mred\u001b[39m")).toBe(3);
    expect(widthOf("🙂")).toBe(2);
  });

  it("given any text, then a cut one is no wider, and a short one is as it was", () => {
    assert(
      property(string({ unit: "grapheme" }), integer({ min: 2, max: 40 }), (text, width) => {
        const plain = clean(text);
        expect(widthOf(cut(plain, width))).toBeLessThanOrEqual(width);
        expect(widthOf(plain) > width || cut(plain, width) === plain).toBe(true);
      }),
    );
  });

  it("given any words, then wrapping loses none and keeps the width where a word allows", () => {
    assert(
      property(
        array(stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
        integer({ min: 16, max: 60 }),
        (words, width) => {
          const lines = wrap(words.join(" "), width, "  ");
          expect(
            lines
              .join(" ")
              .split(/\s+/u)
              .filter((word) => word !== ""),
          ).toEqual(words);
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it("given rows, then cells stand below each other and the last one is cut", () => {
    expect(
      table(
        [
          ["1", "long name", "why"],
          ["12", "x", "because of something very long"],
        ],
        30,
        { indent: "", columns: [{ align: "right" }] },
      ),
    ).toEqual([" 1  long name  why", "12  x          because of som…"]);
  });

  it("given control characters and marks that turn the direction, then they are shown", () => {
    expect(clean("a\u001b[2Jb\nc\td\u202e\u0000\u0085")).toBe(String.raw`a\u{1b}[2Jb c d\u{202e}\u{0}\u{85}`);
    assert(
      property(string({ unit: "binary" }), (text) => {
        expect(clean(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe("the first sentence of an error", () => {
  it("stands alone; lines of its own are kept", () => {
    expect(splitHead("vault.bitwarden.eu refuses. It is one of: a, b.")).toEqual([
      "vault.bitwarden.eu refuses.",
      "It is one of: a, b.",
    ]);
    expect(splitHead("Stopped, nothing was sent.\n9 people. Main reason: x.")).toEqual([
      "Stopped, nothing was sent.",
      "9 people. Main reason: x.",
    ]);
    expect(splitHead("config.json, line 14: wrong")).toEqual(["config.json, line 14: wrong"]);
  });
});

describe("words", async () => {
  const now = Date.parse("2026-11-14T14:30:00Z");
  const words = await loadWords({ now, timeZone: "Europe/Amsterdam" });

  it("given a moment, then as short as it can be told from now, in the local zone", () => {
    expect(words.time("2026-11-14T14:02:00.000Z")).toBe("15:02");
    expect(words.time("2026-11-13T23:30:00.000Z")).toBe("00:30");
    expect(words.time("2026-11-12T14:02:00.000Z")).toBe("12 Nov 15:02");
    expect(words.time("2025-11-14T14:02:00.000Z")).toBe("14 Nov 2025");
    expect(words.time("not a time")).toBe("not a time");
  });

  it("given a list, then the first few and how many more", () => {
    expect(words.list(["a", "b"], 3)).toBe("a, b");
    expect(words.list(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
    expect(words.list(["a"], 2, 1201)).toBe("a and 1,200 more");
  });

  it("given a reason that is a code, then its words; free text stays", () => {
    expect(words.fault("directory.truncated", { what: "people", count: 3, reason: "no_end" }).what).toContain(
      "the read did not reach its end",
    );
    expect(words.note("keep.missing_once", { reason: "gone.deleted" })).toContain("(deleted in the directory)");
    expect(words.fault("config.unreadable", { path: "x", reason: "disk on fire" }).what).toContain("disk on fire");
  });

  it("given progress, then a stage with a bar, a count, or what is waited for, never wider than the line", () => {
    expect(progressText({ stage: "reading-people", done: 8112, total: 10_000 }, words, 90)).toBe(
      "Reading people           ███████████████████░░░░░  8,112 of 10,000",
    );
    expect(progressText({ stage: "reading-people", done: 8112 }, words, 90)).toBe("Reading people           8,112");
    expect(progressText({ wait: { seconds: 29.2, reason: "rate limit" } }, words, 90)).toBe(
      "Waiting 30 seconds (rate limit)",
    );
    expect(widthOf(progressText({ stage: "unknown stage", done: 5, total: 3 }, words, 40))).toBeLessThanOrEqual(40);
  });
});
