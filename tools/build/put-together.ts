import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Parts {
  /** Where the main and what is made on the way stand. */
  readonly folder: string;
  /** File name of the main in that folder: relative, because stack traces show it. */
  readonly main: string;
  /** Asset name to path. */
  readonly assets: Readonly<Record<string, string>>;
  /** Absolute path of the executable. */
  readonly output: string;
}

/** Makes one executable of this Node and a bundled main. */
export function putTogether({ folder, main, assets, output }: Parts): void {
  const executable = copyNode(join(folder, "node"));
  const made = join(folder, "program");
  const config = {
    main,
    output: made,
    executable,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    // No environment variable may put code into a process that holds secrets.
    execArgvExtension: "none",
    assets,
  };
  writeFileSync(join(folder, "sea.json"), JSON.stringify(config));
  runStep("putting it together", process.execPath, ["--build-sea", "sea.json"], folder);
  // Written in one piece its pages count 43 MB more in every process that runs it than those of a copy (measured on Linux).
  copyFileSync(made, output);
  chmodSync(output, 0o755);
}

/** Debug symbols go before the program is put in: stripping the finished executable would break it. */
function copyNode(to: string): string {
  copyFileSync(process.execPath, to);
  chmodSync(to, 0o755);
  if (process.platform === "linux" && spawnSync("strip", [to]).status !== 0)
    console.error("strip is not here (Debian package binutils), so the executable is about 33 MB larger.");
  return to;
}

/** Runs a program to its end; an error with its output when it fails. */
export function runStep(name: string, file: string, args: readonly string[], cwd = "."): void {
  const result = spawnSync(file, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (result.status === 0) return;
  throw new Error(`${name} failed: ${result.error?.message ?? ""}${result.stdout}${result.stderr}`);
}
