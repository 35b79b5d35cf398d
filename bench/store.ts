/**
 * What keeping everything costs: `node bench/store.ts [M|L …]`. Each figure is the best of three rounds on a fresh file;
 * the data sets are those the product's figures speak of.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SourceGroup, SourceUser } from "../src/core/entry.ts";
import type { GroupLink, PersonLink } from "../src/core/link.ts";
import type { PlanRow } from "../src/core/plan.ts";
import { openSqliteStore } from "../src/store/sqlite/index.ts";
import type { Store, StoredSnapshot } from "../src/store/store.ts";

const sizes = {
  M: { people: 10_000, groups: 1_004, members: 204_000 },
  L: { people: 100_000, groups: 5_006, members: 290_000 },
} as const;
const profile = "8d0e6bcd-34a8-4c4b-94ee-0a1dfcfa4d54/44b3d1a5-39d0-4cf0-9d1d-15ac5ff9ba7b";

for (const name of ["M", "L"] as const) if (isAskedFor(name)) await measure(name);

function isAskedFor(name: string): boolean {
  const asked = process.argv.slice(2);
  return asked.length === 0 || asked.includes(name);
}

/** Every figure of a data set, the best of three rounds. */
async function measure(name: keyof typeof sizes): Promise<void> {
  const data = makeData(sizes[name]);
  const best = new Map<string, number>();
  for (let round = 0; round < 3; round += 1)
    for (const [what, milliseconds] of await measureRound(data))
      best.set(what, Math.min(best.get(what) ?? Number.POSITIVE_INFINITY, milliseconds));
  for (const [what, figure] of best) console.log(`${name}  ${what.padEnd(44)} ${figure.toFixed(0).padStart(6)}`);
}

async function measureRound(data: Data): Promise<Map<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "store-bench-"));
  const path = join(folder, "state.db");
  const figures = new Map<string, number>();
  const time = async (what: string, work: () => PromiseLike<unknown>): Promise<void> => {
    const start = performance.now();
    await work();
    figures.set(`${what}, ms`, performance.now() - start);
  };
  try {
    let store = await openSqliteStore({ path, version: "bench" });
    const { snapshot, links, rows } = data;
    await time("first save of a snapshot", () => store.saveSnapshot(profile, snapshot));
    await time("save of an unchanged one", () => store.saveSnapshot(profile, { ...snapshot, readAt: 2 }));
    const reordered = { ...snapshot, users: snapshot.users.toReversed() };
    await time("save of an unchanged one in another order", () => store.saveSnapshot(profile, reordered));
    const changed = { ...snapshot, users: snapshot.users.map((user, at) => (at < 10 ? { ...user, name: "N" } : user)) };
    await time("save with 10 people changed", () => store.saveSnapshot(profile, changed));
    await time("load of a snapshot", () => store.snapshot(profile));
    const run = await store.beginRun({ profile, organization: "o", kind: "sync", startedAt: 1, who: "b", host: "b" });
    await time("save of a plan's rows, by 2,000", () => inBatches(rows, (batch) => store.saveRows(run, batch)));
    await time("journal of intents, by 2,000", () => journal(store, run, rows, "intent"));
    await time("journal of outcomes with their links", () => journal(store, run, rows, "done", links));
    await time("load of links", () => store.links(profile));
    await time("a page of 500 rows", () => store.rows(run, { limit: 500, cursor: rows.length / 2 }));
    await time("a search over the rows", () => store.rows(run, { limit: 500, search: "person 99" }));
    await time("history of one person", () => store.history(profile, "person77@example.test", 100));
    await time("changes of the last day", () => store.recentChanges(profile, 0));
    await time("all rows, by 5,000", () => readAll(store, run));
    await time("close", () => store[Symbol.asyncDispose]());
    figures.set("size of the file, MB", statSync(path).size / 1e6);
    await time("open", async () => {
      store = await openSqliteStore({ path, version: "bench" });
    });
    await store[Symbol.asyncDispose]();
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Size = (typeof sizes)[keyof typeof sizes];
interface Data {
  readonly snapshot: StoredSnapshot;
  readonly links: ReadonlyMap<string, PersonLink | GroupLink>;
  readonly rows: readonly PlanRow[];
}

/** Ids look like a directory's: spread at random, the same in every run. */
function makeData({ people, groups, members }: Size): Data {
  const users = Array.from({ length: people }, (_, at): SourceUser => {
    const id = uuid(`person ${at}`);
    return {
      id,
      ref: `uid=person${at},ou=people,dc=example,dc=test`,
      externalId: id,
      email: `person${at}@example.test`,
      name: `Person ${at} of Example`,
      state: "enabled",
      selected: true,
    };
  });
  const share = Math.ceil(members / groups);
  const sourceGroups = Array.from({ length: groups }, (_, at): SourceGroup => {
    const id = uuid(`group ${at}`);
    const some = Array.from({ length: share }, (_, member) => users[(at * share + member) % people]?.id ?? "");
    return { id, externalId: id, name: `Group ${at}`, selected: true, members: some.map((one) => ({ id: one })) };
  });
  const links = new Map<string, PersonLink | GroupLink>();
  for (const { id, email = "", name = "" } of users)
    links.set(id, { id, externalId: id, email, directoryEmail: email, name, organizationId: uuid(`member ${id}`) });
  for (const group of sourceGroups) {
    const ids = group.members.map((member) => ("id" in member ? member.id : member.ref)).sort();
    links.set(group.id, { id: group.id, externalId: group.id, name: group.name, writtenBy: "import", members: ids });
  }
  return { snapshot: { readAt: 1, users, groups: sourceGroups }, links, rows: makeRows(users, sourceGroups) };
}

function makeRows(users: readonly SourceUser[], groups: readonly SourceGroup[]): PlanRow[] {
  const invite = users
    .toSorted((left, right) => (left.id < right.id ? -1 : 1))
    .map(({ id, email = "", name = "" }, row): PlanRow => {
      const after = { email, externalId: id, status: "invited" } as const;
      const subject = { kind: "person", id, externalId: id, email, name } as const;
      return { row, action: "invite", subject, before: {}, after, because: { code: "joiner" } };
    });
  const create = groups.map((group, at): PlanRow => {
    const subject = { kind: "group", id: group.id, externalId: group.id, name: group.name } as const;
    const add = group.members.map((member) => ("id" in member ? member.id : member.ref)).sort();
    const after = { name: group.name, externalId: group.id, size: add.length };
    const row = users.length + at;
    return { row, action: "create-group", subject, before: {}, after, because: { code: "group.new" }, add };
  });
  return [...invite, ...create];
}

async function journal(
  store: Store,
  run: number,
  rows: readonly PlanRow[],
  state: "intent" | "done",
  links?: Data["links"],
): Promise<void> {
  await inBatches(rows, (batch) => {
    const settled = batch.flatMap((row) => links?.get(row.subject.id) ?? []);
    const people = settled.filter((link): link is PersonLink => !("writtenBy" in link));
    const groups = settled.filter((link): link is GroupLink => "writtenBy" in link);
    const entry = { rows: batch.map((row) => row.row), state, at: 1_769_000_000_000 };
    return store.journal(run, entry, links === undefined ? undefined : { profile, change: { people, groups } });
  });
}

async function inBatches(rows: readonly PlanRow[], work: (batch: readonly PlanRow[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < rows.length; start += 2_000) await work(rows.slice(start, start + 2_000));
}

async function readAll(store: Store, run: number): Promise<void> {
  for (let cursor: number | undefined = -1; cursor !== undefined;)
    cursor = (await store.rows(run, { limit: 5_000, cursor })).next;
}

function uuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
