/**
 * `npm run build`: makes `dist/directory-connector`, one executable for this platform.
 * Options: `--entry <file>` (exports `main(argv): Promise<number>`), `--worker <file>`, `--output <file>`.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { bundleApp, bundleExecutable, nativeFiles } from "./build/bundle.ts";
import { putTogether, runStep } from "./build/put-together.ts";

const suffix = process.platform === "win32" ? ".exe" : "";
const { values } = parseArgs({
  options: {
    entry: { type: "string", default: "src/main/cli.ts" },
    worker: { type: "string", default: "src/main/worker.ts" },
    output: { type: "string", default: `dist/directory-connector${suffix}` },
  },
});
const output = resolve(values.output);
const work = join(dirname(output), ".build");
const app = join(work, "app");
const main = "executable.cjs";

rmSync(work, { recursive: true, force: true });
mkdirSync(app, { recursive: true });
await bundleExecutable(work);
await bundleApp({ cli: values.entry, ...(existsSync(values.worker) ? { worker: values.worker } : {}) }, app);
runStep("compiling", process.execPath, ["tools/build/compile.ts", app]);
const parts = readdirSync(app).map((name) => [name, join(app, name)] as const);
const assets = {
  ...Object.fromEntries([...parts, ...nativeFiles()]),
  // A worker starts from the same main.
  [main]: main,
  // What `serve` shows.
  ...page(),
  // What is shown beside each directory's form.
  ...readmes(),
  // The company of `demo`.
  "company.ldif": resolve("samples/company.ldif"),
};
/** `ui/index.html` and what belongs to it. */
function page(): Record<string, string> {
  const folder = resolve(work, "ui");
  const vite = ["node_modules/vite/bin/vite.js", "build", "--logLevel", "error", "--outDir", folder, "ui"];
  runStep("building the page", process.execPath, vite);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [`ui/${path.slice(folder.length + 1).replaceAll(sep, "/")}`, path];
    }),
  );
}

/** `readme-ldap.md`, `readme-ldap.nl.md` → the file. */
function readmes(): Record<string, string> {
  const folder = "src/directories";
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    names.flatMap((path) => {
      const [kind, file = ""] = path.split(sep);
      return /^readme(?:\.\w+)?\.md$/u.test(file)
        ? [[file.replace("readme", `readme-${kind}`), resolve(folder, path)]]
        : [];
    }),
  );
}

putTogether({ folder: work, main, assets, output });
rmSync(work, { recursive: true, force: true });
console.log(`${values.output} ${(statSync(output).size / 1e6).toFixed(1)} MB`);
