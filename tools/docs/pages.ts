import { architecturePage } from "./architecture.ts";
import { errorsPage } from "./errors.ts";
import { notices } from "./notices.ts";

/** A file that is generated, never edited; `path` is relative to the repository. */
export interface Page {
  readonly path: string;
  readonly render: () => string | Promise<string>;
}

/** Every generated file; a test fails while one is stale. */
export const pages: readonly Page[] = [
  { path: "ARCHITECTURE.md", render: architecturePage },
  { path: "docs/reference/errors.md", render: errorsPage },
  { path: "THIRD_PARTY_NOTICES", render: notices },
];
