/** Product §5, guards over several runs, undo and what people say by hand, with the executable and from a directory file. */
import { beforeAll, describe, expect, it } from "vitest";
import { disabled, group, many } from "../scenarios/directory.ts";
import { builtExecutable } from "./built.ts";
import { createFirm, settleIn, type Firm, type FirmOptions } from "./firm.ts";

beforeAll(() => void builtExecutable(), 120_000);

const hour = 3_600_000;
const fifty = many(50);
const begin = async (more: Partial<FirmOptions> = {}): Promise<Firm> => {
  const firm = await createFirm({
    dialect: "official-cloud",
    directory: { people: fifty, groups: [group("sales", ...fifty.slice(0, 8))] },
    seats: null,
    ...more,
  });
  await settleIn(firm, 25);
  return firm;
};
const status = (firm: Firm, id: string): string | undefined =>
  firm
    .members()
    .find((line) => line.split("/")[1] === id)
    ?.split("/")[2];
const done = { code: 0, stderr: "" };

describe("half an OU is moved out of what is read, in five runs", { timeout: 60_000 }, () => {
  it("given two people at a time, then two lose access, and then it stops and stays stopped", async () => {
    await using firm = await begin();
    for (let run = 1; run <= 5; run += 1) {
      firm.directory.people = fifty.slice(2 * run);
      firm.pass(2 * hour);
      const said = await firm.run("sync");
      // Two are missing for the first time; the two of the run before are gone by now.
      expect(said).toMatchObject(run <= 2 ? done : { code: 4, fault: "guard.access-lost" });
    }
    const said = await firm.run("sync");
    expect(said.stderr).toContain("6 of 50 people would lose access, and 2 did within 24 hours");
    expect(said.stderr).toContain("no longer found in the directory");
    expect(firm.members().filter((line) => line.endsWith("/revoked"))).toHaveLength(2);
    firm.directory.people = fifty;
    expect(await firm.run("sync")).toMatchObject({ ...done, stdout: expect.stringContaining("Done: 2 restored.") });
  });
});

describe("what a run did is taken back", { timeout: 60_000 }, () => {
  it("given --undo, then a plan of the reverse; applied, all is as before, and the profile is paused until somebody resumes it", async () => {
    await using firm = await begin();
    const before = firm.picture();
    firm.directory.people = [disabled("p1"), ...fifty.slice(1), "new"];
    firm.directory.groups = [group("sales", ...fifty.slice(1, 8), "new"), group("board", "p3")];
    const sync = await firm.run("sync", "--json");
    expect(sync.code).toBe(0);
    const run = /"run":\s*(\d+)/u.exec(sync.stdout)?.[1] ?? "";
    expect(status(firm, "p1")).toBe("revoked");

    const undo = await firm.run("history", run, "--undo", "--out", "undo.jsonl");
    expect(undo.stdout).toContain(`To take run ${run} back: 4 changes, nothing sent yet`);
    expect(undo.stdout).toContain("Fully back (4)");
    expect(firm.sent().slice(-1)).not.toContain("undo");
    expect(await firm.run("apply", "undo.jsonl")).toMatchObject(done);
    expect(firm.picture()).toBe(before);

    firm.pass(hour);
    const paused = await firm.run("sync");
    expect(paused).toMatchObject({ code: 4, fault: "profile.paused" });
    expect(paused.stderr).toMatch(/undo|taken back/u);
    expect(await firm.run("history", run, "--undo")).toMatchObject({ code: 1, fault: "run.nothing_to_undo" });
    expect((await firm.run("plan")).code).toBe(0);

    const who = await firm.run("history", "--who", "p1@firm.test");
    expect(who.stdout).toMatch(/restore/u);
    expect(who.stdout).toMatch(/revoke/u);
    expect(await firm.run("resume")).toMatchObject(done);
    expect(await firm.run("sync")).toMatchObject(done);
    expect(status(firm, "p1")).toBe("revoked");
  });

  it("given Vaultwarden, then it says what comes back and what only looks so", async () => {
    await using firm = await begin({ dialect: "vaultwarden" });
    firm.directory.people = [disabled("p1"), ...fifty.slice(1), "new"];
    const sync = await firm.run("sync", "--json");
    const run = /"run":\s*(\d+)/u.exec(sync.stdout)?.[1] ?? "";
    expect((await firm.run("history", run, "--undo", "--out", "undo.jsonl")).stdout).toContain("Fully back");
    expect(await firm.run("apply", "undo.jsonl")).toMatchObject(done);
    expect(status(firm, "p1")).toBe("confirmed");
    // An invitation cannot be withdrawn there: it is revoked.
    expect(status(firm, "new")).toBe("revoked");
  });
});

describe("what people say by hand", { timeout: 60_000 }, () => {
  it("given restore, of whom we revoked and of whom we removed, then each in its own way, reviewed", async () => {
    await using firm = await begin({ settings: { sync: { leavers: { disabled: "remove" } } } });
    firm.directory.people = [disabled("p1"), ...fifty.slice(1)];
    expect(await firm.run("sync")).toMatchObject(done);
    expect(status(firm, "p1")).toBeUndefined();
    const said = await firm.run("restore", "p1@firm.test");
    expect(said.stdout).toContain("Only by a new invitation (1)");
    expect(await firm.run("apply", "bring-back.jsonl")).toMatchObject(done);
    expect(status(firm, "p1")).toBe("invited");
    expect(await firm.run("sync")).toMatchObject({ code: 4, fault: "profile.paused" });

    const nobody = await firm.run("restore", "nobody@firm.test");
    expect(nobody).toMatchObject({ code: 1, fault: "person.unknown" });

    expect(await firm.run("resume")).toMatchObject(done);
    firm.set({ sync: { leavers: { disabled: "revoke" } } });
    firm.directory.people = ["p1", disabled("p2"), ...fifty.slice(2)];
    firm.pass(hour);
    expect(await firm.run("sync")).toMatchObject(done);
    expect(status(firm, "p2")).toBe("revoked");
    expect((await firm.run("restore", "p2@firm.test")).stdout).toContain("p2 is marked to come back");
    expect(await firm.accept()).toMatchObject(done);
    expect(status(firm, "p2")).toBe("confirmed");
  });

  it("given protect and pause, then nobody protected is touched, and a paused profile says since when and by whom", async () => {
    await using firm = await begin();
    firm.set({ protect: ["P1@firm.test"] });
    firm.directory.people = [disabled("p1"), ...fifty.slice(1)];
    const said = await firm.run("sync");
    expect(said).toMatchObject(done);
    expect(said.stdout).toContain("1 stays as before although the directory differs");
    expect((await firm.run("plan")).stdout).toMatch(/p1 <p1@firm\.test> +protected, never revoked or removed/u);
    expect(status(firm, "p1")).toBe("confirmed");
    expect(await firm.run("pause", "--why", "moving house")).toMatchObject({ code: 0 });
    const paused = await firm.run("sync");
    expect(paused).toMatchObject({ code: 4, fault: "profile.paused", stdout: "" });
    expect(paused.stderr).toContain("moving house");
    expect(await firm.run("plan")).toMatchObject({ code: 0 });
    expect(await firm.run("test")).toMatchObject({ code: 0 });
    expect(firm.sent()).toEqual([]);
  });
});
