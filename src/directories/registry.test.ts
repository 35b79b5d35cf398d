import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { directoryConfigs } from "./configs.ts";
import { directoryKinds, loadDirectory, type DirectoryKind } from "./registry.ts";

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  // `wire` is what the cloud directories share.
  .filter((entry) => entry.isDirectory() && entry.name !== "wire")
  .map((entry) => entry.name);

describe("the directories", () => {
  it("given every folder, then there is a configuration and a loader for it, and for nothing else", () => {
    expect(Object.keys(directoryConfigs).toSorted()).toEqual(folders.toSorted());
    expect([...directoryKinds].toSorted()).toEqual(folders.toSorted());
  });

  it("given a kind, then what is loaded is that kind, with the configuration the forms show", async () => {
    const isKind = (name: string): name is DirectoryKind => directoryKinds.includes(name);
    const loaded = await Promise.all(folders.filter(isKind).map((kind) => loadDirectory(kind)));
    expect(loaded.map((directory) => directory.id)).toEqual(folders);
    expect(loaded.map((directory) => directory.config)).toEqual(
      folders.map((folder) => Object.entries(directoryConfigs).find(([kind]) => kind === folder)?.[1]),
    );
  });

  it("given every folder, then it says which rights to grant", () => {
    const silent = folders.filter((folder) => !existsSync(`${import.meta.dirname}/${folder}/readme.md`));
    expect(silent).toEqual([]);
  });

  it("given every folder, then it says so in Dutch too, heading by heading, row by row", () => {
    const shapeOf = (folder: string, name: string): string[] =>
      readFileSync(`${import.meta.dirname}/${folder}/${name}`, "utf8").match(/^(?:#+ |\||- |\d\. |```)/gmu) ?? [];
    const differing = folders.filter(
      (folder) => shapeOf(folder, "readme.md").join("") !== shapeOf(folder, "readme.nl.md").join(""),
    );
    expect(differing).toEqual([]);
  });
});
