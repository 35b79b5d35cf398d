import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Closes a test run: what was skipped and why, by name, then `N passed, N failed` alone on a line. */
export default class TestSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const servers = skippedServers(process.env["DIRECTORY_CONNECTOR_SKIPPED"]);
    process.stdout.write(summaryOf(modules, unhandledErrors.length, servers));
  }
}

/** The text of the summary; a file that could not be loaded and an error outside every test each count as one failure. */
export function summaryOf(modules: readonly TestModule[], unhandledErrors: number, servers: readonly string[]): string {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: string) => tests.filter((test) => test.result().state === state).length;
  const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
  const skipped = tests.filter((test) => test.result().state === "skipped");
  const lines = [...servers, ...skipped.map(nameOfSkipped)].map((line) => `Skipped: ${line}\n`);
  const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
  return `${lines.join("")}${count("passed")} passed, ${count("failed") + brokenFiles + unhandledErrors} failed${tail}\n`;
}

/** The servers the set-up could not provide, each with its reason; it hands them over as a JSON list. */
export function skippedServers(text: string | undefined): string[] {
  const list: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(list) ? list.map(String) : [];
}

function nameOfSkipped(test: TestCase): string {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  return `${test.module.relativeModuleId} > ${test.fullName}${note === undefined ? "" : ` (${note})`}`;
}
