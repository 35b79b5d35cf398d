import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { directoryKinds } from "../directories/registry.ts";
import { readReadme } from "./readme.ts";

describe("what is shown beside a directory's form", () => {
  it.each(directoryKinds)("given %s, then there is one, with the rights to grant", async (kind) => {
    const found = await readReadme(kind, "en");
    expect(found?.text).toMatch(/^# /u);
    expect(found?.language).toBe("en");
  });

  it("given a language it is not written in, then it is the English one, and says so", async () => {
    expect((await readReadme("ldap", "xx"))?.language).toBe("en");
  });

  it("given what is no kind, then nothing is read", async () => {
    expect(await readReadme("../core", "en")).toBeUndefined();
    expect(await readReadme("nothing", "en")).toBeUndefined();
    expect(readdirSync("src/directories")).toContain("ldap");
  });
});
