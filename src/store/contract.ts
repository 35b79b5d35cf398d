import { describe } from "vitest";
import type { StoreHarness } from "../../tests/store-contract/data.ts";
import { describeEarlierNames } from "../../tests/store-contract/earlier-names.ts";
import { describeJournal } from "../../tests/store-contract/journal.ts";
import { describeLeases } from "../../tests/store-contract/leases.ts";
import { describeLinks } from "../../tests/store-contract/links.ts";
import { describeLists } from "../../tests/store-contract/lists.ts";
import { describeProfiles } from "../../tests/store-contract/profiles.ts";
import { describeRows } from "../../tests/store-contract/rows.ts";
import { describeRuns } from "../../tests/store-contract/runs.ts";
import { describeSnapshots } from "../../tests/store-contract/snapshots.ts";

export type { StoreHarness, StorePlace } from "../../tests/store-contract/data.ts";

/** What every store promises, to one process and to several at once. */
export function describeStore(harness: StoreHarness): void {
  describe(`every store: ${harness.name}`, () => {
    describeLeases(harness);
    describeProfiles(harness);
    describeLinks(harness);
    describeSnapshots(harness);
    describeEarlierNames(harness);
    describeRuns(harness);
    describeRows(harness);
    describeJournal(harness);
    describeLists(harness);
  });
}
