import { z } from "zod";
import { field } from "../../config/field.ts";

/** A directory kept as a file: for trying out, for exports of systems without an interface of their own. */
export const FileConfig = z.strictObject({
  kind: field(z.literal("file"), { title: "File (LDIF, CSV or JSON)" }),
  path: field(z.string().min(1), {
    title: "File",
    description: "LDIF, CSV or JSON; a relative path starts at the configuration's folder.",
    file: true,
    examples: ["people.ldif", "people.csv", "directory.json"],
  }),
  format: field(z.enum(["ldif", "csv", "json"]).optional(), {
    title: "Format",
    description: "Told by the file's ending unless given.",
    advanced: true,
  }),
  groupsPath: field(z.string().min(1).optional(), {
    title: "Groups file",
    description: "CSV only: a second file with one line for each group and member.",
    file: true,
    showIf: { field: "format", is: ["csv"] },
  }),
});
export type FileConfig = z.infer<typeof FileConfig>;
