/** A thread of `idlewall size`: runs the slices it is sent, one after the other, and answers with their tallies. */
import { parentPort, workerData } from "node:worker_threads";
import type { SizeSettings } from "../sizing/size-result.ts";
import type { Slice } from "../sizing/slices.ts";
import { sizeSlice } from "../sizing/sweep.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- size-threads.ts, beside it, gives just this
const settings = workerData as SizeSettings;

parentPort?.on("message", (slice: Slice) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window's
  parentPort?.postMessage(sizeSlice(settings, slice));
});
