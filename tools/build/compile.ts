/**
 * Writes V8's compiled form beside every part of the bundled program: `node tools/build/compile.ts <folder>`.
 * It first runs a few commands in an empty home, since V8 keeps what was compiled by then and would compile it again at every start otherwise.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileApp, createAppLoader } from "../../src/main/app-loader.ts";

const commands = [["--help"], ["config", "show"], ["config", "get", "version"], ["data-file"], ["last-sync"]];
const folder = process.argv[2] ?? "";
const home = mkdtempSync(join(tmpdir(), "directory-connector-build-"));
process.env["DIRECTORY_CONNECTOR_HOME"] = home;
const { load, scripts } = createAppLoader({
  source: (name) => readFileSync(join(folder, name), "utf8"),
  cache: () => undefined,
  native: () => ({}),
});

process.once("exit", () => {
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".cjs"))) {
    const script = scripts.get(name) ?? compileApp(readFileSync(join(folder, name), "utf8"), name, undefined);
    writeFileSync(join(folder, `${name}.cache`), script.createCachedData());
  }
  rmSync(home, { recursive: true, force: true });
  process.exitCode = 0;
});

const app = load("./cli.cjs");
for (const command of commands) await tryOut(app, command);
process.exit(0);

/** How a command ends does not matter here, only that its code was compiled. */
async function tryOut(app: unknown, argv: string[]): Promise<void> {
  if (typeof app !== "object" || app === null || !("main" in app) || typeof app.main !== "function")
    throw new TypeError("the entry exports no main(argv)");
  try {
    await app.main(argv);
  } catch {
    return;
  }
}
