import { z } from "zod";
import type { SlowCloseSettings } from "../../path/conditions/slow-close.ts";
import { closed } from "../closed.ts";
import { formatDuration } from "../durations.ts";
import { direction, writeDirection } from "./direction.ts";
import { duration } from "./duration.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

/** A slow close as a profile writes it. */
export const slowCloseSchema = closed({
  type: z.literal("slow-close"),
  delay: duration(1).describe("How long a FIN waits, 1ms to 30d"),
  direction,
  ...NARROWING,
}).transform((written) =>
  narrowed(written, { type: written.type, delayMs: written.delay, direction: written.direction }),
);

/** How a slow close is written. */
export const slowCloseFormat: ConditionFormat<SlowCloseSettings> = {
  write: ({ delayMs, direction: way }) => given({ delay: formatDuration(delayMs), direction: writeDirection(way) }),
  describe: ({ delayMs, direction: way }) => wordsOf("slow-close", formatDuration(delayMs), writeDirection(way)),
};
