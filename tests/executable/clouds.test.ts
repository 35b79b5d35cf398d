/** Every cloud directory as an administrator meets it: a configuration file, and the commands in their order. */
import { afterEach, describe, expect, it } from "vitest";
import { groupsOf, membersOf } from "../../src/organizations/sandbox/testing.ts";
import { createFirm, vendors, type Firm, type Vendor } from "./cloud-firms.ts";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});
const firmOf = async (start: () => Promise<Vendor>): Promise<Firm> => {
  const firm = await createFirm(start);
  opened.push(firm);
  return firm;
};

describe.each(Object.entries(vendors))("%s, from a configuration file", { timeout: 120_000 }, (_kind, start) => {
  it("given all rights, then it checks, tests, plans, applies, and has nothing left to do", async () => {
    const { place, sandbox } = await firmOf(start);
    const check = await place.run(["check"]);
    expect([check.code, check.stderr]).toEqual([0, expect.any(String)]);
    expect(check.stdout).not.toContain("  error ");
    const test = await place.run(["test"]);
    expect(test).toMatchObject({ code: 0 });
    expect(test.stdout).toContain("ana@firm.test");
    const plan = await place.run(["plan", "--out", "p.jsonl", "--detailed-exitcode"]);
    expect(plan).toMatchObject({ code: 2 });
    expect(plan.stdout).toContain("2 invitations");
    expect(await place.run(["apply", "p.jsonl"])).toMatchObject({ code: 0 });
    expect(membersOf(sandbox.state).map((member) => member.split("/")[0])).toEqual(["ana@firm.test", "bo@firm.test"]);
    expect(groupsOf(sandbox.state).map((group) => group.split("/")[0])).toEqual(["Everybody", "Sales"]);
    expect((await place.run(["sync"])).stdout).toContain("Nothing to do");
  });

  it("given a proxy that is dead, then it is named", async () => {
    const firm = await firmOf(start);
    const { place, vendor } = firm;
    firm.configure(vendor.real, { beside: { network: { proxy: "http://127.0.0.1:1" } } });
    for (const command of ["check", "sync"]) {
      const { code, stdout, stderr } = await place.run([command]);
      expect([command, code]).toEqual([command, 6]);
      expect(`${stdout}${stderr}`).toMatch(/proxy/iu);
    }
    expect(vendor.requests).toEqual([]);
  });
});
