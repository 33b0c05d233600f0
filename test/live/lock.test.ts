import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
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

test("breaks the lock of a process of this machine that is gone, at once", async () => {
  const lock = path.join(directory, ".dead");
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(lock, `${hostname()} ${pid}`);
  const begunAt = performance.now();
  expect(await withLock(lock, () => Promise.resolve("done"))).toBe("done");
  expect(performance.now() - begunAt).toBeLessThan(9000);
});

test.each([
  ["of a process that lives", `${hostname()} ${process.pid}`],
  ["of another machine", "elsewhere 1"],
  ["that says nothing", ""],
])("waits for a lock %s", async (_, owner) => {
  const lock = path.join(directory, ".taken");
  writeFileSync(lock, owner);
  let done = false;
  const locked = withLock(lock, () => Promise.resolve((done = true)));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(done).toBe(false);
  rmSync(lock);
  await locked;
});
