import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../scripts/cli-reference.js", import.meta.url));

test("docs/cli.md says what --help says", () => {
  const told = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
  expect(told.length).toBeGreaterThan(1000);
  expect(told).toBe(execFileSync(process.execPath, [SCRIPT], { encoding: "utf8" }));
}, 60_000);
