import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const PURE = ["core", "path", "http", "activesync", "heartbeat", "profile", "sizing", "report"];
const pureTests = [
  ...PURE.map((folder) => `test/${folder}/**/*.test.ts`),
  "test/deploy/**/*.test.ts",
  "test/*.test.ts",
];

/** Each npm script leaves its own report; `.ci/run` adds them up. */
const run = (process.env["npm_lifecycle_event"] ?? "vitest").replaceAll(":", "-");

export default defineConfig({
  test: {
    reporters: ["default", "json"],
    outputFile: { json: `reports/${run}.json` },
    projects: [
      {
        /** Pure code leaves nothing behind, so its tests share one module graph a worker: 8 s in place of 31. */
        test: { name: "unit", include: pureTests, pool: "threads", isolate: false },
      },
      {
        /** Examples import the library by its name, as whoever installed it does. */
        resolve: { alias: { idlewall: fileURLToPath(new URL("src/index.ts", import.meta.url)) } },
        test: {
          name: "live",
          sequence: { groupOrder: 1 },
          include: ["test/**/*.test.ts"],
          exclude: [...pureTests, "test/system/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxConcurrency: 8,
          /** Files close all they open: one module graph a worker takes a sixth of the processor's time away. */
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "system",
          sequence: { groupOrder: 2 },
          include: ["test/system/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: PURE.map((folder) => `src/${folder}/**/*.ts`),
      reporter: ["text-summary", "json-summary"],
      reportsDirectory: "reports/coverage",
      thresholds: { statements: 100, branches: 100 },
    },
  },
});
