import type { Resolved } from "../src/config/field.ts";
import type { Clock } from "../src/core/clock.ts";
import type { DirectoryId, Ref, SourceGroup, SourceUser } from "../src/core/entry.ts";
import type { Directory, DirectoryDependencies, OpenDirectory, Page } from "../src/directories/directory.ts";
import type { Network } from "../src/http/network.ts";
import type { Http } from "../src/http/request.ts";

/** What a server is filled with; keys are the test's own names for entries. */
export interface Content {
  readonly users: readonly ContentUser[];
  readonly groups: readonly ContentGroup[];
}
export interface ContentUser {
  readonly key: string;
  readonly name: string;
  readonly email?: string;
  readonly state?: "disabled" | "deleted";
}
export interface ContentGroup {
  readonly key: string;
  readonly name: string;
  /** Keys of users and groups. */
  readonly members: readonly string[];
}

/** Everything a read gave, pages put together. */
export interface WholeRead {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
  readonly notes: readonly string[];
  readonly pages: readonly Page[];
}

/** Opens, reads to the end and closes. Throws what the reader throws; a read without its End page is an error of the reader. */
export async function readWhole<Config>(
  directory: Directory<Config>,
  config: Resolved<Config>,
  dependencies: DirectoryDependencies,
): Promise<WholeRead> {
  await using open: OpenDirectory = await directory.open(config, dependencies);
  const pages: Page[] = [];
  for await (const page of open.read()) pages.push(page);
  if (!pages.some((page) => "end" in page)) throw new TypeError("the read ended without its End page");
  return {
    users: pages.flatMap((page) => ("users" in page ? page.users : [])),
    groups: pages.flatMap((page) => ("groups" in page ? page.groups : [])),
    notes: pages.flatMap((page) => ("notes" in page ? page.notes.map((note) => note.code) : [])),
    pages,
  };
}

/** The id a reference means; a `ref` that no entry carries stays as it is. */
export function createResolver(
  users: readonly SourceUser[],
  groups: readonly SourceGroup[],
): (ref: Ref) => DirectoryId {
  const byRef = new Map([...users, ...groups].flatMap(({ ref, id }) => (ref === undefined ? [] : [[ref, id]])));
  return (ref) => ("id" in ref ? ref.id : (byRef.get(ref.ref) ?? ref.ref));
}

/** Real parts where a reader uses them. */
export interface WorldOptions {
  readonly http?: ((clock: Clock) => Http) | undefined;
  readonly network?: Network | undefined;
}

/** Dependencies that remember what was done with them; time does not pass. */
export function createWorld(given: WorldOptions = {}) {
  const controller = new AbortController();
  const logged: string[] = [];
  const sleeps: number[] = [];
  const progress: { readonly stage: string; readonly done: number }[] = [];
  const write = (message: string, given?: unknown): void =>
    void logged.push(`${message} ${JSON.stringify(given) ?? ""}`);
  let now = Date.parse("2026-11-24T09:00:00Z");
  const clock: Clock = {
    now: () => now,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      sleeps.push(milliseconds);
      now += milliseconds;
    },
  };
  const dependencies: DirectoryDependencies = {
    http: given.http?.(clock) ?? { send: () => Promise.reject(new TypeError("this harness has no http")) },
    network: given.network ?? noNetwork,
    log: { debug: write, info: write, warn: write, error: write },
    progress: (event) => void progress.push(event),
    now: clock,
    signal: controller.signal,
  };
  return { dependencies, logged, sleeps, progress, abort: (reason: unknown) => controller.abort(reason) };
}

const noNetwork: Network = {
  authorities: () => [],
  proxyFor: () => undefined,
  dispatcherFor: () => {
    throw new TypeError("this harness has no network");
  },
  [Symbol.asyncDispose]: async () => {},
};
