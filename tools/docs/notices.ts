import { existsSync, readdirSync, readFileSync } from "node:fs";
import { z } from "zod";

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), optional: z.boolean().optional(), version: z.string().optional() }),
  ),
});
const About = z.object({ name: z.string(), version: z.string(), license: z.string().default("see below") });

/**
 * The licences of everything the executable contains: the production packages and Node itself.
 * Packages for one platform are left out, so that the file is the same everywhere; their code and licence are those of the package that names them.
 */
export function notices(): string {
  const { packages } = Lock.parse(JSON.parse(readFileSync("package-lock.json", "utf8")));
  const folders = Object.entries(packages)
    .filter(([path, entry]) => path !== "" && entry.dev !== true && entry.optional !== true)
    .map(([path]) => path);
  const texts = [...folders.toSorted().map(packageNotice), nodeNotice()];
  return ["This program contains the following software.\n", ...texts].join(`\n${"=".repeat(80)}\n\n`);
}

function packageNotice(folder: string): string {
  const about = About.parse(JSON.parse(readFileSync(`${folder}/package.json`, "utf8")));
  return `${about.name} ${about.version}, licence ${about.license}\n\n${licenceText(folder) ?? "Its package holds no licence text.\n"}`;
}

/** Node is inside the executable; its licence file names everything that Node itself contains. */
function nodeNotice(): string {
  const about = About.parse(JSON.parse(readFileSync("node_modules/node/package.json", "utf8")));
  const folder = "node_modules/node/node_modules";
  const platform = readdirSync(folder).find(
    (name) => name.startsWith("node-") && existsSync(`${folder}/${name}/LICENSE`),
  );
  const text = platform === undefined ? undefined : licenceText(`${folder}/${platform}`);
  if (text === undefined) throw new Error(`no licence of Node under ${folder}`);
  return `node ${about.version}\n\n${text}`;
}

function licenceText(folder: string): string | undefined {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name));
  return file === undefined
    ? undefined
    : `${readFileSync(`${folder}/${file}`, "utf8").replaceAll("\r\n", "\n").trim()}\n`;
}
