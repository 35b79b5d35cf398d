import type { LdifValue } from "./ldif.ts";

/**
 * What an entry is, by its object classes: `contact` is somebody without an account (Active Directory keeps addresses of
 * outsiders so), `other` takes no part (units, computers, services).
 */
export function kindOf(classes: readonly LdifValue[]): "person" | "contact" | "group" | "other" {
  let kind: "person" | "contact" | "group" | "other" = "other";
  for (const { text } of classes) {
    const name = text.trim().toLowerCase();
    if (machineClasses.has(name)) return "other";
    if (groupClasses.has(name)) return "group";
    if (name === "contact") kind = "contact";
    else if (kind === "other" && personClasses.has(name)) kind = "person";
  }
  return kind;
}

const personClasses: ReadonlySet<string> = new Set([
  "person",
  "organizationalperson",
  "inetorgperson",
  "residentialperson",
  "user",
  "posixaccount",
]);
const groupClasses: ReadonlySet<string> = new Set([
  "group",
  "groupofnames",
  "groupofuniquenames",
  "groupofmembers",
  "groupofentries",
  "groupofurls",
  "posixgroup",
]);
/** These are accounts as well (a computer is a user in Active Directory), but nobody's. */
const machineClasses: ReadonlySet<string> = new Set([
  "computer",
  "msds-managedserviceaccount",
  "msds-groupmanagedserviceaccount",
  "foreignsecurityprincipal",
  "trusteddomain",
]);
