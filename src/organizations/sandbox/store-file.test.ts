/** A sandbox that outlives its process. */
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call, groupsOf, membersOf, sendImport, startTestSandbox } from "./testing.ts";

let folder: string;
let stateFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  stateFile = join(folder, "organization.json");
});
afterEach(() => rm(folder, { recursive: true }));

const body = {
  members: [{ email: "a@x.test", externalId: "1", deleted: false }],
  groups: [{ name: "G", externalId: "g", memberExternalIds: ["1"] }],
};

describe.each(["official-cloud", "vaultwarden"] as const)("a state file of %s", (dialect) => {
  it("holds what an answered import did, for the next sandbox to go on with", async () => {
    const first = await startTestSandbox({ dialect, stateFile });
    expect((await sendImport(first, body)).status).toBe(200);
    const stored = await readFile(stateFile, "utf8");
    const authorization = `Bearer ${first.issueToken()}`;
    await first.close();
    expect(JSON.parse(stored)).toMatchObject({ members: [{ email: "owner@sandbox.test" }, { email: "a@x.test" }] });

    const second = await startTestSandbox({ dialect, stateFile, randomSeed: 2, port: Number(new URL(first.url).port) });
    try {
      expect([second.clientId, second.clientSecret]).toEqual([first.clientId, first.clientSecret]);
      expect(membersOf(second.state)).toEqual(["a@x.test/1/invited"]);
      expect(groupsOf(second.state)).toEqual(["G/g{a@x.test}"]);
      expect(second.state.events).toEqual(first.state.events);
      const again = { overwriteExisting: false, ...body };
      expect((await call(second, "POST", "/public/organization/import", again, { authorization })).status).toBe(200);
    } finally {
      await second.close();
    }
  });
});

it("holds what a failed import did", async () => {
  const sandbox = await startTestSandbox({ dialect: "official-cloud", stateFile });
  try {
    sandbox.control.faults.push({ fault: { kind: "fail-after-step", step: 4 } });
    expect((await sendImport(sandbox, body)).status).toBe(500);
    const stored: unknown = JSON.parse(await readFile(stateFile, "utf8"));
    expect(stored).toMatchObject({ members: [{}, { email: "a@x.test" }], groups: [] });
  } finally {
    await sandbox.close();
  }
});

it("is readable by its owner only and leaves no drafts", async () => {
  const sandbox = await startTestSandbox({ dialect: "official-cloud", stateFile });
  await Promise.all([sandbox.save(), sandbox.save(), sendImport(sandbox, body)]);
  await sandbox.close();
  expect(await readdir(folder)).toEqual(["organization.json"]);
  expect((await stat(stateFile)).mode & 0o077).toBe(0);
});

it("of another dialect, or of something else, is refused", async () => {
  await (await startTestSandbox({ dialect: "official-cloud", stateFile })).close();
  await expect(startTestSandbox({ dialect: "vaultwarden", stateFile })).rejects.toThrow("official-cloud");
  await writeFile(stateFile, "{}");
  await expect(startTestSandbox({ dialect: "official-cloud", stateFile })).rejects.toThrow("version");
});

it("without one, every sandbox is a new organization with a confirmed Owner", async () => {
  const first = await startTestSandbox({ dialect: "official-cloud" });
  const second = await startTestSandbox({ dialect: "official-cloud", randomSeed: 2 });
  try {
    expect(second.organizationId).not.toBe(first.organizationId);
    expect(first.clientId).toMatch(
      /^organization\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect([...first.state.members.values()]).toMatchObject([{ email: "owner@sandbox.test", type: 0, status: 2 }]);
  } finally {
    await first.close();
    await second.close();
  }
});
