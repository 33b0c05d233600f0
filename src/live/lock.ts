import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { systemCode, unwritable } from "./text-file.ts";

/** A lock older than this was left by a process that died elsewhere: making two keys takes a second or two. */
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
    writeFileSync(file, OWN, { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw unwritable(directory, error);
  }
}

/** A process of this machine that Ctrl-C has ended is known at once, one of another machine by the age of its lock. */
function breakStale(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (Date.now() - stat.mtimeMs > STALE_MS || isOfTheDead(file)) rmSync(file, { force: true });
}

function isOfTheDead(file: string): boolean {
  const [host, pid] = read(file).split(" ");
  return host === hostname() && pid !== undefined && !lives(Number(pid));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Another user's process lives too, although it can't be signalled. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

/** Whose a lock is: machine and process. */
const OWN = `${hostname()} ${process.pid}`;
