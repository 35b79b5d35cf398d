import type { z } from "zod";
import type { ProfileConfig } from "../../config/schema.ts";
import type { Desired } from "../../core/desired.ts";
import { isFault, type Fault } from "../../core/fault.ts";
import { readFilter } from "../../core/filter/read.ts";
import { repairFilter } from "../../core/filter/repair.ts";
import { selectRead } from "../../engine/desired.ts";
import { describeProfile, type Profile } from "../../engine/profile.ts";
import type { StoredSnapshot } from "../../store/store.ts";
import type { filterCalls } from "../contract/filters.ts";
import type { Handlers } from "../contract.ts";
import { faultShape, isoTime } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { draftedName, judgeDraft, usableProfile } from "./draft.ts";

type Verdict = z.input<(typeof filterCalls)["filter.check"]["output"]>["people"];
type Setting = "userFilter" | "groupFilter";

/** Judges filters while they are typed: nothing is asked of the directory, nothing is saved. */
export const filterHandlers = (dependencies: HandlerDependencies): Pick<Handlers, "filter.check"> => ({
  "filter.check": async ({ profile: asked, draft }) => {
    const name = await draftedName(dependencies, asked, draft, false);
    const { configuration } = await judgeDraft(dependencies, name, draft);
    const config = usableProfile(configuration, name);
    const people = await judgeFilter(dependencies, config, "userFilter");
    const groups = await judgeFilter(dependencies, config, "groupFilter");
    const profile = describeProfile(configuration.config, name, config);
    const snapshot = await dependencies.engine.store.snapshot(profile.key);
    if (snapshot === undefined) return { people, groups, known: [], knownTotal: 0 };
    const saved = (await dependencies.configuration.read()).config.profiles[name];
    const found =
      people.fault !== undefined || groups.fault !== undefined || saved?.directory.kind !== config.directory.kind
        ? undefined
        : await countFound(dependencies, profile, snapshot);
    const isAsRead = (setting: Setting): boolean => queryOf(saved, setting) === queryOf(config, setting);
    return {
      people: { ...people, ...(found !== undefined && isAsRead("userFilter") ? { found: found.people } : {}) },
      groups: { ...groups, ...(found !== undefined && isAsRead("groupFilter") ? { found: found.groups } : {}) },
      readAt: isoTime(snapshot.readAt),
      known: snapshot.groups
        .map((group) => ({ name: group.name, members: group.members.length }))
        .toSorted((one, other) => one.name.localeCompare(other.name))
        .slice(0, 500),
      knownTotal: snapshot.groups.length,
    };
  },
});

const subjects = { userFilter: "people", groupFilter: "groups" } as const;

const judgeFilter = async (
  dependencies: HandlerDependencies,
  config: ProfileConfig,
  setting: Setting,
): Promise<Verdict> => {
  const text = config.sync[setting];
  const judge = (each: string): Promise<Fault | undefined> => faultIn(dependencies, config, setting, each);
  const fault = await judge(text);
  if (fault === undefined) return {};
  if (fault.code !== "filter.syntax") return { fault: faultShape(fault) };
  const offset = (each: string, found: Fault): number => offsetOf(each, found, queryAt(each, config, setting));
  const repaired = await repairFilter(text, subjects[setting], async (each) => {
    const found = await judge(each);
    return found === undefined ? undefined : offset(each, found);
  });
  return {
    fault: faultShape(fault),
    at: partAround(text, offset(text, fault)),
    ...(repaired === undefined ? {} : { repair: differenceOf(text, repaired) }),
  };
};

const faultIn = async (
  { judgeFilters }: HandlerDependencies,
  { directory: { kind } }: ProfileConfig,
  setting: Setting,
  text: string,
): Promise<Fault | undefined> => {
  try {
    const { query } = readFilter(text, { subject: subjects[setting], setting, directory: kind });
    if (query !== undefined) await judgeFilters(kind, setting === "userFilter" ? { users: query } : { groups: query });
    return undefined;
  } catch (error) {
    if (!isFault(error, "filter.syntax", "directory.filter_unsupported")) throw error;
    return error;
  }
};

/** The part in the directory's own language, and where it begins; that part's Faults count from there. */
const queryOf = (config: ProfileConfig | undefined, setting: Setting): string | undefined => {
  try {
    return config === undefined
      ? undefined
      : readFilter(config.sync[setting], { subject: subjects[setting], setting, directory: config.directory.kind })
          .query;
  } catch (error) {
    if (isFault(error, "filter.syntax")) return undefined;
    throw error;
  }
};

const queryAt = (text: string, config: ProfileConfig, setting: Setting): number => {
  const query = queryOf({ ...config, sync: { ...config.sync, [setting]: text } }, setting);
  return query === undefined ? 0 : text.lastIndexOf(query);
};

/** Offset of a Fault's line and column, both from 1. */
const offsetOf = (text: string, { params }: Fault, start: number): number => {
  const lines = text.slice(start).split("\n");
  const before = lines.slice(0, Number(params["line"]) - 1).reduce((sum, line) => sum + line.length + 1, 0);
  return Math.min(text.length, start + before + Number(params["column"]) - 1);
};

/** What stands around a place between two signs that separate; at the end the last character. */
const partAround = (text: string, place: number): { start: number; end: number } => {
  const start = Math.max(...["(", ",", ";", "|"].map((sign) => text.lastIndexOf(sign, place - 1) + 1), 0);
  const ends = [")", ",", ";", "|"].map((sign) => text.indexOf(sign, place)).filter((at) => at !== -1);
  const end = Math.min(text.length, ...ends);
  return end > start ? { start, end } : { start: Math.max(0, place - 1), end: Math.min(text.length, place + 1) };
};

/** What a repair takes away and puts there, with the words around it whole. */
const differenceOf = (before: string, after: string): { text: string; removes: string; adds: string } => {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const isPart = (character: string | undefined): boolean => character !== undefined && /[^\s()",;|&]/u.test(character);
  while (isPart(before[start - 1])) start -= 1;
  while (isPart(before[before.length - end])) end -= 1;
  return {
    text: after,
    removes: before.slice(start, before.length - end),
    adds: after.slice(start, after.length - end),
  };
};

const othersShown = 20;

/** Whom the settings take of a read, and by name some of the others. */
const countFound = async (
  { engine }: HandlerDependencies,
  profile: Profile,
  snapshot: StoredSnapshot,
): Promise<{ people: NonNullable<Verdict["found"]>; groups: NonNullable<Verdict["found"]> }> => {
  const links = await engine.store.links(profile.key);
  const { desired } = await selectRead(engine.store, profile, snapshot, links);
  const others = snapshot.users.filter(({ id }) => desired.unselected.has(id));
  const otherGroups = snapshot.groups.filter(({ id }) => isUnselected(desired, id));
  return {
    people: {
      taken: snapshot.users.length - others.length,
      of: snapshot.users.length,
      others: others.slice(0, othersShown).map(({ name, email, id }) => name ?? email ?? id),
    },
    groups: {
      taken: snapshot.groups.length - otherGroups.length,
      of: snapshot.groups.length,
      others: otherGroups.slice(0, othersShown).map(({ name }) => name),
    },
  };
};

/** Left out for its name or its members is not what a filter did. */
const isUnselected = (desired: Desired, id: string): boolean =>
  desired.otherGroups.get(id)?.code.startsWith("unselected.") === true;
