import { architecturePage } from "./architecture.ts";
import { cliPage } from "./cli.ts";
import { errorsPage } from "./errors.ts";
import { notices } from "./notices.ts";
import { configSchema, planSchema, profileSchema, testSchema } from "./schemas.ts";
import { configPage, directoryDocs } from "./settings.ts";

/** A file that is generated, never edited; `path` is relative to the repository. */
export interface Page {
  readonly path: string;
  readonly render: () => string | Promise<string>;
}

/** Every generated file; a test fails while one is stale. */
export const pages: readonly Page[] = [
  { path: "ARCHITECTURE.md", render: architecturePage },
  { path: "docs/reference/cli.md", render: cliPage },
  { path: "docs/reference/config.md", render: configPage },
  { path: "docs/reference/config.schema.json", render: configSchema },
  ...directoryDocs(),
  { path: "docs/reference/errors.md", render: errorsPage },
  { path: "docs/reference/plan.schema.json", render: planSchema },
  { path: "docs/reference/profile.schema.json", render: profileSchema },
  { path: "docs/reference/test.schema.json", render: testSchema },
  { path: "THIRD_PARTY_NOTICES", render: notices },
];
