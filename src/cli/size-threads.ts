import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { rowsOf } from "../sizing/rows.ts";
import type { SizeRow, SizeSettings } from "../sizing/size-result.ts";
import { slicesOf, type Slice } from "../sizing/slices.ts";
import { sizeRows } from "../sizing/sweep.ts";
import { mergeTallies, type SliceTally } from "../sizing/tally.ts";

/** The thread's code stands beside this, compiled or not. */
const WORKER = new URL(`size-worker${path.extname(import.meta.url)}`, import.meta.url);

/**
 * Runs the grid, in this thread or in several; the rows are the same.
 * @param onProgress told which share of the work is done, from 0 on
 * @param code of a thread
 */
export async function sizeInThreads(
  settings: SizeSettings,
  threads: number,
  onProgress: (share: number) => void,
  code = WORKER,
): Promise<readonly SizeRow[]> {
  const slices = slicesOf(settings);
  onProgress(0);
  if (threads === 1 || slices.length === 1)
    return sizeRows(settings, { onProgress: (done, of) => onProgress(done / of) });
  const left = [...slices].toReversed();
  let [tallies, done]: [readonly SliceTally[], number] = [[], 0];
  const took = (tally: SliceTally): void => {
    tallies = mergeTallies([...tallies, tally]);
    done += 1;
    onProgress(done / slices.length);
  };
  const workers = Array.from(
    { length: Math.min(threads, slices.length) },
    () => new Worker(code, { workerData: settings }),
  );
  try {
    await Promise.all(workers.map((worker) => work(worker, left, took)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return rowsOf(settings, tallies);
}

/** Has a thread run slices until none is left; what it throws is thrown here, and that it ended too early. */
async function work(worker: Worker, left: Slice[], took: (tally: SliceTally) => void): Promise<void> {
  const ended = endOf(worker);
  for (let slice = left.pop(); slice !== undefined; slice = left.pop()) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window's
    worker.postMessage(slice);
    const [tally]: SliceTally[] = await Promise.race([once(worker, "message"), ended]);
    if (tally !== undefined) took(tally);
  }
}

/** Rejects when a thread fails or ends, also while nobody waits for it. */
async function endOf(worker: Worker): Promise<never> {
  const [code]: unknown[] = await once(worker, "exit");
  throw new Error(`found a thread of size that ended with ${String(code)}, expected its figures`);
}
