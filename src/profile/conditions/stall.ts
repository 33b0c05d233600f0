import { z } from "zod";
import type { StallSettings } from "../../path/conditions/stall.ts";
import { closed } from "../closed.ts";
import { direction, writeDirection } from "./direction.ts";
import { duration, writeDuration, writeUnlessZero } from "./duration.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

/** A stall as a profile writes it. */
export const stallSchema = closed({
  type: z.literal("stall"),
  direction,
  after: duration(1).optional().describe("When it begins, after the flow's start; at once when left out"),
  for: duration(1).optional().describe("How long it lasts; for good when left out"),
  ...NARROWING,
}).transform((written) =>
  narrowed(written, {
    type: written.type,
    direction: written.direction,
    afterMs: written.after ?? 0,
    ...given({ forMs: written.for }),
  }),
);

/** How a stall is written. */
export const stallFormat: ConditionFormat<StallSettings> = {
  write: ({ direction: way, afterMs, forMs }) =>
    given({
      direction: writeDirection(way),
      after: writeUnlessZero(afterMs),
      for: writeDuration(forMs),
    }),
  describe: ({ direction: way, afterMs, forMs }) => {
    const [after, length] = [writeUnlessZero(afterMs), writeDuration(forMs)];
    return wordsOf("stall", writeDirection(way), after && `after ${after}`, length && `for ${length}`);
  },
};
