import { describe, expect, it } from "vitest";
import { faultOf } from "../../tests/fault-of.ts";
import { Fault } from "../core/fault.ts";
import type { OpenDirectory, Page } from "../directories/directory.ts";
import { collect, readDirectory } from "./collect.ts";
import type { Runtime } from "./dependencies.ts";

const user = (id: string) => ({ id, externalId: id, state: "enabled" as const, selected: true });
const end: Page = { end: "full" };
const runtime = (signal = new AbortController().signal, told: unknown[] = []): Runtime => ({
  signal,
  progress: (event) => told.push(event),
  onWait: () => {},
});
const directoryOf = (pages: () => AsyncIterable<Page>, closed: () => void = () => {}): OpenDirectory => ({
  identity: async () => "directory",
  check: async () => [],
  read: () => pages(),
  [Symbol.asyncDispose]: async () => closed(),
});
const of = (...pages: Page[]): OpenDirectory =>
  directoryOf(async function* () {
    yield* pages;
  });

describe("a complete read", () => {
  it("is all pages up to the end, with progress by people and groups", async () => {
    const told: unknown[] = [];
    const note = { code: "n", severity: "info" as const };
    const read = await collect(
      of(
        { users: [user("a"), user("b")] },
        { users: [user("c")] },
        { groups: [] },
        { notes: [note] },
        { end: "full", cursor: "c1" },
      ),
      runtime(undefined, told),
    );
    expect(read.users.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(read).toMatchObject({ groups: [], notes: [note], cursor: "c1" });
    expect(told).toEqual([
      { stage: "reading-people", done: 2 },
      { stage: "reading-people", done: 3 },
      { stage: "reading-groups", done: 0 },
    ]);
  });

  it.each<[string, Page[], string]>([
    ["no end", [{ users: [user("a")] }], "directory.truncated"],
    ["no page at all", [], "directory.truncated"],
    ["the end of a changes read", [{ users: [user("a")] }, { end: "changes" }], "directory.truncated"],
    ["a page after the end", [end, { users: [user("a")] }], "internal.defect"],
    ["a page of changes", [{ gone: ["a"] }, end], "internal.defect"],
  ])("given %s, then it throws", async (_name, pages, code) => {
    expect((await faultOf(collect(of(...pages), runtime()))).code).toBe(code);
  });

  it("given it is interrupted, then it stops within one page", async () => {
    const stop = new AbortController();
    let pages = 0;
    const directory = directoryOf(async function* () {
      for (;;) {
        pages += 1;
        if (pages === 3) stop.abort(new Fault("run.interrupted", {}));
        yield { users: [user(`p${pages}`)] };
      }
    });
    expect((await faultOf(collect(directory, runtime(stop.signal)))).code).toBe("run.interrupted");
    expect(pages).toBe(3);
  });
});

describe("a log-in that the directory takes back", () => {
  const refused = new Fault("directory.auth_failed", { host: "dc1", user: "svc", reason: "49" });
  const failing = (times: number) => {
    const counts = { opened: 0, closed: 0 };
    const open = async (): Promise<OpenDirectory> => {
      counts.opened += 1;
      const fails = counts.opened <= times;
      return directoryOf(
        async function* () {
          yield { users: [user("a")] };
          if (fails) throw refused;
          yield end;
        },
        () => {
          counts.closed += 1;
        },
      );
    };
    return { open, counts };
  };

  it("given once, then it is opened again with its secrets resolved anew, and read from the start", async () => {
    const { open, counts } = failing(1);
    const collected = await readDirectory(open, runtime(), (directory) => collect(directory, runtime()));
    expect(collected.users).toHaveLength(1);
    expect(counts).toEqual({ opened: 2, closed: 2 });
  });

  it("given twice, then that stands", async () => {
    const { open, counts } = failing(2);
    expect(await faultOf(readDirectory(open, runtime(), (directory) => collect(directory, runtime())))).toBe(refused);
    expect(counts).toEqual({ opened: 2, closed: 2 });
  });

  it("given it never let us in, then it is not tried again: accounts get locked by that", async () => {
    let opened = 0;
    const open = async (): Promise<OpenDirectory> => {
      opened += 1;
      throw refused;
    };
    expect(await faultOf(readDirectory(open, runtime(), (directory) => collect(directory, runtime())))).toBe(refused);
    expect(opened).toBe(1);
  });
});
