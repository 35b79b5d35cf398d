import { Fault } from "../core/fault.ts";
import type { Mark, PersonLink } from "../core/link.ts";
import type { Subject } from "../core/plan.ts";
import type { EngineDependencies } from "./dependencies.ts";
import type { Profile } from "./profile.ts";
import { allRows } from "./recover.ts";

export interface AdoptOptions {
  readonly addresses: readonly string[];
  readonly sameAddress: boolean;
  readonly groups: boolean;
  readonly gone: boolean;
}

/**
 * Marks what the newest recorded plan proposed, so that the next plan carries it as rows: people with the same address,
 * groups with the same name, strangers that are to become leavers; and, by name only, people whose new address it held
 * back.
 */
export const adopt = async (
  dependencies: EngineDependencies,
  profile: Profile,
  options: AdoptOptions,
): Promise<{ marks: { readonly mark: Mark; readonly who: string }[]; unknown: string[] }> => {
  const { store, clock, actor } = dependencies;
  const { rows: runs } = await store.runs({ profile: profile.key, limit: 20 });
  const run = runs.find((one) => one.header !== undefined);
  if (run === undefined) throw new Fault("run.none", { profile: profile.name });
  const [notes, held] = await Promise.all([store.notes(run.id), heldAddresses(dependencies, profile, run.id)]);
  const at = clock.now();
  const wanted = new Set(options.addresses.map((address) => address.trim().toLowerCase()));
  const found = new Set<string>();
  const marks: { readonly mark: Mark; readonly who: string }[] = [];
  for (const { code, subject } of [...notes, ...held]) {
    if (subject === undefined) continue;
    const named = [subject.email, subject.name, subject.id].find(
      (text) => text !== undefined && wanted.has(text.toLowerCase()),
    );
    if (named !== undefined) found.add(named.toLowerCase());
    const mark = (kind: Mark["kind"]): void =>
      void marks.push({
        mark: { kind, subject: subject.kind, id: subject.id, by: actor.who, at },
        who: subject.name ?? subject.email ?? subject.id,
      });
    if (code === "proposal.same_address" && (options.sameAddress || named !== undefined)) mark("adopt");
    else if (code === "proposal.same_name" && (options.groups || named !== undefined)) mark("adopt");
    else if (code === "held.address_taken" && named !== undefined) mark("readdress");
    else if (code === "stranger" && options.gone && (wanted.size === 0 || named !== undefined)) mark("adopt-gone");
    else if (named !== undefined) found.delete(named.toLowerCase());
  }
  await store.saveMarks(
    profile.key,
    marks.map(({ mark }) => mark),
    [],
  );
  for (const { mark } of marks)
    await store.audit({ at, who: actor.who, what: `mark.${mark.kind}`, profile: profile.name, detail: mark.id });
  return { marks, unknown: [...wanted].filter((address) => !found.has(address)) };
};

/** Linked people whose address now belongs to somebody else, as a plan has them. */
const heldAddresses = async (
  dependencies: EngineDependencies,
  profile: Profile,
  run: number,
): Promise<{ readonly code: string; readonly subject: Subject }[]> => {
  const { people } = await dependencies.store.links(profile.key);
  const linked = new Set(people.map(({ id }) => id));
  return (await allRows(dependencies, run)).flatMap(({ action, because: { code }, subject }) =>
    action === "keep" && code === "held.address_taken" && linked.has(subject.id) ? [{ code, subject }] : [],
  );
};

/** How somebody comes back: with the next plan, or, where we removed them, by taking that row of its run back. */
export type Return =
  | { readonly mark: Mark; readonly link: PersonLink }
  | { readonly removed: { readonly run: number; readonly row: number } };

/**
 * Marks a person who was revoked, or whom somebody removed by hand, to come back with the next plan. Whom we removed is
 * managed no more, so there is nothing to mark: the answer says which row of which run took them out.
 */
export const restore = async (dependencies: EngineDependencies, profile: Profile, who: string): Promise<Return> => {
  const { store, clock, actor } = dependencies;
  const text = who.trim().toLowerCase();
  const { people } = await store.links(profile.key);
  const link = people.find(
    (one) => one.email === text || one.directoryEmail === text || one.id === who || one.externalId === who,
  );
  if (link === undefined) return { removed: await removalOf(dependencies, profile, who) };
  const mark: Mark = { kind: "restore", subject: "person", id: link.id, by: actor.who, at: clock.now() };
  await store.saveMarks(profile.key, [mark], []);
  await store.audit({ at: mark.at, who: actor.who, what: "mark.restore", profile: profile.name, detail: link.id });
  return { mark, link };
};

/** The last thing that happened to somebody, where that was our removing them; Fault `person.unknown` for anybody else. */
const removalOf = async (
  { store }: EngineDependencies,
  profile: Profile,
  who: string,
): Promise<{ readonly run: number; readonly row: number }> => {
  const done = await store.history(profile.key, who.trim(), 100);
  const last = done.find(({ subject, state }) => subject.kind === "person" && state === "done");
  if (last?.action !== "remove" || last.undoneBy !== undefined)
    throw new Fault("person.unknown", { who, profile: profile.name });
  return { run: last.run, row: last.row };
};
