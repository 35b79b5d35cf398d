import { capital } from "../../capital.ts";
import type { PlanEntry, PlanSection } from "../../../src/rpc/contract/plan-lists.ts";
import type { ShownRow } from "../../../src/rpc/contract.ts";
import type { IconName } from "../../parts/icons.ts";
import { noteWords, number, t } from "../../words.svelte.ts";

/** An entry of a plan as a row shows it. */
export interface ShownEntry {
  readonly kind: "person" | "group";
  readonly id: string;
  readonly name: string;
  /** Stands behind the name, fainter: the address. */
  readonly second: string;
  readonly icon: IconName;
  readonly tone: "minus" | "plus" | "tilde" | "adopt" | "out" | "";
  readonly what: string;
  readonly why: string;
  /** What became of it, where that is not what was wanted. */
  readonly state: string | undefined;
  /** The organization's role, where it is more than that of a user. */
  readonly role: "owner" | "admin" | undefined;
}

const signs: Readonly<Record<ShownRow["action"], readonly [IconName, ShownEntry["tone"]]>> = {
  revoke: ["minus", "minus"],
  remove: ["minus", "minus"],
  invite: ["plus", "plus"],
  stage: ["plus", "plus"],
  restore: ["undo", "tilde"],
  readdress: ["tilde", "tilde"],
  stamp: ["tilde", "tilde"],
  "create-group": ["plus", "plus"],
  "rename-group": ["tilde", "tilde"],
  "empty-group": ["minus", "minus"],
  "remove-group": ["minus", "minus"],
  "change-members": ["swap", ""],
  adopt: ["adopt", "adopt"],
  keep: ["lock", ""],
};

export const shownEntry = (entry: PlanEntry, section: PlanSection): ShownEntry => {
  if ("change" in entry) return shownChange(entry.change);
  if ("person" in entry) {
    const { id, name, email } = entry.person;
    return {
      ...nobody,
      kind: "person",
      id,
      ...called(name, email, id),
      icon: "check",
      what: t("ui.plan.what_unchanged"),
      why: "",
    };
  }
  const { code, params, subject, severity } = entry.note;
  const { kind = "person", id = "", name, email } = subject ?? {};
  const icons: Partial<Record<PlanSection, readonly [IconName, ShownEntry["tone"]]>> = {
    proposals: ["adopt", "adopt"],
    strangers: ["unknown", ""],
    "left-out": ["skip", "out"],
  };
  const [icon, tone] = icons[section] ?? [
    severity === "warning" ? "warn" : "info",
    severity === "warning" ? "out" : "",
  ];
  return {
    ...nobody,
    kind,
    id,
    ...called(name, code === "left_out.no_address" ? undefined : email, id),
    icon,
    tone,
    what: t(`ui.plan.what_${section}`),
    why: capital(noteWords(code, { who: name ?? email ?? id, ...params })),
  };
};

const nobody = { tone: "", state: undefined, role: undefined } as const;

const shownChange = (row: ShownRow): ShownEntry => {
  const { subject, before, after, action, because } = row;
  const [icon, tone] = signs[action];
  const { type } = before;
  return {
    kind: subject.kind,
    id: subject.id,
    ...called(
      action === "rename-group" ? (after.name ?? subject.name) : subject.name,
      subject.kind === "group" ? undefined : (after.email ?? subject.email),
      subject.id,
    ),
    icon,
    tone,
    what: whatOf(row),
    why: whyOf(row, noteWords(because.code, because.params)),
    state:
      row.state === undefined || row.state === "planned" || row.state === "done"
        ? undefined
        : t(`ui.plan.state_${row.state}`),
    role: type === "owner" || type === "admin" ? type : undefined,
  };
};

/** Names before addresses; an address is the only name only where there is no other. */
const called = (name: string | undefined, email: string | undefined, id: string): { name: string; second: string } =>
  name === undefined || name === "" ? { name: email ?? id, second: "" } : { name, second: email ?? "" };

const whatOf = (row: ShownRow): string => {
  const added = row.added ?? 0;
  const removed = row.removed ?? 0;
  switch (row.action) {
    case "change-members":
      return [added > 0 ? `+${number(added)}` : "", removed > 0 ? `−${number(removed)}` : ""].filter(Boolean).join(" ");
    case "create-group":
      return t("ui.plan.what_create-group", { count: added });
    case "empty-group":
    case "remove-group":
      return t(`ui.plan.what_${row.action}`, { count: removed || (row.before.size ?? 0) });
    default:
      return t(`ui.plan.what_${row.action}`);
  }
};

const namesShown = 4;

const whyOf = (row: ShownRow, because: string): string => {
  const list = (names: readonly string[] | undefined, count: number): string => {
    const shown = (names ?? []).slice(0, namesShown);
    const more = count - shown.length;
    return [...shown, ...(more > 0 ? [t("ui.plan.more", { count: more })] : [])].join(", ");
  };
  switch (row.action) {
    case "change-members": {
      const added = row.added ?? 0;
      const removed = row.removed ?? 0;
      const put = list(row.addNames, added);
      const taken = list([...(row.removeNames ?? []), ...(row.removeByEmail ?? [])], removed);
      if (removed === 0) return put;
      return added === 0 ? taken : t("ui.plan.in_and_out", { in: put, out: taken });
    }
    case "rename-group":
      return row.before.name === undefined ? because : t("ui.plan.was", { name: row.before.name });
    default:
      return capital(because);
  }
};

/** What a row is called when it is read out. */
export const spoken = ({ what, name, why }: ShownEntry): string =>
  why === "" ? `${what}, ${name}` : t("ui.plan.spoken", { what, name, why });
