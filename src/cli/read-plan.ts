import type { PlanLine } from "../core/plan-schema.ts";
import type { RunSummary, ShownRow } from "../rpc/contract.ts";
import { sectionActions, sectionOfNote, wantedSections, type Note, type Section } from "./sections.ts";
import type { Session } from "./session.ts";
import { sections, type SectionName } from "./specs.ts";

export interface Reading {
  /** Names of the sections; none = the usual ones. */
  readonly only: readonly string[];
  /** Rows of a section at most; absent = all of them. */
  readonly most?: number;
  /** Only rows that ended this way. */
  readonly states?: readonly string[];
}

/** The recorded rows and notes of a run, by section, no more of each than a person will read. */
export const readSections = async (session: Session, run: number, reading: Reading): Promise<Section[]> => {
  const wanted = wantedSections(reading.only);
  const notes = wanted.some((name) => sectionActions[name] === undefined)
    ? Map.groupBy(await readNotes(session, run), sectionOfNote)
    : new Map<SectionName, Note[]>();
  const found: Section[] = [];
  for (const name of wanted) {
    const actions = sectionActions[name];
    if (actions === undefined) {
      const own = notes.get(name) ?? [];
      found.push({ name, rows: [], notes: own.slice(0, reading.most), total: own.length });
    } else found.push({ name, notes: [], ...(await readRows(session, run, actions, reading)) });
  }
  return found.filter((section) => section.total > 0);
};

const readRows = async (
  session: Session,
  run: number,
  actions: readonly string[],
  { most = Number.POSITIVE_INFINITY, states }: Reading,
): Promise<{ rows: ShownRow[]; total: number }> => {
  const rows: ShownRow[] = [];
  let cursor: number | undefined;
  for (;;) {
    const page = await session.call("runs.changes", {
      run,
      actions: [...actions],
      limit: Math.min(pageSize, most - rows.length),
      ...(states === undefined ? {} : { states: [...states] }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    rows.push(...page.rows);
    if (page.next === undefined || rows.length >= most) return { rows, total: page.total };
    cursor = page.next;
  }
};

const readNotes = async (session: Session, run: number): Promise<Note[]> => {
  const notes: Note[] = [];
  let cursor: number | undefined;
  do {
    const page = await session.call("runs.notes", {
      run,
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    notes.push(...page.rows);
    cursor = page.next;
  } while (cursor !== undefined);
  return notes;
};
const pageSize = 500;

/** The whole plan as the text of its file, in pieces. */
export async function* planText(session: Session, run: number, redact: boolean): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const piece = await session.call("plan.text", { run, redact, ...(cursor === undefined ? {} : { cursor }) });
    yield piece.text;
    cursor = piece.next;
  } while (cursor !== undefined);
}

/** The same by section, with names and addresses taken out; every row of the plan is looked at, only some are kept. */
export const redactedSections = async (
  session: Session,
  run: number,
  { only, most = Number.POSITIVE_INFINITY }: Reading,
): Promise<Section[]> => {
  const kept = new Map(
    wantedSections(only).map((name) => [name, { rows: [] as ShownRow[], notes: [] as Note[], total: 0 }]),
  );
  const take = (name: SectionName | undefined, add: (section: { rows: ShownRow[]; notes: Note[] }) => void): void => {
    const section = name === undefined ? undefined : kept.get(name);
    if (section === undefined) return;
    section.total += 1;
    if (section.total <= most) add(section);
  };
  for await (const line of planLines(session, run)) {
    if ("change" in line) {
      const { change } = line;
      take(sectionOfAction(change.action), ({ rows }) =>
        rows.push({ ...change, added: change.add?.length ?? 0, removed: removedBy(change) }),
      );
    } else if ("note" in line) take(sectionOfNote(line.note), ({ notes }) => notes.push(line.note));
  }
  return [...kept].map(([name, section]) => ({ name, ...section })).filter((section) => section.total > 0);
};

const removedBy = (row: Pick<ShownRow, "remove" | "removeByEmail">): number =>
  (row.remove?.length ?? 0) + (row.removeByEmail?.length ?? 0);

async function* planLines(session: Session, run: number): AsyncGenerator<PlanLine> {
  let rest = "";
  for await (const text of planText(session, run, true)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") continue;
      // The engine's own text, in the shape of `plan-schema.ts`.
      const parsed: PlanLine = JSON.parse(line);
      yield parsed;
    }
  }
}

const sectionOfAction = (action: string): SectionName | undefined => {
  return sections.find((name) => sectionActions[name]?.includes(action) === true);
};

/** Everything the plan view tells. */
export interface PlanPicture {
  readonly summary: RunSummary;
  readonly sections: readonly Section[];
  /** The file the plan was written to. */
  readonly file?: string;
  readonly redacted: boolean;
  /** Only some sections were asked for, so there is no headline. */
  readonly partial: boolean;
}
