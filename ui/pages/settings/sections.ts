/** The parts of the settings, in their order, and which settings belong to each. */
export const sections = ["organization", "directory", "people", "leavers", "schedule", "notices"] as const;
export type Section = (typeof sections)[number];

/** The section a setting of a profile stands in. */
export const sectionOf = (path: string): Section => {
  if (path === "organization") return "organization";
  if (path.startsWith("directory")) return "directory";
  if (path.startsWith("schedule")) return "schedule";
  if (/^sync\.(?:leavers|groupsGone|addressChange|joiners$)/u.test(path))
    return path === "sync.joiners" ? "people" : "leavers";
  if (path.startsWith("sync.")) return "people";
  return "leavers";
};
