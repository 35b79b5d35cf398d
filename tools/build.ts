/**
 * `npm run build`: makes `dist/directory-connector`, one executable for this platform.
 * Options: `--entry <file>` (exports `main(argv): Promise<number>`), `--worker <file>`, `--output <file>`.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundleApp, bundleExecutable, nativeFiles } from "./build/bundle.ts";

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

rmSync(work, { recursive: true, force: true });
mkdirSync(app, { recursive: true });
await bundleExecutable(work);
await bundleApp({ cli: values.entry, ...(existsSync(values.worker) ? { worker: values.worker } : {}) }, app);
step("compiling", process.execPath, ["tools/build/compile.ts", app]);
const node = copyNode(join(work, "node"));
writeFileSync(join(work, "sea.json"), JSON.stringify(seaConfig(node)));
step("putting it together", process.execPath, ["--build-sea", "sea.json"], work);
chmodSync(output, 0o755);
rmSync(work, { recursive: true, force: true });
console.log(`${values.output} ${(statSync(output).size / 1e6).toFixed(1)} MB`);

/** Debug symbols go before the program is put in: stripping the finished executable would break it. */
function copyNode(to: string): string {
  copyFileSync(process.execPath, to);
  chmodSync(to, 0o755);
  if (process.platform === "linux" && spawnSync("strip", [to]).status !== 0)
    console.log("strip is not here (Debian package binutils), so the executable is about 33 MB larger.");
  return to;
}

/** `execArgvExtension: "none"`: no environment variable may put code into a process that holds secrets. */
function seaConfig(executable: string): object {
  const files = readdirSync(app).map((name) => [name, join(app, name)] as const);
  // Relative, because stack traces show it.
  const main = "executable.cjs";
  return {
    main,
    output,
    executable,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    execArgvExtension: "none",
    assets: { ...Object.fromEntries([...files, ...nativeFiles()]), [main]: main },
  };
}

function step(name: string, file: string, args: readonly string[], cwd = "."): void {
  const result = spawnSync(file, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (result.status === 0) return;
  throw new Error(`${name} failed: ${result.error?.message ?? ""}${result.stdout}${result.stderr}`);
}
