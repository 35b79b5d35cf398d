/** Every cloud directory as an administrator meets it: a configuration file, and the commands in their order. */
import { readFileSync } from "node:fs";
import { z } from "zod";
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

/** What a readme shows of a profile. */
const Example = z.object({ directory: z.record(z.string(), z.unknown()) });

describe.each(Object.entries(vendors))("%s, from a configuration file", { timeout: 120_000 }, (kind, start) => {
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

  it.each(["readme.md", "readme.nl.md"])(
    "given what %s says with one's own values, then nothing else is needed",
    async (name) => {
      const firm = await firmOf(start);
      const { place, vendor } = firm;
      const readme = readFileSync(`src/directories/${kind}/${name}`, "utf8");
      for (const right of Object.keys(vendor.revoke))
        expect(readme.replaceAll("→", ">").toLowerCase()).toContain(right.toLowerCase());
      const examples = [...readme.matchAll(/^```json\n(.*?)^```$/gmsu)].map(([, text]) =>
        Example.parse(JSON.parse(`{${text}}`)),
      );
      expect(examples).not.toEqual([]);
      for (const { directory } of examples) {
        const given = { ...vendor.directory, ...vendor.also };
        const own = Object.fromEntries(Object.keys(directory).map((key) => [key, given[key]]));
        expect(Object.values(own)).not.toContain(undefined);
        const nothing = Object.fromEntries(Object.keys(vendor.directory).map((key) => [key, undefined]));
        // Where the vendor is, nobody writes; here it is in this process.
        const address = Object.fromEntries(Object.keys(vendor.real).map((key) => [key, vendor.directory[key]]));
        firm.configure({ ...nothing, ...own, ...address });
        const check = await place.run(["check"]);
        expect([check.code, check.stdout]).toEqual([0, expect.stringContaining("people readable")]);
      }
    },
  );

  it("given a proxy that is dead, then it is named", async () => {
    const firm = await firmOf(start);
    const { place, vendor } = firm;
    firm.configure(vendor.real, { network: { proxy: "http://127.0.0.1:1" } });
    for (const command of ["check", "sync"]) {
      const { code, stdout, stderr } = await place.run([command]);
      expect([command, code]).toEqual([command, 6]);
      expect(`${stdout}${stderr}`).toMatch(/proxy/iu);
    }
    expect(vendor.requests).toEqual([]);
  });
});
