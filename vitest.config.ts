import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "src/**/*.test.ts",
      "tests/**/*.test.ts",
      "tools/**/*.test.ts",
      "ui/**/*.test.ts",
      "locales/**/*.test.ts",
    ],
    // They have commands of their own (CONTRIBUTING.md): compiling the window takes minutes the first time.
    exclude: ["**/node_modules/**", "tests/desktop/**", "tests/packages/**"],
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
