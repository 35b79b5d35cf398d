import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { saveFiles } from "./save.ts";
import { faultOf, openTestConfig } from "./testing.ts";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("saving a file", () => {
  test("replaces what was read", async () => {
    await using config = await openTestConfig({ "a.json": "old" });
    await saveFiles([{ path: config.path("a.json"), text: "new", hash: hash("old") }], "a");
    expect(await config.text("a.json")).toBe("new");
    expect(await readdir(config.folder)).toEqual(["a.json"]);
  });

  test.each([
    ["another text", "theirs", hash("old")],
    ["a file where there was none", "theirs", undefined],
    ["no file where there was one", undefined, hash("old")],
  ])("is refused for %s", async (_name, theirs, read) => {
    await using config = await openTestConfig(theirs === undefined ? {} : { "a.json": theirs });
    const fault = await faultOf(saveFiles([{ path: config.path("a.json"), text: "new", hash: read }], "a"));
    expect([fault.code, fault.params]).toEqual(["config.changed", { path: config.path("a.json") }]);
    expect(await readFile(config.path("a.json"), "utf8").catch(() => undefined)).toBe(theirs);
  });

  test("under another name is refused where that name is taken", async () => {
    await using config = await openTestConfig({ "a.json": "old", "b.json": "theirs" });
    const change = { path: config.path("b.json"), text: "new", hash: hash("old"), from: config.path("a.json") };
    expect((await faultOf(saveFiles([change], "a"))).code).toBe("config.changed");
    expect([await config.text("a.json"), await config.text("b.json")]).toEqual(["old", "theirs"]);
  });

  test("where nothing can be made names what could not be changed", async () => {
    const fault = await faultOf(saveFiles([{ path: "/proc/a.json", text: "x", hash: undefined }], "currentProfile"));
    expect([fault.code, fault.params]).toEqual(["config.locked", { path: "/proc/a.json", field: "currentProfile" }]);
  });
});
