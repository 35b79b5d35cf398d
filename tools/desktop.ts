/** `npm run desktop [arguments of the window…]`: builds what is missing or older than its sources, and opens the window. */
import { spawn } from "node:child_process";
import { buildProgram } from "./build/program.ts";
import { windowProgram } from "./build/window.ts";

buildProgram();
const window = spawn(windowProgram, process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => window.kill(signal));
window.once("close", (code, signal) => (process.exitCode = signal === null ? (code ?? 1) : 1));
