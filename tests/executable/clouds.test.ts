/** Every cloud directory as an administrator meets it: a configuration file, and the commands in their order. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
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

  it("given a right that is missing, then check and sync name it, and nothing is changed", async () => {
    const first = await firmOf(start);
    for (const right of Object.keys(first.vendor.revoke)) {
      const { place, vendor, sandbox } = right === Object.keys(first.vendor.revoke)[0] ? first : await firmOf(start);
      vendor.revoke[right]?.();
      const check = await place.run(["check"]);
      expect([right, check.code]).toEqual([right, 5]);
      expect(check.stdout).toContain(right);
      const sync = await place.run(["sync"]);
      expect([right, sync.code]).toEqual([right, 5]);
      expect(sync.stderr).toContain(right);
      expect(groupsOf(sandbox.state)).toEqual([]);
    }
  });

  it("given a wrong secret, then that is said with the remedy and without the secret", async () => {
    const { place, vendor } = await firmOf(start);
    const [name, text] = Object.entries(vendor.secrets)[0] ?? ["", ""];
    const wrong = text.includes("PRIVATE KEY")
      ? text.replace(/PRIVATE KEY-----(\\n|\n).{40}/u, "PRIVATE KEY-----$1broken")
      : "wrong-secret-5f3";
    writeFileSync(join(place.home, name), wrong);
    const check = await place.run(["check"]);
    expect(check).toMatchObject({ code: 5 });
    const said = check.stdout + check.stderr;
    expect(said).toMatch(/directory\.(?:auth_failed|key_invalid)|refuses the log-in|cannot be used/u);
    expect(said).not.toContain(wrong.slice(0, 16) === "wrong-secret-5f3" ? wrong : "BEGIN PRIVATE");
  });

  it("given a proxy that is dead, then it is named", async () => {
    const firm = await firmOf(start);
    const { place, vendor } = firm;
    firm.configure(vendor.real, { network: { proxy: "http://127.0.0.1:1" } });
    const check = await place.run(["check"]);
    expect(check).toMatchObject({ code: 6 });
    expect(check.stdout + check.stderr).toMatch(/proxy/iu);
    expect(vendor.requests).toEqual([]);
  });
});
