import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { organization, profile } from "../../../tests/store-contract/data.ts";
import type { Store } from "../store.ts";
import { openSqliteStore } from "./index.ts";

let path: string;
let folder: string;
let children: Worker[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "processes-"));
  path = join(folder, "state.db");
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  children = [];
  rmSync(folder, { recursive: true });
});

/** A process with the store open and a lease at hand, which does what it is told, a line at a time. */
interface Worker {
  readonly process: ChildProcess;
  /** Its answer to a command. */
  ask(command: string): Promise<string>;
  next(): Promise<string>;
  kill(): Promise<void>;
}

const program = `
  import { createInterface } from "node:readline";
  import { openSqliteStore } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
  const [path, profile, organization] = process.argv.slice(1);
  const store = await openSqliteStore({ path, version: "1.0.0" });
  const staleMs = 400;
  const holder = { what: "sync", who: "w", host: "h", pid: process.pid };
  const person = (at) => ({ id: "id-" + at, externalId: "id-" + at, email: at + "@example.test", directoryEmail: at + "@example.test" });
  const row = (at) => ({ row: at, action: "invite", subject: { kind: "person", id: "id-" + at }, before: {}, after: {}, because: { code: "joiner" } });
  let lease;
  const commands = {
    acquire: async () => {
      const answer = await store.acquire({ name: "profile:p", holder, now: Date.now(), staleMs });
      if ("heldBy" in answer) return "held by " + answer.heldBy.pid;
      lease = answer;
      return "fence " + lease.fence;
    },
    beat: async () => { await lease.renew(Date.now()); return "beaten"; },
    check: async () => { await lease.check(); return "held"; },
    write: async () => { await store.saveState(profile, { cursor: String(process.pid) }, lease); return "written"; },
    work: async () => {
      const run = await store.beginRun({ profile, organization, kind: "sync", startedAt: 1, who: "w", host: "h" }, lease);
      await store.saveRows(run, Array.from({ length: 5000 }, (_, at) => row(at)), lease);
      console.log("run " + run);
      for (let at = 0; at < 5000; at += 1) {
        await store.journal(run, { rows: [at], state: "intent", at: 1 }, undefined, lease);
        await store.journal(run, { rows: [at], state: "done", at: 1 }, { profile, change: { people: [person(at)] } }, lease);
        console.log("done " + at);
      }
      return "finished";
    },
    count: async () => {
      for (let at = 0; at < 50; at += 1) {
        await store.saveLinks(profile, { people: [person(process.pid + "-" + at)] });
      }
      return "counted";
    },
  };
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin }))
    console.log(await commands[line]().catch((error) => error.code ?? error.stack));`;

const start = async (): Promise<Worker> => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, path, profile, organization], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const closed = new Promise<void>((resolve) => {
    child.on("close", () => resolve());
  });
  const next = async (): Promise<string> => {
    const line = await lines.next();
    return line.done === true ? "ended" : line.value;
  };
  const worker: Worker = {
    process: child,
    next,
    ask: (command) => {
      child.stdin.write(`${command}\n`);
      return next();
    },
    kill: () => {
      child.kill("SIGKILL");
      return closed;
    },
  };
  children.push(worker);
  expect(await next()).toBe("ready");
  return worker;
};

/** Each asks again and again, as whoever waits for a lease does, until one gets it; its answer. */
const acquireWhenStale = async (...workers: Worker[]): Promise<string> => {
  for (;;) {
    for (const worker of workers) {
      const answer = await worker.ask("acquire");
      if (!answer.startsWith("held")) return answer;
    }
    await sleep(50);
  }
};

const fenceOf = (answer: string): number => Number(/^fence (\d+)$/u.exec(answer)?.[1]);
const open = (): Promise<Store> => openSqliteStore({ path, version: "1.0.0" });

describe("several processes on one file", () => {
  it("given four that open a file that nobody has made, then all of them can", async () => {
    const workers = await Promise.all([start(), start(), start(), start()]);
    expect(await Promise.all(workers.map((worker) => worker.ask("count")))).toEqual(workers.map(() => "counted"));
    await using store = await open();
    expect((await store.links(profile)).people).toHaveLength(200);
  });

  it("given four that want a lease at once, then one gets it and the others are told that one", async () => {
    const workers = await Promise.all([start(), start(), start(), start()]);
    const answers = await Promise.all(workers.map((worker) => worker.ask("acquire")));
    const winner = answers.findIndex((answer) => answer.startsWith("fence "));
    const held = `held by ${workers[winner]?.process.pid}`;
    expect(answers.filter((answer) => answer === held)).toHaveLength(3);
  });

  it("given a holder that is killed, then one of those who wait takes over once it is stale, with a larger fence", async () => {
    const [holder, one, other] = [await start(), await start(), await start()];
    const fence = fenceOf(await holder.ask("acquire"));
    expect(await one.ask("acquire")).toBe(`held by ${holder.process.pid}`);
    await holder.kill();
    expect(fenceOf(await acquireWhenStale(one, other))).toBeGreaterThan(fence);
  });

  it.skipIf(process.platform === "win32")(
    "given a holder that slept through its time, then it finds the lease gone and cannot write",
    async () => {
      const [sleeper, other] = [await start(), await start()];
      await sleeper.ask("acquire");
      expect(await sleeper.ask("write")).toBe("written");
      sleeper.process.kill("SIGSTOP");
      fenceOf(await acquireWhenStale(other));
      expect(await other.ask("write")).toBe("written");
      sleeper.process.kill("SIGCONT");
      for (const command of ["write", "check", "beat"]) expect(await sleeper.ask(command)).toBe("lease.lost");
      await using store = await open();
      expect((await store.state(profile)).cursor).toBe(String(other.process.pid));
    },
  );

  it.each([0, 1, 37, 400])(
    "given a run that is killed after %d steps it acknowledged, then they are there with their links, and the run is open",
    async (steps) => {
      const worker = await start();
      await worker.ask("acquire");
      const run = Number(/^run (\d+)$/u.exec(await worker.ask("work"))?.[1]);
      let acknowledged = 0;
      while (acknowledged < steps && (await worker.next()).startsWith("done ")) acknowledged += 1;
      await worker.kill();
      await using store = await open();
      const { rows } = await store.rows(run, { limit: 5_000 });
      const done = rows.filter((row) => row.state === "done").map((row) => row.row);
      expect(done.length).toBeGreaterThanOrEqual(steps);
      expect(done).toEqual(done.map((_, at) => at));
      expect(rows.filter((row) => row.state === "intent").length).toBeLessThanOrEqual(1);
      const { people } = await store.links(profile);
      expect(people.map((link) => link.id).sort()).toEqual(done.map((at) => `id-${at}`).sort());
      expect(await store.openRuns(profile)).toEqual([]);
      await acquireWhenStale(await start());
      expect((await store.openRuns(profile)).map((one) => one.id)).toEqual([run]);
    },
  );
});
