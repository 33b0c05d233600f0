import { z } from "zod";
import { SILENT } from "../../path/condition.ts";
import type { BlackHoleSettings } from "../../path/conditions/black-hole.ts";
import { closed } from "../closed.ts";
import { direction, writeDirection } from "./direction.ts";
import { duration, writeDuration } from "./duration.ts";
import { describeEndings, endings, writeEndings } from "./endings.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

/** A black hole as a profile writes it. */
export const blackHoleSchema = closed({
  type: z.literal("black-hole"),
  direction,
  endAfter: duration(1).optional().describe("Ends the flow after so long without data to swallow; never when left out"),
  atEnd: endings.optional().describe("How the flow ends then, or behind the sender's FIN; drop when left out"),
  ...NARROWING,
}).transform((written) =>
  narrowed(written, {
    type: written.type,
    direction: written.direction,
    ...given({ endAfterMs: written.endAfter }),
    atEnd: written.atEnd ?? SILENT,
  }),
);

/** How a black hole is written. */
export const blackHoleFormat: ConditionFormat<BlackHoleSettings> = {
  write: ({ direction: way, endAfterMs, atEnd }) =>
    given({
      direction: writeDirection(way),
      endAfter: writeDuration(endAfterMs),
      atEnd: writeEndings(atEnd),
    }),
  describe: ({ direction: way, endAfterMs, atEnd }) =>
    wordsOf("black-hole", writeDirection(way), writeDuration(endAfterMs), describeEndings(atEnd)),
};
