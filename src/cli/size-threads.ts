import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { rowsOf } from "../sizing/rows.ts";
import type { SizeRow, SizeSettings } from "../sizing/size-result.ts";
import { slicesOf, type Slice } from "../sizing/slices.ts";
import { sizeRows } from "../sizing/sweep.ts";
import type { SliceTally } from "../sizing/tally.ts";

/** The thread's code stands beside this, compiled or not. */
const WORKER = new URL(`size-worker${path.extname(import.meta.url)}`, import.meta.url);

/**
 * Runs the grid, in this thread or in several; the rows are the same.
 * @param onProgress told which share of the work is done
 */
export async function sizeInThreads(
  settings: SizeSettings,
  threads: number,
  onProgress: (share: number) => void,
): Promise<readonly SizeRow[]> {
  const slices = slicesOf(settings);
  if (threads === 1 || slices.length === 1)
    return sizeRows(settings, { onProgress: (done, of) => onProgress(done / of) });
  const left = [...slices].toReversed();
  const tallies: SliceTally[] = [];
  const took = (tally: SliceTally): void => {
    tallies.push(tally);
    onProgress(tallies.length / slices.length);
  };
  const workers = Array.from(
    { length: Math.min(threads, slices.length) },
    () => new Worker(WORKER, { workerData: settings }),
  );
  try {
    await Promise.all(workers.map((worker) => work(worker, left, took)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return rowsOf(settings, tallies);
}

/** Has a thread run slices until none is left; what it throws is thrown here. */
async function work(worker: Worker, left: Slice[], took: (tally: SliceTally) => void): Promise<void> {
  for (let slice = left.pop(); slice !== undefined; slice = left.pop()) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window's
    worker.postMessage(slice);
    const [tally]: SliceTally[] = await once(worker, "message");
    if (tally !== undefined) took(tally);
  }
}
