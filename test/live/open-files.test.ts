import { closeSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { openFileCount } from "../../src/live/open-files.ts";

test("counts the files that this process has open, where the system is Linux", () => {
  const before = openFileCount() ?? NaN;
  const files = Array.from({ length: 20 }, () => openSync("/dev/null", "r"));
  const added = (openFileCount() ?? NaN) - before;
  for (const file of files) closeSync(file);
  expect(added).toBe(process.platform === "linux" ? 20 : NaN);
});
