import { z } from "zod";
import type { SliceSettings } from "../../path/conditions/slice.ts";
import { closed } from "../closed.ts";
import { direction, writeDirection } from "./direction.ts";
import { duration, writeUnlessZero } from "./duration.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

const LARGEST_SIZE_BYTES = 1024 * 1024;

/** Slices as a profile writes them. */
export const sliceSchema = closed({
  type: z.literal("slice"),
  size: z.int().min(1).max(LARGEST_SIZE_BYTES).describe("Bytes of a piece on average"),
  variation: z.int().min(0).optional().describe("Bytes by which pieces are larger or smaller; none when left out"),
  pause: duration(1).optional().describe("Pause behind each piece; none when left out"),
  direction,
  ...NARROWING,
})
  .check(({ value, issues }) => {
    const { size, variation = 0 } = value;
    if (variation < Math.max(size, 1)) return;
    const message = `found a variation of ${variation} bytes, expected less than the size, ${size}`;
    issues.push({ code: "custom", input: variation, path: ["variation"], message });
  })
  .transform((written) =>
    narrowed(written, {
      type: written.type,
      sizeBytes: written.size,
      variationBytes: written.variation ?? 0,
      pauseMs: written.pause ?? 0,
      direction: written.direction,
    }),
  );

/** How slices are written. */
export const sliceFormat: ConditionFormat<SliceSettings> = {
  write: ({ sizeBytes, variationBytes, pauseMs, direction: way }) =>
    given({
      size: sizeBytes,
      variation: variationBytes === 0 ? undefined : variationBytes,
      pause: writeUnlessZero(pauseMs),
      direction: writeDirection(way),
    }),
  describe: ({ sizeBytes, variationBytes, pauseMs, direction: way }) => {
    const variation = variationBytes === 0 ? undefined : `±${variationBytes}B`;
    const pause = writeUnlessZero(pauseMs);
    return wordsOf(`slice ${sizeBytes}B`, variation, pause && `every ${pause}`, writeDirection(way));
  },
};
