import type { Lease, Store } from "../../src/store/store.ts";
import type { Point } from "./talk.ts";

type Writing = Exclude<
  { [Name in keyof Store]: Store[Name] extends (...given: never[]) => Promise<unknown> ? Name : never }[keyof Store],
  typeof Symbol.asyncDispose
>;

/** What changes nothing; whatever else a store does is a write. */
const reads: ReadonlySet<string | symbol> = new Set<Writing>([
  "describe",
  "holder",
  "state",
  "links",
  "owners",
  "names",
  "marks",
  "snapshot",
  "run",
  "runs",
  "rows",
  "notes",
  "history",
  "openRuns",
  "recentChanges",
  "planByDigest",
  "value",
  "audits",
]);

/** A store that tells before and after each write, one at a time, and waits for the answer. */
export const telling = (store: Store, tell: (point: Point) => Promise<void>): Store => {
  let last: Promise<unknown> = Promise.resolve();
  const told = <Result>(call: string, given: readonly unknown[], write: () => Promise<Result>): Promise<Result> => {
    const run = typeof given[0] === "number" ? given[0] : undefined;
    const done = doneRows(call, given);
    const about = { kind: "point", call, run, done, ...changeOf(call, given) } as const;
    const writing = last.then(async () => {
      await tell({ ...about, when: "before" });
      const result = await write();
      await tell({ ...about, when: "after", ...(call === "beginRun" ? { run: Number(result) } : {}) });
      return result;
    });
    last = writing.catch(() => {});
    return writing;
  };
  const tellingLease = (lease: Lease): Lease => ({
    ...lease,
    renew: (now) => told("renew", [], () => lease.renew(now)),
    release: () => told("release", [], () => lease.release()),
  });
  const leases = new WeakMap<Lease, Lease>();
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function" || typeof name === "symbol") return value;
      return async (...given: unknown[]): Promise<unknown> => {
        const real = given.map((one) => (isLease(one) ? (leases.get(one) ?? one) : one));
        const call = async (): Promise<unknown> => Reflect.apply(value, target, real);
        const result = await (reads.has(name) ? call() : told(name, given, call));
        if (name !== "acquire" || !isLease(result)) return result;
        const wrapped = tellingLease(result);
        leases.set(wrapped, result);
        return wrapped;
      };
    },
  });
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const isLease = (value: unknown): value is Lease => isObject(value) && "fence" in value && "release" in value;

const doneRows = (call: string, [, entry]: readonly unknown[]): number[] =>
  call === "journal" && isObject(entry) && entry["state"] === "done" && Array.isArray(entry["rows"])
    ? entry["rows"].map(Number)
    : [];

const changeOf = (call: string, [, change]: readonly unknown[]): Pick<Point, "accepts" | "ends"> => {
  const changed = (key: string): boolean => call === "updateRun" && isObject(change) && change[key] !== undefined;
  return { accepts: changed("accepted"), ends: changed("endedAt") };
};
