import { describe } from "vitest";
import { describeApplying } from "../../tests/organization-contract/applying.ts";
import { describeBatches } from "../../tests/organization-contract/batches.ts";
import { describeFailures } from "../../tests/organization-contract/failures.ts";
import { describeLogin } from "../../tests/organization-contract/login.ts";
import { describeSecrets } from "../../tests/organization-contract/secrets.ts";
import type { OrganizationHarness } from "../../tests/organization-contract/stage.ts";

export type { OrganizationHarness } from "../../tests/organization-contract/stage.ts";

/** What every organization promises: what was applied is there, what was not is said, and each failure has a name. */
export function describeOrganization(harness: OrganizationHarness): void {
  describe(`every organization: ${harness.dialect}`, () => {
    describeLogin(harness);
    describeApplying(harness);
    describeBatches(harness);
    describeFailures(harness);
    describeSecrets(harness);
  });
}
