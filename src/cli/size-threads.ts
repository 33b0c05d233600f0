import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { rowsOf } from "../sizing/rows.ts";
import type { SizeRow, SizeSettings } from "../sizing/size-result.ts";
import { caseName, slicesOf, type Slice } from "../sizing/slices.ts";
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
  const left = new SlicesLeft(slices);
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

/** So many threads share the work of these settings at most: each warms up anew, which a short run does not make up for. */
export function worthwhileThreads({ firewall, repeats, deviceCount, days }: SizeSettings): number {
  const deviceDays = firewall.idleTimeoutSeconds.length * repeats * deviceCount * days;
  return Math.max(1, Math.floor(deviceDays / DEVICE_DAYS_A_THREAD));
}

/** About what a thread gets done in the time that it takes to warm up (measured, Node 20.20). */
const DEVICE_DAYS_A_THREAD = 100_000;

/** Has a thread run slices until none is left; what it throws is thrown here, and that it ended too early. */
async function work(worker: Worker, left: SlicesLeft, took: (tally: SliceTally) => void): Promise<void> {
  const ended = endOf(worker);
  for (let slice = left.take(); slice !== undefined; slice = left.take(slice)) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window's
    worker.postMessage(slice);
    const [tally]: SliceTally[] = await Promise.race([once(worker, "message"), ended]);
    if (tally !== undefined) took(tally);
  }
}

/** Slices that nobody has run yet, by what they are of. */
class SlicesLeft {
  readonly #cases = new Map<string, Slice[]>();
  /** Cases that no thread has begun. */
  readonly #untouched: Slice[][];

  constructor(slices: readonly Slice[]) {
    for (const slice of slices) {
      const alike = this.#cases.get(caseName(slice));
      if (alike === undefined) this.#cases.set(caseName(slice), [slice]);
      else alike.push(slice);
    }
    this.#untouched = [...this.#cases.values()].toReversed();
  }

  /** The next slice for a thread: one that is like its last, then one that is like no other's, then any. */
  take(last?: Slice): Slice | undefined {
    const alike = last === undefined ? [] : (this.#cases.get(caseName(last)) ?? []);
    const from = alike.length > 0 ? alike : (this.#untouched.pop() ?? [...this.#cases.values()].find(isLeft));
    return from?.pop();
  }
}

function isLeft(slices: readonly Slice[]): boolean {
  return slices.length > 0;
}

/** Rejects when a thread fails or ends, also while nobody waits for it. */
async function endOf(worker: Worker): Promise<never> {
  const [code]: unknown[] = await once(worker, "exit");
  throw new Error(`found a thread of size that ended with ${String(code)}, expected its figures`);
}
