import { describe, expect, it } from "vitest";
import { Fault } from "../core/fault.ts";
import type { CliContext, PageOptions } from "./context.ts";
import { runInProcess, type World } from "./testing.ts";

/** A page that is told to stop once it gave so many links. */
const page = (links: number): World & { readonly asked: PageOptions[]; readonly closed: () => number } => {
  const stop = new AbortController();
  const asked: PageOptions[] = [];
  let closed = 0;
  let given = 0;
  const startPage: CliContext["startPage"] = async (_options, options) => {
    asked.push(options);
    return {
      url: "http://127.0.0.1:8470",
      newLink: async () => {
        given += 1;
        if (given === links) setTimeout(() => stop.abort("SIGTERM"), 10);
        return `http://127.0.0.1:8470/open?key=${given}`;
      },
      lost: new Promise(() => undefined),
      close: async () => {
        closed += 1;
      },
    };
  };
  return { startPage, signal: stop.signal, asked, closed: () => closed };
};

describe("serve", () => {
  it("prints a link alone on stdout, how long it works beside it, and ends with 0 when it is told to", async () => {
    const world = page(1);
    const { code, stdout, stderr } = await runInProcess(["serve"], world);
    expect([code, stdout]).toEqual([0, "http://127.0.0.1:8470/open?key=1\n"]);
    expect(stderr).toContain("works once");
    expect(world.asked).toEqual([expect.objectContaining({ address: "127.0.0.1", port: 8470 })]);
    expect(world.closed()).toBe(1);
  });

  it("given a terminal, then the Enter key gives a new link, and it says so", async () => {
    const { stdout, stderr } = await runInProcess(["serve"], { ...page(2), terminal: 80, stdin: "\n" });
    expect(stdout).toBe("http://127.0.0.1:8470/open?key=1\nhttp://127.0.0.1:8470/open?key=2\n");
    expect(stderr.replaceAll(/\s+/gu, " ")).toContain("press Enter for a new one");
  });

  it("given a port and ::1, then those; with --json one line a link", async () => {
    const world = page(1);
    const { stdout, stderr } = await runInProcess(["serve", "--port", "0", "--address", "::1", "--json"], world);
    expect(world.asked).toEqual([expect.objectContaining({ address: "::1", port: 0 })]);
    expect(JSON.parse(stdout)).toEqual({ version: 1, link: "http://127.0.0.1:8470/open?key=1" });
    expect(stderr).toBe("");
  });

  it("given any other address, then it starts nothing, and says how to come from elsewhere", async () => {
    const world = page(1);
    const { code, stderr } = await runInProcess(["serve", "--address", "0.0.0.0"], world);
    expect(code).toBe(1);
    expect(stderr).toContain("serve.loopback_only");
    expect(stderr).toContain("ssh -L");
    expect(world.asked).toEqual([]);
  });

  it("given --link, then a link to the page that runs, or that none does", async () => {
    const linkToPage = async (): Promise<string> => "http://127.0.0.1:9000/open?key=x";
    expect(await runInProcess(["serve", "--link"], { linkToPage })).toMatchObject({
      code: 0,
      stdout: "http://127.0.0.1:9000/open?key=x\n",
    });
    const none = await runInProcess(["serve", "--link"], {
      linkToPage: () => Promise.reject(new Fault("serve.not_running", {})),
    });
    expect(none).toMatchObject({ code: 1, stdout: "" });
  });

  it("given another process took its place, then it closes and says why", async () => {
    const world = page(9);
    const { code } = await runInProcess(["serve"], {
      ...world,
      startPage: async (options, more) => ({
        ...(await (world.startPage ?? never)(options, more)),
        lost: Promise.reject(new Fault("lease.lost", {})),
      }),
    });
    expect([code, world.closed()]).toEqual([1, 1]);
  });
});

const never = (): never => {
  throw new Error("no page");
};
