import { defineConfig } from "vitest/config";

/** `npm run test:desktop` and `npm run test:packages`: one window after the other, each on a screen of its own. */
export default defineConfig({
  test: {
    include: ["tests/desktop/**/*.test.ts"],
    globalSetup: ["tests/desktop/build.ts"],
    pool: "forks",
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
