import type { z } from "zod";
import type { Fault, FaultParams } from "../core/fault.ts";
import { faultOf, type Judge } from "./judge.ts";
import { valueAt } from "./paths.ts";
import type { ProfileFile } from "./schema.ts";
import type { RawConfig } from "./sources.ts";

/** An organization that cannot be used stops the profiles that send to it. */
export const stoppedByOrganization = (
  profiles: ReadonlyMap<string, z.infer<typeof ProfileFile>>,
  faults: ReadonlyMap<string, readonly Fault[]>,
): [string, Fault][] =>
  [...profiles].flatMap(([name, { organization }]) => {
    const [fault] = faults.get(organization) ?? [];
    return fault === undefined ? [] : [[name, fault]];
  });

/** Two profiles of one name, or with one id, whose histories would become one: none of them may run. */
export const doubledFaults = (
  judge: Judge,
  profiles: ReadonlyMap<string, z.infer<typeof ProfileFile>>,
): ReadonlyMap<string, Fault> => {
  const faults = new Map<string, Fault>();
  const tell = (name: string, key: string[], params: FaultParams & { readonly reason: string }): void => {
    const { reason, ...others } = params;
    faults.set(name, faultOf({ keys: ["profiles", name, ...key], at: "value", reason, params: others }, judge));
  };
  for (const group of Map.groupBy(profiles, ([, { id }]) => id.toLowerCase()).values())
    for (const [name] of group) {
      const other = group.find(([each]) => each !== name)?.[0];
      if (other !== undefined) tell(name, ["id"], { reason: "same_id", other: `profiles.${other}` });
    }
  for (const [name, file] of judge.sources.doubled) {
    const isInFile = judge.sources.fileOf(["profiles", name]) === file.path;
    tell(name, [], { reason: "twice", other: isInFile ? judge.sources.fileOf([]) : file.path });
  }
  return faults;
};

/** Names of what is not there: said by `check`; who uses them says so too. */
export const danglingNames = (raw: RawConfig, organizations: ReadonlyMap<string, unknown>, judge: Judge): Fault[] => {
  const faults: Fault[] = [];
  for (const [name, profile] of Object.entries(raw.profiles)) {
    const organization = valueAt(profile, ["organization"]);
    if (typeof organization !== "string" || organization === "" || Object.hasOwn(raw.organizations, organization))
      continue;
    const params = { found: organization, options: [...organizations.keys()].sort() };
    faults.push(
      faultOf({ keys: ["profiles", name, "organization"], at: "value", reason: "organization", params }, judge),
    );
  }
  const current = raw["currentProfile"];
  const names = [...Object.keys(raw.profiles), ...judge.sources.unusable.keys()];
  if (typeof current === "string" && !names.includes(current)) {
    const params = { found: current, options: names.sort() };
    faults.push(faultOf({ keys: ["currentProfile"], at: "value", reason: "profile", params }, judge));
  }
  return faults;
};
