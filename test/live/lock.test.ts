import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { withLock } from "../../src/live/lock.ts";

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-lock-"));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

test("lets one task run at a time", async () => {
  const lock = path.join(directory, "made", ".lock");
  const told: string[] = [];
  const run = (name: string): Promise<void> =>
    withLock(lock, async () => {
      told.push(`${name} begins`);
      await Promise.resolve();
      told.push(`${name} ends`);
    });
  await Promise.all([run("one"), run("other")]);
  expect(told).toEqual(["one begins", "one ends", "other begins", "other ends"]);
});

test("says of a directory that can't be made what stands in its way", async () => {
  const file = path.join(directory, "file");
  writeFileSync(file, "");
  await expect(withLock(path.join(file, "certs", ".lock"), () => Promise.resolve())).rejects.toMatchObject({
    code: "E_FILE_UNWRITABLE",
    message: expect.stringContaining("a file stands where a directory is needed"),
  });
});
