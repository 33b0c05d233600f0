import { z } from "zod";
import type { BandwidthSettings } from "../../path/conditions/bandwidth.ts";
import { closed } from "../closed.ts";
import { formatQuantity, RATE, SIZE } from "../quantities.ts";
import { direction, writeDirection } from "./direction.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { quantity } from "./quantity.ts";
import { wordsOf } from "./words-of.ts";

/** What waits when a profile says nothing of it, in bytes: 64 KiB. */
const QUEUE_BYTES = 64 * 1024;

/** Bandwidth as a profile writes it. */
export const bandwidthSchema = closed({
  type: z.literal("bandwidth"),
  rate: quantity(RATE).describe("Payload in each direction of each flow, 1B/s to 10GB/s"),
  direction,
  queue: quantity(SIZE)
    .optional()
    .describe("What may wait before the sender has to, 1KiB to 64MiB; 64KiB when left out"),
  ...NARROWING,
}).transform((written) =>
  narrowed(written, {
    type: written.type,
    bytesPerSecond: written.rate,
    direction: written.direction,
    queueBytes: written.queue ?? QUEUE_BYTES,
  }),
);

/** How bandwidth is written. */
export const bandwidthFormat: ConditionFormat<BandwidthSettings> = {
  write: ({ bytesPerSecond, direction: way, queueBytes }) =>
    given({
      rate: formatQuantity(RATE, bytesPerSecond),
      direction: writeDirection(way),
      queue: queueBytes === QUEUE_BYTES ? undefined : formatQuantity(SIZE, queueBytes),
    }),
  describe: ({ bytesPerSecond, direction: way }) =>
    wordsOf("bandwidth", formatQuantity(RATE, bytesPerSecond), writeDirection(way)),
};
