import type { Output, ShownRow } from "../rpc/contract.ts";
import { sections, type SectionName } from "./specs.ts";

/** The kinds of change a person wants to read apart, each with the actions that belong to it, in order of importance. */
export const sectionActions: Readonly<Partial<Record<SectionName, readonly string[]>>> = {
  "loses-access": ["revoke", "remove"],
  restored: ["restore"],
  invited: ["invite", "stage"],
  changed: ["readdress", "stamp"],
  adopted: ["adopt"],
  groups: ["create-group", "rename-group", "empty-group", "remove-group"],
  memberships: ["change-members"],
  kept: ["keep"],
};

export type Note = Output<"runs.notes">["rows"][number];

/** A part of a plan: as many rows or notes as are shown, and how many there are. */
export interface Section {
  readonly name: SectionName;
  readonly rows: readonly ShownRow[];
  readonly notes: readonly Note[];
  readonly total: number;
}

/** The section of a note: who is left out, what could be adopted, who is a stranger, and all else. */
export const sectionOfNote = ({ code }: Pick<Note, "code">): SectionName => {
  if (code.startsWith("left_out.")) return "left-out";
  if (code.startsWith("proposal.")) return "proposals";
  return code === "stranger" ? "strangers" : "notes";
};

/** Which sections are asked for: those named, else all but the strangers, who are only counted. */
export const wantedSections = (only: readonly string[]): readonly SectionName[] =>
  only.length === 0 ? sections.filter((name) => name !== "strangers") : sections.filter((name) => only.includes(name));
