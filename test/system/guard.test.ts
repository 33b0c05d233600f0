import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const GUARD = fileURLToPath(new URL("../../bench/guard.js", import.meta.url));

test("memory of a parked request, CPU of a small one and CPU at rest keep what was reached, beside HAProxy", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [GUARD]).catch((error: unknown) => {
    if (error instanceof Error && "stdout" in error) return { stdout: String(error.stdout) };
    throw error;
  });
  expect(stdout.match(/^ok {3}[\d.]+ \(at most [\d.]+\)/gmu), stdout).toHaveLength(4);
});
