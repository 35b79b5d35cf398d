import { createHmac } from "node:crypto";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { digestOf } from "../../core/make-plan.ts";
import type { Plan, PlanRow } from "../../core/plan.ts";

/**
 * A plan without names, addresses and ids of people and groups, to be shown to others: each has the same stand-in
 * everywhere and in every plan made with the same key. Such a plan is not applicable; `redacts` says of which it was made.
 */
export const redactPlan = (plan: Plan, key: string): Plan => {
  const pseudonyms = createPseudonyms(key);
  const rows = plan.rows.map((row) => redactRow(row, pseudonyms));
  const notes = plan.notes.map((note) => redactNote(note, pseudonyms));
  const { header } = plan;
  return {
    header: {
      ...header,
      directory: pseudonyms.id(header.directory),
      applicable: false,
      digest: digestOf(rows),
      redacts: header.digest,
    },
    rows,
    notes,
  };
};

interface Pseudonyms {
  id(text: string): string;
  name(text: string, kind: "person" | "group"): string;
  address(text: string): string;
}

const createPseudonyms = (key: string): Pseudonyms => {
  const known = new Map<string, string>();
  const short = (text: string): string => {
    const found = known.get(text) ?? createHmac("sha256", key).update(text).digest("hex").slice(0, 12);
    known.set(text, found);
    return found;
  };
  return {
    id: (text) => `id-${short(text)}`,
    name: (text, kind) => `${kind}-${short(text)}`,
    address: (text) => `${short(text.toLowerCase())}@redacted.invalid`,
  };
};

const redactRow = (row: PlanRow, pseudonyms: Pseudonyms): PlanRow => {
  const { subject, add, remove, removeByEmail } = row;
  return {
    ...row,
    subject: {
      ...subject,
      id: pseudonyms.id(subject.id),
      ...(subject.externalId === undefined ? {} : { externalId: pseudonyms.id(subject.externalId) }),
      ...(subject.name === undefined ? {} : { name: pseudonyms.name(subject.name, subject.kind) }),
      ...(subject.email === undefined ? {} : { email: pseudonyms.address(subject.email) }),
    },
    before: redactFacts(row.before, pseudonyms),
    after: redactFacts(row.after, pseudonyms),
    because: { code: row.because.code, ...paramsOf(row.because.params, pseudonyms) },
    ...(add === undefined ? {} : { add: add.map((id) => pseudonyms.id(id)) }),
    ...(remove === undefined ? {} : { remove: remove.map((id) => pseudonyms.id(id)) }),
    ...(removeByEmail === undefined
      ? {}
      : { removeByEmail: removeByEmail.map((address) => pseudonyms.address(address)) }),
  };
};

const redactFacts = (facts: PlanRow["before"], pseudonyms: Pseudonyms): PlanRow["before"] => ({
  ...facts,
  ...("email" in facts && facts.email !== undefined ? { email: pseudonyms.address(facts.email) } : {}),
  ...(facts.externalId === undefined ? {} : { externalId: pseudonyms.id(facts.externalId) }),
  ...("name" in facts && facts.name !== undefined ? { name: pseudonyms.name(facts.name, "group") } : {}),
});

const redactNote = ({ subject, params, ...note }: Diagnostic, pseudonyms: Pseudonyms): Diagnostic => ({
  ...note,
  ...(subject === undefined
    ? {}
    : {
        subject: {
          kind: subject.kind,
          id: pseudonyms.id(subject.id),
          ...(subject.name === undefined ? {} : { name: pseudonyms.name(subject.name, subject.kind) }),
          ...(subject.email === undefined ? {} : { email: pseudonyms.address(subject.email) }),
        },
      }),
  ...paramsOf(params, pseudonyms),
});

type Params = Diagnostic["params"];

/** What a text of a reason is about cannot be told, so every one that is no code, number or time is replaced. */
const paramsOf = (params: Params, pseudonyms: Pseudonyms): { readonly params?: NonNullable<Params> } => {
  if (params === undefined) return {};
  const redactText = (text: string): string =>
    isHarmless(text) ? text : text.includes("@") ? pseudonyms.address(text) : `text-${pseudonyms.id(text).slice(3)}`;
  return {
    params: Object.fromEntries(
      Object.entries(params).map(([name, value]) => [
        name,
        typeof value === "string" ? redactText(value) : typeof value === "object" ? value.map(redactText) : value,
      ]),
    ),
  };
};

/** Codes of reasons (`gone.not_found`), times, and nothing at all; a number may be somebody's id. */
const isHarmless = (text: string): boolean =>
  text === "" || /^[a-z-]+(?:\.[a-z_-]+)+$/u.test(text) || /^\d{4}-\d\d-\d\dT[\d:.]+Z$/u.test(text);
