import { PassThrough } from "node:stream";
import { MessageChannel } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import type { ProgressEvent } from "./contract.ts";
import { inProcessLink } from "./links/in-process.ts";
import { messageLimit, type Link } from "./links/link.ts";
import { portLink } from "./links/port.ts";
import { stdioLink } from "./links/stdio.ts";
import type { Answers } from "./contract/shape.ts";
import { connect, serve, type Serving } from "./peer.ts";

const contract = {
  "number.double": { input: z.object({ n: z.int().default(2) }), output: z.object({ n: z.int() }) },
  "text.echo": { input: z.object({ text: z.string() }), output: z.object({ text: z.string() }) },
  "work.run": { input: z.object({}), output: z.object({ stopped: z.boolean() }), progress: true },
} as const;

const open: Serving[] = [];
afterEach(async () => {
  for (const serving of open.splice(0)) await serving.close();
});

const links = {
  "in process": inProcessLink,
  "over a port": () => {
    const { port1, port2 } = new MessageChannel();
    return { client: portLink(port1), server: portLink(port2) };
  },
  "over standard input and output": () => {
    const [there, back] = [new PassThrough(), new PassThrough()];
    return { client: closing(stdioLink(back, there), there), server: closing(stdioLink(there, back), back) };
  },
};

/** What a process does that closes its link: it ends, and its output with it. */
const closing = (link: Link, output: PassThrough): Link => {
  link.onClose(() => output.end());
  return link;
};

describe.each(Object.entries(links))("a conversation %s", (_name, makeLinks) => {
  it("given a question, then the answer of that procedure, with the defaults of its input", async () => {
    const { client } = start(makeLinks(), { "number.double": async ({ n }) => ({ n: n * 2 }) });
    expect(await client.call("number.double", {})).toEqual({ n: 4 });
    expect(await client.call("number.double", { n: 21 })).toEqual({ n: 42 });
  });

  it("given many questions at once, then each gets its own answer, whatever the order of the answers", async () => {
    const gates = new Map<number, () => void>();
    const { client } = start(makeLinks(), {
      "number.double": async ({ n }) => {
        await new Promise<void>((resolve) => gates.set(n, resolve));
        return { n: n * 2 };
      },
    });
    const answers = [1, 2, 3].map((n) => client.call("number.double", { n }));
    await until(() => gates.size === 3);
    for (const n of [3, 1, 2]) gates.get(n)?.();
    expect(await Promise.all(answers)).toEqual([{ n: 2 }, { n: 4 }, { n: 6 }]);
  });

  it("given a Fault, then the asker gets its code and params and nothing else", async () => {
    const { client } = start(makeLinks(), {
      "text.echo": async () => {
        throw new Fault("profile.unknown", { profile: "main", known: ["a", "b"] }, new Error("inner"));
      },
    });
    const fault = await caught(client.call("text.echo", { text: "" }));
    expect(fault).toMatchObject({ code: "profile.unknown", params: { profile: "main", known: ["a", "b"] } });
    expect(fault.cause).toBeUndefined();
  });

  it("given an unforeseen error, then a defect without secrets, and the log is told all of it", async () => {
    const { client, defects } = start(makeLinks(), {
      "text.echo": async () => {
        throw new Error("password=canary-4711");
      },
    });
    expect(await caught(client.call("text.echo", { text: "" }))).toMatchObject({
      code: "internal.defect",
      params: { reason: "password=***" },
    });
    expect(defects.map(String)).toEqual(["Error: password=canary-4711"]);
  });

  it("given an input that is not as agreed, then usage.invalid names the field, not its value", async () => {
    const { client } = start(makeLinks(), {});
    const fault = await caught(client.call("text.echo", JSON.parse('{ "text": 4711 }')));
    expect(fault.code).toBe("usage.invalid");
    expect(fault.params["reason"]).toMatch(/^text: /u);
    expect(JSON.stringify(fault.params)).not.toContain("4711");
  });

  it("given an answer that is not as agreed, then it stays here", async () => {
    const { client } = start(makeLinks(), { "text.echo": async () => JSON.parse('{ "secret": "x" }') });
    expect((await caught(client.call("text.echo", { text: "" }))).code).toBe("internal.defect");
  });

  it("given fields nobody agreed on, then they are not sent", async () => {
    const { client } = start(makeLinks(), {
      "text.echo": async () => JSON.parse('{ "text": "hello", "password": "canary" }'),
    });
    expect(await client.call("text.echo", { text: "" })).toEqual({ text: "hello" });
  });

  it("given an unknown procedure, then rpc.unknown, also when the asker knows it", async () => {
    const { client, server } = makeLinks();
    open.push(serve({}, {}, server, options([])));
    const newer = connect(contract, client);
    expect(await caught(newer.call("text.echo", { text: "" }))).toMatchObject({
      code: "rpc.unknown",
      params: { name: "text.echo" },
    });
    expect(
      (
        await caught(
          connect({ ...contract, constructor: contract["text.echo"] }, client).call("constructor", { text: "" }),
        )
      ).code,
    ).toBe("rpc.unknown");
  });

  it("given a signal that aborts, then the procedure is told and its answer still arrives", async () => {
    const { client } = start(makeLinks(), {
      "work.run": async (_input, { signal }) => {
        await aborted(signal);
        return { stopped: true };
      },
    });
    const stop = new AbortController();
    const answer = client.call("work.run", {}, { signal: stop.signal });
    stop.abort();
    expect(await answer).toEqual({ stopped: true });
  });

  it("given a procedure that throws because it was stopped, then run.interrupted", async () => {
    const { client } = start(makeLinks(), {
      "work.run": async (_input, { signal }) => {
        await aborted(signal);
        throw signal.reason;
      },
    });
    const stop = new AbortController();
    const answer = client.call("work.run", {}, { signal: stop.signal });
    stop.abort();
    expect((await caught(answer)).code).toBe("run.interrupted");
  });

  it("given a signal that was aborted before, then nothing is asked", async () => {
    let asked = 0;
    const { client } = start(makeLinks(), {
      "text.echo": async ({ text }) => {
        asked += 1;
        return { text };
      },
    });
    expect((await caught(client.call("text.echo", { text: "" }, { signal: AbortSignal.abort() }))).code).toBe(
      "run.interrupted",
    );
    await client.call("text.echo", { text: "" });
    expect(asked).toBe(1);
  });

  it("given the link closes, then every open call is rejected, later ones too, and what ran is stopped", async () => {
    const stopped: string[] = [];
    const { client, serving } = start(makeLinks(), {
      "work.run": async (_input, { signal }) => {
        await aborted(signal);
        stopped.push("work.run");
        return { stopped: true };
      },
    });
    const answer = client.call("work.run", {});
    const fault = caught(answer);
    await until(() => true);
    await client.close();
    expect((await fault).code).toBe("rpc.closed");
    expect((await caught(client.call("work.run", {}))).code).toBe("rpc.closed");
    await until(() => stopped.length === 1);
    await serving.close();
  });

  it("given a call that outlives whoever asked, then it comes to its end after the link has closed", async () => {
    const { client: asking, server } = makeLinks();
    const gate = Promise.withResolvers<void>();
    const told: string[] = [];
    const serving = serve(
      contract,
      {
        "number.double": async ({ n }) => ({ n }),
        "text.echo": async ({ text }, { signal }) => {
          await aborted(signal);
          told.push("echo stopped");
          return { text };
        },
        "work.run": async (_input, { signal }) => {
          await gate.promise;
          told.push(signal.aborted ? "run stopped" : "run done");
          return { stopped: false };
        },
      },
      server,
      { ...options([]), outlives: new Set(["work.run"]) },
    );
    open.push(serving);
    const client = connect(contract, asking);
    const faults = [caught(client.call("work.run", {})), caught(client.call("text.echo", { text: "" }))];
    await until(() => true);
    await client.close();
    await Promise.all(faults);
    await until(() => told.length === 1);
    expect(told).toEqual(["echo stopped"]);
    gate.resolve();
    await serving.ended;
    expect(told).toEqual(["echo stopped", "run done"]);
  });

  it("given the answering end closes, then it waits for what runs, and that answer still arrives", async () => {
    const { client, serving } = start(makeLinks(), {
      "work.run": async (_input, { signal }) => {
        await aborted(signal);
        return { stopped: true };
      },
    });
    const answer = client.call("work.run", {});
    await until(() => true);
    await serving.close();
    expect(await answer).toEqual({ stopped: true });
    expect((await caught(client.call("work.run", {}))).code).toBe("rpc.closed");
  });

  it("given a message of more than 1 MB, then it is refused at its source, either way", async () => {
    const { client } = start(makeLinks(), { "text.echo": async ({ text }) => ({ text: text.repeat(1_000) }) });
    const question = await caught(client.call("text.echo", { text: "é".repeat(messageLimit / 2) }));
    expect(question).toMatchObject({ code: "rpc.too_large", params: { what: "question" } });
    const answer = await caught(client.call("text.echo", { text: "x".repeat(1_000) }));
    expect(answer).toMatchObject({ code: "rpc.too_large", params: { what: "answer" } });
    expect(await client.call("text.echo", { text: "x" })).toEqual({ text: "x".repeat(1_000) });
  });

  it("given something that is no message, then the link is closed", async () => {
    const { client, server } = makeLinks();
    open.push(serve(contract, answering({}), server, options([])));
    let closed = false;
    client.onClose(() => {
      closed = true;
    });
    client.send("{}");
    await until(() => closed);
    expect(closed).toBe(true);
  });

  it("given progress in a burst, then at most ten messages a second, the newest of each kind, none after the answer", async () => {
    const timer = fakeTimer();
    const seen: ProgressEvent[] = [];
    let finish = (): void => undefined;
    const { client } = start(
      makeLinks(),
      {
        "work.run": async (_input, { onProgress }) => {
          for (let done = 1; done <= 1_000; done += 1) onProgress({ stage: "reading", done });
          onProgress({ wait: { seconds: 60, reason: "slow down" } });
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
          onProgress({ stage: "reading", done: 2_000 });
          onProgress({ stage: "reading", done: 2_001 });
          return { stopped: false };
        },
      },
      timer,
    );
    const answer = client.call("work.run", {}, { onProgress: (event) => seen.push(event) });
    await until(() => seen.length === 1);
    expect(seen).toEqual([{ stage: "reading", done: 1 }]);
    await timer.pass(99);
    expect(seen).toHaveLength(1);
    await timer.pass(1);
    await until(() => seen.length === 2);
    await timer.pass(100);
    await until(() => seen.length === 3);
    expect(seen.slice(1)).toEqual([{ stage: "reading", done: 1_000 }, { wait: { seconds: 60, reason: "slow down" } }]);
    await timer.pass(1_000);
    finish();
    await answer;
    await timer.pass(1_000);
    expect(seen).toHaveLength(4);
    expect(seen[3]).toEqual({ stage: "reading", done: 2_000 });
  });

  it("given a procedure without progress, then it tells none", async () => {
    const { client } = start(makeLinks(), {
      "text.echo": async ({ text }, { onProgress }) => {
        onProgress({ stage: "reading", done: 1 });
        return { text };
      },
    });
    const seen: ProgressEvent[] = [];
    await client.call("text.echo", { text: "" }, { onProgress: (event) => seen.push(event) });
    expect(seen).toEqual([]);
  });
});

function start(
  { client, server }: { client: Link; server: Link },
  some: Partial<Answers<typeof contract>>,
  timer = fakeTimer(),
) {
  const defects: unknown[] = [];
  const serving = serve(contract, answering(some), server, { ...options(defects), timer });
  open.push(serving);
  return { client: connect(contract, client), serving, defects };
}

function answering(some: Partial<Answers<typeof contract>>): Answers<typeof contract> {
  return {
    "number.double": async ({ n }) => ({ n }),
    "text.echo": async ({ text }) => ({ text }),
    "work.run": async () => ({ stopped: false }),
    ...some,
  };
}

function options(defects: unknown[]) {
  return {
    timer: fakeTimer(),
    redact: (text: string) => text.replace("canary-4711", "***"),
    onDefect: (_name: string, error: unknown) => void defects.push(error),
  };
}

/** Time that stands still until the test lets it pass. */
function fakeTimer() {
  let now = 0;
  const sleeping: { until: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleeping.push({ until: now + milliseconds, wake: resolve });
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
    pass: async (milliseconds: number) => {
      now += milliseconds;
      for (const sleeper of sleeping.filter((one) => one.until <= now)) {
        sleeping.splice(sleeping.indexOf(sleeper), 1);
        sleeper.wake();
      }
      await until(() => true);
    },
  };
}

/** Lets messages travel until the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (turn >= 3 && condition()) return;
  }
  throw new Error("it did not happen");
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}

async function caught(promise: Promise<unknown>): Promise<Fault> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
