/** Product §2.5 with the executable: people who are kept back until somebody sends their invitations. */
import { beforeAll, describe, expect, it } from "vitest";
import { many } from "../scenarios/directory.ts";
import { builtExecutable } from "./built.ts";
import { createFirm, type FirmOptions } from "./firm.ts";

beforeAll(() => void builtExecutable(), 120_000);

const firmOf = (more: Partial<FirmOptions>): FirmOptions => ({
  dialect: "official-cloud",
  directory: { people: many(5), groups: [] },
  settings: { sync: { joiners: "stage" }, guards: { first: { invite: 20 } } },
  ...more,
});
const importPath = "/public/organization/import";

describe("staged joiners, with the executable", { timeout: 60_000 }, () => {
  it.each<FirmOptions["dialect"]>(["official-cloud", "official-selfhost"])(
    "given %s can, then one person goes first and is looked at before the others, and nobody is mailed",
    async (dialect) => {
      await using firm = await createFirm(firmOf({ dialect, organization: { stagedFlag: true } }));
      const said = await firm.run("sync");
      expect(said).toMatchObject({ code: 0, stderr: "" });
      expect(said.stdout).toContain("Done: 5 staged.");
      expect(firm.members()).toEqual(many(5).map((id) => `${id}@firm.test/${id}/staged`));
      expect(firm.sandbox.state.mails).toEqual([]);
      const paths = firm.sandbox.requests.map(({ method, path }) => `${method} ${path.replace(/^\/api/u, "")}`);
      const first = paths.indexOf(`POST ${importPath}`);
      expect(paths.slice(first, paths.lastIndexOf(`POST ${importPath}`))).toContain("GET /public/members");
      const [one] = firm.sandbox.requests.filter(({ path }) => path.endsWith(importPath));
      expect(one?.body).toMatchObject({ members: [{ externalId: "p1" }], inviteUsersAfterProvisioning: false });
    },
  );

  it.each<[FirmOptions["dialect"], string]>([
    ["official-cloud", "cannot keep an invitation back"],
    ["official-selfhost", "cannot keep an invitation back"],
    ["vaultwarden", "is Vaultwarden, which cannot keep an invitation back"],
  ])("given %s cannot, then the plan is refused, never turned into invitations", async (dialect, words) => {
    await using firm = await createFirm(firmOf({ dialect }));
    const said = await firm.accept();
    expect(said).toMatchObject({ code: 1, fault: "organization.no_staging", stdout: "" });
    expect(said.stderr.replaceAll(/\s+/gu, " ")).toContain(`${words}, and the profile asks for it. Nothing was sent.`);
    expect(said.stderr).toContain("Set sync.joiners to invite, or update the server.");
    expect(firm.members()).toEqual([]);
    expect(firm.sent()).toEqual([]);
  });
});
