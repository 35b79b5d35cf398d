import { z } from "zod";
import { configJsonSchema, profileJsonSchema } from "../../src/config/json-schema.ts";
import { PlanLine } from "../../src/core/plan-schema.ts";
import { GroupSummary, PersonSummary } from "../../src/rpc/contract/directory.ts";
import { RunSummary } from "../../src/rpc/contract/run-shapes.ts";

/** `plan --json`, `plan --out` and what `apply` takes: one such value a line. */
export const planSchema = (): string =>
  printed(
    "Directory Connector: one line of a plan",
    "A plan is JSON Lines: its header, then the changes in order, then notes, then the end.",
    PlanLine,
  );

/** `test --json`: one object. */
/** What `test --json` prints. */
export const TestReport = z.object({
  version: z.literal(1),
  profile: RunSummary.shape.profile,
  run: RunSummary.shape.run,
  directory: RunSummary.shape.directory,
  organization: RunSummary.shape.organization,
  server: RunSummary.shape.server,
  compared: RunSummary.shape.compared,
  guards: RunSummary.shape.guards,
  people: z.array(PersonSummary),
  groups: z.array(GroupSummary),
  plan: z.array(PlanLine).describe("The lines of the plan, as plan --json prints them."),
});

export const testSchema = (): string =>
  printed(
    "Directory Connector: test --json",
    "What the directory holds, and the plan against the organization.",
    TestReport,
  );

export const configSchema = (): string => text(configJsonSchema());
export const profileSchema = (): string => text(profileJsonSchema());

const printed = (title: string, description: string, schema: z.ZodType): string => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12", io: "output" });
  return text({ $schema, title, description, ...rest });
};

const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
