import { closeSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { systemCode, unwritable } from "./text-file.ts";

/** A lock older than this was left by a process that died: making two keys takes a second or two. */
const STALE_MS = 10_000;
const RETRY_MS = 50;

/**
 * Runs a task while no other process runs one under the same lock file; the lock of a dead process is broken.
 * @throws UsageError E_FILE_UNWRITABLE the lock's directory can't be made or written
 */
export async function withLock<Result>(file: string, task: () => Promise<Result>): Promise<Result> {
  while (!taken(file)) {
    breakStale(file);
    await wait(RETRY_MS);
  }
  try {
    return await task();
  } finally {
    rmSync(file, { force: true });
  }
}

function taken(file: string): boolean {
  const directory = path.dirname(file);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw unwritable(directory, error);
  }
  try {
    closeSync(openSync(file, "wx"));
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw unwritable(directory, error);
  }
}

function breakStale(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat !== undefined && Date.now() - stat.mtimeMs > STALE_MS) rmSync(file, { force: true });
}
