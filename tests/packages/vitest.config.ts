import { defineConfig } from "vitest/config";

/** `npm run test:packages`: what people download, made anew, and used with no clone in reach. */
export default defineConfig({
  test: {
    include: ["tests/packages/**/*.test.ts"],
    globalSetup: ["tests/packages/make.ts"],
    pool: "forks",
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
