import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { findCargo } from "../build/window.ts";

const Metadata = z.object({
  packages: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      version: z.string(),
      license: z.string().nullable(),
      source: z.string().nullable(),
      manifest_path: z.string(),
    }),
  ),
  resolve: z.object({ nodes: z.array(z.object({ id: z.string() })) }),
});

/** The licences of the crates in the window, each text once with all that come under it. */
export function crateNotices(): string {
  const cargo = findCargo() ?? "cargo";
  const args = ["metadata", "--locked", "--format-version", "1", "--filter-platform", platformOf(cargo)];
  const { status, stdout, stderr } = spawnSync(cargo, args, {
    cwd: "desktop",
    encoding: "utf8",
    maxBuffer: 256_000_000,
  });
  if (status !== 0) throw new Error(`cargo metadata: ${stderr}`);
  const { packages, resolve } = Metadata.parse(JSON.parse(stdout));
  const inside = new Set(resolve.nodes.map(({ id }) => id));
  const byText = new Map<string, string[]>();
  for (const { id, name, version, license, source, manifest_path } of packages) {
    if (source === null || !inside.has(id)) continue;
    const title = `${name} ${version}, licence ${license ?? "see below"}`;
    for (const text of licenceTexts(dirname(manifest_path))) byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  const parts = [...byText].map(([text, titles]) => `${titles.toSorted().join("\n")}\n\n${text}\n`);
  return ["The window contains the following software.\n", ...parts].join(`\n${"=".repeat(80)}\n\n`);
}

function licenceTexts(folder: string): string[] {
  const files = readdirSync(folder).filter(
    (name) => /^(un)?licen[cs]e|^copying/iu.test(name) && /^[^.]*$|\.(md|txt)$|-[\w.]+$/iu.test(name),
  );
  const texts = files.flatMap((name) => {
    try {
      return [readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim()];
    } catch {
      return []; // A folder of that name.
    }
  });
  return texts.length === 0 ? ["Its package holds no licence text."] : texts;
}

function platformOf(cargo: string): string {
  const { stdout } = spawnSync(cargo, ["-vV"], { encoding: "utf8" });
  return /^host: (.+)$/mu.exec(stdout)?.[1] ?? "x86_64-unknown-linux-gnu";
}
